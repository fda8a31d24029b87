import os

import psutil
import pytest

from prominence_jupyter.local_service import control, environment
from tests.local_service.conftest import until

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


def environments_below(pid):
    return [one.environ() for one in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]]


@pytest.mark.skipif(not os.path.exists("/proc"), reason="some systems show the environment of no process")  # noqa: PTH110
def test_no_process_of_the_service_has_the_users_token(own_folder, connect, monkeypatch):
    monkeypatch.setenv("PROMINENCE_TOKEN", "SECRET-OF-THE-USER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET-OF-THE-USER-TOO")
    info = control.start(cpus=1, memory_gb=1)
    api = connect(info)
    job_id = api.submit("sleep 60")
    assert until(lambda: api.describe(job_id)["status"] == "running")
    found = until(lambda: len(them := environments_below(info.pid)) == 3 and them)  # HTTP, the runner, and the job
    assert "SECRET-OF" not in str(found)
    tokens = [one["PROMINENCE_TOKEN"] for one in found if "PROMINENCE_TOKEN" in one]
    assert len(tokens) == 1  # the job's own
    assert tokens != [info.token()]
