"""The end of an output, by offset."""

from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.tail import OutputTail


def test_it_keeps_the_end_and_knows_where_it_belongs():
    tail = OutputTail(limit=4)
    tail.append(b"abc")
    tail.append(b"def")
    assert (tail.start, tail.data, tail.end) == (2, b"cdef", 6)
    assert tail.since(4) == (4, b"ef")
    assert tail.since(0) == (2, b"cdef")
    assert tail.since(99) == (6, b"")


def test_a_restart_begins_at_zero():
    tail = OutputTail(limit=4)
    tail.append(b"abc")
    tail.restart("evicted")
    assert (tail.start, tail.data, tail.end, tail.run, tail.notice) == (0, b"", 0, 1, "evicted")


@given(st.lists(st.binary(max_size=9)), st.integers(1, 20), st.integers(-5, 200))
def test_any_part_of_it_is_that_part_of_the_whole(pieces, limit, asked):
    tail = OutputTail(limit=limit)
    for piece in pieces:
        tail.append(piece)
    whole = b"".join(pieces)
    assert tail.data == whole[-limit:]
    offset, data = tail.since(asked)
    assert whole[offset:] == data
