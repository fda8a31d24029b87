"""`Runner`: the one process that starts, measures and ends the processes of jobs.

A program of its own, small because ``ru_maxrss`` of a child begins at the size of its parent. It has one thread and
sleeps until the front wakes it through its socket, a child ends, or something is due. It lives longer than its front:
jobs go on without one, and the next one finds them. With neither front nor jobs it ends.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import selectors
import signal
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from prominence_jupyter.local_service import reasons, runner_messages
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.live import LiveDir
from prominence_jupyter.local_service.lock import Lock
from prominence_jupyter.local_service.processes import ProcessTable
from prominence_jupyter.local_service.runner.course import Premises
from prominence_jupyter.local_service.runner.mailbox import Mailbox
from prominence_jupyter.local_service.runner.running_job import RunningJob
from prominence_jupyter.local_service.runner.signals import Signals
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status

SAMPLE_S: Final = 0.25
_SWEEP_S: Final = 0.05
_RETRY_S: Final = 1.0
_COMPLAIN_S: Final = 60.0
_FIRST_FRONT_S: Final = 20.0
"""How long a runner that has just been started waits for the front that started it."""
_log = logging.getLogger(__name__)


class Runner:
    """Holds the jobs that run."""

    def __init__(self, held: Lock, live: LiveDir, store: Store, capacity: Capacity, premises: Premises) -> None:
        self._held, self._store = held, store
        self._capacity, self._premises = capacity, premises
        self._jobs: dict[int, RunningJob] = {}
        self._table = ProcessTable()
        self._stopping = False
        self._next_sample = 0.0
        self._retry_at = self._next_complaint = 0.0
        self._selector = selectors.DefaultSelector()
        self._mailbox = Mailbox(live.socket, self._selector)
        self._front_by = time.monotonic() + _FIRST_FRONT_S
        self._queue_due = math.inf

    def run(self) -> None:
        """Run jobs until it is told to stop, or nothing is left to do, and the last process has ended."""
        with self._selector, contextlib.closing(self._mailbox), Signals() as signals:
            self._mailbox.open()
            self._selector.register(signals.socket, selectors.EVENT_READ)
            try:
                self._loop(signals)
            finally:
                self._kill_all()

    def _loop(self, signals: Signals) -> None:
        while True:
            self._retry_at = math.inf
            self._reap()
            with self._patience():
                self._end_deleted()
            self._look()
            self._step()
            if not self._held.is_current:  # another service may have taken over
                self._stop()
            with self._patience():
                self._end_queued()
                self._start_jobs()
            if not self._jobs and (self._stopping or self._is_done()):
                return
            for key, _ in self._selector.select(self._timeout()):
                if key.fileobj is signals.socket:
                    signals.forget()
                for line in self._mailbox.take(key.fileobj):
                    self._hear(line)

    def _is_done(self) -> bool:
        """Tell whether nothing waits, and nobody is there who could bring more."""
        if self._mailbox.is_connected or time.monotonic() < self._front_by:
            return False
        waits = True
        with self._patience():
            waits = self._store.jobs.next_pending() is not None
        return not waits

    def _timeout(self) -> float | None:
        """Return seconds to sleep, None for as long as nothing happens."""
        now = time.monotonic()
        due = [self._retry_at, self._queue_due]
        if not self._mailbox.is_connected and self._front_by > now:
            due.append(self._front_by)
        if self._jobs:
            due += [self._next_sample, *(job.due for job in self._jobs.values())]
        if not all([job.is_settled for job in self._jobs.values()]):
            due.append(now + _SWEEP_S)
        return None if min(due) == math.inf else max(0.0, min(due) - now)

    @contextlib.contextmanager
    def _patience(self) -> Iterator[None]:
        """Outlive a database that cannot be used now, for want of disk say: the next turn tries again."""
        try:
            yield
        except sqlite3.Error as error:
            now = time.monotonic()
            self._retry_at = now + _RETRY_S
            if now >= self._next_complaint:
                self._next_complaint = now + _COMPLAIN_S
                _log.error("the table of jobs cannot be used: %s", error)

    @staticmethod
    @contextlib.contextmanager
    def _alone(job: RunningJob) -> Iterator[None]:
        """Let a job that meets an error fail, and no other with it."""
        try:
            yield
        except Exception:  # broad: whatever happens to one job, all others must go on
            _log.exception("job %d fails", job.id)
            job.give_up(reasons.BROKEN)

    def _hear(self, line: bytes) -> None:
        """Act on what the front says; that it says anything has made the loop turn."""
        self._front_by = 0.0
        told = runner_messages.read(line)
        if told == "stop":
            self._stop()
        elif told != "wake":
            url, self._capacity = told
            self._premises = replace(self._premises, url=url)

    def _stop(self) -> None:
        self._stopping = True
        self._table.look([job.family for job in self._jobs.values()])
        for job in self._jobs.values():
            job.end(status.FAILED, reasons.STOPPED)

    def _reap(self) -> None:
        while True:
            try:
                pid, wait_status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for job in self._jobs.values():
                if pid == job.family.main or pid in job.family.born:
                    job.reaped(pid, wait_status, usage)

    def _end_deleted(self) -> None:
        deleted = self._store.jobs.ended_among(self._jobs)
        if deleted:
            self._table.look([job.family for job in self._jobs.values()])
        for job_id in deleted:
            self._jobs[job_id].end(status.DELETED, reasons.DELETED)

    def _look(self) -> None:
        now = time.monotonic()
        if now < self._next_sample and all([job.is_settled for job in self._jobs.values()]):
            return
        self._table.look([job.family for job in self._jobs.values()])
        for job in self._jobs.values():
            job.sample()
        self._next_sample = now + SAMPLE_S

    def _step(self) -> None:
        for job in list(self._jobs.values()):
            if job.ended is None:
                with self._alone(job):
                    job.step()
            self._forget_if_ended(job)

    def _end_queued(self) -> None:
        """End the jobs that have waited for as long as they may, and note when the next of them will have."""
        now = time.time()
        for job_id in self._store.jobs.queued_too_long(now):
            self._store.jobs.finish(job_id, status.FAILED, reasons.QUEUED_TOO_LONG)
        due = self._store.jobs.next_too_long()
        self._queue_due = math.inf if due is None else time.monotonic() + max(0.0, due - now)

    def _start_jobs(self) -> None:
        """Start pending jobs by priority and in the order of submission, as long as the first of them fits."""
        while not self._stopping and (row := self._store.jobs.next_pending()):
            try:
                could_run = self._capacity.could_run(row.description["resources"])
                job = RunningJob(row, self._premises)
            except Exception:  # broad: as in `_alone`
                _log.exception("job %d fails", row.id)
                self._store.jobs.finish(row.id, status.FAILED, reasons.BROKEN)
                continue
            if not could_run:
                self._store.jobs.finish(row.id, status.FAILED, reasons.NO_RESOURCES)
                continue
            if not self._capacity.holds([job.need, *(other.need for other in self._jobs.values())]):
                return
            if self._store.jobs.start(row.id, job.execution):  # else it was deleted in this very moment
                self._jobs[row.id] = job
                job.family.folder = os.path.realpath(self._premises.state.job(row.id))
                with self._alone(job):
                    job.begin()
                self._forget_if_ended(job)

    def _forget_if_ended(self, job: RunningJob) -> None:
        """Write down how a job ended; until that succeeds it is kept, unless there is no time left."""
        if job.ended is None:
            return
        with self._patience():
            if job.ended.status == status.PENDING:
                self._store.jobs.retry(job.id, job.execution)
            else:
                self._store.jobs.finish(job.id, job.ended.status, job.ended.reason, job.execution)
            del self._jobs[job.id]
        if self._stopping:
            self._jobs.pop(job.id, None)  # the next service finds it running, and lets it fail
        if not self._jobs:
            self._table.kill_all()

    def _kill_all(self) -> None:
        """Leave no process, whatever went wrong here; usually there is none left."""
        families = [job.family for job in self._jobs.values()]
        self._table.look(families)
        for family in families:
            family.send(signal.SIGKILL)
        self._table.kill_all()
