"""The watcher and its followers against a model of a service to which everything happens that API.md tells of."""

import contextlib
import itertools
from types import SimpleNamespace
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from prominence_jupyter.watch import pace, patient_client, watched_job
from prominence_jupyter.watch.judging import absence
from prominence_jupyter.watch.listener import Listener
from prominence_jupyter.watch.sets import watched_set
from prominence_jupyter.watch.sets.set_change import Entry
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.watcher import Watcher
from tests.watch.model import FAULTS, Model

JOBS = 2
jobs = st.integers(1, JOBS)
pieces = st.builds(
    lambda head, unit, times: head + unit * times,
    st.sampled_from([b"", b"run\n", b"a new run\n"]),
    st.sampled_from([b"y\n", b"x" * 7 + b"\n", b"0123456789abcde\n", b"y"]),
    st.integers(0, 400),
)
FINAL = ["completed", "failed", "killed", "deleted"]


class Seen:
    """One who watches a job, and reads its log as it is told to."""

    def __init__(self):
        self.snapshots, self.log, self.run = [], b"", 0
        self.listener = Listener(self.snapshots.append, self._output)

    def _output(self, stream, spool):
        if stream == "stdout":
            if spool.run != self.run:
                self.run, self.log = spool.run, b""
            self.log += spool.piece(len(self.log), spool.size).data


class Watching(RuleBasedStateMachine):
    """What can happen, in any order."""

    @initialize(offsets=st.booleans(), tells_start=st.booleans())
    def begin(self, offsets, tells_start):
        self.model = Model(jobs=JOBS, offsets=offsets, tells_start=tells_start)
        self.patches = contextlib.ExitStack()
        for module in (watched_job, watched_set):
            wall = SimpleNamespace(time=lambda: self.model.wall)
            self.patches.enter_context(mock.patch.object(module, "time", wall))
        self.patches.enter_context(mock.patch.object(absence, "passed_s", self.model.clock))
        for module in (pace, patient_client):
            module._spread.seed(1)
        self.watcher = Watcher(self.model, clock=self.model.clock)
        self.watcher._run_thread = lambda: None
        self.seen = {number: Seen() for number in self.model.jobs}
        self.watched = {number: self.watcher.watch(number, seen.listener) for number, seen in self.seen.items()}
        self.set_changes = []
        self.watched_set = WatchedSet([Entry(number) for number in self.model.jobs])
        self.watcher.watch_set(self.watched_set, self.set_changes.append)
        self.hurries = 1
        self.last = {}

    def drive(self, seconds):
        """Let the watcher work for so long."""
        until, rounds = self.model.now + seconds, 0
        while True:
            due = self.watcher.tick()
            rounds += 1
            assert rounds < 100 + 50 * seconds, "it does not come to rest"
            if due > until:
                break
            self.model.pass_time(max(0.0, due - self.model.now))
        self.model.pass_time(max(0.0, until - self.model.now))

    @rule(seconds=st.sampled_from([0.1, 1, 5, 20, 60, 400]))
    def pass_time(self, seconds):
        before, began, hurries = len(self.model.listings), self.model.now, self.hurries
        self.drive(seconds)
        passed, count = self.model.now - began, len(self.model.listings) - before
        assert count <= passed / 0.45 + 2 + hurries
        is_open = any(not watched.finished.is_set() and not watched.is_over for watched in self.watched.values())
        if is_open and self.model.fault in {None, "no connection", "401", "500", "expired"}:
            assert count >= passed / 11 - 8  # a log may be read for half a minute, and Retry-After lasts
        self.hurries = 0

    @rule(asleep=st.sampled_from([200, 3600]), wall=st.sampled_from([None, 0, -7200]))
    def sleep(self, asleep, wall):
        self.model.pass_time(asleep, wall=wall)
        listings = len(self.model.listings)
        self.drive(1)
        self.hurries = 1
        if any(not watched.is_over for watched in self.watched.values()) and self.model.fault != "429":
            assert len(self.model.listings) > listings

    @rule(fault=st.sampled_from([None, None, *FAULTS]))
    def fail(self, fault):
        self.model.fault = fault

    @rule(places=st.lists(st.none() | st.integers(0, 900), min_size=1, max_size=6))
    def break_output(self, places):
        self.model.breaks = itertools.chain(places, itertools.repeat(None))

    @rule(job=jobs)
    def start(self, job):
        job = self.model.jobs[job]
        if job.status in {"pending", "idle", "failed"} and job.active:
            self.model.start(job)

    @rule(job=jobs, piece=pieces)
    def write(self, job, piece):
        job = self.model.jobs[job]
        if job.status == "running":
            job.log += piece
            job.old_log = None

    @rule(job=jobs, keeps=st.booleans())
    def evict(self, job, keeps):
        job = self.model.jobs[job]
        if job.status == "running":
            job.becomes("idle")
            job.old_log, job.log, job.started = job.log if keeps else None, b"", None

    @rule(job=jobs, seconds=st.sampled_from([0, 2, 20]), piece=pieces)
    def evict_and_start(self, job, seconds, piece):
        job = self.model.jobs[job]
        if job.status == "running":
            self.evict(job.id, keeps=False)
            self.drive(seconds)
            self.model.start(job)
            job.log = piece

    @rule(job=jobs)
    def fail_provisionally(self, job):
        job = self.model.jobs[job]
        if job.status == "pending":
            job.becomes("failed")

    @rule(job=jobs)
    def miss(self, job):
        self.model.jobs[job].is_missed = True

    @rule(job=jobs, other=st.sampled_from(["pending", "running", "failed"]))
    def list_twice(self, job, other):
        job = self.model.jobs[job]
        if other in job.statuses:
            job.listed_twice = other

    @rule(job=jobs, status=st.sampled_from(FINAL), has_time=st.booleans(), lags=st.booleans(), missed=st.booleans())
    def end(self, job, status, has_time, lags, missed):
        job = self.model.jobs[job]
        if job.active:
            job.lags, job.is_missed = job.record(detail=True) if lags else None, missed
            job.becomes(status)
            job.active, job.old_log = False, None
            job.ended = 99 if has_time else None

    @rule(job=jobs, fault=st.sampled_from(["no connection", "401", "expired"]))
    def end_and_fail_for_long(self, job, fault):
        self.model.fault = None
        self.end(job, "completed", has_time=True, lags=False, missed=False)
        self.drive(0.3)
        self.model.fault = fault
        self.drive(400)
        self.model.fault = None

    @invariant()
    def nothing_is_made_up(self):
        if not hasattr(self, "model"):
            return
        for number, seen in self.seen.items():
            job, snapshot = self.model.jobs[number], self.watched[number].snapshot
            assert not snapshot.gone
            assert all(each.record is None or each.record.status in job.statuses for each in seen.snapshots)
            if snapshot.ended or self.watched[number].is_over:
                assert not job.active
                assert snapshot.record.status == job.status
            ends = [each.ended for each in seen.snapshots]
            assert ends == sorted(ends)
            assert seen.log == self.watched[number].spool("stdout").tail(10**6).data or not seen.snapshots
        for key, entry in self.watched_set.entries.items():
            assert not entry.gone
            assert not entry.ended or (entry.record.status, False) == (
                self.model.jobs[int(key)].status,
                self.model.jobs[int(key)].active,
            )

    @invariant()
    def a_service_that_wants_rest_has_it(self):
        if hasattr(self, "model"):
            assert not self.model.violations

    @invariant()
    def staleness_is_no_prophecy(self):
        if hasattr(self, "model"):
            for watched in self.watched.values():
                assert (watched.snapshot.stale_since is None) == (watched.snapshot.trouble is None)

    def teardown(self):
        if not hasattr(self, "model"):
            return
        with self.patches:
            self.model.fault = None
            self.drive(60)
            for number, job in self.model.jobs.items():
                if job.active:
                    self.end(number, "completed", has_time=True, lags=False, missed=False)
            self.drive(200)
            self.nothing_is_made_up()
            assert self.watched_set.finished.is_set()
            for number, job in self.model.jobs.items():
                spool = self.watched[number].spool("stdout")
                assert self.watched[number].snapshot.ended
                if job.log or not self.watched[number].snapshot.output_troubles:  # else it is told that all is gone
                    assert spool.tail(10**6).data == job.log
                assert self.watched[number].snapshot.trouble is None
            requests = len(self.model.requests)
            self.drive(3600)
            assert len(self.model.requests) == requests


TestWatching = Watching.TestCase
TestWatching.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
