"""What the tests of the local service share: a service, and a small client of their own."""

import contextlib
import json
import shlex
import sys
import time
from pathlib import Path

import psutil
import pytest
import requests

CONTRACT = Path(__file__).parents[1] / "contract"
FINAL = {"completed", "failed", "deleted", "killed"}


class Api:
    """The jobs API over real HTTP, with nothing of the package's own client."""

    def __init__(self, info):
        self.info = info
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {info.token()}"

    def __call__(self, method, path, **arguments):
        return self.http.request(method, self.info.url + path, timeout=30, **arguments)

    def submit(self, *commands, image="busybox", resources=(), **more):
        """Submit one task a command; a command is text, a list of words, or a dict with more keys."""
        tasks = [command if isinstance(command, dict) else {"cmd": command} for command in commands]
        for task in tasks:
            if isinstance(task.get("cmd"), list):
                task["cmd"] = shlex.join(task["cmd"])
        body = {
            "resources": {"cpus": 1, "memory": 1, "disk": 10, **dict(resources)},
            "tasks": [{"image": image, "runtime": "singularity", **task} for task in tasks],
            **more,
        }
        answer = self("POST", "/jobs", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def describe(self, job_id):
        (job,) = self("GET", f"/jobs/{job_id}").json()
        return job

    def output(self, job_id, stream="stdout"):
        return self("GET", f"/jobs/{job_id}/{stream}").text

    def ended(self, job_id):
        """The description of a job, once it has a final status."""
        return until(lambda: (job := self.describe(job_id))["status"] in FINAL and job)

    def run(self, *commands, **arguments):
        """Submit a job and wait for its end."""
        return self.ended(self.submit(*commands, **arguments))

    def delete(self, job_id):
        return self("DELETE", f"/jobs/{job_id}")


def until(condition, within=30):
    """Wait for a condition and return its value."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return value


def python(code):
    """The words of a command that runs Python code."""
    return [sys.executable, "-I", "-c", code]


def shell(code):
    """The same, as text for a shell."""
    return shlex.join(python(code))


def processes_of(folder):
    """All processes, but for zombies, that were started with a HOME in a folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            home = process.environ().get("HOME", "")
            if home.startswith(str(folder)) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def recorded(name, index=-1):
    """The JSON of one recorded answer of the deployed service."""
    return json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"][index]["response"]["json"]


def shape(value):
    """JSON with its values replaced by their types, to compare shapes."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "number" if isinstance(value, int | float) else type(value).__name__


@pytest.fixture
def api(local_service):
    """The API of the service that the whole session shares."""
    shared = Api(local_service)
    yield shared
    shared.http.close()


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A folder for a service that this test starts and stops as it likes."""
    from prominence_jupyter.local_service import control

    folder = tmp_path / "state"
    monkeypatch.setenv("PROMINENCE_LOCAL_DIR", str(folder))
    yield folder
    control.stop()


@pytest.fixture
def connect():
    """Make an API of a service that a test started."""
    with contextlib.ExitStack() as stack:

        def make(info):
            made = Api(info)
            stack.callback(made.http.close)
            return made

        yield make
