"""`WorkflowClient`: the workflows API of PROMINENCE, typed."""

from __future__ import annotations

from prominence_jupyter.client.http.frames import methods_without_frames
from prominence_jupyter.client.http.transport import ATTEMPTS, Transport
from prominence_jupyter.client.submitting.submission import Submission
from prominence_jupyter.protocol import paths
from prominence_jupyter.protocol.description import WorkflowDescription
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflow_record import WorkflowRecord


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

    def submit(self, description: WorkflowDescription) -> JobId:
        """Submit a workflow and return its id."""
        return Submission(
            lambda: self.transport.send("POST", paths.WORKFLOWS, json=description.body),
            lambda: None,
            None,
            lambda: "%prominence list workflows --all",
            self.transport.pause,
        ).job_id()

    def workflow(self, workflow_id: JobId) -> WorkflowRecord | None:
        """Return everything about one workflow; None when the service gives an empty list."""
        listed = self.transport.get(paths.workflow(workflow_id), attempts=self._attempts).json_list()
        return WorkflowRecord.from_json(listed[0]) if listed else None

    def jobs(self, workflow_id: JobId) -> list[JobRecord]:
        """Return all jobs of a workflow that there are by now, ended or not, with detail (one request)."""
        params = {"workflow": "true", "id": str(workflow_id), "all": "true", "detail": "true"}
        listed = self.transport.get(paths.JOBS, params, attempts=self._attempts).json_list()
        return [JobRecord.from_json(entry) for entry in listed]

    def delete(self, workflow_id: JobId) -> None:
        """Delete a workflow that has not ended, and its jobs."""
        self.transport.send("DELETE", paths.workflow(workflow_id))

    def rerun(self, workflow_id: JobId) -> JobId:
        """Run the jobs that failed, and those that wait for them, in a new workflow; return its id."""
        answer = self.transport.send("PUT", paths.workflow(workflow_id))
        found: JobId = answer.json_object()["id"]
        return found
