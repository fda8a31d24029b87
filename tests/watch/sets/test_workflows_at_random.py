"""A watched workflow to which everything happens in any order: nothing is made up, and in the end all is known."""

from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from prominence_jupyter.errors import AuthenticationFailed, ServiceFailed, UnexpectedAnswer, Unreachable
from prominence_jupyter.watch.judging import absence
from prominence_jupyter.watch.sets.set_change import Entry
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from tests.watch.sets.test_workflows import Play, Service, of_workflow

FAULTS = [
    Unreachable("no connection"),
    ServiceFailed("too many", 429, retry_after_s=20),
    UnexpectedAnswer("HTML"),
    AuthenticationFailed("no", 401),
]
FINAL = ["completed", "failed", "deleted", "killed"]
nodes = st.sampled_from(["a/0", "a/1", "b"])


class Watching(RuleBasedStateMachine):
    """Two who watch workflow 7, and one who watches a lone job, at a service where other workflows run."""

    @initialize()
    def begin(self):
        self.patch = mock.patch.object(absence, "LEAST_S", 1e9)  # nothing here is gone
        self.patch.start()
        self.service = Service()
        self.service.policies = {"maximumRetries": 9}
        self.service.put(1000, workflow="lone", of=None)
        self.play = Play(self.service, of_workflow(), of_workflow(), WatchedSet([Entry(1000)]))
        self.number = 0

    @rule(times=st.integers(1, 4))
    def tick(self, times):
        self.play.tick(times)  # which looks that a tick has no more than one listing

    @rule(node=nodes)
    def submit(self, node):
        attempts = [job["status"] for job in self.service.jobs.values() if job["name"] == f"study/{node}"]
        if self.service.status == "running" and (not attempts or attempts[-1] in {"failed", "killed"}):
            self.number += 1
            self.service.put(self.number, node)

    @rule(node=nodes, status=st.sampled_from(FINAL))
    def run_unseen(self, node, status):
        number = self.number
        self.submit(node)
        if self.number > number:
            self.end(0, status, has_time=True)

    @rule(which=st.integers(0, 9), status=st.sampled_from(FINAL), has_time=st.booleans())
    def end(self, which, status, has_time):
        mine = [number for number in sorted(self.service.active, reverse=True) if number < 1000]
        if mine:
            number = mine[which % len(mine)]
            self.service.end(number, status)
            if not has_time:
                del self.service.jobs[number]["events"]["endTime"]

    @rule(which=st.integers(0, 9), status=st.sampled_from(["pending", "running", "failed"]))
    def become(self, which, status):
        mine = [number for number in sorted(self.service.active) if number < 1000]
        if mine:
            self.service.jobs[mine[which % len(mine)]]["status"] = status

    @rule(node=nodes)
    def submit_elsewhere(self, node):
        self.number += 1
        self.service.put(2000 + self.number, node, of=8)

    @rule(status=st.sampled_from(FINAL))
    def finish(self, status):
        if not any(number < 1000 for number in self.service.active):
            self.service.finish(status)

    @rule(what=st.sampled_from(["plain", "own", "workflow"]), fault=st.sampled_from([None, *FAULTS]))
    def fail(self, what, fault):
        self.service.faults = {what: fault} if fault else {}

    @rule(seconds=st.sampled_from([0, 0.1, 30]))
    def take_long(self, seconds):
        self.service.before_own = self.play.takes(seconds)

    @invariant()
    def nothing_is_made_up(self):
        if not hasattr(self, "play"):
            return
        for watched in self.play.sets[:2]:
            for key, entry in watched.entries.items():
                job = self.service.jobs[int(key)]
                assert "of" not in job
                assert not entry.gone
                assert not entry.ended or (int(key) not in self.service.active and entry.record.status == job["status"])
            if watched.finished.is_set():
                assert self.service.status in FINAL

    def teardown(self):
        if not hasattr(self, "play"):
            return
        self.service.faults = {}
        self.play.now += 100
        for _ in range(len(self.service.active)):
            self.end(0, "completed", has_time=True)
        self.finish("completed")
        self.play.tick(40)
        mine = {str(number): job["status"] for number, job in self.service.jobs.items() if "of" not in job}
        for watched in self.play.sets[:2]:
            assert watched.finished.is_set()
            known = {key: entry.record.status for key, entry in watched.entries.items()}
            assert known.items() <= mine.items()
            last = {self.service.jobs[int(key)]["name"]: key for key in sorted(mine, key=int)}
            assert {*last.values()} <= known.keys()
        self.patch.stop()


TestWatching = Watching.TestCase
TestWatching.settings = settings(stateful_step_count=30, deadline=None)
