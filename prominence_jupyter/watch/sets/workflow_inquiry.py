"""`WorkflowInquiry`: asks for the jobs of watched workflows, when the plain listing shows that some left or came.

The service searches all it ever ran for such a listing, so it takes the place of the plain one in a tick of its own,
and is shared by all who watch that workflow. The workflow itself is asked for only while none of its jobs is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from prominence_jupyter.client.known_records import KnownRecords
from prominence_jupyter.errors import NoSuchJob, NoSuchWorkflow, ProminenceError
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.patient_client import PatientClient
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.watched_workflow import WatchedWorkflow

_NOT_THERE: Final = (NoSuchJob, NoSuchWorkflow)


class WorkflowInquiry:
    """Asks one service; remembers which workflows are to be asked for in the next ticks."""

    def __init__(self, client: PatientClient) -> None:
        self._client = client
        self._turns: dict[str, JobId] = {}
        self._known: dict[str, KnownRecords] = {}

    @property
    def has_turn(self) -> bool:
        """Whether the next listing is one of a workflow's jobs."""
        return bool(self._turns)

    def report(self, watched: WatchedSet, workflow: WatchedWorkflow, listing: Mapping[str, JobRecord]) -> bool:
        """Give a set the plain listing, and see whether it calls for its workflow's own; return whether it is news."""
        workflow.listing = listing
        trouble = self._describe(watched, workflow) if not workflow.is_described else None
        lacks = bool(watched.lacks(listing)) or workflow.has_strangers(watched.entries)
        watched.take(listing, {})
        if not lacks and trouble is None and watched.awaits_workflow:
            trouble = self._describe(watched, workflow)
        if lacks or workflow.wants_jobs or workflow.trouble:
            self._turns[str(workflow.id)] = workflow.id
        return watched.conclude(trouble or workflow.trouble)

    def ask(self, sets: Iterable[WatchedSet]) -> bool:
        """Ask for the jobs of the workflow whose turn it is; return whether there was news."""
        key, workflow_id = next(iter(self._turns.items()))
        del self._turns[key]
        watched_ids = {str(one.workflow.id) for one in sets if one.workflow}
        self._known = {other: known for other, known in self._known.items() if other in watched_ids}
        concerned = [(one, one.workflow) for one in sets if one.workflow and str(one.workflow.id) == key]
        if not concerned:
            return False
        try:
            records = self._jobs(workflow_id, self._known.setdefault(key, KnownRecords()))
        except ProminenceError as error:
            self._turns.clear()  # the plain listing comes first again
            for watched, workflow in concerned:
                workflow.trouble = error
                watched.miss(error)
            return False
        news = False
        for watched, workflow in concerned:
            watched.take_all(workflow, records)
            trouble = self._describe(watched, workflow) if watched.awaits_workflow else None
            if workflow.wants_jobs and workflow.has_ended:
                self._turns[key] = workflow_id
            news |= watched.conclude(trouble)
        return news

    def _jobs(self, workflow_id: JobId, known: KnownRecords) -> list[JobRecord]:
        try:
            return self._client.workflow_jobs(workflow_id, known)
        except _NOT_THERE:
            return []

    def _describe(self, watched: WatchedSet, workflow: WatchedWorkflow) -> ProminenceError | None:
        try:
            record = self._client.workflow(workflow.id)
        except _NOT_THERE:
            record = None
        except ProminenceError as error:
            return error
        workflow.described(record, [entry.record for entry in watched.entries.values() if entry.record])
        return None
