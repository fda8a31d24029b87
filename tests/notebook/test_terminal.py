"""The magics in terminal IPython: plain lines, no widgets."""

import os
import pty
import subprocess
import sys
import time

from tests.notebook.test_kernel import job

PATIENCE_S = 60


def ipython(tmp_path, script: str) -> subprocess.CompletedProcess:
    """Run a script of cells as IPython does at a terminal, and return what it printed."""
    file = tmp_path / "script.ipy"
    file.write_text("%load_ext prominence_jupyter\n%prominence local\n" + script)
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", str(file)]
    environ = os.environ | {"IPYTHONDIR": str(tmp_path / "ipython")}
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, env=environ, check=False)


def cell(line: str, body: str) -> str:
    return f"get_ipython().run_cell_magic('prominence_job', {line!r}, {body!r})\n"


def test_waiting_prints_status_and_output(tmp_path, local_service):
    done = ipython(tmp_path, cell("one --wait", job("/bin/sh -c 'echo first; sleep 0.7; echo café €'")))
    assert done.returncode == 0, done.stderr
    assert "running]" in done.stdout
    assert done.stdout.index("first\n") < done.stdout.index("café €\n")
    assert done.stdout.rstrip().endswith("completed]")


def test_watch_follows_to_the_end(tmp_path, local_service):
    script = cell("one", job("/bin/sh -c 'echo first; sleep 1; echo last'"))
    done = ipython(tmp_path, script + "get_ipython().run_line_magic('prominence', f'watch {one.id}')\n")
    assert done.returncode == 0, done.stderr
    assert "follow it with %prominence watch" in done.stdout
    assert done.stdout.index("first\n") < done.stdout.index("last\n") < done.stdout.index("completed]")


def test_several_jobs_are_counted_to_the_end(tmp_path, local_service):
    script = cell("one", job("sleep 1")) + cell("two", job("/bin/sh -c 'exit 2'"))
    done = ipython(tmp_path, script + "get_ipython().run_line_magic('prominence', 'watch one two')\n")
    assert done.returncode == 0, done.stderr
    assert "[2 jobs: 1 running, 1 " in done.stdout
    assert done.stdout.rstrip().endswith("[2 jobs: 1 completed, 1 non-zero exit]")


def test_waiting_for_several_counts_them_and_names_those_that_failed(tmp_path, local_service):
    script = cell("one", job("true")) + cell("two", job("/bin/sh -c 'exit 2'"))
    done = ipython(tmp_path, script + "get_ipython().run_line_magic('prominence', 'wait one two')\n")
    assert "[2 jobs: 1 completed, 1 non-zero exit]" in done.stdout
    assert "1 of 2 jobs did not succeed: " in done.stdout + done.stderr


def test_a_time_limit_of_several_is_named_as_it_was_typed(tmp_path, local_service):
    script = cell("one", job("sleep 60")) + cell("two", job("true"))
    done = ipython(tmp_path, script + "get_ipython().run_line_magic('prominence', 'wait one two --timeout 1.5')\n")
    assert "of 2 jobs had not ended after 1.5 s; they go on" in done.stdout + done.stderr


def test_an_error_is_short(tmp_path, local_service):
    done = ipython(tmp_path, "%prominence lst\n")
    assert "invalid choice: 'lst'" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_ctrl_c_at_a_terminal_ends_the_waiting(tmp_path, local_service):
    file = tmp_path / "script.ipy"
    file.write_text("%load_ext prominence_jupyter\n%prominence local\n" + cell("slow --wait", job("sleep 60")))
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", str(file)]
    environ = os.environ | {"IPYTHONDIR": str(tmp_path / "ipython"), "TERM": "dumb"}
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environ, start_new_session=True
    )
    os.close(terminal)
    try:
        printed = _read_until(controller, b"running]")
        process.send_signal(2)
        printed += _read_until(controller, b"%prominence delete")
        assert b"the waiting was interrupted" in printed
    finally:
        process.wait(PATIENCE_S)
        os.close(controller)


def _read_until(controller: int, words: bytes) -> bytes:
    printed, deadline = b"", time.monotonic() + PATIENCE_S
    while words not in printed and time.monotonic() < deadline:
        printed += os.read(controller, 4096)
    assert words in printed
    return printed
