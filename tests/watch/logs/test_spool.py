import gc
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.watch.logs.spool import Piece, Spool, SpoolFull


@given(st.lists(st.binary(max_size=50)), st.integers(-5, 200), st.integers(-5, 200))
def test_it_holds_what_came(pieces, start, stop):
    spool = Spool()
    for piece in pieces:
        spool.append(piece)
    whole = b"".join(pieces)
    lines = whole.count(b"\n")
    assert (spool.run, spool.size, spool.lines) == (0, len(whole), lines)
    wanted = spool.piece(start, stop)
    assert wanted.data == whole[max(start, 0) : max(stop, 0)]
    assert (wanted.run, wanted.size, wanted.lines) == (0, len(whole), lines)
    assert whole[wanted.start :].startswith(wanted.data)
    count = max(start, 0)
    assert spool.tail(count).data == whole[len(whole) - min(count, len(whole)) :]
    assert spool.tail(count).start == len(whole) - min(count, len(whole))


@given(st.binary(max_size=100), st.data())
def test_it_begins_afresh_with_as_much_as_is_kept(old, data):
    kept = data.draw(st.integers(0, len(old)))
    spool = Spool()
    spool.append(old)
    spool.clear(keep=kept)
    assert spool.piece(0, 1000) == Piece(1, 0, old[:kept], kept, old[:kept].count(b"\n"))
    spool.append(b"x\n")
    assert spool.piece(0, 1000).data == old[:kept] + b"x\n"
    assert spool.lines == old[:kept].count(b"\n") + 1


def test_beyond_its_cap_it_takes_nothing_and_says_what_to_do():
    spool = Spool("%prominence stdout 12", cap=10)
    spool.append(b"12345678")
    with pytest.raises(SpoolFull, match=r"only its first .* GB .*%prominence stdout 12"):
        spool.append(b"90a")
    assert spool.tail(100).data == b"12345678"
    spool.clear()
    spool.append(b"90a")
    assert spool.tail(100).data == b"90a"


FULL, OPEN = Path("/dev/full"), Path("/proc/self/fd")


@pytest.mark.skipif(not FULL.exists(), reason="a device that takes nothing")
def test_a_full_disk_is_told_and_harms_nothing_that_is_there(monkeypatch):
    spool = Spool("%prominence stderr 3")
    spool.append(b"kept")
    with FULL.open("w+b", buffering=0) as full, monkeypatch.context() as patch:
        patch.setattr(spool, "_file", full)
        with pytest.raises(SpoolFull, match=r"No space left.*%prominence stderr 3"):
            spool.append(b"more")
    assert spool.size == 4
    assert spool.tail(100).data == b"kept"


@pytest.mark.skipif(not OPEN.exists(), reason="a list of open files")
def test_there_is_no_file_before_there_are_bytes_and_none_after_it_is_gone():
    def held():
        return len([*OPEN.iterdir()])

    gc.collect()
    before = held()
    spools = [Spool() for _ in range(100)]
    assert held() == before
    for spool in spools:
        spool.append(b"x")
    del spools, spool
    gc.collect()
    assert held() == before


def test_a_piece_is_of_one_moment_though_another_thread_writes():
    spool = Spool()
    stop = threading.Event()

    def write():
        while not stop.is_set():
            spool.append(b"a\n")
            if spool.size > 1000:
                spool.clear()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(2000):
            piece = spool.piece(0, 10_000)
            assert (len(piece.data), piece.data.count(b"\n")) == (piece.size, piece.lines)
    finally:
        stop.set()
        writer.join()
