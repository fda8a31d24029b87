"""`Rounds`: what is asked about watched jobs, one round after another.

A round is one plain listing, when that is due, whatever the number of jobs and sets of jobs. A job that is watched
alone is asked for when it changes in the listing or leaves it, those of a set when they leave it, many at a time, and
those of a workflow all at once, by a listing that takes the place of the next plain one when that would be due. Then
come the logs that are due.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from prominence_jupyter.errors import ProminenceError, Unreachable
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.clocks import AwakeTime
from prominence_jupyter.watch.output_round import ask_for_output
from prominence_jupyter.watch.pace import Pace, asked_pause_s
from prominence_jupyter.watch.patient_client import PatientClient
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.watched_sets import WatchedSets
from prominence_jupyter.watch.watched_job import WatchedJob

_log = logging.getLogger(__name__)

_REST: Final = 40.0
"""Seconds to wait for each second of a core that asking took: 2.5 % of one, however long the listing is."""
_LONGEST_REST_S: Final = 10.0


class Rounds:
    """Rounds of asking one service, done by one thread at a time.

    Parameters
    ----------
    client
        The requests.
    sets
        All sets that are watched.
    longest_pause_s
        Upper bound of the time between two listings, in seconds.
    clock
        Monotonic seconds.
    """

    def __init__(
        self, client: PatientClient, sets: WatchedSets, *, longest_pause_s: float, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._sets = sets
        self._clock = clock
        self._pace = Pace(longest_s=longest_pause_s)
        self._listing_due = -math.inf
        self._awake = AwakeTime(clock)

    def once(self, jobs: Sequence[WatchedJob], sets: Sequence[WatchedSet]) -> float:
        """Ask what is due; return when the next round is, infinite when there is nothing more to ask."""
        if any([job.let_in() for job in jobs] + [watched.let_in() for watched in sets]) or self._awake.look():
            self._hurry(jobs)
        listed = [job for job in jobs if not job.is_over and not job.finished.is_set()]
        if not listed and not sets:
            self._listing_due = math.inf
        if self._clock() >= self._listing_due:
            ask = partial(self._ask_listing, listed, sets)
            pause_s = self._guarded(ask, (*listed, *sets))
            self._listing_due = self._clock() + pause_s
        output_due = ask_for_output(jobs, self._clock, self._listing_due)
        self._awake.look()
        return min(self._listing_due, output_due)

    def _hurry(self, jobs: Iterable[WatchedJob]) -> None:
        """Ask soon: someone has come, or a machine that slept is awake again."""
        self._pace.news()
        self._listing_due = self._clock()
        for job in jobs:
            for log in job.wanted():
                log.hurry()

    def _guarded(self, ask: Callable[[], bool], watched: Iterable[WatchedJob | WatchedSet]) -> float:
        """Ask, and return the seconds until the next time; no error ends the watch."""
        news, asked_s, began = False, 0.0, time.thread_time()
        try:
            news = ask()
        except ProminenceError as error:
            asked_s = asked_pause_s(error)
            for one in watched:
                one.miss(error)
        except Exception:  # a defect of ours must not end the watch of every job
            _log.exception("an error while watching jobs; watching goes on")
        if news:
            self._pace.news()
        else:
            self._pace.no_news()
        rest_s = min(_REST * (time.thread_time() - began), _LONGEST_REST_S)
        return max(self._pace.next_s(), asked_s, rest_s)

    def _ask_listing(self, jobs: Iterable[WatchedJob], sets: Sequence[WatchedSet]) -> bool:
        if (is_news := self._sets.workflows.ask(sets)) is not None:
            return is_news
        listing = {str(record.id): record for record in self._client.active_jobs()}
        news = False
        for job in sorted(jobs, key=lambda job: job.failures):  # so that one that always fails keeps no other waiting
            try:
                news |= self._look(job, listing.get(str(job.job_id)))
            except ProminenceError as error:  # that job's data get stale, and no other's
                job.miss(error)
                if isinstance(error, Unreachable):
                    break  # each of the others may take as long to fail; they come first the next time
        return self._sets.report(sets, listing) or news

    def _look(self, job: WatchedJob, listed: JobRecord | None) -> bool:
        """Ask about one job if the listing calls for it; return whether there was news."""
        before = job.snapshot
        if before.record is not None and listed is not None and listed == job.listed:
            job.confirm()
            return False
        record = self._client.job(job.job_id)
        ended = job.report(record, listed_active=listed is not None)
        # An answer that lags behind the listing, or is missing, has taught nothing of this entry: ask again.
        agrees = record is not None and listed is not None and record.status == listed.status
        job.listed = listed if agrees else None
        if ended and not job.wanted():
            job.finish()
        return ended or job.snapshot.record != before.record
