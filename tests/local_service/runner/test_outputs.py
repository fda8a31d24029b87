"""What is kept of the files and folders that a job was to make."""

import tarfile

import pytest

from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.places.state import StateDir
from tests.local_service.conftest import recorded


@pytest.fixture
def kept(api):
    """Run a job and return its description and its place."""

    def run(script, **wanted):
        job = api.run(["sh", "-c", script], **wanted)
        return job, Scratch(StateDir(api.info.state_dir).job(job["id"]))

    return run


def test_files_and_folders_are_kept(kept):
    script = "mkdir -p a/b/c; echo one > a/one; printf 'two' > a/b/c/two; ln -s c/two a/b/link; ln -s a/one inside"
    job, scratch = kept(script, outputFiles=["a/one", "inside"], outputDirs=["a/b"])
    assert job["status"] == "completed"
    assert job["execution"]["stageOutTime"] > 0
    assert scratch.staged("a/one") == scratch.outputs / "one"
    assert scratch.staged("a/one").read_text() == scratch.staged("inside").read_text() == "one\n"
    assert scratch.staged("a/b", folder=True) == scratch.outputs / "b.tgz"
    with tarfile.open(scratch.staged("a/b", folder=True)) as archive:
        assert sorted(archive.getnames()) == ["a/b", "a/b/c", "a/b/c/two", "a/b/link"]
        assert archive.extractfile("a/b/link").read() == b"two"
    assert sorted(path.name for path in scratch.outputs.iterdir()) == ["b.tgz", "inside", "one"]


def test_outputs_that_are_not_there_fail_the_job_as_recorded(kept, api):
    expected = recorded("outputs-missing")[0]
    job, scratch = kept("echo o; echo > there", outputFiles=["a.txt", "there"], outputDirs=["d"])
    assert (job["status"], job["statusReason"]) == (expected["status"], expected["statusReason"])
    assert job["execution"].keys() == expected["execution"].keys()
    assert [path.name for path in scratch.outputs.iterdir()] == ["there"]
    said = api.output(job["id"], "stderr")
    assert said == "prominence: there is no output 'a.txt'\nprominence: there is no output 'd'\n"


def test_what_is_not_the_jobs_own_is_not_kept(kept, api):
    files = {
        "absolute": "ln -s /etc/passwd absolute",
        "log": "ln -s ../stdout log",
        "root/etc/passwd": "ln -s / root",
        "pipe": "mkfifo pipe",
        "folder": "mkdir folder",
        "loop": "ln -s loop loop",
    }
    folders = {"up": "ln -s .. up", "etc": "ln -s /etc etc", "file": "echo > file"}
    script = "; ".join([*files.values(), *folders.values()])
    job, scratch = kept(script, outputFiles=[*files], outputDirs=[*folders])
    assert (job["status"], job["statusReason"]) == ("failed", recorded("outputs-missing")[0]["statusReason"])
    assert not [*scratch.outputs.iterdir()]
    said = api.output(job["id"], "stderr").splitlines()
    assert len(said) == len(files) + len(folders)
    assert sum("leads out of the folder" in line for line in said) == 5


def test_a_folder_is_packed_with_its_links_not_with_what_they_lead_to(kept):
    job, scratch = kept("mkdir d; ln -s /etc/passwd d/x; mkfifo d/pipe; echo 1 > d/f", outputDirs=["d"])
    assert job["status"] == "completed"
    with tarfile.open(scratch.staged("d", folder=True)) as archive:
        assert archive.getmember("d/x").issym()
        assert archive.getmember("d/f").isfile()
    assert b"root:" not in scratch.staged("d", folder=True).read_bytes()


def test_outputs_are_kept_when_a_task_fails(kept):
    job, scratch = kept("echo half > result; exit 3", outputFiles=["result"])
    assert (job["status"], job["execution"]["tasks"][0]["exitCode"]) == ("completed", 3)
    assert scratch.staged("result").read_text() == "half\n"


@pytest.mark.parametrize("name", ["/etc/passwd", "../stdout", "a/../../x", "", ".", "a\0b", "\ud800"])
@pytest.mark.parametrize("key", ["outputFiles", "outputDirs"])
def test_hostile_names_are_refused(api, name, key):
    body = {
        "resources": {"cpus": 1, "memory": 1, "disk": 10},
        "tasks": [{"image": "busybox", "runtime": "singularity", "cmd": "true"}],
        key: [name],
    }
    answer = api("POST", "/jobs", json=body)
    assert answer.status_code == 400
    assert key in answer.json()["error"]
