"""A log as a file: whole, of one run, and honest about what it lacks."""

import errno
from pathlib import Path

import pytest

from prominence_jupyter.notebook.one_job import saved_log
from prominence_jupyter.notebook.one_job.saved_log import save_log
from prominence_jupyter.watch.logs.spool import Spool


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(saved_log, "_PIECE", 4)
    return tmp_path


@pytest.fixture
def spool():
    spool = Spool()
    spool.append(b"first run\n")
    return spool


def test_a_log_that_is_whole(spool, folder):
    assert save_log(spool, "job-1-stdout") == f"Saved as job-1-stdout.log, in {folder}"
    assert save_log(spool, "job-1-stdout") == f"Saved as job-1-stdout-2.log, in {folder}"
    assert Path("job-1-stdout-2.log").read_bytes() == b"first run\n"


def test_a_log_that_grows_or_lacks_something_says_so(spool):
    assert save_log(spool, "a", grows=True).endswith(": 10 bytes so far")
    said = save_log(spool, "a", grows=True, trouble="no space left")
    assert said.endswith(": the first 10 bytes, not the whole: no space left")


def test_a_log_that_begins_afresh_meanwhile_is_saved_from_its_beginning(spool, monkeypatch):
    pieces = spool.piece
    asked = []

    def piece(start, stop):
        asked.append(start)
        if len(asked) == 3:
            spool.clear()
            spool.append(b"second\n")
        return pieces(start, stop)

    monkeypatch.setattr(spool, "piece", piece)
    save_log(spool, "a")
    assert asked == [0, 4, 8, 0, 4, 7]
    assert Path("a.log").read_bytes() == b"second\n"


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_fails_leaves_no_part_of_a_file(spool, folder, monkeypatch, error):
    def fail(_start, _stop):
        raise error

    monkeypatch.setattr(spool, "piece", fail)
    with pytest.raises(type(error)):
        save_log(spool, "a")
    assert list(folder.iterdir()) == []
