"""`JobSet`: the handle of many jobs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.transport import ATTEMPTS
from prominence_jupyter.client.side_by_side import side_by_side
from prominence_jupyter.errors import NoSuchJob, ProminenceError, Unreachable, UsageError, WaitTimeout
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.patience import as_far_as_known, next_look_s, raise_if_hopeless
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.listener import Snapshot
from prominence_jupyter.watch.sets.set_change import Entry, SetChange, SetListener
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.watcher import Watcher

if TYPE_CHECKING:
    import pandas as pd

_AT_ONCE: Final = 8
_LONGEST_ASK_S: Final = 60.0
_NO_ANSWER: Final = f"gave no answer within {_LONGEST_ASK_S:.0f} s; the service may be busy, try again later"
_IDS_NAMED: Final = 10
_UNKNOWN: Final = "unknown"
"""Stands for the status of a job that the service has not told of."""


class JobSet:
    """Several jobs at a service. Get one from `Session.watch`.

    Nothing is asked while nobody watches; what tells of the jobs as they are now asks first.

    Attributes
    ----------
    client, watcher
        Those of the session it belongs to.
    watched
        What is known of the jobs.
    """

    def __init__(self, client: Client, watcher: Watcher, watched: WatchedSet) -> None:
        self.client = client
        self.watcher = watcher
        self.watched = watched

    def __repr__(self) -> str:
        counts = _counts(self.watched.entries)
        told = ", ".join(f"{count} {one_line(word, 40)}" for word, count in counts.items())
        return f"<JobSet of {counts.total()} {'job' if counts.total() == 1 else 'jobs'}{': ' if told else ''}{told}>"

    def __len__(self) -> int:
        return len(self.watched.entries)

    def __iter__(self) -> Iterator[Job]:
        return iter([self._handle(entry) for entry in self.watched.entries.values()])

    def job(self, job_id: JobId) -> Job:
        """Return the handle of one of these jobs.

        Raises
        ------
        UsageError
            It is none of them.
        """
        return self._handle(self._entry(job_id))

    @property
    def ids(self) -> list[JobId]:
        """The ids, in the order in which the jobs came; nothing is asked."""
        return [entry.job_id for entry in self.watched.entries.values()]

    @property
    def records(self) -> list[JobRecord]:
        """The jobs as the service reports them now, without those of which it knows nothing."""
        self._ask()
        return [entry.record for entry in self.watched.entries.values() if entry.record]

    @property
    def counts(self) -> dict[str, int]:
        """Number of jobs for each status now, ``unknown`` for those of which the service knows nothing."""
        self._ask()
        return dict(_counts(self.watched.entries))

    def frame(self) -> pd.DataFrame:
        """Return the jobs now as a frame; see `usage.jobs_frame` for its columns.

        What a job used is known when it has ended.
        """
        from prominence_jupyter.usage.frames import jobs_frame  # noqa: PLC0415 - pandas, when it is first used

        return jobs_frame(self.records)

    def watch(self, listener: SetListener) -> None:
        """Call a listener with what is known, and from then on with what changes, from the watcher's thread."""
        self.watcher.watch_set(self.watched, listener)

    def unwatch(self, listener: SetListener) -> None:
        """Call a listener no more. Without listeners nothing is asked about these jobs any more."""
        self.watcher.unwatch_set(self.watched, listener)

    def wait(self, timeout: float | None = None) -> list[JobRecord]:
        """Wait until all jobs have ended and return their records. An interrupt ends the waiting, not the jobs.

        Parameters
        ----------
        timeout
            Seconds to wait at most, not counting those that the machine sleeps (on Windows it does); None waits as
            long as it takes.

        Raises
        ------
        WaitTimeout
            Some had not ended by then; they go on.
        NoSuchJob
            All others have ended, but of some the service knows nothing.
        ServiceError, TokenError
            The service refuses to tell of them, again and again, or does not accept the token, and ten minutes have
            brought no new one.
        UsageError
            These are all active jobs, whichever they are: there is no end to wait for. Or this is a callback.
        """
        if self.watched.everything:
            raise UsageError("all active jobs have no end to wait for; wait for some: session.watch([12, 13]).wait()")
        if not self.watched.finished.is_set():
            self.watcher.refuse_callbacks()
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._watched():
            while not self.watched.finished.wait(next_look_s(deadline)):
                self.give_up_if_hopeless()
                if deadline is not None and time.monotonic() >= deadline:
                    left = sum(not entry.is_closed for entry in self.watched.entries.values())
                    known = as_far_as_known(self.watched.trouble, is_heard_of=self.watched.ticks > 0)
                    raise WaitTimeout(
                        f"{left} of {len(self)} jobs had not ended after {timeout:g} s{known}; they go on"
                    )
        entries = self.watched.entries.values()
        gone = [one_line(entry.job_id, 40) for entry in entries if entry.gone]
        if gone:
            more = f" and {len(gone) - _IDS_NAMED} more" if len(gone) > _IDS_NAMED else ""
            raise NoSuchJob(f"{self.client.transport.url} knows no job {', '.join(gone[:_IDS_NAMED])}{more}")
        return [entry.record for entry in entries if entry.record]

    def give_up_if_hopeless(self) -> None:
        """Raise the trouble that keeps news from coming, if it will not pass by itself."""
        transport, watched = self.client.transport, self.watched
        raise_if_hopeless(
            watched.trouble,
            watched.stale_since,
            watched.failures,
            is_local=transport.is_local,
            awaits_token=transport.source.can_change and watched.ticks > watched.failures,
        )

    def delete(self, ids: Iterable[JobId] | None = None) -> dict[JobId, ProminenceError]:
        """Delete jobs, several at a time: they are ended if they run.

        Parameters
        ----------
        ids
            Of jobs of this set; by default all that have not ended.

        Returns
        -------
        dict
            Why, for each job that could not be deleted; empty when all is well.
        """
        if ids is None:
            chosen = [entry.job_id for entry in self.watched.entries.values() if not entry.is_closed]
        else:
            chosen = [self._entry(job_id).job_id for job_id in ids]
        failures = side_by_side(self._failure_to_delete, chosen, at_once=_AT_ONCE)
        return {job_id: failure for job_id, failure in zip(chosen, failures, strict=True) if failure}

    def _entry(self, job_id: JobId) -> Entry:
        entry = self.watched.entries.get(str(job_id))
        if entry is None:
            raise UsageError(f"job {one_line(job_id)} is none of these jobs")
        return entry

    def _failure_to_delete(self, job_id: JobId) -> ProminenceError | None:
        try:
            self.client.delete(job_id)
        except ProminenceError as error:
            return error
        return None

    def _handle(self, entry: Entry) -> Job:
        job = Job(self.client, self.watcher, entry.job_id)
        job.note(Snapshot(entry.record, ended=entry.ended))
        return job

    def _ask(self) -> None:
        """Have all jobs asked for now, unless nothing can change any more; raise what keeps the answers from coming."""
        if self.watched.finished.is_set():
            return
        self.watcher.refuse_callbacks()
        failures, until = 0, time.monotonic() + _LONGEST_ASK_S
        with self._watched():
            while failures < ATTEMPTS:
                ticks = self.watched.ticks
                while not self.watched.await_tick(ticks, next_look_s(None)):
                    if time.monotonic() >= until:
                        raise self.watched.trouble or Unreachable(f"{self.client.transport.url} {_NO_ANSWER}")
                trouble = self.watched.trouble
                is_of_one = trouble is not None and not trouble.transient and not self.watched.failures
                if self.watched.is_asked() and (trouble is None or is_of_one):
                    return
                failures += trouble is not None
                if trouble and (failures == ATTEMPTS or not trouble.transient):
                    raise trouble

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Have the jobs watched within a ``with`` block."""

        def listener(_: SetChange) -> None:
            """Want nothing but that the watcher asks."""

        self.watch(listener)
        try:
            yield
        finally:
            self.unwatch(listener)


def _counts(entries: dict[str, Entry]) -> Counter[str]:
    return Counter(
        (entry.record.status if entry.record and not entry.gone else None) or _UNKNOWN for entry in entries.values()
    )
