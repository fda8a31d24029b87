"""`WorkflowInquiry`: asks for the jobs of watched workflows, when the plain listing shows that some left or came.

The service searches all it ever ran for such a listing. So it takes the place of the plain one, is shared by all who
watch that workflow, and comes no sooner than `_REST` times as long as the last one took have passed, or the longest
pause of the watch, if that is less. But where no job of the workflow is open it comes next: its end is waited for then.
After it the plain one has its turn; of several workflows the one that was asked for longest ago comes first. The
workflow itself is asked for only while none of its jobs is open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from prominence_jupyter.client.known_records import KnownRecords
from prominence_jupyter.errors import NoSuchJob, NoSuchWorkflow, ProminenceError
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.judging.reports import may_have_ended
from prominence_jupyter.watch.patient_client import PatientClient
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.watched_workflow import WatchedWorkflow

_NOT_THERE: Final = (NoSuchJob, NoSuchWorkflow)
_REST: Final = 20.0
"""Seconds to wait for each second that the service took: it spends 5 % of its time on this at most."""


@dataclass(slots=True)
class _Asked:
    """What is kept of the last listing of a workflow's jobs: its jobs, when it was had, and when the next may be."""

    jobs: KnownRecords = field(default_factory=KnownRecords)
    at: float = -math.inf
    rested: float = -math.inf


class WorkflowInquiry:
    """Asks one service; remembers which workflows the last plain listing called for.

    Parameters
    ----------
    client
        The requests.
    longest_pause_s
        Upper bound of the seconds between two listings.
    clock
        Monotonic seconds.
    """

    def __init__(self, client: PatientClient, *, longest_pause_s: float, clock: Callable[[], float]) -> None:
        self._client = client
        self._longest_pause_s = longest_pause_s
        self._clock = clock
        self._turns: list[str] = []
        self._asked: dict[str, _Asked] = {}

    def report(self, watched: WatchedSet, workflow: WatchedWorkflow, listing: Mapping[str, JobRecord]) -> bool:
        """Give a set the plain listing, and see whether it calls for its workflow's own; return whether it is news."""
        workflow.listing = listing
        trouble = self._describe(watched, workflow) if not workflow.is_described else None
        missed = watched.lacks(listing).keys() | workflow.strangers(watched.entries)
        watched.take(listing, {})
        if not missed and trouble is None and watched.awaits_workflow:
            trouble = self._describe(watched, workflow)
        if (missed or workflow.wants_jobs or workflow.trouble) and self._is_time(watched, workflow, missed):
            self._turns.append(str(workflow.id))
        is_news = workflow.misses(missed)
        return watched.conclude(trouble or workflow.trouble) or is_news

    def ask(self, sets: Iterable[WatchedSet]) -> bool | None:
        """Ask for the jobs of the workflow whose turn it is; return whether there was news, None if it is nobody's."""
        workflows = [(one, one.workflow) for one in sets if one.workflow]
        watched_ids = {str(workflow.id) for _, workflow in workflows}
        turns = [key for key in self._turns if key in watched_ids]
        self._turns.clear()  # the plain listing comes first again, and calls for the others once more
        if not turns:
            return None
        self._asked = {key: self._asked.get(key) or _Asked() for key in watched_ids}
        key = min(turns, key=lambda key: self._asked[key].at)
        concerned = [(one, workflow) for one, workflow in workflows if str(workflow.id) == key]
        try:
            records = self._jobs(concerned[0][1], self._asked[key])
        except ProminenceError as error:
            for watched, workflow in concerned:
                workflow.trouble = error
                watched.miss(error)
            return False
        news = False
        for watched, workflow in concerned:
            watched.take_all(workflow, records)
            trouble = self._describe(watched, workflow) if watched.awaits_workflow else None
            if workflow.wants_jobs and workflow.has_ended:
                self._turns.append(key)  # nothing else is waited for
            news |= watched.conclude(trouble)
        return news

    def _is_time(self, watched: WatchedSet, workflow: WatchedWorkflow, missed: Iterable[str]) -> bool:
        """Tell whether a workflow's own listing may be asked for again."""
        asked = self._asked.get(str(workflow.id))
        if asked is None or self._clock() >= asked.rested:
            return True
        open_keys = (*missed, *(key for key, entry in watched.entries.items() if not entry.is_closed))
        listed = filter(None, map(workflow.listing.get, open_keys))
        return all(map(may_have_ended, listed))

    def _jobs(self, workflow: WatchedWorkflow, asked: _Asked) -> list[JobRecord]:
        asked.at = self._clock()
        try:
            return self._client.workflow_jobs(workflow.id, asked.jobs, name=workflow.name)
        except _NOT_THERE:
            return []
        finally:
            now = self._clock()
            asked.rested = now + min(_REST * (now - asked.at), self._longest_pause_s)

    def _describe(self, watched: WatchedSet, workflow: WatchedWorkflow) -> ProminenceError | None:
        try:
            record = self._client.workflow(workflow.id)
        except _NOT_THERE:
            record = None
        except ProminenceError as error:
            return error
        workflow.described(record, [entry.record for entry in watched.entries.values() if entry.record])
        return None
