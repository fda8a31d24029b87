"""Random sequences of requests and of kill -9, against a model of what must hold.

``PROMINENCE_TEST_SEQUENCES`` is how many; 500 take some minutes.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest
import requests
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from prominence_jupyter.local_service import control, lock
from prominence_jupyter.local_service.live import live_dir
from prominence_jupyter.local_service.processes import become_subreaper
from prominence_jupyter.local_service.state import state_dir
from tests.local_service.conftest import FINAL, Api, processes_of, until

SEQUENCES = int(os.environ.get("PROMINENCE_TEST_SEQUENCES", "6"))
STOPPED = ("failed", "The local service was stopped")
DELETED = ("deleted", "Job deleted by user")
COMPLETED = ("completed", None)
KINDS = {
    "quick": ("sh -c 'echo begun; exit 3'", 3),
    "two": ("sh -c 'echo begun; setsid sleep 0.3 & sleep 0.1'", 0),
    "long": ("sh -c 'echo begun; setsid sleep 600 & sleep 600'", None),
}
ANY = st.integers(0, 11)


class Expected:
    """What may become of one job."""

    def __init__(self, kind):
        self.kind = kind
        self.ends = set() if kind == "long" else {COMPLETED}
        self.ended = None
        self.killed = False

    def check(self, job):
        """Compare with what the service says now."""
        if self.ended:
            assert job == self.ended  # what has ended stays as it is
        elif job["status"] in FINAL:
            assert (job["status"], job.get("statusReason")) in self.ends
            if job["status"] == "completed" and not self.killed:
                assert [task["exitCode"] for task in job["execution"]["tasks"]] == [KINDS[self.kind][1]]
            self.ended = job


class Service(RuleBasedStateMachine):
    """A service of its own, what was asked of it, and what was done to it."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pj-state-"))
        self.folder.rmdir()
        os.environ["PROMINENCE_LOCAL_DIR"] = str(self.folder)
        self.jobs, self.seen, self.api, self.submitted = {}, set(), None, 0

    # what is asked

    def ask(self):
        """The API of the service, started unless it runs."""
        if self.api is None or control.running() != self.api.info:
            self.close()
            self.api = Api(control.start(cpus=2, memory_gb=2))
            self.note()
        return self.api

    @rule(kind=st.sampled_from(sorted(KINDS)))
    def submit(self, kind):
        job_id = self.ask().submit(KINDS[kind][0], name=self.new_name())
        assert job_id == max(self.jobs, default=0) + 1
        self.jobs[job_id] = Expected(kind)

    @rule(delay=st.sampled_from([0, 0.001, 0.004]))
    def submit_and_kill_the_front(self, delay):
        """Kill it while it takes the job: nobody may know whether there is one, but there is one at most."""
        api, name, known = self.ask(), self.new_name(), []

        def submit():
            with contextlib.suppress(requests.RequestException):
                known.append(api.submit(KINDS["quick"][0], name=name))

        thread = threading.Thread(target=submit)
        thread.start()
        time.sleep(delay)
        self.kill(api.info.pid)
        thread.join()
        found = [job["id"] for job in self.listed() if job["name"] == name]
        assert known in ([], found)
        assert len(found) <= 1
        for job_id in found:
            assert job_id == max(self.jobs, default=0) + 1
            self.jobs[job_id] = Expected("quick")

    @rule(which=ANY)
    def delete(self, which):
        api, job_id = self.ask(), self.one_of_them(which)
        if job_id is None:
            return
        code = api.delete(job_id).status_code
        if code == 200:
            assert not self.jobs[job_id].ended
            self.jobs[job_id].ends = {DELETED}
        else:
            assert code == 400
        job = api.describe(job_id)
        assert job["status"] in FINAL
        self.jobs[job_id].check(job)

    @rule()
    def look(self):
        jobs = self.listed()
        assert sorted(job["id"] for job in jobs) == sorted(self.jobs)
        for job in jobs:
            self.jobs[job["id"]].check(self.ask().describe(job["id"]))

    # what is done to it

    @rule()
    def kill_the_front(self):
        if pid := self.front():
            self.kill(pid)

    @rule()
    def kill_the_runner(self):
        if pid := self.runner():
            self.disturb()
            self.kill(pid)

    @rule()
    def kill_both(self):
        self.disturb()
        front, runner = self.front(), self.runner()
        if front:
            os.kill(front, signal.SIGSTOP)  # so that it starts no other runner
        self.kill(runner, front)

    @rule(which=ANY)
    def kill_a_process_of_a_job(self, which):
        job_id = self.one_of_them(which)
        if processes := processes_of(state_dir().job(job_id)) if job_id else []:
            self.jobs[job_id].killed = True
            self.jobs[job_id].ends |= {COMPLETED}
            with contextlib.suppress(psutil.NoSuchProcess):
                processes[0].kill()

    @rule()
    def stop(self):
        self.note()
        self.disturb()
        control.stop()
        assert not processes_of(self.folder)

    @rule()
    def restart(self):
        self.ask()

    # how it ends

    def teardown(self):
        try:
            self.settle()
        finally:
            self.note()
            control.stop()
            self.close()
        until(lambda: not any(is_there(process) for process in self.seen))  # no zombie either
        assert not processes_of(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def settle(self):
        """Disturb nothing, end what does not end by itself, and see that all is accounted for."""
        api = self.ask()
        self.look()
        for job_id, expected in self.jobs.items():
            if expected.kind == "long" and not expected.ended and api.delete(job_id).status_code == 200:
                expected.ends = {DELETED}
        until(lambda: not api("GET", "/jobs").json())
        self.look()
        assert all(expected.ended for expected in self.jobs.values())
        until(lambda: not processes_of(self.folder))
        for job_id, expected in self.jobs.items():
            output = api.output(job_id)
            assert output == "begun\n" or (output == "" and expected.ended["status"] != "completed")

    # what the rules share

    def one_of_them(self, which):
        """A job, from a number drawn: what hypothesis draws may not depend on which jobs there are."""
        ids = sorted(self.jobs)
        return ids[which % len(ids)] if ids else None

    def new_name(self):
        self.submitted += 1
        return f"job-{self.submitted}"

    def listed(self):
        return self.ask()("GET", "/jobs?all=true").json()

    def front(self):
        return lock.holder(live_dir(state_dir()).front_lock)

    def runner(self):
        return lock.holder(live_dir(state_dir()).runner_lock)

    def disturb(self):
        """What runs may be stopped by what comes now."""
        for expected in self.jobs.values():
            if not expected.ended and expected.ends != {DELETED}:
                expected.ends |= {STOPPED}

    def note(self):
        """Remember the processes that there are, to see them end."""
        for pid in filter(None, (self.front(), self.runner())):
            with contextlib.suppress(psutil.NoSuchProcess):
                self.seen.add(psutil.Process(pid))
        self.seen |= set(processes_of(self.folder))

    def kill(self, *pids):
        self.note()
        pids = list(filter(None, pids))
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: reap() or not any(map(psutil.pid_exists, pids)))

    def close(self):
        if self.api:
            self.api.http.close()
        self.api = None


def reap():
    """Do what init does, which may take its time: wait for orphans, which come to this process."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def is_there(process):
    reap()
    return process.is_running()


@pytest.fixture
def own_variable(monkeypatch):
    monkeypatch.setenv("PROMINENCE_LOCAL_DIR", "")
    become_subreaper()
    yield
    become_subreaper(on=False)


def test_whatever_is_killed_no_job_is_lost_doubled_or_stuck(own_variable):
    run_state_machine_as_test(
        Service,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.generate],  # a sequence takes a second, and may not fail each time
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
