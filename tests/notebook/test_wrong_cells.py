"""Wrong cells as people write them, under nbclient: one short error each, the run stops, nothing is submitted.

The text of every error is kept in ``wrong_cells.txt``, to be read as a person reads it. To write it anew after a
change of words, delete it, run this test twice and look at the difference.
"""

import json
import os
import re
from pathlib import Path

import jwt
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

from tests.standin import standin

SNAPSHOT = Path(__file__).parent / "wrong_cells.txt"
RESOURCES = '"resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 10}'
TASKS = '"tasks": [{"image": "busybox", "cmd": "echo hello"}]'
SETUP = """
samples, cfg, points = 10, {"cpus": 4}, {3, 1, 2}
"""
EXPIRED = jwt.encode({"exp": 1_000_000_000}, "k" * 32, algorithm="HS256")
BODIES = {
    "trailing comma": f"{{\n  {RESOURCES},\n  {TASKS},\n}}",
    "missing comma": f"{{\n  {RESOURCES}\n  {TASKS}\n}}",
    "single quotes": "{\n  'name': 'hello'\n}",
    "Python's True": f'{{\n  {RESOURCES},\n  {TASKS},\n  "policies": {{"leaveInQueue": True}}\n}}',
    "a comment": f'{{\n  "name": "x",  # my job\n  {RESOURCES},\n  {TASKS}\n}}',
    "typographic quotes": "{\n  “name”: “hello”\n}",
    "a key without quotes": '{\n  name: "hello"\n}',
    "never closed": f'{{\n  "name": "hello",\n  {RESOURCES}\n',
    "a string never closed": f'{{\n  "name": "hello,\n  {RESOURCES}\n}}',
    "a Windows path": '{"name": "C:\\data"}',
    "two objects": '{"name": "one"}\n{"name": "two"}',
    "a duplicate key": f'{{\n  "name": "one",\n  {RESOURCES},\n  {TASKS},\n  "name": "two"\n}}',
    "NaN": '{"name": NaN}',
    "an empty cell": "\n",
    "a list": f"[{{{RESOURCES}, {TASKS}}}]",
    "YAML": "name: hello\ntasks:\n  - image: busybox",
    "two problems": '{\n  "resources": {"cpus": 0, "memory": 1, "disk": 10},\n  "tasks": [{"cmd": "echo"}]\n}',
    "five problems": (
        '{\n  "resources": {"nodes": 1, "cpus": "2", "memory": 1.5, "disk": null},\n'
        '  "tasks": [{"image": "busybox", "runtime": "docker"}],\n  "labels": {"my-study": "one"}\n}'
    ),
    "misspelt at three depths": (
        '{\n  "resources": {"nodes": 1, "cpus": 1, "memroy": 1, "disk": 10},\n'
        '  "taks": [],\n  "tasks": [{"imgae": "busybox", "cmd": "echo"}]\n}'
    ),
    "wrong types": f'{{\n  {RESOURCES},\n  "tasks": {{"image": "busybox"}},\n  "name": null\n}}',
    "a missing image": f'{{\n  {RESOURCES},\n  "tasks": [{{"cmd": "echo hello"}}]\n}}',
    "in the wrong place": f'{{\n  "cpus": 2,\n  {RESOURCES},\n  {TASKS}\n}}',
    "a wrong pull credential": (
        f'{{\n  {RESOURCES},\n  "tasks": [{{"image": "busybox",\n'
        '    "imagePullCredential": {"username": "me", "token": "PULL-SECRET", "pasword": "TOO"}}]\n}'
    ),
    "an undefined variable": f'{{\n  {RESOURCES},\n  "name": "run-{{{{ sample }}}}",\n  {TASKS}\n}}',
    "a variable without a JSON form": f'{{\n  {RESOURCES},\n  "labels": {{{{ points }}}},\n  {TASKS}\n}}',
    "a call in a variable": f'{{\n  {RESOURCES},\n  "name": "{{{{ max(points) }}}}",\n  {TASKS}\n}}',
    "a wrong value of a variable": (
        f'{{\n  "resources": {{"nodes": 1, "cpus": {{{{ cfg }}}}, "memory": 1, "disk": 1}},\n  {TASKS}\n}}'
    ),
}
RIGHT = f"{{{RESOURCES}, {TASKS}}}"
LINES = {
    "a misspelt option": ("--wiat", RIGHT),
    "a time limit without waiting": ("--timeout 5", RIGHT),
    "a label that is none": ("--label study", RIGHT),
}


@pytest.fixture
def service():
    with standin() as running:
        yield running


@pytest.fixture
def run(tmp_path, service, monkeypatch):
    """Run one cell under nbclient and return its error's text; the cell after it must not run."""

    def run_one(line: str, body: str, **environ: str) -> str:
        settings = {"HOME": str(tmp_path), "PROMINENCE_URL": service.url, "PROMINENCE_TOKEN": "opaque"} | environ
        for key, value in settings.items():
            monkeypatch.setenv(key, value)
        if not settings["PROMINENCE_TOKEN"]:
            monkeypatch.delenv("PROMINENCE_TOKEN")
        cells = [f"%load_ext prominence_jupyter\n{SETUP}", f"%%prominence_job {line}\n{body}", "print('went on')"]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        config = Config({"KernelManager": {"transport": "ipc", "ip": str(tmp_path / "k")}})
        with pytest.raises(CellExecutionError) as caught:
            NotebookClient(notebook, timeout=60, kernel_name="python3", config=config).execute()
        assert not notebook.cells[2].outputs
        (error,) = [output for output in notebook.cells[1].outputs if output.output_type == "error"]
        shown = "\n".join(error.traceback)
        assert shown in str(caught.value)
        shown = re.sub("[0-9a-f]{32}", "RANDOM", shown)
        return shown.replace(service.url, "URL").replace(str(tmp_path), "~")

    return run_one


def snapshot() -> dict[str, str]:
    if not SNAPSHOT.exists():
        return {}
    parts = SNAPSHOT.read_text(encoding="utf-8").split("=== ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].rstrip("\n") for part in parts}


def check(name: str, shown: str) -> None:
    known = snapshot()
    if name not in known and not os.environ.get("CI"):
        with SNAPSHOT.open("a", encoding="utf-8") as file:
            file.write(f"=== {name}\n{shown}\n\n")
        pytest.fail(f"no text was kept for {name!r}; it has been written to {SNAPSHOT.name}, look at it and run again")
    assert shown == known[name]
    assert len(shown.splitlines()) <= 14


@pytest.mark.parametrize("name", BODIES)
def test_a_wrong_body(name, run, service):
    shown = run("", BODIES[name])
    check(name, shown)
    assert "SECRET" not in shown
    assert service.submissions == 0


@pytest.mark.parametrize("name", LINES)
def test_a_wrong_line(name, run, service):
    check(name, run(*LINES[name]))
    assert service.submissions == 0


def test_a_cell_of_two_megabytes(run, service):
    body = f'{{{RESOURCES}, {TASKS}, "name": "{"x" * 2_000_000}"}}'
    shown = run("", body)
    check("a cell of two megabytes", shown)
    assert len(shown) < 1000
    assert service.submissions == 0


@pytest.mark.parametrize(
    ("name", "environ", "token_file"),
    [
        ("no token", {"PROMINENCE_TOKEN": ""}, None),
        ("a malformed token file", {"PROMINENCE_TOKEN": ""}, '{"refresh_token": "SECRET"}'),
        ("an expired token", {"PROMINENCE_TOKEN": EXPIRED}, None),
        ("a URL that is none", {"PROMINENCE_URL": "prominence.example"}, None),
        ("a URL that is http", {"PROMINENCE_URL": "http://prominence.example/api/v1"}, None),
    ],
)
def test_wrong_settings(name, environ, token_file, run, service, tmp_path):
    if token_file:
        (tmp_path / ".prominence").mkdir()
        (tmp_path / ".prominence" / "token").write_text(token_file)
    shown = run("", RIGHT, **environ)
    check(name, shown)
    assert EXPIRED not in shown
    assert "SECRET" not in shown
    assert service.submissions == 0


@pytest.mark.parametrize(
    ("name", "status", "content_type", "body"),
    [
        ("a token that is refused", 401, "application/json", json.dumps({"error": "Authentication failure"})),
        ("a part that is switched off", 401, "application/json", json.dumps({"error": "Functionality disabled"})),
        ("an answer in HTML", 200, "text/html", "<!doctype html><title>Welcome</title><p>Sign in</p>"),
        ("a wrong URL", 404, "text/html", "<!doctype html><title>404 Not Found</title><p>No such page.</p>"),
        ("a refusal", 400, "application/json", json.dumps({"error": "quota exceeded"})),
    ],
)
def test_a_service_that_does_not_take_it(name, status, content_type, body, run, service):
    service.answers(status, content_type, body)
    check(name, run("", RIGHT))


def test_an_unreachable_service(run, service):
    service.stop()
    check("an unreachable service", run("", RIGHT))
