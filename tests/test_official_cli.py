"""The official CLI, version 0.21.0, against `prominence-jupyter serve`: nothing of ours in it."""

import json
import os
import signal
import subprocess
import sys
import tarfile
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


COMMANDS = """
import json, os, sys, traceback
from prominence.cli import main
for line in sys.stdin:
    words, folder = json.loads(line)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        print(flush=True)
        continue
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
    os.chdir(folder)
    try:
        main(words)
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(0)
"""
"""Each command in a process of its own, of one that has the official CLI imported: that costs most of its second."""


@pytest.fixture(scope="module")
def commands(served):
    """A process to which commands can be written."""
    assert version("prominence") == "0.21.0"
    command = [sys.executable, "-c", COMMANDS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=served) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def prominence(commands, tmp_path):
    """Run the official CLI in a folder of the test's, and return what it printed."""

    def run(*words: str) -> str:
        commands.stdin.write(f"{json.dumps([words, str(tmp_path)])}\n")
        commands.stdin.flush()
        commands.stdout.readline()
        errors = (tmp_path / "stderr").read_text()
        assert "Traceback" not in errors, errors
        return (tmp_path / "stdout").read_text()

    return run


def submitted(printed: str) -> str:
    assert printed.startswith("Job created with id ")
    return printed.rsplit(maxsplit=1)[-1]


def described(prominence, job_id: str, *statuses: str) -> dict:
    """What `describe` prints once the job has one of these statuses."""
    deadline = time.monotonic() + PATIENCE_S
    while (job := json.loads(prominence("describe", job_id)))["status"] not in statuses:
        assert time.monotonic() < deadline, job
    return job


def listed(printed: str) -> list[str]:
    """The ids in what `list` prints."""
    return [line.split()[0] for line in printed.splitlines()[1:] if line]


def test_from_create_to_what_is_left(prominence, tmp_path):
    words = ("--name", "hello", "--label", "study=cli", "--env", "A=b", "--output", "out.txt", "--outputdir", "d")
    command = "/bin/sh -c 'echo out $A; echo err >&2; echo x > out.txt; mkdir d; echo y > d/f'"
    job_id = submitted(prominence("create", *words, "busybox", command))
    job = described(prominence, job_id, "completed", "failed")
    assert job["execution"]["tasks"][0]["exitCode"] == 0
    assert [output["name"] for output in job["outputFiles"] + job["outputDirs"]] == ["out.txt", "d"]
    assert prominence("stdout", job_id).strip() == "out b"
    assert prominence("stderr", job_id).strip() == "err"
    assert job_id in listed(prominence("list", "--completed", "--last", "5"))
    assert job_id in listed(prominence("list", "--all", "--constraint", "study=cli", "--name", "hello"))
    assert listed(prominence("list", "--all", "--constraint", "study=other")) == []
    prominence("delete", submitted(prominence("clone", "job", job_id)))


def test_download(prominence, tmp_path):
    words = ("--output", "out.txt", "--outputdir", "d")
    job_id = submitted(prominence("create", *words, "busybox", "/bin/sh -c 'echo x > out.txt; mkdir d; echo y > d/f'"))
    described(prominence, job_id, "completed")
    prominence("download", job_id)
    assert (tmp_path / "out.txt").read_text() == "x\n"
    with tarfile.open(tmp_path / "d.tgz") as archive:
        assert "d/f" in archive.getnames()


def test_the_seeds_job_file(prominence, tmp_path):
    file = tmp_path / "testpi.json"
    file.write_text(json.dumps(SEED))
    job_id = submitted(prominence("run", str(file)))
    described(prominence, job_id, "completed")
    assert "Chudnovsky" in prominence("stdout", job_id)


YAML = """
name: two-lines
resources: {cpus: 1, memory: 1, disk: 10}
tasks:
  - image: busybox
    runtime: singularity
    cmd: |
      echo first
      cat input.txt
inputs:
  - file://input.txt
policies:
  leaveInQueue: true
"""


def test_a_job_in_yaml_that_stays_until_it_is_removed(prominence, tmp_path):
    (tmp_path / "job.yaml").write_text(YAML)
    (tmp_path / "input.txt").write_text("second\n")
    job_id = submitted(prominence("run", "job.yaml"))
    described(prominence, job_id, "completed")
    assert prominence("stdout", job_id) == "first\nsecond\n\n"
    assert job_id in listed(prominence("list"))
    assert prominence("remove", "job", job_id).strip() == "Job removed from queue"
    assert "no longer in the queue" in prominence("remove", "job", job_id)
    assert job_id not in listed(prominence("list"))


WORKFLOW = {
    "name": "sweep",
    "jobs": [
        SEED | {"name": "point", "tasks": [SEED["tasks"][0] | {"cmd": "/bin/sh -c 'echo x=$x; exit $x'"}]},
    ],
    "factories": [{"name": "f", "type": "zip", "jobs": ["point"], "parameters": [{"name": "x", "values": ["0", "1"]}]}],
}


def test_a_workflow(prominence, tmp_path):
    (tmp_path / "workflow.json").write_text(json.dumps(WORKFLOW))
    printed = prominence("run", "workflow.json")
    assert printed.startswith("Workflow created with id ")
    workflow_id = printed.split()[-1]
    deadline = time.monotonic() + PATIENCE_S
    while (found := json.loads(prominence("describe", "workflow", workflow_id)))["status"] in {"idle", "running"}:
        assert time.monotonic() < deadline, found
    assert found["progress"] == {"total": 2, "done": 1, "failed": 1, "queued": 0, "waiting": 0}
    assert len(listed(prominence("list", "--all", "jobs", workflow_id))) == 2
    assert prominence("stdout", workflow_id, "point", "1").strip() == "x=1"
    assert workflow_id in listed(prominence("list", "--all", "workflows"))
    assert prominence("rerun", workflow_id).startswith("Workflow created with id ")
    assert prominence("clone", "workflow", workflow_id).startswith("Workflow created with id ")
    prominence("delete", "workflow", workflow_id)


def test_what_runs(prominence, served):
    assert subprocess.run([BIN / "prominence", "list"], env=served, check=True, capture_output=True).stderr == b""
    job_id = submitted(prominence("create", "--name", "sleeper", "busybox", "sleep 60"))
    described(prominence, job_id, "running")
    assert job_id in listed(prominence("list", "--running"))
    assert job_id not in listed(prominence("list", "--idle"))
    assert prominence("exec", job_id, "echo beside").strip() == "beside"
    assert "local" in prominence("resources").splitlines()[4]
    assert "Success" in prominence("delete", job_id)
    assert described(prominence, job_id, "deleted")["statusReason"] == "Job deleted by user"
    assert job_id not in listed(prominence("list"))
    assert "Error" in prominence("delete", job_id)
    assert "Job is not running" in prominence("exec", job_id, "echo beside")
    assert job_id in listed(prominence("list", "--completed", "--last", "5"))


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_as_it_comes(prominence, served, stream):
    to = {"stdout": "", "stderr": " >&2"}[stream]
    job_id = submitted(
        prominence("create", "busybox", f"/bin/sh -c 'echo one{to}; until test -e go; do sleep 0.1; done'")
    )
    described(prominence, job_id, "running")
    command = [BIN / "prominence", stream, "--tail", job_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=served | {"PYTHONUNBUFFERED": "1"}) as tail:
        assert tail.stdout.readline() == "one\n"
        Path(served["PROMINENCE_LOCAL_DIR"], "jobs", job_id, "work", "go").touch()
        assert tail.wait(PATIENCE_S) == 0


def test_files_of_the_object_storage(prominence, tmp_path):
    (tmp_path / "here.bin").write_bytes(b"content")
    assert prominence("upload", "--name", "there.bin", "--filename", "here.bin").strip() == "Success"
    assert prominence("ls").split() == ["there.bin"]
    name, size, *_, zone = prominence("ls", "-l").split()
    assert (name, size, zone) == ("there.bin", "7", "GMT")
    assert prominence("ls", "other").strip() == ""
    assert prominence("rm", "there.bin").strip() == "Success"
    assert prominence("ls").strip() == ""
    assert "Error" in prominence("upload", "--name", "../up", "--filename", "here.bin")


def test_what_is_switched_off(prominence):
    assert "authentication failed" in prominence("kv", "list")  # its word for every 401
