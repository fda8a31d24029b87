import contextlib
import os
import secrets
import sqlite3
import subprocess
import time

import psutil
import pytest

from prominence_jupyter.local_service import control
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store
from tests.local_service.conftest import processes_of, recorded, shape, until


def prepared(folder, *jobs, **resources):
    """Jobs put straight into the table of a service that is not running yet, past the common rules.

    A job is a command, or a description.
    """
    state = StateDir(folder).make()
    body = {"resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 10, **resources}}
    with Store(state.database) as store:
        for job in jobs:
            task = {"image": "busybox", "runtime": "singularity", "cmd": job}
            more = job if isinstance(job, dict) else {"tasks": [task]}
            # one service ends what has the token of a job of its own, and others are being tested beside it
            store.jobs.add({**body, **more}, lambda _: secrets.token_hex())


def test_the_walltime_limit_kills_the_whole_tree(own_folder, connect):
    prepared(own_folder, "sh -c 'trap \"\" TERM; echo started; setsid sleep 600 & sleep 600'", walltime=0.01)
    api = connect(control.start(cpus=1, memory_gb=4))
    job = api.ended(1)
    expected = recorded("job-walltime")[0]
    assert (job["status"], job["statusReason"]) == (expected["status"], expected["statusReason"])
    assert job["execution"]["tasks"][0]["exitCode"] == expected["execution"]["tasks"][0]["exitCode"] == -9
    assert shape(job["execution"]["tasks"]) == shape(expected["execution"]["tasks"])
    assert job["execution"]["tasks"][0]["wallTimeUsage"] == pytest.approx(0.6, abs=0.3)
    assert api.output(1) == "started\n"
    assert not processes_of(own_folder)


def test_jobs_start_in_order_as_capacity_allows(own_folder, connect):
    api = connect(control.start(cpus=2, memory_gb=4))
    first = api.submit("sleep 600", resources={"cpus": 1})
    until(lambda: api.describe(first)["status"] == "running")
    big = api.submit("sleep 600", resources={"cpus": 2})
    small = api.submit("sleep 600", resources={"cpus": 1})  # would fit beside the first, and does not pass the big one
    later = api.submit("echo x", resources={"memory": 4})
    waiting = api.describe(big)
    assert shape(waiting) == shape(recorded("stdout-pending", 0)[0])
    assert [job["status"] for job in api("GET", "/jobs").json()] == ["running", "pending", "pending", "pending"]
    for stream in ("stdout", "stderr"):
        answer = api("GET", f"/jobs/{big}/{stream}")
        assert (answer.status_code, answer.content) == (200, b"")

    api.delete(first)
    until(lambda: api.describe(big)["status"] == "running")
    assert api.describe(small)["status"] == "pending"
    api.delete(big)
    until(lambda: api.describe(small)["status"] == "running")
    assert api.describe(later)["status"] == "pending"  # for want of memory
    api.delete(small)
    assert api.ended(later)["status"] == "completed"


def test_higher_priorities_start_first(own_folder, connect):
    names = ("low", 0), ("first", 5), ("second", 5), ("lowest", None)
    jobs = [
        {
            "tasks": [{"image": "x", "runtime": "singularity", "cmd": f"sh -c 'echo {name} >> {own_folder}/order'"}],
            **({} if priority is None else {"policies": {"priority": priority}}),
        }
        for name, priority in names
    ]
    prepared(own_folder, *jobs)
    api = connect(control.start(cpus=1, memory_gb=4))
    for job_id in (1, 2, 3, 4):
        assert api.ended(job_id)["status"] == "completed"
    assert (own_folder / "order").read_text().split() == ["first", "second", "low", "lowest"]


def test_a_job_that_waits_too_long_fails(own_folder, connect):
    api = connect(control.start(cpus=1, memory_gb=4))
    runs = api.submit("sleep 600")
    until(lambda: api.describe(runs)["status"] == "running")
    waits = [api.submit("true", policies={"maximumTimeInQueue": minutes}) for minutes in (5, 0)]
    with contextlib.closing(sqlite3.connect(StateDir(own_folder).database)) as database:
        database.execute("UPDATE jobs SET created = created - 299.5")  # four minutes and 59.5 seconds have passed
        database.commit()
    api.submit("true")  # which makes the runner look: it knows no other way than the table
    job = api.ended(waits[0])
    assert (job["status"], job["statusReason"]) == ("failed", "Maximum time queued was exceeded")
    assert "startTime" not in job["events"]
    assert api.describe(waits[1])["status"] == "pending"
    api.delete(runs)
    assert api.ended(waits[1])["status"] == "completed"


def test_a_pending_job_is_deleted_as_recorded(own_folder, connect):
    api = connect(control.start(cpus=1, memory_gb=4))
    api.submit("sleep 600")
    waits = api.submit("sleep 30")
    assert api.delete(waits).json() == {}
    ours, theirs = api.describe(waits), recorded("delete-idle", 1)[0]
    for job in (ours, theirs):
        job["id"] = job["events"]["createTime"] = 0
    assert ours == theirs
    assert waits in [job["id"] for job in api("GET", "/jobs?completed=true&num=5").json()]


@pytest.mark.parametrize(
    "resources", [{"cpus": 1000}, {"memory": 100_000}, {"nodes": 2}, {"memoryPerCpu": 1000, "cpus": 4}]
)
def test_what_can_never_fit_fails_at_once(api, resources):
    asked = {"cpus": 1, "memory": 1, "disk": 10, **resources}
    if "memoryPerCpu" in resources:
        del asked["memory"]
    body = {"resources": asked, "tasks": [{"image": "busybox", "runtime": "singularity", "cmd": "true"}]}
    job_id = api("POST", "/jobs", json=body).json()["id"]
    job = api.describe(job_id)
    assert (job["status"], job["statusReason"]) == ("failed", recorded("job-noresources")[0]["statusReason"])
    assert job["execution"] == recorded("job-noresources")[0]["execution"]
    assert "startTime" not in job["events"]
    assert api("GET", "/jobs?completed=true").json()[0]["id"] == job_id
    assert job_id not in [active["id"] for active in api("GET", "/jobs").json()]


def test_the_fewest_cpus_that_are_accepted_are_given(api):
    for resources, given in ({"cpusRange": [2, 1000]}, 2), ({"cpusOptions": [3, 1000]}, 3):
        asked = {**resources, "memoryPerCpu": 2, "disk": 10}
        body = {
            "resources": asked,
            "tasks": [
                {
                    "image": "x",
                    "runtime": "singularity",
                    "cmd": "sh -c 'echo $PROMINENCE_CPUS $PROMINENCE_MEMORY'",
                }
            ],
        }
        job = api.ended(api("POST", "/jobs", json=body).json()["id"])
        assert api.output(job["id"]) == f"{given} {2 * given}\n"
        provisioned = {"cpus": given, "memory": 2 * given, "disk": 10, "nodes": 1}
        assert job["execution"]["provisionedResources"] == provisioned


def test_a_smaller_service_does_not_hang_on_a_job_that_is_too_big_for_it(own_folder, connect):
    prepared(own_folder, "true", cpus=8)
    prepared(own_folder, "true", cpus=1)
    api = connect(control.start(cpus=2, memory_gb=4))
    assert api.ended(1)["statusReason"] == "No matching resources"
    assert api.ended(2)["status"] == "completed"


def test_numbers_beyond_measure_do_no_harm(api):
    job = api.run("true", resources={"walltime": 10**400, "disk": 10**400})
    assert job["status"] == "completed"
    assert api.run("true", resources={"cpus": 10**400})["statusReason"] == "No matching resources"


def test_many_short_jobs_all_end(api):
    ids = [api.submit("true") for _ in range(40)]
    assert {api.ended(job_id)["status"] for job_id in ids} == {"completed"}


def runner_of(info):
    (runner,) = psutil.Process(info.pid).children()
    return runner


def test_an_idle_service_sleeps(own_folder, connect):
    info = control.start(cpus=1, memory_gb=4)
    api = connect(info)
    api.run("true")
    both = [psutil.Process(info.pid), runner_of(info)]
    before = [process.num_ctx_switches().voluntary for process in both]
    time.sleep(1)  # the time over which nothing is to happen, not a wait for something
    after = [process.num_ctx_switches().voluntary for process in both]
    assert all(later - earlier <= 2 for earlier, later in zip(before, after, strict=True))


def test_a_strange_process_does_not_keep_the_service_from_starting(own_folder, connect):
    strange = {"PROMINENCE_TOKEN": "x", "PROMINENCE_JOB_ID": "9" * 20}
    with subprocess.Popen(["sleep", "600"], env=os.environ | strange) as process:
        api = connect(control.start(cpus=1, memory_gb=4))
        assert api.run("true")["status"] == "completed"
        assert process.poll() is None
        process.kill()


def test_a_job_that_removes_its_folder_fails_alone(own_folder, connect):
    api = connect(control.start(cpus=2, memory_gb=4))
    other = api.submit("sleep 600")
    job = api.run("/bin/sh -c 'rm -rf $(dirname $HOME)'", "echo second")
    assert job["status"] == "failed"
    assert job["statusReason"] == "Output cannot be written: No such file or directory"
    assert [task["exitCode"] for task in job["execution"]["tasks"]] == [0]
    assert api.describe(other)["status"] == "running"
    assert api.run("true")["status"] == "completed"


def test_a_job_that_nobody_foresaw_fails_alone(own_folder, connect):
    good, bad = {"image": "x", "runtime": "singularity", "cmd": "true"}, {"runtime": "singularity", "cmd": "true"}
    prepared(
        own_folder, {"tasks": [bad]}, {"tasks": [good, bad]}, {"tasks": [good]} | {"resources": {}}, {"tasks": [good]}
    )
    api = connect(control.start(cpus=1, memory_gb=4))
    assert api.ended(4)["status"] == "completed"
    for job_id in (1, 2, 3):
        job = api.describe(job_id)
        assert (job["status"], job["statusReason"]) == ("failed", "The local service failed with this job; see its log")
    assert api.describe(2)["execution"]["tasks"][0]["exitCode"] == 0
    assert "KeyError: 'image'" in StateDir(own_folder).log.read_text()


def test_a_table_that_cannot_be_used_for_a_while_costs_no_job(own_folder, connect):
    api = connect(control.start(cpus=1, memory_gb=4))
    job_id = api.submit("sh -c 'echo begun; while [ ! -e go ]; do sleep 0.02; done'")
    waits = api.submit("echo waited")
    until(lambda: api.output(job_id) == "begun\n")
    state = StateDir(own_folder)
    with contextlib.closing(sqlite3.connect(state.database)) as database:
        database.execute("ALTER TABLE jobs RENAME TO hidden")
        (state.job(job_id) / "work" / "go").touch()
        until(lambda: "the table of jobs cannot be used: no such table: jobs" in state.log.read_text())
        until(lambda: not processes_of(own_folder))
        database.execute("ALTER TABLE hidden RENAME TO jobs")
    assert api.ended(job_id)["status"] == "completed"
    assert api.ended(waits)["status"] == "completed"


def test_a_service_stops_while_its_table_cannot_be_used(own_folder, connect):
    info = control.start(cpus=1, memory_gb=4)
    api = connect(info)
    job_id = api.submit("sh -c 'echo begun; sleep 600'")
    until(lambda: api.output(job_id) == "begun\n")
    with contextlib.closing(sqlite3.connect(StateDir(own_folder).database)) as database:
        database.execute("ALTER TABLE jobs RENAME TO hidden")
        assert control.stop()
        database.execute("ALTER TABLE hidden RENAME TO jobs")
    assert "did not end by itself" not in StateDir(own_folder).log.read_text()
    assert connect(control.start(cpus=1, memory_gb=4)).describe(job_id)["status"] == "failed"


def test_deleting_and_starting_at_the_same_time_leaves_nothing(own_folder, connect):
    api = connect(control.start(cpus=4, memory_gb=16))
    for _ in range(15):
        with contextlib.closing(api("DELETE", f"/jobs/{api.submit('sleep 600')}")) as answer:
            assert answer.status_code == 200
    until(lambda: not processes_of(api.info.state_dir))
    control.stop()
