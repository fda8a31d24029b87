"""`Runner`: the one process that starts, measures and ends the processes of jobs.

A program of its own, small because ``ru_maxrss`` of a child begins at the size of its parent. It has one thread and
sleeps until the front wakes it through its standard input, a child ends, or something is due. When its standard
input closes, for whatever reason, it ends its jobs and then itself.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import math
import os
import selectors
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prominence_jupyter.local_service import processes, reasons
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.processes import ProcessTable
from prominence_jupyter.local_service.runner.course import Premises
from prominence_jupyter.local_service.runner.running_job import RunningJob
from prominence_jupyter.local_service.runner.runtimes import choice
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status

SAMPLE_S: Final = 0.25
_SWEEP_S: Final = 0.05
_RETRY_S: Final = 1.0
_COMPLAIN_S: Final = 60.0
_STDIN: Final = 0
_HEARD: Final = (
    *(signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGPIPE),
)
"""Signals that wake the runner and end nothing: a job may send them to its parent."""
_log = logging.getLogger(__name__)


class Runner:
    """Holds the jobs that run."""

    def __init__(self, store: Store, capacity: Capacity, premises: Premises) -> None:
        self._store, self._capacity, self._premises = store, capacity, premises
        self._jobs: dict[int, RunningJob] = {}
        self._table = ProcessTable()
        self._stopping = False
        self._next_sample = 0.0
        self._retry_at = self._next_complaint = 0.0
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Run jobs until standard input closes and the last process has ended."""
        children, noted = socket.socketpair()
        with self._selector, children, noted:
            children.setblocking(False)
            noted.setblocking(False)
            signal.set_wakeup_fd(noted.fileno(), warn_on_full_buffer=False)
            for number in _HEARD:
                signal.signal(number, lambda *_: None)  # a handler and not SIG_IGN, which children would inherit
            os.set_blocking(_STDIN, False)
            self._selector.register(_STDIN, selectors.EVENT_READ)
            self._selector.register(children, selectors.EVENT_READ)
            try:
                self._loop(children)
            finally:
                signal.set_wakeup_fd(-1)
                self._kill_all()

    def _loop(self, children: socket.socket) -> None:
        while True:
            self._retry_at = math.inf
            self._reap()
            with self._patience():
                self._end_deleted()
            self._look()
            self._step()
            with self._patience():
                self._start_jobs()
            if self._stopping and not self._jobs:
                return
            for key, _ in self._selector.select(self._timeout()):
                if key.fd == _STDIN:
                    self._hear_front()
                else:
                    self._drain(children)

    def _timeout(self) -> float | None:
        """Return seconds to sleep, None for as long as nothing happens."""
        now = time.monotonic()
        due = [self._retry_at]
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

    def _hear_front(self) -> None:
        if not os.read(_STDIN, 65536):
            self._stopping = True
            self._selector.unregister(_STDIN)
            self._table.look([job.family for job in self._jobs.values()])
            for job in self._jobs.values():
                job.end(status.FAILED, reasons.STOPPED)

    @staticmethod
    def _drain(children: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while children.recv(4096):
                pass

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

    def _start_jobs(self) -> None:
        """Start pending jobs in the order of submission, as long as the first of them fits."""
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


def main() -> None:
    """Run the program; the front starts it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--cpus", type=float, required=True)
    parser.add_argument("--memory-gb", type=float, required=True)
    options = parser.parse_args()
    state = StateDir(options.state)
    processes.become_subreaper()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    with Store(state.database) as store:
        processes.end_strays(store.jobs.token_of)
        runtime = choice.chosen(os.environ, state)
        os.environ[choice.VARIABLE] = runtime.name  # for the chores: what they find is to be the same
        premises = Premises(state, options.url, runtime)
        Runner(store, Capacity(options.cpus, options.memory_gb), premises).run()


if __name__ == "__main__":
    main()
