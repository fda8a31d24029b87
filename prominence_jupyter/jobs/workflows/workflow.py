"""`Workflow`: the handle of a submitted workflow."""

from __future__ import annotations

from prominence_jupyter.client.client import Client
from prominence_jupyter.errors import NoSuchJob, NoSuchWorkflow, WaitTimeout
from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.jobs.patience import as_far_as_known
from prominence_jupyter.jobs.workflows.job_details import JobDetails
from prominence_jupyter.jobs.workflows.workflow_results import WorkflowResults
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.absent_jobs import ended_well
from prominence_jupyter.protocol.workflows.workflow_nodes import WorkflowNodes
from prominence_jupyter.protocol.workflows.workflow_record import Progress, WorkflowRecord
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.watched_workflow import WatchedWorkflow
from prominence_jupyter.watch.watcher import Watcher


class Workflow(WorkflowResults):
    """A workflow at a service. Get one from `Session.submit_workflow`, `Session.sweep` or `Session.workflow`.

    Attributes
    ----------
    id
        The id the service gave it.
    client, watcher
        Those of the session it belongs to.
    joined
        Whether it was there already when it was to be submitted once, see `Session.submit_workflow`.
    """

    def __init__(
        self,
        client: Client,
        watcher: Watcher,
        workflow_id: JobId,
        record: WorkflowRecord | None = None,
        *,
        joined: bool = False,
        reruns: Workflow | None = None,
    ) -> None:
        self.id = workflow_id
        WorkflowResults.__init__(self, client)
        self.watcher = watcher
        self.joined = joined
        self._reruns = reruns
        self._record = record
        self._jobs: JobSet | None = None
        self._details = JobDetails(client)

    @classmethod
    def submitted(
        cls, client: Client, watcher: Watcher, workflow_id: JobId, name: str | None, reruns: Workflow | None = None
    ) -> Workflow:
        """Return the handle of a workflow that a service has just taken."""
        record = WorkflowRecord(id=workflow_id, name=name, status=status.SUBMITTED)
        return cls(client, watcher, workflow_id, record, reruns=reruns)

    def __repr__(self) -> str:
        known = self._record
        name = f" {one_line(repr(known.name), 60)}" if known and known.name else ""
        word = known.status if known else status.SUBMITTED
        return f"<Workflow {one_line(self.id, 40)}{name}: {one_line(word, 40)}>"

    @property
    def url(self) -> str:
        """Base URL of the service that has the workflow."""
        return self.client.transport.url

    @property
    def reruns(self) -> Workflow | None:
        """The workflow of which it runs again what failed, as far as this session knows; None else."""
        earlier = self.client.workflows.rerun_of(self.id)
        if self._reruns is None and earlier is not None:
            self._reruns = Workflow(self.client, self.watcher, earlier)
        return self._reruns

    @property
    def latest(self) -> WorkflowRecord | None:
        """The last record that this handle has seen, None before the first; nothing is asked."""
        watched = self._jobs.watched.workflow if self._jobs else None
        seen = watched.record if watched else None
        if seen and (seen.has_ended or not (self._record and self._record.has_detail)):
            self._record = seen
        return self._record

    @property
    def record(self) -> WorkflowRecord:
        """The workflow as the service reports it now (one request, none once it has ended).

        Raises
        ------
        NoSuchWorkflow
            The service knows no such workflow, and never did as far as this handle has seen.
        """
        known = self.latest
        if known is not None and known.has_ended and known.has_detail:
            return known
        ask = self.client.workflows.workflow  # one empty answer is not a lost workflow, as with jobs
        record = ask(self.id) or ask(self.id) or known
        if record is None:
            raise NoSuchWorkflow(f"there is no workflow {one_line(self.id, 40)} at {self.url}")
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

    def done(self) -> bool:
        """Tell whether the workflow has ended, so that nothing more will come of it."""
        return self.record.has_ended

    @property
    def nodes(self) -> WorkflowNodes:
        """The jobs that it makes, with their parameters (one request, if they are not known yet)."""
        known = self.latest
        return WorkflowNodes.of(known if known and known.has_detail else self.record)

    @property
    def jobs(self) -> JobSet:
        """Its jobs, each attempt one of its own, as they come; nothing is asked before someone wants to know."""
        if self._jobs is None:
            watched = WatchedSet(workflow=WatchedWorkflow(self.id, self._record))
            self._jobs = JobSet(self.client, self.watcher, watched)
        return self._jobs

    def wait(self, timeout: float | None = None) -> WorkflowRecord:
        """Wait until the workflow has ended and return its record. An interrupt ends the waiting, not the workflow.

        Parameters
        ----------
        timeout
            Seconds to wait at most, as for `Job.wait`; None waits as long as it takes.

        Raises
        ------
        WaitTimeout
            It had not ended by then; it goes on.
        NoSuchWorkflow
            The service knows the workflow no more.
        ServiceError, TokenError, UsageError
            As `JobSet.wait`.
        """
        try:
            self.jobs.wait(timeout)
        except WaitTimeout:
            raise WaitTimeout(self._late(timeout or 0.0)) from None
        except NoSuchJob:  # some are lost; the workflow itself may be known
            pass
        if (watched := self.jobs.watched.workflow) and watched.gone:
            raise NoSuchWorkflow(f"{self.url} knows workflow {one_line(self.id, 40)} no more")
        return self.record

    def _late(self, after_s: float) -> str:
        """Return that it had not ended, and how far it was, as far as that is known; nothing is asked."""
        watched, described = self.jobs.watched, self.latest
        known = as_far_as_known(watched.trouble, is_heard_of=watched.ticks > 0)
        said = f"workflow {one_line(self.id, 40)} had not ended after {after_s:g} s{known}"
        nodes = WorkflowNodes.of(described) if described else WorkflowNodes("", [])
        if not nodes.nodes or not (watched.workflow and watched.workflow.is_listed):
            return f"{said}; it goes on"
        latest = nodes.latest(entry.record for entry in watched.entries.values() if entry.record)
        done = sum(map(ended_well, latest.values()))
        return f"{said}: {done:,} of {len(nodes.nodes):,} jobs are done; it goes on"

    def delete(self) -> None:
        """Delete the workflow: its jobs are ended, and no more begun.

        Raises
        ------
        NoSuchWorkflow
            It has ended already, or does not exist.
        """
        self.client.workflows.delete(self.id)

    def remove(self) -> None:
        """Let the workflow go from the active ones, where its policy ``leaveInQueue`` has kept it after its end.

        Raises
        ------
        RequestRefused
            It is not kept there.
        """
        self.client.workflows.remove(self.id)

    def rerun(self) -> Workflow:
        """Run what failed, and what waited for it, in a new workflow, and return that.

        Raises
        ------
        RequestRefused
            It has not ended, or nothing failed.
        SubmissionUncertain
            As `clone`.
        """
        return self._new(self.client.workflows.rerun(self.id), reruns=self)

    def clone(self) -> Workflow:
        """Submit a copy of the workflow, labels included, and return the copy.

        Raises
        ------
        NoSuchWorkflow
            The service knows this workflow no more.
        SubmissionUncertain
            The answer was lost and the copy was not found, so it may exist.
        """
        return self._new(self.client.workflows.clone(self.id))

    def _new(self, workflow_id: JobId, reruns: Workflow | None = None) -> Workflow:
        name = self._record.name if self._record else None
        return Workflow.submitted(self.client, self.watcher, workflow_id, name, reruns)

    def job_records(self) -> list[JobRecord]:
        """Return its jobs as the service reports them, after those that were done in the workflows that it reruns."""
        earlier = self.reruns
        done = [job for job in earlier.job_records() if ended_well(job)] if earlier else []
        known = self.latest
        listed = self.client.workflows.jobs(self.id, name=known.name if known else None)
        return [*done, *self._details.added(listed)]
