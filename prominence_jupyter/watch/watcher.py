"""`Watcher`: one thread that asks a service about all watched jobs.

It does `Rounds` of asking, each when it is due. A thread, not an asyncio task: tasks stand still while a notebook's
cell runs.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.paths import JobId, Stream
from prominence_jupyter.watch.clocks import passed_s
from prominence_jupyter.watch.listener import Listener
from prominence_jupyter.watch.logs.follower import Follower
from prominence_jupyter.watch.logs.spool import Spool
from prominence_jupyter.watch.logs.watched_log import WatchedLog
from prominence_jupyter.watch.pace import Pace
from prominence_jupyter.watch.patient_client import PatientClient
from prominence_jupyter.watch.rounds import Rounds
from prominence_jupyter.watch.sets.set_change import SetListener
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.watched_sets import WatchedSets
from prominence_jupyter.watch.watched_job import WatchedJob

_LONGEST_OUTPUT_PAUSE_S: Final = 5.0
_LONGEST_WAIT_S: Final = 1.0
"""Seconds until the clock is looked at again."""


class Watcher:
    """Watches jobs of one service. Its thread runs while there is something to watch.

    Parameters
    ----------
    client
        A client that tries once: the next tick is the next attempt.
    longest_pause_s
        Upper bound of the time between two listings, in seconds.
    clock
        Monotonic seconds, those too in which the machine sleeps.
    """

    def __init__(self, client: Client, *, longest_pause_s: float = 10.0, clock: Callable[[], float] = passed_s) -> None:
        self._longest_pause_s = longest_pause_s
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, WatchedJob] = {}
        self._late: set[WatchedJob] = set()
        """Jobs that have ended, and of which someone wants to see a log that has not been read."""
        self._client = PatientClient(client, clock)
        self._sets = WatchedSets(self._client, longest_pause_s=longest_pause_s, clock=clock)
        self._rounds = Rounds(self._client, self._sets, longest_pause_s=longest_pause_s, clock=clock)
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def is_as(self, other: Watcher) -> bool:
        """Tell whether another watcher asks as often."""
        return self._longest_pause_s == other._longest_pause_s

    @contextmanager
    def watching(self, job_id: JobId, listener: Listener) -> Iterator[WatchedJob]:
        """Watch a job within a ``with`` block."""
        job = self.watch(job_id, listener)
        try:
            yield job
        finally:
            self.unwatch(job, listener)

    def watch(self, job_id: JobId, listener: Listener) -> WatchedJob:
        """Begin to watch a job.

        The listener is called from the watcher's thread, until `unwatch`: first with what is known already, then
        with what is new. After the end of the job nothing is new, but for a log that it follows from then on.
        """
        with self._lock:
            self._run_thread()
            job = self._jobs.get(str(job_id))
            if job is None or not job.join(listener):
                job = self._jobs[str(job_id)] = WatchedJob(job_id, partial(self._new_log, job_id), self._attend)
                job.join(listener)
        self._wake.set()
        return job

    def unwatch(self, job: WatchedJob, listener: Listener) -> None:
        """Call a listener no more; a job without listeners is not asked about any more."""
        with self._lock:
            if job.leave(listener):
                self._late.discard(job)
                if self._jobs.get(str(job.job_id)) is job:
                    del self._jobs[str(job.job_id)]
        self._wake.set()

    def watch_set(self, watched: WatchedSet, listener: SetListener) -> None:
        """Begin to watch a set of jobs, or let one more listen.

        The listener is called from the watcher's thread, until `unwatch_set` or the end of all jobs: first with all
        that is known, then with what has changed. A set that was watched before goes on where it was.
        """
        with self._lock:
            self._run_thread()
            self._sets.join(watched, listener)
        self._wake.set()

    def unwatch_set(self, watched: WatchedSet, listener: SetListener) -> None:
        """Call a listener no more; a set without listeners is not asked about any more."""
        with self._lock:
            self._sets.leave(watched, listener)
        self._wake.set()

    def _attend(self, job: WatchedJob) -> None:
        """Look at a job at once, also at one that has ended; from any thread."""
        with self._lock:
            if self._jobs.get(str(job.job_id)) is not job:
                self._late.add(job)
            self._run_thread()
        self._wake.set()

    def _new_log(self, job_id: JobId, stream: Stream) -> WatchedLog:
        follower = Follower(
            partial(self._client.output_pieces, job_id, stream),
            Spool(see_whole=f"%prominence {stream} {job_id}"),
            clock=self._clock,
        )
        return WatchedLog(stream, follower, Pace(longest_s=min(self._longest_pause_s, _LONGEST_OUTPUT_PAUSE_S)))

    def _run_thread(self) -> None:
        """Start the thread if there is none, as in a process that was forked; called with the lock."""
        if self._thread is None or not self._thread.is_alive():
            thread = threading.Thread(target=self._run, name="prominence-watcher", daemon=True)
            thread.start()  # may fail; the thread waits for the lock
            self._thread = thread

    def _run(self) -> None:
        while self._has_work():
            self._wake.clear()
            due = self.tick()
            while 0 < (pause_s := due - self._clock()) < math.inf:
                if self._wake.wait(min(pause_s, _LONGEST_WAIT_S)):  # which stands still while the machine sleeps
                    break

    def tick(self) -> float:
        """Ask what is due; return when to do so again, in seconds of the clock. For the thread that does the work."""
        with self._lock:
            jobs, sets = [*self._jobs.values(), *self._late], self._sets.current()
        return self._rounds.once(jobs, sets)

    def _has_work(self) -> bool:
        """Drop what has finished; when nothing is left, the thread is over (decided under the lock)."""
        with self._lock:
            if self._thread is not threading.current_thread():
                return False  # whoever started it was interrupted, and another one does the work
            ended = [job for job in (*self._jobs.values(), *self._late) if job.finished.is_set()]
            self._late = {job for job in ended if job.needs_attention}
            self._jobs = {key: job for key, job in self._jobs.items() if not job.finished.is_set()}
            if not self._jobs and not self._late and not self._sets.current():
                self._thread = None
            return self._thread is not None

    def refuse_callbacks(self) -> None:
        """Raise where a callback would wait for what only the thread that calls it can bring.

        Raises
        ------
        UsageError
            This is the watcher's thread.
        """
        if threading.current_thread() is self._thread:
            raise UsageError("a callback cannot wait for news of jobs: what it is told is all there is; wait elsewhere")
