"""One process of the service or all of them are killed, and what must hold then."""

import os
import shutil
import signal
import sys

import psutil
import pytest

from prominence_jupyter.local_service import control, lock
from prominence_jupyter.local_service.live import live_dir
from prominence_jupyter.local_service.state import state_dir
from tests.local_service.conftest import processes_of, until

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to the front")
TREE = "sh -c 'echo begun; setsid sleep 600 & sleep 600'"


def runner_pid():
    return until(lambda: lock.holder(live_dir(state_dir()).runner_lock))


def kill(pid):
    """Kill a process and wait until it is reaped: a zombie would be one that nobody cares for."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not psutil.pid_exists(pid))


@pytest.fixture
def running(own_folder, connect):
    """A service with a job of three processes."""
    api = connect(control.start(cpus=2, memory_gb=4))
    job_id = api.submit(TREE)
    until(lambda: len(processes_of(own_folder)) >= 3)
    return api, job_id


def stopped(job):
    return (job["status"], job["statusReason"]) == ("failed", "The local service was stopped")


def test_a_runner_goes_on_without_its_front_and_the_next_one_finds_it(running, own_folder, connect):
    api, job_id = running
    runner, processes = runner_pid(), processes_of(own_folder)
    waits = api.submit("sh -c 'until [ -e go ]; do sleep 0.02; done'")
    until(lambda: api.describe(waits)["status"] == "running")
    kill(api.info.pid)
    assert control.running() is None
    (state_dir().job(waits) / "work" / "go").touch()
    until(lambda: len(processes_of(state_dir().job(waits))) == 0)  # it ends with no front to see it

    info = control.start(cpus=2, memory_gb=4)
    again = connect(info)
    assert info.url == api.info.url
    assert info.pid != api.info.pid
    assert runner_pid() == runner
    assert again.describe(job_id)["status"] == "running"
    assert processes_of(state_dir().job(job_id)) == processes
    assert again.ended(waits)["status"] == "completed"
    later = again.submit("true")
    assert again.ended(later)["status"] == "completed"
    again.delete(job_id)
    until(lambda: not processes_of(own_folder))


def test_another_capacity_is_told_to_a_runner_that_goes_on(running, connect):
    api, job_id = running
    runner = runner_pid()
    kill(api.info.pid)
    again = connect(control.start(cpus=1, memory_gb=4))
    assert runner_pid() == runner
    waits = again.submit("true")
    big = again.submit("true", resources={"cpus": 2})
    assert again.ended(big)["statusReason"] == "No matching resources"
    assert again.describe(waits)["status"] == "pending"
    again.delete(job_id)
    assert again.ended(waits)["status"] == "completed"


def test_a_runner_without_front_or_jobs_ends(running, own_folder):
    api, job_id = running
    runner = runner_pid()
    api.delete(job_id)
    waits = api.submit("sh -c 'until [ -e go ]; do sleep 0.02; done'", resources={"cpus": 2})
    last = api.submit("true")
    until(lambda: api.describe(waits)["status"] == "running")
    kill(api.info.pid)
    assert psutil.pid_exists(runner)
    (state_dir().job(waits) / "work" / "go").touch()
    until(lambda: not psutil.pid_exists(runner))
    assert (state_dir().job(last) / "stdout").exists()  # it ran before that
    assert not control.stop()


def test_stopping_ends_a_runner_whose_front_is_dead(running, own_folder, connect):
    api, job_id = running
    runner = runner_pid()
    kill(api.info.pid)
    assert control.stop()
    until(lambda: not psutil.pid_exists(runner))
    assert not processes_of(own_folder)
    assert not control.stop()
    assert stopped(connect(control.start()).describe(job_id))


def test_another_runner_takes_the_place_of_one_that_was_killed(running, own_folder):
    api, job_id = running
    processes = processes_of(own_folder)
    waits = api.submit("echo waited", resources={"cpus": 2})
    before = runner_pid()
    kill(before)
    assert stopped(api.ended(job_id))
    until(lambda: not any(psutil.pid_exists(process.pid) for process in processes))
    assert api.ended(waits)["status"] == "completed"
    assert runner_pid() != before
    assert control.running() == api.info


def test_a_runner_that_dies_again_and_again_is_given_up(running, own_folder):
    api, _ = running
    for _ in range(6):
        until(lambda: api.info != control.running() or lock.holder(live_dir(state_dir()).runner_lock))
        kill(runner_pid())
    until(lambda: not psutil.pid_exists(api.info.pid))
    assert control.running() is None
    assert "dies again and again" in state_dir().log.read_text()
    assert not processes_of(own_folder)


def test_stopping_ends_what_a_crash_of_both_left(running, own_folder):
    api, _ = running
    os.kill(api.info.pid, signal.SIGSTOP)
    for pid in (runner_pid(), api.info.pid):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not lock.is_held(live_dir(state_dir()).front_lock))
    assert control.stop()
    until(lambda: not processes_of(own_folder))
    assert not control.stop()


@LINUX_ONLY
def test_what_hides_from_the_runner_does_not_outlive_it(running):
    api, _ = running
    hides = api.submit(["sh", "-c", "env -i setsid -f sh -c 'echo $$; exec sleep 600'; sleep 600"])
    pid = int(until(lambda: api.output(hides)))
    kill(runner_pid())
    until(lambda: not psutil.pid_exists(pid))


def test_the_next_service_ends_what_a_crash_of_both_left(running, own_folder, connect):
    api, job_id = running
    done = api.run("echo kept")
    runner = runner_pid()
    os.kill(api.info.pid, signal.SIGSTOP)  # so that it does not notice
    os.kill(runner, signal.SIGKILL)
    kill(api.info.pid)
    until(lambda: not psutil.pid_exists(runner))
    assert len(processes_of(own_folder)) == 3
    again = connect(control.start(cpus=2, memory_gb=4))
    assert stopped(again.ended(job_id))
    until(lambda: not processes_of(own_folder))
    assert again.describe(done["id"]) == done
    assert again.output(done["id"]) == "kept\n"
    assert again.submit("true") == done["id"] + 1


def test_a_service_whose_live_folder_is_gone_gives_way(running, own_folder, connect):
    api, job_id = running
    runner = runner_pid()
    live = live_dir(state_dir())
    shutil.rmtree(live.path)
    again = connect(control.start(cpus=2, memory_gb=4))
    assert again.info.url != api.info.url
    assert stopped(again.ended(job_id))
    until(lambda: not psutil.pid_exists(runner))
    until(lambda: not psutil.pid_exists(api.info.pid))
    assert again.run("true")["status"] == "completed"
