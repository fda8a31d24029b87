"""`WorkflowClient`: the workflows API of PROMINENCE, typed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from prominence_jupyter.client.http.frames import methods_without_frames
from prominence_jupyter.client.http.transport import ATTEMPTS, Transport
from prominence_jupyter.client.known_records import KnownRecords
from prominence_jupyter.client.long_listing import LONGEST_LISTING_BYTES, long_listing
from prominence_jupyter.client.submitting.kind import WORKFLOW
from prominence_jupyter.client.submitting.label_search import LabelSearch
from prominence_jupyter.client.submitting.submitter import Submitter
from prominence_jupyter.errors import AnswerTooLong, NoSuchWorkflow, UnexpectedAnswer
from prominence_jupyter.protocol import paths
from prominence_jupyter.protocol.description import WorkflowDescription
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_nodes import workflow_of
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord


@methods_without_frames
class WorkflowClient:
    """The workflows API of one service. Errors, attempts: as for `Client`.

    Parameters
    ----------
    transport
        The connection to the service.
    attempts
        How often a request that only reads is tried.
    """

    def __init__(self, transport: Transport, *, attempts: int = ATTEMPTS) -> None:
        self.transport = transport
        self._attempts = attempts
        self._labels = LabelSearch(transport, WORKFLOW)
        self._submitter = Submitter(transport, self._labels)
        self._too_long: set[str] = set()
        """Workflows whose jobs cannot be listed with detail."""
        self._reruns: dict[str, JobId] = {}
        """By the id of a workflow that of which it runs again what failed: no service tells."""

    def submit(self, description: WorkflowDescription) -> JobId:
        """Submit a workflow under a label of its own and return its id; once at most, as `Client.submit`.

        Raises
        ------
        SubmissionUncertain
            The answer was lost and the workflow was not found, so it may exist.
        """
        return self._submitter.submit(description)

    def workflow(self, workflow_id: JobId) -> WorkflowRecord | None:
        """Return everything about one workflow; None when the service gives an empty list."""
        listed = self.transport.get(paths.workflow(workflow_id), attempts=self._attempts).json_list()
        return WorkflowRecord.from_json(listed[0]) if listed else None

    def workflows(self, *, all_of_them: bool = False) -> list[WorkflowRecord]:
        """Return the workflows that have not ended and, if all are wanted, those that have; without detail."""
        params = {"all": "true"} if all_of_them else {}
        listed = self.transport.get(paths.WORKFLOWS, params, attempts=self._attempts).json_list()
        return [WorkflowRecord.from_json(entry) for entry in listed]

    def workflows_with_label(self, key: str, value: str, *, active: bool = False) -> list[WorkflowRecord]:
        """Return the workflows that carry a label, with detail; not those that have ended if only `active` are wanted.

        Raises
        ------
        UnexpectedAnswer
            The service does not understand labels in listings: it gave workflows without that label.
        """
        return self._labels.listed((key, value), active=active, attempts=self._attempts)

    def understands_labels(self) -> bool:
        """Tell whether the service can list workflows by label."""
        return self._labels.understands(attempts=self._attempts)

    def jobs(
        self, workflow_id: JobId, known: KnownRecords | None = None, *, name: str | None = None
    ) -> list[JobRecord]:
        """Return all jobs of a workflow that there are by now, ended or not, with detail (one request).

        Where that is longer than `LONGEST_LISTING_BYTES`, which inputs of the jobs make it, they come without detail,
        now and from then on; `JobRecord.has_detail` tells.

        Parameters
        ----------
        workflow_id
            Its id.
        known
            Those of the time before, for one who asks again and again: a job that is as it was is the same object.
        name
            That of the workflow, where it is known: only it tells its jobs from those of a single other workflow.

        Raises
        ------
        UnexpectedAnswer
            The service cannot list the jobs of a workflow: it gave others too.
        """
        listed = self._listed({"workflow": "true", "id": str(workflow_id), "all": "true"}, str(workflow_id))
        names = [entry.get("name") for entry in listed]
        if name:
            are_its_own = all(isinstance(given, str) and given.startswith(f"{name}/") for given in names)
        else:
            are_its_own = len({*map(workflow_of, names)}) <= 1
        if not are_its_own:
            raise UnexpectedAnswer(f"{self.transport.url} cannot list the jobs of a workflow by its id: it gave others")
        return (known or KnownRecords()).read(listed)

    def _listed(self, params: Mapping[str, str], key: str) -> list[Mapping[str, Any]]:
        """Return the jobs of a workflow, with detail unless that is too long."""
        if key not in self._too_long:
            asked = {**params, "detail": "true"}
            try:
                return long_listing(self.transport, asked, attempts=self._attempts, longest_bytes=LONGEST_LISTING_BYTES)
            except AnswerTooLong:
                self._too_long.add(key)
        return long_listing(self.transport, params, attempts=self._attempts, longest_bytes=math.inf)

    def delete(self, workflow_id: JobId) -> None:
        """Delete a workflow that has not ended, and its jobs.

        Raises
        ------
        NoSuchWorkflow
            It has ended already, or does not exist.
        """
        try:
            self.transport.send("DELETE", paths.workflow(workflow_id))
        except NoSuchWorkflow as error:
            said = f"workflow {workflow_id} cannot be deleted: it has ended already, or does not exist ({error})"
            raise NoSuchWorkflow(said, error.status) from None

    def remove(self, workflow_id: JobId) -> None:
        """Let a workflow that has ended go, which its policy ``leaveInQueue`` keeps among the active ones.

        Raises
        ------
        RequestRefused
            It is not kept there, or not any more.
        """
        self.transport.send("PUT", paths.workflow_remove(workflow_id))

    def rerun(self, workflow_id: JobId) -> JobId:
        """Run the jobs that failed, and those that wait for them, in a new workflow with the same labels.

        Returns
        -------
        JobId
            That of the new workflow. It has no jobs for what was done before.

        Raises
        ------
        RequestRefused
            It has not ended, or nothing failed.
        SubmissionUncertain
            As `clone`.
        """
        new_id = self._submitter.copy(paths.workflow(workflow_id), self.workflow(workflow_id))
        self.remember_rerun(new_id, of=workflow_id)
        return new_id

    def rerun_of(self, workflow_id: JobId) -> JobId | None:
        """Return the workflow of which one runs again what failed, None where that is not known; nothing is asked."""
        return self._reruns.get(str(workflow_id))

    def remember_rerun(self, workflow_id: JobId, *, of: JobId) -> None:
        """Remember the workflow of which another one runs again what failed; none reruns itself."""
        earlier: JobId | None = of
        while earlier is not None:
            if str(earlier) == str(workflow_id):
                return
            earlier = self.rerun_of(earlier)
        self._reruns[str(workflow_id)] = of

    def clone(self, workflow_id: JobId) -> JobId:
        """Submit a copy of a workflow, labels included, and return the id of the copy.

        When the answer is lost, a workflow is looked for that has the label of the original and was not there before.

        Raises
        ------
        NoSuchWorkflow
            The service knows no such workflow.
        SubmissionUncertain
            The answer was lost and the copy was not found, so it may exist.
        """
        return self._submitter.copy(paths.workflow_clone(workflow_id), self.workflow(workflow_id))
