"""`Watcher`: one thread that asks a service about all watched jobs.

A tick is one plain listing, whatever the number of jobs, and one request for each job that changed in it or left
it. A thread, not an asyncio task: tasks stand still while a notebook's cell runs.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.errors import ProminenceError, ServiceFailed, UnexpectedAnswer
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.follower import Follower
from prominence_jupyter.watch.pace import Pace
from prominence_jupyter.watch.watched_job import Listener, WatchedJob

_log = logging.getLogger(__name__)

_LONGEST_OUTPUT_PAUSE_S: Final = 5.0
_LONGEST_ASKED_PAUSE_S: Final = 60.0
"""A service may ask for more patience; a watch that is silent for longer looks dead."""
_LAST_LOOKS: Final = 6
"""How often the end of an output is asked for when it cannot be had at once."""


class Watcher:
    """Watches jobs of one service. Its thread runs while there is something to watch.

    Parameters
    ----------
    client
        A client that tries once: the next tick is the next attempt.
    longest_pause_s
        Upper bound of the time between two listings, in seconds.
    clock
        Monotonic seconds.
    """

    def __init__(
        self, client: Client, *, longest_pause_s: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._longest_pause_s = longest_pause_s
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, WatchedJob] = {}
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

        The listener is called from the watcher's thread, until `unwatch` or the end of the job: first with what
        is known already and all output so far, then with what is new.
        """
        with self._lock:
            job = self._jobs.get(str(job_id))
            if job is None or not job.join(listener):
                follower = Follower(lambda offset: self._client.output(job_id, "stdout", offset))
                job = self._jobs[str(job_id)] = WatchedJob(job_id, follower)
                job.join(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="prominence-watcher", daemon=True)
                self._thread.start()
        self._wake.set()
        return job

    def unwatch(self, job: WatchedJob, listener: Listener) -> None:
        """Call a listener no more; a job without listeners is not asked about any more."""
        with self._lock:
            if job.leave(listener) and self._jobs.get(str(job.job_id)) is job:
                del self._jobs[str(job.job_id)]
        self._wake.set()

    def _run(self) -> None:
        listing = Pace(longest_s=self._longest_pause_s)
        output = Pace(longest_s=min(self._longest_pause_s, _LONGEST_OUTPUT_PAUSE_S))
        listing_due = output_due = self._clock()
        while jobs := self._current():
            self._wake.clear()
            if any([job.let_in() for job in jobs]):
                listing.news()
                output.news()
                listing_due = output_due = self._clock()
            if self._clock() >= listing_due:
                listing_due = self._clock() + self._guarded(self._ask_listing, jobs, listing)
            if self._clock() >= output_due:
                output_due = self._clock() + self._guarded(self._ask_output, jobs, output)
            self._wake.wait(max(0.0, min(listing_due, output_due) - self._clock()))

    def _current(self) -> list[WatchedJob]:
        """Return the jobs to ask about; when there are none, the thread is over (decided under the lock)."""
        with self._lock:
            self._jobs = {key: job for key, job in self._jobs.items() if not job.finished.is_set()}
            if not self._jobs:
                self._thread = None
            return list(self._jobs.values())

    def _guarded(self, ask: Callable[[list[WatchedJob]], bool], jobs: list[WatchedJob], pace: Pace) -> float:
        """Ask, and return the seconds until the next time; no error ends the thread."""
        asked_s = 0.0
        try:
            news = ask(jobs)
        except ProminenceError as error:
            news = False
            asked_s = min((isinstance(error, ServiceFailed) and error.retry_after_s) or 0.0, _LONGEST_ASKED_PAUSE_S)
            for job in jobs:
                job.miss(error)
        except Exception:  # a defect of ours must not end the watch of every job
            _log.exception("an error while watching jobs; watching goes on")
            news = False
        if news:
            pace.news()
        else:
            pace.no_news()
        return max(pace.next_s(), asked_s)

    def _ask_listing(self, jobs: list[WatchedJob]) -> bool:
        listing = {str(record.id): record for record in self._client.active_jobs()}
        return any([_unless_missed(job, self._look, listing.get(str(job.job_id))) for job in jobs])

    def _look(self, job: WatchedJob, listed: JobRecord | None) -> bool:
        """Ask about one job if the listing calls for it; return whether there was news."""
        same = job.snapshot.record is not None and listed is not None and listed == job.listed
        if same and job.snapshot.stale_since is None:
            return False
        before = job.snapshot
        record = self._client.job(job.job_id)
        ended = job.report(record, listed_active=listed is not None)
        # An answer that lags behind the listing, or is missing, has taught nothing of this entry: ask again.
        agrees = record is not None and listed is not None and record.status == listed.status
        job.listed = listed if agrees else None
        if ended:
            self._end(job)
            if not job.finished.is_set():  # its output cannot be had yet: ask again, whatever the listing says
                job.listed = None
        return ended or job.snapshot.record != before.record

    def _end(self, job: WatchedJob) -> None:
        """Read the last output and tell the end; output that cannot be had must not keep a job from ending."""
        trouble: ProminenceError | None = None
        if job.is_followed:
            job.last_looks += 1
            last = job.last_looks >= _LAST_LOOKS
            try:
                job.tell_output(job.follower.finish())
                if job.follower.is_doubtful:
                    if not last:
                        return
                    trouble = UnexpectedAnswer("at the end less of it was there than before")
            except ProminenceError as error:
                if error.transient and not last:
                    raise
                trouble = error
        job.finish(trouble)

    def _ask_output(self, jobs: list[WatchedJob]) -> bool:
        return any([_unless_missed(job, self._follow) for job in jobs])

    def _follow(self, job: WatchedJob) -> bool:
        """Ask for one job's output if someone wants it and there may be some; return whether there was any."""
        record = job.snapshot.record
        started = record is not None and (record.started is not None or record.status == status.RUNNING)
        if not started or not job.is_followed or job.finished.is_set():
            return False
        delta = job.follower.poll()
        job.tell_output(delta)
        return bool(delta.data)


def _unless_missed(job: WatchedJob, ask: Callable[..., bool], *args: JobRecord | None) -> bool:
    """Ask about one job; an error there makes that job's data stale and no other's."""
    try:
        return ask(job, *args)
    except ProminenceError as error:
        job.miss(error)
        return False
