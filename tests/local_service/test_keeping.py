import contextlib
import errno
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys

import psutil
import pytest

from prominence_jupyter.__main__ import main
from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import control, disk, keeping, lock, trouble
from prominence_jupyter.local_service.live import live_dir
from prominence_jupyter.local_service.state import StateDir, state_dir
from tests.local_service.conftest import until


def test_a_report_tells_of_jobs_and_disk(own_folder, connect, capsys):
    assert keeping.report() == keeping.Report(None, 0, 0, 0, own_folder)
    assert main(["serve", "--status"]) == 1
    assert capsys.readouterr().out == "The local service does not run.\n"
    assert not own_folder.exists()
    info = control.start(cpus=1, memory_gb=4)
    api = connect(info)
    runs = api.submit("sleep 600")
    api.submit("true")
    until(lambda: api.describe(runs)["status"] == "running")
    assert main(["serve", "--status"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["The local service runs.", f"{info.url}, with 1 cores and 4.0 GB for jobs; process {info.pid}."]
    assert re.fullmatch(rf"Jobs: 1 running, 1 pending; \d+\.\d MB in {own_folder}\.", told[2])


def test_cleaning_removes_what_ended_jobs_left_and_nothing_else(own_folder, connect, capsys):
    api = connect(control.start(cpus=2, memory_gb=4))
    done = api.run("sh -c 'head -c 3000000 /dev/zero > big; mkdir closed; touch closed/x; chmod 500 closed'")
    runs = api.submit("sh -c 'echo here > file; echo out; sleep 600'")
    until(lambda: api.output(runs) == "out\n")
    jobs = state_dir().jobs
    (jobs / "99").mkdir()  # of no job
    (jobs / "link").symlink_to(own_folder)
    assert main(["serve", "--clean"]) == 0
    before, after = map(float, re.search(r"was (\S+) MB, and is (\S+) MB", capsys.readouterr().out).groups())
    assert before > 3 > after
    assert sorted(path.name for path in jobs.iterdir()) == [str(runs)]
    assert (jobs / str(runs) / "work" / "file").read_text() == "here\n"
    assert api.describe(runs)["status"] == "running"
    assert api.output(runs) == "out\n"
    assert api.describe(done["id"]) == done  # its output has gone, it has not
    assert api.output(done["id"]) == ""
    assert state_dir().database.exists()


def test_a_damaged_database_is_set_aside_when_that_is_asked_for(own_folder, connect, capsys):
    api = connect(control.start(cpus=1, memory_gb=4))
    api.run("echo kept")
    with pytest.raises(LocalServiceError, match="Stop it first"):
        keeping.set_aside()
    control.stop()
    state = state_dir()
    damaged = b"no database" * 1000
    state.database.write_bytes(damaged)
    for use in (control.start, keeping.report, keeping.clean):
        with pytest.raises(LocalServiceError, match=r"is damaged .*was left as it is.*serve --set-aside"):
            use()
    assert main(["serve", "--set-aside"]) == 0
    (aside,) = own_folder.glob("aside-*")
    assert str(aside) in capsys.readouterr().out
    assert (aside / "jobs.sqlite").read_bytes() == damaged
    assert (aside / "jobs" / "1" / "stdout").read_text() == "kept\n"
    again = connect(control.start(cpus=1, memory_gb=4))
    assert again.output(again.run("echo anew")["id"]) == "anew\n"
    with pytest.raises(LocalServiceError, match="no database"):
        control.stop() and state.database.rename(aside / "second") and keeping.set_aside()


IDLE = """
from prominence_jupyter.local_service import serving
served = serving.Serving(cpus=1, memory_gb=4, port=0, idle_s=0.3)
served.run(lambda info: print(info.url, flush=True))
"""


def test_a_service_that_nobody_needs_ends_itself(own_folder, connect):
    with subprocess.Popen([sys.executable, "-c", IDLE], stdout=subprocess.PIPE, text=True) as service:
        service.stdout.readline()
        runner = until(lambda: lock.holder(live_dir(state_dir()).runner_lock))
        api = connect(control.running())
        job_id = api.submit("sh -c 'until [ -e go ]; do sleep 0.02; done'")
        with pytest.raises(subprocess.TimeoutExpired):
            service.wait(timeout=0.9)  # as long as a job runs it is needed
        (state_dir().job(job_id) / "work" / "go").touch()
        assert service.wait(timeout=30) == 0
    until(lambda: not psutil.pid_exists(runner))
    assert control.running() is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), r"is full.*Free some space: .*serve --clean"),
        (OSError(errno.EROFS, "Read-only file system"), r"cannot write .*Read-only file system.*PROMINENCE_LOCAL_DIR"),
        (OSError(errno.EPIPE, "Broken pipe"), None),
        (ValueError("no"), None),
    ],
)
def test_what_is_said_of_a_disk(tmp_path, error, words):
    said = trouble.words(error, StateDir(tmp_path))
    assert re.search(words, said) if words else said is None


def test_who_asks_is_told_of_a_database_that_cannot_be_used(own_folder, connect):
    api = connect(control.start(cpus=1, memory_gb=4))
    with contextlib.closing(sqlite3.connect(state_dir().database)) as database:
        database.execute("ALTER TABLE jobs RENAME TO hidden")
        answer = api("GET", "/jobs")
        database.execute("ALTER TABLE hidden RENAME TO jobs")
    assert answer.status_code == 500
    said = answer.json()["error"]
    assert said == f"The local service cannot use its database {state_dir().database}: no such table: jobs."
    assert api("GET", "/jobs").json() == []


def limit_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


START = "from prominence_jupyter.local_service import control\ncontrol.start()"


def test_a_disk_that_takes_nothing_is_named_and_keeps_what_was_there(own_folder, connect):
    api = connect(control.start(cpus=1, memory_gb=4))
    done = api.run("echo kept")
    control.stop()
    started = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, text=True, check=False, preexec_fn=limit_files
    )
    assert "LocalServiceError: " in started.stderr
    again = connect(control.start(cpus=1, memory_gb=4))
    assert again.describe(done["id"]) == done


def test_a_folder_that_cannot_be_written_is_named():
    """Not even root may write in /proc."""
    environ = os.environ | {"PROMINENCE_LOCAL_DIR": "/proc/prominence"}
    started = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=False, env=environ)
    said = started.stderr.strip().splitlines()[-1]
    assert "Cannot use the folder /proc/prominence" in said
    assert "Set PROMINENCE_LOCAL_DIR" in said


def test_the_size_of_a_folder_is_what_it_takes(tmp_path):
    assert disk.used_bytes(tmp_path / "none") == 0
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/")
    assert 100_000 <= disk.used_bytes(tmp_path) < 200_000
