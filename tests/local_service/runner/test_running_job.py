import base64
import sys

import pytest

from tests.local_service.conftest import python, recorded, shape, shell, until


def without_host(execution):
    """What can be compared with the deployed service: not what ran it, nor the processor."""
    return {key: value for key, value in execution.items() if key not in {"runtimeVersion", "cpu"}}


@pytest.mark.parametrize(
    ("name", "tasks"),
    [
        ("job-two-tasks", [{"cmd": "echo one"}, {"cmd": "echo two", "runtime": "udocker", "workdir": "/tmp"}]),
        ("job-first-task-fails", ["false", "echo second"]),
        ("job-nonzero-exit", ["/bin/sh -c 'echo before; exit 3'"]),
        ("job-signal", ["/bin/sh -c 'kill -9 $$'"]),
    ],
)
def test_endings_and_metrics_have_the_recorded_shapes(api, name, tasks):
    expected = recorded(name)[0]
    job = api.run(*tasks, name=expected["name"])
    for changing in (job, expected):
        changing.pop("id")
        changing.pop("events")
    ours, theirs = without_host(job.pop("execution")), without_host(expected.pop("execution"))
    assert job == expected
    assert shape(ours) == shape(theirs)
    for key in ("exitCode", "imagePullStatus", "retries"):
        assert [task[key] for task in ours["tasks"]] == [task[key] for task in theirs["tasks"]]


def test_all_tasks_append_to_the_same_output(api):
    job_id = api.run("echo one", "sh -c 'echo oops >&2; echo two'", {"cmd": "pwd", "workdir": "/"})["id"]
    assert api.output(job_id) == "one\ntwo\n/\n"
    assert api.output(job_id, "stderr") == "oops\n"


def test_tasks_see_what_earlier_ones_left(api):
    job_id = api.run("sh -c 'echo kept > file'", "cat file", {"cmd": "cat ../file", "workdir": "here"})["id"]
    assert api.output(job_id) == "kept\nkept\n"


def test_an_image_without_an_entry_point_fails_as_a_failed_pull_does(api):
    expected = recorded("job-imagepull")[0]
    job = api.run({"image": "nobody/nothing"})
    assert (job["status"], job["statusReason"]) == (expected["status"], expected["statusReason"])
    assert job["execution"]["tasks"] == expected["execution"]["tasks"]
    assert set(job["events"]) == set(expected["events"])


def test_the_first_task_keeps_its_metrics_when_the_second_cannot_be_pulled(api):
    job = api.run("echo one", {"image": "nobody/nothing"}, {"cmd": "echo three"})
    first, second = job["execution"]["tasks"]
    assert first["exitCode"] == 0
    assert second == {"imagePullStatus": "failed"}
    assert api.output(job["id"]) == "one\n"


def test_cpu_time_is_measured(api):
    burn = "import time\nwhile time.process_time() < {}: pass"
    job = api.run(python(burn.format(2)), ["sh", "-c", f"{sys.executable} -Ic '{burn.format(0.3)}'; true"])
    whole, in_child = job["execution"]["tasks"]
    assert whole["cpuTimeUsage"] == pytest.approx(2, abs=0.5)
    assert whole["wallTimeUsage"] >= 1.5
    assert 0.3 <= in_child["cpuTimeUsage"] < 0.8


def test_memory_of_one_process_is_measured(api):
    job = api.run(python("b'x' * (300 * 2**20)"))
    (task,) = job["execution"]["tasks"]
    assert task["maxResidentSetSizeKB"] == pytest.approx(300 * 1024, rel=0.15)
    assert job["execution"]["maxMemoryUsageKB"] >= task["maxResidentSetSizeKB"]


def test_memory_of_processes_side_by_side_is_added_up(api):
    hold = shell("import time\nkept = b'x' * (100 * 2**20)\ntime.sleep(1)")
    job = api.run(["sh", "-c", f"{hold} & {hold} & wait"])
    assert job["execution"]["tasks"][0]["maxResidentSetSizeKB"] == pytest.approx(100 * 1024, rel=0.25)
    assert job["execution"]["maxMemoryUsageKB"] == pytest.approx(2 * 100 * 2**20 / 1000, rel=0.25)


def test_input_files_are_there(api):
    script = base64.b64encode(b"#!/bin/sh\necho script; cat deep/er/data\n").decode()
    inputs = [
        {"filename": "run.sh", "content": script, "executable": True},
        {"filename": "deep/er/data", "content": base64.b64encode(b"\x00\xff data").decode()},
    ]
    job_id = api.run("./run.sh", inputs=inputs)["id"]
    assert api("GET", f"/jobs/{job_id}/stdout").content == b"script\n\x00\xff data"


def test_inputs_that_contradict_each_other_fail_the_job(api):
    inputs = [{"filename": "a", "content": ""}, {"filename": "a/b", "content": ""}]
    job = api.run("true", inputs=inputs)
    assert job["status"] == "failed"
    assert "Input files" in job["statusReason"]


def test_testpi_runs_as_written_in_the_documentation(api):
    job_id = api.submit({"image": "eoscprominence/testpi"}, name="calculate-pi")
    until(lambda: 2 <= api.output(job_id).count("\n") < 20)
    assert api.describe(job_id)["status"] == "running"
    assert api.ended(job_id)["execution"]["tasks"][0]["exitCode"] == 0
    assert api.output(job_id).count("Iteration number") == 19
