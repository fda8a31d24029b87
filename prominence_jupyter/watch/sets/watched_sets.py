"""`WatchedSets`: all sets that a watcher watches. What the listing does not tell is asked for once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.patient_client import PatientClient
from prominence_jupyter.watch.sets.inquiry import Inquiry
from prominence_jupyter.watch.sets.set_change import SetListener
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.workflow_inquiry import WorkflowInquiry


class WatchedSets:
    """Sets of jobs at one service. Who changes which there are holds the watcher's lock."""

    def __init__(self, client: PatientClient, *, longest_pause_s: float, clock: Callable[[], float]) -> None:
        self._client = client
        self._inquiry = Inquiry(client, clock=clock)
        self.workflows: Final = WorkflowInquiry(client, longest_pause_s=longest_pause_s, clock=clock)
        self._sets: list[WatchedSet] = []

    def join(self, watched: WatchedSet, listener: SetListener) -> None:
        """Let a listener in, with its set."""
        watched.join(listener)
        if watched not in self._sets:
            self._sets.append(watched)

    def leave(self, watched: WatchedSet, listener: SetListener) -> None:
        """Drop a listener, and its set when none is left."""
        if watched.leave(listener) and watched in self._sets:
            self._sets.remove(watched)

    def current(self) -> list[WatchedSet]:
        """Drop the sets of which nothing more will come, and return the others."""
        self._sets = [watched for watched in self._sets if watched.is_wanted]
        return self._sets.copy()

    def report(self, sets: Sequence[WatchedSet], listing: Mapping[str, JobRecord]) -> bool:
        """Give sets a listing, and ask for what it does not tell them; return whether there was news."""
        news = any([self.workflows.report(one, one.workflow, listing) for one in sets if one.workflow])
        sets = [watched for watched in sets if not watched.workflow]
        troubles = [self._ask_label(watched, listing) for watched in sets]
        lacking = [watched.lacks(listing) for watched in sets]
        findings = self._inquiry.ask({key: job_id for wanted in lacking for key, job_id in wanted.items()})
        for watched, wanted, trouble in zip(sets, lacking, troubles, strict=True):
            answers = {key: findings.records[key] for key in wanted if key in findings.records}
            refused = next((findings.refused[key] for key in wanted if key in findings.refused), None)
            missed = findings.trouble if len(answers) < len(wanted) else None
            news |= watched.report(listing, answers, trouble or missed or refused)
        return news

    def _ask_label(self, watched: WatchedSet, listing: Mapping[str, JobRecord]) -> ProminenceError | None:
        """Ask which of the jobs that were not listed before carry the label of a set; return what went wrong."""
        if watched.label is not None and watched.has_strangers(listing):
            try:
                watched.admit(self._client.jobs_with_label(*watched.label, active=True), listing)
            except ProminenceError as error:
                return error
        return None
