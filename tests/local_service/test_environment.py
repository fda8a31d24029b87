import os

import psutil
import pytest

from prominence_jupyter.local_service import control, environment
from tests.local_service.conftest import python, until

USERS = {
    "PATH": "/bin",
    "LC_ALL": "C",
    "HOME": "/home/user",
    "PYTHONPATH": "/more",
    "PROMINENCE_LOCAL_DIR": "/state",
    "PROMINENCE_TOKEN": "SECRET",
    "AWS_SECRET_ACCESS_KEY": "SECRET",
    "MY_DATABASE": "user:SECRET@host",
}


def test_no_secret_of_the_user_goes_on():
    assert environment.for_jobs(USERS).keys() == {"PATH", "LC_ALL"}
    assert environment.for_the_service(USERS).keys() == {"PATH", "LC_ALL", "HOME", "PYTHONPATH", "PROMINENCE_LOCAL_DIR"}
    of_a_job = environment.for_chores(USERS | {"PROMINENCE_JOB_ID": "1", "PROMINENCE_TOKEN": "the job's own"})
    assert of_a_job.keys() - environment.for_the_service(USERS).keys() == {"PROMINENCE_JOB_ID", "PROMINENCE_TOKEN"}
    assert "SECRET" not in str(of_a_job)


def environments_below(pid):
    return [one.environ() for one in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]]


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="only Linux lists them there")  # noqa: PTH110
def test_a_job_inherits_no_descriptor_of_the_service(own_folder, connect):
    api = connect(control.start(cpus=1, memory_gb=1))
    code = "import os\nfor name in os.listdir('/proc/self/fd'):\n"
    code += "    try: print(name, os.readlink('/proc/self/fd/' + name))\n    except OSError: pass"  # the listing's own
    job = api.run(python(code))
    folder = own_folder / "jobs" / str(job["id"])
    found = dict(line.split(" ") for line in api.output(job["id"]).splitlines())
    assert found == {"0": "/dev/null", "1": str(folder / "stdout"), "2": str(folder / "stderr")}


@pytest.mark.skipif(not os.path.exists("/proc"), reason="some systems show the environment of no process")  # noqa: PTH110
def test_no_process_of_the_service_has_the_users_token(own_folder, connect, monkeypatch):
    monkeypatch.setenv("PROMINENCE_TOKEN", "SECRET-OF-THE-USER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET-OF-THE-USER-TOO")
    info = control.start(cpus=1, memory_gb=1)
    api = connect(info)
    job_id = api.submit("sleep 60")
    assert until(lambda: api.describe(job_id)["status"] == "running")
    until(lambda: len(environments_below(info.pid)) == 3)  # who speaks HTTP, who runs jobs, and the job
    found = environments_below(info.pid)
    assert "SECRET-OF" not in str(found)
    tokens = [one["PROMINENCE_TOKEN"] for one in found if "PROMINENCE_TOKEN" in one]
    assert len(tokens) == 1  # the job's own
    assert tokens != [info.token()]
