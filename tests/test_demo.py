"""The demonstration as a user runs it: what `demo --execute` prints was measured from real processes."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pytest

from prominence_jupyter import demo
from prominence_jupyter.__main__ import main
from prominence_jupyter.errors import UsageError

PATIENCE_S = 120
COMMAND = Path(sys.executable).parent / "prominence-jupyter"


def row(printed: str, name: str) -> tuple[int, float, float, float]:
    """Exit code, CPU seconds, wall seconds and KiB of a job in the printed frame (two blocks of columns)."""
    first = re.search(rf"^(\d+) +\d+ +{name} +completed +(\d+) +0 days [\d:.]+ +([\d.]+)", printed, re.MULTILINE)
    second = re.search(rf"^{first[1]} +([\d.]+) +([\d.]+) *$", printed, re.MULTILINE)
    return int(first[2]), float(first[3]), float(second[1]), float(second[2])


def test_execute_prints_the_output_of_the_jobs_and_the_frame(local_service):
    done = subprocess.run(
        [COMMAND, "demo", "--execute"], capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    assert "Iteration number 19   3.141592653589793238462643" in done.stdout
    assert "100% of 2.0 CPU seconds" in done.stdout
    assert "the input is missing" in done.stdout

    code, cpu_s, wall_s, _ = row(done.stdout, "burn-2s-50MB")
    assert code == 0
    assert 1.5 <= cpu_s <= 2.5
    assert wall_s >= 0.9 * cpu_s
    assert 0.85 <= row(done.stdout, "burn-0.5s-300MB")[3] * 1024 / 300e6 <= 1.15
    assert row(done.stdout, "broken")[0] == 3


def test_a_cell_that_fails_is_told_in_short(local_service, tmp_path, capsys):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('before')\n1 / 0")])
    nbformat.write(notebook, tmp_path / "quickstart.ipynb")
    assert main(["demo", "--execute", "--folder", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "before" in printed.err
    assert "ZeroDivisionError" in printed.err


def test_a_notebook_that_is_there_already_is_kept(tmp_path):
    first = demo.copy_quickstart(tmp_path / "new" / "folder")
    assert "PROMINENCE from a notebook" in first.read_text()
    first.write_text("mine")
    assert demo.copy_quickstart(tmp_path / "new" / "folder").read_text() == "mine"


def test_without_jupyterlab_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr("prominence_jupyter.demo.find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"needs jupyterlab: pip install 'prominence-jupyter\[demo\]'"):
        demo.open_in_lab(tmp_path / "x.ipynb", browser=False)


def test_the_lab_opens_on_the_copy(local_service, tmp_path):
    environ = os.environ | {
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "run"),
    }
    command = [COMMAND, "demo", "--no-browser", "--folder", str(tmp_path / "demo")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ) as lab:
        limit = threading.Timer(PATIENCE_S, lab.kill)
        limit.start()
        printed = ""
        for line in lab.stdout:
            printed += line
            if "/lab/tree" in line:
                break
        lab.terminate()
        lab.stdout.read()
        limit.cancel()
    assert "/lab/tree" in printed
    assert (tmp_path / "demo" / "quickstart.ipynb").exists()


def test_a_wrong_command_says_so(capsys):
    with pytest.raises(SystemExit):
        main(["demonstrate"])
    assert "invalid choice" in capsys.readouterr().err


def test_serve_tells_of_the_service_that_runs_and_shows_no_token(local_service, capsys):
    assert main(["serve"]) == 0
    printed = capsys.readouterr().out
    assert f"export PROMINENCE_URL={local_service.url}" in printed
    assert local_service.token() not in printed
