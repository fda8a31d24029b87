"""`Workflow`: the handle of a submitted workflow."""

from __future__ import annotations

from prominence_jupyter.client.client import Client
from prominence_jupyter.errors import NoSuchJob
from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.workflow_nodes import WorkflowNodes
from prominence_jupyter.protocol.workflow_record import Progress, WorkflowRecord
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.watched_workflow import WatchedWorkflow
from prominence_jupyter.watch.watcher import Watcher


class Workflow:
    """A workflow at a service. Get one from `Session.submit_workflow`, `Session.sweep` or `Session.workflow`.

    Attributes
    ----------
    id
        The id the service gave it.
    client, watcher
        Those of the session it belongs to.
    """

    def __init__(
        self, client: Client, watcher: Watcher, workflow_id: JobId, record: WorkflowRecord | None = None
    ) -> None:
        self.id = workflow_id
        self.client = client
        self.watcher = watcher
        self._record = record
        self._jobs: JobSet | None = None

    @property
    def url(self) -> str:
        """Base URL of the service that has the workflow."""
        return self.client.transport.url

    @property
    def record(self) -> WorkflowRecord:
        """The workflow as the service reports it now (one request, none once it has ended)."""
        if self._record is not None and self._record.has_ended and self._record.has_detail:
            return self._record
        record = self.client.workflows.workflow(self.id)
        if record is None:
            raise NoSuchJob(f"there is no workflow {one_line(self.id, 40)} at {self.url}")
        self._record = record
        return record

    @property
    def status(self) -> str | None:
        """The status as the service reports it now, such as ``running``."""
        return self.record.status

    @property
    def progress(self) -> Progress:
        """How many of its jobs are done, have failed, are queued or wait for others, as the service reports it now."""
        return self.record.progress

    @property
    def nodes(self) -> WorkflowNodes:
        """The jobs that it makes, with their parameters."""
        return WorkflowNodes.of(self._record if self._record and self._record.has_detail else self.record)

    @property
    def jobs(self) -> JobSet:
        """Its jobs, each attempt one of its own, as they come; nothing is asked before someone wants to know."""
        if self._jobs is None:
            watched = WatchedSet(workflow=WatchedWorkflow(self.id, self._record))
            self._jobs = JobSet(self.client, self.watcher, watched)
        return self._jobs

    def delete(self) -> None:
        """Delete the workflow: its jobs are ended, and no more begun."""
        self.client.workflows.delete(self.id)

    def rerun(self) -> Workflow:
        """Run what failed, and what waited for it, in a new workflow, and return that."""
        return Workflow(self.client, self.watcher, self.client.workflows.rerun(self.id))
