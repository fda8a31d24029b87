import json
import os

import pytest

from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.runner import launch
from prominence_jupyter.local_service.runner.runtimes.runtime import Start
from tests.local_service.conftest import python

SHOW = python("import os, json; print(json.dumps(dict(os.environ)))")


def test_the_environment_is_clean_and_the_jobs_own(api):
    job_id = api.run({"cmd": SHOW, "env": {"MINE": "a b", "NUMBER": 3, "PROMINENCE_TOKEN": "not this"}})["id"]
    seen = json.loads(api.output(job_id))
    folder = api.info.state_dir / "jobs" / str(job_id)
    assert seen["HOME"] == str(folder / "work")
    assert seen["TMPDIR"] == str(folder / "tmp")
    assert (seen["MINE"], seen["NUMBER"]) == ("a b", "3")
    assert seen["PROMINENCE_CPUS"] == seen["PROMINENCE_MEMORY"] == "1"
    assert seen["PROMINENCE_CONTAINER_RUNTIME"] == "singularity"
    assert seen["PROMINENCE_JOB_ID"] == str(job_id)
    assert seen["PROMINENCE_URL"] == api.info.url
    assert seen["PATH"] == os.environ["PATH"]
    known = {"HOME", "TMPDIR", "MINE", "NUMBER", "PATH", "LANG", "TZ", "USER", "LOGNAME"}
    extra = {key for key in seen if key not in known and not key.startswith(("PROMINENCE_", "LC_"))}
    assert not extra
    assert "PROMINENCE_LOCAL_DIR" not in seen


def test_a_job_has_a_token_of_its_own_that_works(api, local_service):
    job_id = api.run(SHOW)["id"]
    token = json.loads(api.output(job_id))["PROMINENCE_TOKEN"]
    assert token != local_service.token()
    api.http.headers["Authorization"] = f"Bearer {token}"
    assert api.describe(job_id)["id"] == job_id
    assert token not in api("GET", f"/jobs/{job_id}").text


def test_nothing_is_inherited(api):
    show = "import os, sys\n"
    show += "print(sorted(map(int, os.listdir('/dev/fd'))), repr(sys.stdin.read()), os.getsid(0) == os.getpid())"
    job_id = api.run(python(show))["id"]
    assert api.output(job_id) == "[0, 1, 2, 3] '' True\n"  # 3 is the listing itself


def test_signals_are_as_usual(api):
    code = "import signal; print([s.name for s in signal.Signals if signal.getsignal(s) == signal.SIG_IGN])"
    ignored = api.output(api.run(python(code))["id"])
    assert "SIGINT" not in ignored
    assert "SIGTERM" not in ignored


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("no-such-command --option", 127, "cannot run 'no-such-command': No such file or directory"),
        ("./not-here", 127, "No such file or directory"),
        ("/etc/passwd", 126, "Permission denied"),
        ({"cmd": "true", "workdir": "/no/such/folder"}, 126, "there is no such folder"),
        ({"cmd": ["echo", "\ud800"]}, 126, "can't encode"),
    ],
)
def test_what_cannot_run_says_so(api, command, code, words):
    job = api.run(command)
    assert (job["status"], job["execution"]["tasks"][0]["exitCode"]) == ("completed", code)
    assert words in api.output(job["id"], "stderr")
    assert api.output(job["id"], "stderr").count("\n") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110 - as marks have it
def test_a_full_disk_does_not_change_how_a_task_ends(tmp_path):
    scratch = Scratch(tmp_path)
    scratch.make([])
    scratch.output("stderr").unlink()
    scratch.output("stderr").symlink_to("/dev/full")
    assert launch.launch(Start(["no-such-command"], {}, scratch.work), scratch) == launch.NOT_FOUND


def test_no_shell_reads_the_command(api):
    assert api.output(api.run("echo $HOME ; '|' *")["id"]) == "$HOME ; | *\n"
