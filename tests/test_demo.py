"""The demonstration as a user runs it: what `demo --execute` prints was measured from real processes."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pytest

import prominence_jupyter
from prominence_jupyter import demo
from prominence_jupyter.__main__ import main
from prominence_jupyter.errors import UsageError
from prominence_jupyter.local_service import control

PATIENCE_S = 120
COMMAND = Path(sys.executable).parent / "prominence-jupyter"


def row(printed: str, name: str) -> tuple[int, float, float, float]:
    """Exit code, CPU seconds, wall seconds and KiB of a job in the printed frame (two blocks of columns)."""
    first = re.search(rf"^(\d+) +\d+ +{name} +completed +(\d+) +0 days [\d:.]+ +([\d.]+)", printed, re.MULTILINE)
    second = re.search(rf"^{first[1]} +([\d.]+) +([\d.]+) *$", printed, re.MULTILINE)
    return int(first[2]), float(first[3]), float(second[1]), float(second[2])


@pytest.fixture(scope="module")
def done(local_service):
    """The quickstart, run through once."""
    command = [COMMAND, "demo", "--execute"]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)


def test_execute_prints_the_output_of_the_jobs_and_the_frame(done):
    assert "Iteration number 19   3.141592653589793238462643" in done.stdout
    assert "100% of 2.0 CPU seconds" in done.stdout
    assert "the input is missing" in done.stdout
    assert f"The local service goes on when this has ended: {COMMAND} serve --stop ends it." in done.stdout

    code, cpu_s, wall_s, _ = row(done.stdout, "burn-2s-50MB")
    assert code == 0
    assert 1.5 <= cpu_s <= 2.5
    assert wall_s >= 0.9 * cpu_s
    assert 0.85 <= row(done.stdout, "burn-0.5s-300MB")[3] * 1024 / 300e6 <= 1.15
    assert row(done.stdout, "broken")[0] == 3


def test_the_quickstart_run_again_submits_nothing_and_with_a_changed_variable_one_job(done, tmp_path, capsys):
    notebook = demo.copy_quickstart(tmp_path)
    text = notebook.read_text()
    assert text.count("(0.5, 300)") == 1
    before = number_of_jobs()

    demo.execute(notebook)
    assert number_of_jobs() == before
    assert "Joined job " in capsys.readouterr().out

    changed = nbformat.reads(text.replace("(0.5, 300)", "(0.4, 300)"), as_version=4)
    changed.cells = [cell for cell in changed.cells if "matplotlib" not in cell.source]  # it takes its time
    nbformat.write(changed, notebook)
    demo.execute(notebook)
    assert number_of_jobs() == before + 1
    assert "burn-0.4s-300MB" in capsys.readouterr().out


def number_of_jobs() -> int:
    return len(prominence_jupyter.local().jobs(all=True))


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


@pytest.mark.parametrize("options", [[], ["--execute"]])
def test_a_folder_that_is_a_file_is_told_before_anything_is_started(monkeypatch, tmp_path, capsys, options):
    monkeypatch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path / "state"))
    (tmp_path / "file").touch()
    assert main(["demo", "--folder", str(tmp_path / "file"), *options]) == 1
    assert f"cannot use the folder {tmp_path / 'file'}: " in capsys.readouterr().err
    assert control.running() is None


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


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--cpus", value) for value in ("0", "-1", "two", "1.5")),
        *(("--memory", value) for value in ("0", "-1", "nan", "inf", "much")),
        *(("--port", value) for value in ("-1", "65536", "http")),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(capsys, option, value):
    with pytest.raises(SystemExit) as caught:
        main(["serve", option, value])
    assert caught.value.code == 2
    assert f"argument {option}: must be " in capsys.readouterr().err


def test_serve_does_not_ignore_another_capacity(local_service, capsys):
    assert main(["serve", "--cpus", "2"]) == 1
    assert "with 64 cores and 64 GB" in capsys.readouterr().err


def test_a_shell_can_ask_for_the_service_and_stop_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path / "state"))
    assert main(["serve", "--status"]) == 1
    assert capsys.readouterr().out == "The local service does not run.\n"
    info = control.start(cpus=1, memory_gb=2)
    assert main(["serve", "--status"]) == 0
    assert f"{info.url}, with 1 cores and 2.0 GB for jobs; process {info.pid}" in capsys.readouterr().out
    assert main(["serve", "--stop"]) == 0
    assert capsys.readouterr().out == "The local service has been stopped.\n"
    assert control.running() is None
    assert main(["serve", "--stop"]) == 0
    assert capsys.readouterr().out == "The local service did not run.\n"


def test_a_folder_of_the_service_that_is_a_file_is_told(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path / "file"))
    for words in (["serve"], ["serve", "--status"], ["serve", "--stop"]):
        assert main(words) == 1
        assert "Cannot use the folder" in capsys.readouterr().err
