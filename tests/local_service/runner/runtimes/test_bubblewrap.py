"""What an image's name alone means under bubblewrap: this machine's files, and little of them to write to."""

import shutil
from pathlib import Path

import pytest

from prominence_jupyter.local_service import control
from tests.local_service.conftest import until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="not installed: bwrap")


@pytest.fixture
def isolated(own_folder, connect, monkeypatch):
    monkeypatch.setenv("PROMINENCE_LOCAL_RUNTIME", "bubblewrap")
    return connect(control.start(cpus=4, memory_gb=8))


def test_a_job_sees_this_machine_but_neither_its_processes_nor_the_service(isolated, own_folder):
    look = (
        "cat /etc/os-release | head -1; ps -e | wc -l; ls -A {0} {0}/jobs; touch {0}/../x; touch /x; echo > mine; pwd"
    )
    job = isolated.run(["sh", "-c", look.format(own_folder)])
    first, processes, *rest = isolated.output(job["id"]).splitlines()
    assert first == Path("/etc/os-release").read_text().splitlines()[0]
    assert int(processes) < 8
    work = own_folder / "jobs" / str(job["id"]) / "work"
    assert rest == [f"{own_folder}:", "jobs", "", f"{own_folder}/jobs:", str(job["id"]), str(work)]
    assert isolated.output(job["id"], "stderr").count("cannot touch") == 1
    assert not (own_folder.parent / "x").exists()
    assert (work / "mine").exists()
    assert job["execution"]["runtimeVersion"]["bubblewrap"].endswith(", host files")


def test_testpi_is_built_in(isolated):
    job_id = isolated.submit({"image": "eoscprominence/testpi"})
    until(lambda: "Iteration number  2" in isolated.output(job_id))
    isolated.delete(job_id)
    assert isolated.ended(job_id)["status"] == "deleted"


def test_a_folder_that_is_not_there_cannot_be_mounted_over_this_machines_files(isolated):
    artifact = {"url": "a", "mountpoint": "data:/no/such/place"}
    isolated.info.state_dir.joinpath("data").mkdir(exist_ok=True)
    isolated.info.state_dir.joinpath("data", "a").touch()
    job = isolated.run("true", artifacts=[artifact])
    assert job["status"] == "failed"
    assert "Cannot mount /no/such/place" in job["statusReason"]
    assert isolated.run("true", artifacts=[artifact | {"mountpoint": "data:/mnt"}])["status"] == "completed"
