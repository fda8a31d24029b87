"""How Apptainer is called: by a stand-in that runs the command where its files would be bound."""

import json

import pytest

from prominence_jupyter.local_service import control

STAND_IN = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
--version) echo "apptainer version 1.3.4" ;;
*build*missing*) exit 255 ;;
*build*) env > {log}.env; echo image > "$3" ;;
*exec*)
    while [ "$1" != --home ]; do shift; done
    cd "${{2%:*}}"
    while [ "$1" != --pwd ]; do shift; done
    shift 3
    exec "$@" ;;
esac
"""


@pytest.fixture
def apptainer(own_folder, tmp_path, connect, monkeypatch):
    """The API of a service that has Apptainer, and the file of what it was called with."""
    program, log = tmp_path / "bin" / "apptainer", tmp_path / "log"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(log=log))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("PROMINENCE_LOCAL_RUNTIME", "apptainer")
    return connect(control.start(cpus=4, memory_gb=8)), log


def test_an_image_is_built_once_and_run(apptainer, own_folder):
    api, log = apptainer
    credential = {"username": "me", "token": "SECRET"}
    task = {"cmd": "sh -c 'echo kept > file; env'", "imagePullCredential": credential, "workdir": "deep"}
    job = api.run(task, {"cmd": "cat file"}, image="busybox")
    assert job["execution"]["runtimeVersion"] == {"apptainer": "1.3.4"}
    assert [task["imagePullStatus"] for task in job["execution"]["tasks"]] == ["completed", "cached"]
    assert api.output(job["id"]).endswith("kept\n")
    assert "HOME=/home/user\n" in api.output(job["id"])
    again = api.run("true", image="busybox")["execution"]["tasks"][0]
    assert again["imagePullStatus"] == "cached"
    assert "imagePullTime" not in again
    calls = log.read_text().splitlines()
    assert len([call for call in calls if "build" in call and call.endswith("docker://busybox")]) == 1
    work = own_folder / "jobs" / str(job["id"]) / "work"
    run = next(call for call in calls if "exec" in call)
    assert f"--home {work}:/home/user --bind {work.parent / 'tmp'}:/tmp --pwd /home/user/deep" in run
    assert "SECRET" not in log.read_text()
    told = (log.parent / "log.env").read_text().splitlines()
    assert {"APPTAINER_DOCKER_USERNAME=me", "APPTAINER_DOCKER_PASSWORD=SECRET"} <= {*told}
    assert "SECRET" not in json.dumps(job["execution"])


def test_an_image_that_cannot_be_built_fails_as_a_failed_pull_does(apptainer):
    api, _ = apptainer
    job = api.run("true", image="missing")
    assert (job["status"], job["statusReason"]) == ("failed", "Container image pull failed")
    assert "apptainer cannot get the image" in api.output(job["id"], "stderr")
