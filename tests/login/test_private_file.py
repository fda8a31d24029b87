"""The file that holds a token: for its owner alone, whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from prominence_jupyter.login.private_file import write_private

KILLED = """
import os, signal, sys
from pathlib import Path
from prominence_jupyter.login import private_file
os.umask(0)
private_file.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
private_file.write_private(Path(sys.argv[1]), "new")
"""


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "folder" / "token"


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_file_and_folder_are_for_the_owner_alone(file, umask):
    write_private(file, "first")
    assert (mode(file.parent), mode(file)) == (0o700, 0o600)
    file.chmod(0o644)
    write_private(file, "other")
    assert (file.read_text(), mode(file)) == ("other", 0o600)
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_is_there_stays_as_it_is(file):
    file.parent.mkdir(mode=0o755)
    write_private(file, "first")
    assert mode(file.parent) == 0o755


def test_a_link_stays_one(file, tmp_path):
    real = tmp_path / "elsewhere" / "token"
    real.parent.mkdir()
    real.write_text("old")
    file.parent.mkdir()
    file.symlink_to(real)
    write_private(file, "new")
    assert file.is_symlink()
    assert (real.read_text(), mode(real)) == ("new", 0o600)
    assert list(real.parent.iterdir()) == [real]


def test_a_link_to_nothing_makes_what_it_names(file, tmp_path):
    file.parent.mkdir()
    file.symlink_to(tmp_path / "there" / "token")
    write_private(file, "new")
    assert (tmp_path / "there" / "token").read_text() == "new"
    assert file.is_symlink()


def test_a_link_to_itself_is_replaced(file):
    file.parent.mkdir()
    file.symlink_to(file)
    write_private(file, "new")
    assert (file.read_text(), file.is_symlink()) == ("new", False)


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_what_breaks_it_off_leaves_the_old_one_and_no_draft(file, monkeypatch, error):
    write_private(file, "old")

    def fails(_descriptor):
        raise error

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(type(error)):
        write_private(file, "new")
    assert file.read_text() == "old"
    assert list(file.parent.iterdir()) == [file]


def test_the_draft_of_one_who_was_killed_is_private_and_removed_the_next_time(file):
    write_private(file, "old")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (draft,) = set(file.parent.iterdir()) - {file}
    assert (file.read_text(), draft.read_text(), mode(draft)) == ("old", "new", 0o600)
    write_private(file, "newer")
    assert draft.exists()  # it may be another one's who is writing now
    os.utime(draft, (time.time() - 120,) * 2)
    write_private(file, "newest")
    assert list(file.parent.iterdir()) == [file]
