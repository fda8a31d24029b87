"""Jobs in real containers: with udocker and with bubblewrap."""

import base64
import re
import shutil
import sys
from pathlib import Path

import psutil
import pytest

from prominence_jupyter.local_service import control
from tests.local_service.bare_image import BUSYBOX, OS_RELEASE, bare_layer, member, packed, save
from tests.local_service.conftest import Api, recorded, until

PROGRAMS = {"udocker": ("udocker", "proot"), "bubblewrap": ("bwrap",)}


def missing(runtime):
    """What keeps a runtime from being tested here, or None."""
    beside = str(Path(sys.executable).parent)
    absent = [name for name in PROGRAMS[runtime] if not (shutil.which(name) or shutil.which(name, path=beside))]
    absent += [] if BUSYBOX else ["busybox (static)"]
    return f"not installed: {', '.join(absent)}" if absent else None


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return str(save(tmp_path_factory.mktemp("image") / "bare.tar", bare_layer()))


@pytest.fixture(scope="module", params=sorted(PROGRAMS))
def runtime(request):
    if reason := missing(request.param):
        pytest.skip(reason)
    return request.param


@pytest.fixture(scope="module")
def contained(runtime, tmp_path_factory):
    """The API of a service whose jobs run in containers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path_factory.mktemp(runtime)))
        patch.setenv("PROMINENCE_LOCAL_RUNTIME", runtime)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        api = Api(control.start(cpus=8, memory_gb=16))
        yield api
        api.http.close()
        control.stop()


def test_a_job_reports_the_images_own_os_release(contained, runtime, bare):
    job = contained.run("cat /etc/os-release", image=bare)
    assert contained.output(job["id"]) == OS_RELEASE, contained.output(job["id"], "stderr")
    assert OS_RELEASE not in Path("/etc/os-release").read_text()
    (task,) = job["execution"]["tasks"]
    assert (job["status"], task["exitCode"]) == ("completed", 0)
    assert list(job["execution"]["runtimeVersion"]) == [runtime]
    assert re.fullmatch(r"\d+(\.\d+)+", job["execution"]["runtimeVersion"][runtime])
    assert len(task["imageSha256"]) == 64


def test_what_a_task_finds_is_what_it_finds_on_the_deployed_service(contained, bare):
    env = {"COLOUR": "red", "LINES": "two\nlines"}
    tasks = [
        {"cmd": "env", "env": env},
        {"cmd": "sh -c 'pwd; echo kept > file; echo > /tmp/too'"},
        {"cmd": "sh -c 'pwd; cat ../../file; ls /tmp'", "workdir": "deep/er"},
        {"cmd": "pwd", "workdir": "/etc"},
        {"cmd": ["echo", "a  b", "'c\"", "", "--help", "$HOME"]},
    ]
    job = contained.run(*tasks, image=bare)
    text = contained.output(job["id"])
    seen = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    assert (seen["HOME"], seen["TMPDIR"], seen["PATH"], seen["COLOUR"]) == ("/home/user", "/tmp", "/bin", "red")
    assert "LINES=two\nlines\n" in text
    assert (seen["PROMINENCE_JOB_ID"], seen["PROMINENCE_URL"]) == (str(job["id"]), contained.info.url)
    assert text.endswith("/home/user\n/home/user/deep/er\nkept\ntoo\n/etc\na  b 'c\"  --help $HOME\n")
    assert [task["imagePullStatus"] for task in job["execution"]["tasks"]][1:] == ["cached"] * 4


def test_no_secret_is_an_argument(contained, bare):
    job_id = contained.submit("sh -c 'echo begun; sleep 60'", image=bare)
    until(lambda: contained.output(job_id) == "begun\n")
    processes = psutil.Process(contained.info.pid).children(recursive=True)
    token = next(one.environ()["PROMINENCE_TOKEN"] for one in processes if "PROMINENCE_TOKEN" in one.environ())
    assert token not in str([one.cmdline() for one in processes])
    contained.delete(job_id)
    contained.ended(job_id)
    until(lambda: len(psutil.Process(contained.info.pid).children(recursive=True)) == 1)


def test_a_failure_is_the_tasks_own(contained, bare):
    commands = ["false", "sh -c 'exit 7'", "sh -c 'sleep 0.05; kill -9 $$'", "no-such-command"]
    job = contained.run(*commands, image=bare, policies={"ignoreTaskFailures": True})
    *codes, last = [task["exitCode"] for task in job["execution"]["tasks"]]
    assert (job["status"], codes) == ("completed", [1, 7, 128 + 9])
    assert last != 0
    assert "no-such-command" in contained.output(job["id"], "stderr")


def test_a_task_without_a_command_runs_what_the_image_has_for_that(contained, bare, tmp_path):
    assert contained.output(contained.run({}, image=bare)["id"]) == OS_RELEASE
    nothing = save(tmp_path / "nothing.tar", bare_layer(), config={})
    job = contained.run({}, image=str(nothing))
    assert (job["status"], job["statusReason"]) == ("failed", recorded("job-imagepull")[0]["statusReason"])


def test_an_image_may_be_an_input_of_the_job(contained, tmp_path):
    small = save(tmp_path / "small.tgz", [*bare_layer()[:2]])
    content = base64.b64encode(small.read_bytes()).decode()
    job = contained.run("true", image="small.tgz", inputs=[{"filename": "small.tgz", "content": content}])
    assert job["execution"]["tasks"][0]["imagePullStatus"] == "completed"


@pytest.mark.parametrize("image", ["missing.tar", "/no/such/image.tar", "http://127.0.0.1:9/image.tar", "/etc/passwd"])
def test_an_image_that_cannot_be_had_fails_as_recorded(contained, image):
    job, expected = contained.run("true", image=image), recorded("job-imagepull")[0]
    assert (job["status"], job["statusReason"]) == (expected["status"], expected["statusReason"])
    assert job["execution"]["tasks"] == expected["execution"]["tasks"]
    assert "prominence: " in contained.output(job["id"], "stderr")
    assert "Traceback" not in contained.output(job["id"], "stderr")


def test_artifacts_are_mounted_where_they_are_wanted(contained, bare):
    data = contained.info.state_dir / "data"
    data.mkdir(exist_ok=True)
    (data / "a.tar").write_bytes(packed([member("d/one", b"1"), member("deep/two", b"2")]))
    artifacts = [{"url": "a.tar", "mountpoint": "d:/data"}, {"url": "a.tar", "mountpoint": "deep:/opt/x/y"}]
    script = "cat /data/one /opt/x/y/two; echo new > /data/new; cat d/new"
    job = contained.run(["sh", "-c", script], image=bare, artifacts=artifacts)
    assert contained.output(job["id"]) == "12new\n"


def test_a_task_cannot_have_this_machine_mounted_for_the_next(contained, bare):
    (contained.info.state_dir / "data").mkdir(exist_ok=True)
    (contained.info.state_dir / "data" / "a").touch()
    artifacts = [{"url": "a", "mountpoint": "d:/data"}]
    job = contained.run("sh -c 'rm -r d; ln -s / d'", "ls /data", image=bare, artifacts=artifacts)
    assert job["status"] == "failed"
    assert job["statusReason"] == "Cannot mount d: it leads out of the folder of the job"
    assert contained.output(job["id"]) == ""
