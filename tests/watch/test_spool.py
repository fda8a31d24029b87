from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.watch.spool import Spool


@given(st.lists(st.binary(max_size=50)), st.integers(0, 200), st.integers(0, 200))
def test_it_holds_what_came(pieces, start, stop):
    spool = Spool()
    for piece in pieces:
        spool.append(piece)
    whole = b"".join(pieces)
    assert spool.size == len(whole)
    assert spool.read() == whole
    assert spool.read(start, stop) == whole[start:stop]
    assert spool.tail(start) == whole[len(whole) - min(start, len(whole)) :]
    assert spool.is_start_of(whole + b"more")
    assert not whole or not spool.is_start_of(whole[:-1])
    assert not whole or not spool.is_start_of(bytes([whole[0] ^ 1]) + whole[1:])


def test_it_begins_anew_when_cleared():
    spool = Spool()
    spool.append(b"old")
    spool.clear()
    spool.append(b"x")
    assert spool.read() == b"x"
    assert spool.is_start_of(b"xy")
