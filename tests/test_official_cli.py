"""The official CLI, version 0.21.0, against `prominence-jupyter serve`: nothing of ours in it."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

PATIENCE_S = 60
BIN = Path(sys.executable).parent
SEED = {
    "resources": {"memory": 1, "cpus": 1, "nodes": 1, "disk": 10},
    "name": "calculate-pi",
    "tasks": [{"image": "eoscprominence/testpi", "runtime": "singularity"}],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A shell's environment after it has read the two lines that `serve` prints."""
    environ = os.environ | {
        "PROMINENCE_LOCAL_DIR": str(tmp_path_factory.mktemp("served")),
        "HOME": str(tmp_path_factory.mktemp("home")),
    }
    command = [BIN / "prominence-jupyter", "serve", "--cpus", "4", "--memory", "8"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as service:
        lines = [service.stdout.readline() for _ in range(2)]
        token = Path(environ["PROMINENCE_LOCAL_DIR"], "token").read_text().strip()
        assert token not in "".join(lines)
        shell = subprocess.run(
            ["bash", "-c", "".join(lines) + "env"], capture_output=True, text=True, env=environ, check=True
        )
        yield dict(line.split("=", 1) for line in shell.stdout.splitlines() if "=" in line)
        service.send_signal(signal.SIGINT)
        assert service.wait(PATIENCE_S) in {0, 130}


@pytest.fixture
def prominence(served):
    """Run the official CLI and return what it printed."""
    assert version("prominence") == "0.21.0"

    def run(*words: str) -> str:
        done = subprocess.run(
            [BIN / "prominence", *words], capture_output=True, text=True, env=served, timeout=PATIENCE_S, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    return run


def submitted(printed: str) -> str:
    assert printed.startswith("Job created with id ")
    return printed.rsplit(maxsplit=1)[-1]


def described(prominence, job_id: str, status: str) -> dict:
    """What `describe` prints once the job has a status."""
    deadline = time.monotonic() + PATIENCE_S
    while (job := json.loads(prominence("describe", job_id)))["status"] != status:
        assert time.monotonic() < deadline, job
    return job


def test_create_list_describe_stdout_stderr(prominence):
    job_id = submitted(prominence("create", "--name", "hello", "busybox", "/bin/sh -c 'echo out; echo err >&2'"))
    job = described(prominence, job_id, "completed")
    assert job["execution"]["tasks"][0]["exitCode"] == 0
    assert prominence("stdout", job_id).strip() == "out"
    assert prominence("stderr", job_id).strip() == "err"
    assert "hello" in prominence("list", "--completed", "--last", "5")


def test_the_seeds_job_file(prominence, tmp_path):
    file = tmp_path / "testpi.json"
    file.write_text(json.dumps(SEED))
    job_id = submitted(prominence("run", str(file)))
    described(prominence, job_id, "completed")
    assert "Chudnovsky" in prominence("stdout", job_id)


def test_list_and_delete(prominence):
    job_id = submitted(prominence("create", "--name", "sleeper", "busybox", "sleep 60"))
    described(prominence, job_id, "running")
    assert "sleeper" in prominence("list")
    assert "Success" in prominence("delete", job_id)
    assert described(prominence, job_id, "deleted")["statusReason"] == "Job deleted by user"
    assert "sleeper" not in prominence("list")
    assert "Error" in prominence("delete", job_id)
    completed = prominence("list", "--completed", "--last", "5").splitlines()
    assert job_id in [line.split()[0] for line in completed]
