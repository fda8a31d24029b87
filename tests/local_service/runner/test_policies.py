"""Sidecars, what follows from a failure, and the limit of memory."""

import os
import shlex

import pytest

from prominence_jupyter.local_service import control
from tests.local_service.conftest import processes_of, recorded, shape, shell, until
from tests.local_service.runner.test_runner import prepared


def codes(job):
    return [task["exitCode"] for task in job["execution"]["tasks"]]


def test_a_sidecar_runs_beside_the_tasks_and_ends_with_them(api):
    sidecar = "sh -c 'echo > up; trap \"echo ended > down; exit 1\" TERM; while :; do sleep 0.05; done'"
    tasks = [
        {"cmd": "sh -c 'while [ ! -e up ]; do sleep 0.02; done; echo one'"},
        {"cmd": sidecar, "type": "sidecar"},
        {"cmd": "sh -c '[ ! -e down ] && echo two'"},
    ]
    job = api.run(*tasks, outputFiles=["down"])
    assert (job["status"], codes(job)) == ("completed", [0, 0])
    assert api.output(job["id"]) == "one\ntwo\n"
    folder = api.info.state_dir / "jobs" / str(job["id"])
    assert (folder / "outputs" / "down").read_text() == "ended\n"
    assert not processes_of(folder)


def test_a_sidecar_that_ends_or_never_starts_does_not_matter(api):
    job = api.run({"cmd": "false", "type": "sidecar"}, {"cmd": "no-such-command", "type": "sidecar"}, "echo one")
    assert (job["status"], codes(job)) == ("completed", [0])
    assert "no-such-command" in api.output(job["id"], "stderr")


def test_a_sidecar_that_will_not_end_is_killed_with_all_that_it_started(api):
    stubborn = {"cmd": "sh -c 'trap \"\" TERM; setsid sleep 600 & sleep 600'", "type": "sidecar"}
    daemon = {"cmd": "sh -c 'setsid sleep 600 & exit 0'", "type": "sidecar"}
    look = "sh -c 'sleep 0.3; ps -e -o args | grep -c \"^sleep 600\"'"
    job = api.run(stubborn, daemon, "true", look)
    assert job["status"] == "completed"
    assert int(api.output(job["id"])) >= 3  # also those that a task in between might have been taken for
    assert not processes_of(api.info.state_dir / "jobs" / str(job["id"]))


def test_a_job_that_ends_early_leaves_no_sidecar(api):
    sidecar = {"cmd": "sleep 600", "type": "sidecar"}
    for last in ({"image": "nobody/nothing"}, "/bin/sh -c 'rm -rf $(dirname $HOME)'"):
        job = api.run(sidecar, last, "true")
        assert job["status"] == "failed"
        assert not processes_of(api.info.state_dir / "jobs" / str(job["id"]))


def test_deleting_a_job_ends_its_sidecars(api):
    job_id = api.submit({"cmd": "sleep 600", "type": "sidecar"}, "sh -c 'echo begun; sleep 600'")
    until(lambda: api.output(job_id) == "begun\n")
    api.delete(job_id)
    assert api.ended(job_id)["status"] == "deleted"
    until(lambda: not processes_of(api.info.state_dir / "jobs" / str(job_id)))


def test_failures_may_be_ignored(api):
    job = api.run("false", "no-such-command", "echo three", policies={"ignoreTaskFailures": True})
    assert (job["status"], codes(job)) == ("completed", [1, 127, 0])
    assert api.output(job["id"]) == "three\n"


def test_a_task_is_tried_again_as_often_as_it_may_be(api):
    third_time = "sh -c 'echo x >> tries; [ $(wc -l < tries) = 3 ]'"
    job = api.run(third_time, "echo two", policies={"maximumTaskRetries": 4})
    first, second = job["execution"]["tasks"]
    assert (first["retries"], first["exitCode"], second["retries"]) == (2, 0, 0)
    assert shape(job["execution"]["tasks"]) == shape(recorded("job-two-tasks")[0]["execution"]["tasks"])
    job = api.run("sh -c 'echo try; exit 3'", "echo two", policies={"maximumTaskRetries": 1})
    assert [(task["retries"], task["exitCode"]) for task in job["execution"]["tasks"]] == [(1, 3)]
    assert api.output(job["id"]) == "try\ntry\n"


def test_a_job_is_run_again_from_the_start_until_it_succeeds(api, tmp_path):
    tries = tmp_path / "tries"
    script = f"echo x >> {tries}; ls; echo left > left; [ $(wc -l < {tries}) = 3 ]"
    job = api.run(["sh", "-c", script], "echo two", policies={"maximumRetries": 5})
    assert (job["status"], codes(job)) == ("completed", [0, 0])
    assert job["execution"]["retries"] == 2
    assert api.output(job["id"]) == "two\n"  # afresh, as is the folder: nothing was listed
    assert tries.read_text().count("x") == 3


def test_a_job_that_keeps_failing_ends_as_it_failed_last(api, tmp_path):
    tries = tmp_path / "tries"
    job = api.run(["sh", "-c", f"echo x >> {tries}; exit 3"], policies={"maximumRetries": 1})
    assert (job["status"], codes(job), job["execution"]["retries"]) == ("completed", [3], 1)
    job = api.run("true", outputFiles=["never"], policies={"maximumRetries": 1})
    assert (job["status"], job["execution"]["retries"]) == ("failed", 1)
    assert tries.read_text().count("x") == 2


@pytest.mark.parametrize(
    "policy",
    [{"reportJobSuccessOnTaskFailure": True}, {"ignoreTaskFailures": True}, {"runSerialTasksOnAllNodes": True}],
)
def test_a_job_that_counts_as_a_success_is_not_run_again(api, policy):
    job = api.run("true" if "runSerialTasksOnAllNodes" in policy else "false", policies={"maximumRetries": 2, **policy})
    assert job["status"] == "completed"
    assert "retries" not in job["execution"]


def test_a_job_that_waits_to_be_run_again_can_be_deleted(own_folder, connect):
    api = connect(control.start(cpus=1, memory_gb=4))
    retried = api.submit("sh -c 'sleep 0.2; false'", policies={"maximumRetries": 6})
    api.submit("sleep 600")
    until(lambda: api.describe(retried)["execution"].get("retries"))
    api.delete(retried)
    assert api.ended(retried)["status"] == "deleted"


def test_a_job_that_uses_too_much_memory_is_killed_as_recorded(own_folder, connect):
    hold = shell("import time\nkept = b'x' * (150 * 2**20)\nprint('holds', flush=True)\ntime.sleep(600)")
    prepared(own_folder, f"sh -c {shlex.quote(f'{hold} & {hold} & wait')}", memory=0.25)
    api = connect(control.start(cpus=1, memory_gb=4))
    job, expected = api.ended(1), recorded("job-memory")[0]
    assert (job["status"], job["statusReason"]) == (expected["status"], expected["statusReason"])
    assert job["execution"]["maxMemoryUsageKB"] > 250_000
    assert not processes_of(own_folder)


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="shared memory is not told apart")  # noqa: PTH110
def test_memory_that_processes_share_counts_once(own_folder, connect):
    fork = "import os, time\nkept = b'x' * (150 * 2**20)\nfor _ in range(3): os.fork()\ntime.sleep(1)"
    prepared(own_folder, shell(fork), memory=0.25)
    job = connect(control.start(cpus=1, memory_gb=4)).ended(1)
    assert (job["status"], codes(job)) == ("completed", [0])
    assert job["execution"]["maxMemoryUsageKB"] > 250_000
