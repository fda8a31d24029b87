"""Commands beside a job that runs."""

import threading

import psutil
import pytest
import requests

from prominence_jupyter.local_service.front import beside
from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.places.state import StateDir
from tests.local_service.conftest import recorded, until


@pytest.fixture
def running(api):
    """The id of a job that runs."""
    job_id = api.submit({"cmd": "sh -c 'echo here > file; sleep 60'", "env": {"ANSWER": "42"}})
    work = Scratch(StateDir(api.info.state_dir).job(job_id)).work
    until((work / "file").exists)
    yield job_id
    api.delete(job_id)


def execute(api, job_id, command, **arguments):
    return api("POST", f"/jobs/{job_id}/exec", params={"command": command}, **arguments)


def sleepers(seconds):
    return [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", str(seconds)]]


def zombies(api):
    children = psutil.Process(api.info.pid).children(recursive=True)
    return [child for child in children if child.status() == psutil.STATUS_ZOMBIE]


def test_a_command_has_the_folder_and_the_environment_of_the_job(api, running):
    answer = execute(api, running, "cat,file;,echo,$ANSWER,$PROMINENCE_JOB_ID")
    assert (answer.status_code, answer.text) == (200, f"here\n42 {running}\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_command_that_fails_is_refused_with_what_it_said(api, running):
    answer = execute(api, running, "echo,out;,ls,/nowhere-at-all;,exit,3")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error.startswith("Unable to execute command: exit code 3: out\nls: ")


def test_only_in_a_job_that_runs(api):
    ended = api.run("true")["id"]
    answer = execute(api, ended, "ls")
    assert (answer.status_code, answer.json()) == (400, recorded("exec"))
    assert execute(api, 999999, "ls").json() == {"error": "Job does not exist"}
    assert execute(api, ended, ",").status_code == 400


def test_it_ends_with_the_request(api, running):
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{api.info.url}/jobs/{running}/exec?command=sleep,4711&,sleep,4711",
            headers=dict(api.http.headers),
            timeout=1,
            proxies={"http": ""},
        )
    until(lambda: not sleepers(4711))
    until(lambda: not zombies(api))
    assert api.describe(running)["status"] == "running"


def test_what_it_leaves_in_the_background_ends(api, running):
    assert execute(api, running, "sleep,4713,>/dev/null,2>&1,&").status_code == 200
    until(lambda: not sleepers(4713))
    until(lambda: not zombies(api))


def test_it_ends_with_the_job(api, running):
    sent = []

    def delete():
        if not sent and sleepers(4712):
            sent.append(api.delete(running))
        return sent

    deleting = threading.Thread(target=lambda: until(delete))
    deleting.start()
    answer = requests.post(
        f"{api.info.url}/jobs/{running}/exec?command=sleep,4712",
        headers={"Authorization": f"Bearer {api.info.token()}"},
        timeout=30,
        proxies={"http": ""},
    )
    deleting.join()
    assert answer.json() == {"error": "Job is not running"}
    until(lambda: not sleepers(4712))


def test_it_may_not_write_for_ever(api, running):
    answer = execute(api, running, "yes")
    assert answer.status_code == 400
    assert f"more than {beside.MOST_BYTES:,} bytes" in answer.json()["error"]
