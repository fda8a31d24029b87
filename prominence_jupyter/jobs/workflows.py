"""`Workflows`: the part of a `Session` that is about workflows and sweeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.frames import without_frames
from prominence_jupyter.jobs.workflow import Workflow
from prominence_jupyter.protocol.description import WorkflowDescription
from prominence_jupyter.protocol.factories import Value
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.sweep import grid, swept
from prominence_jupyter.watch.watcher import Watcher


class Workflows:
    """Workflows at one service."""

    client: Client
    watcher: Watcher

    @without_frames
    def submit_workflow(
        self, description: WorkflowDescription | Mapping[str, Any], *, labels: Mapping[str, str] | None = None
    ) -> Workflow:
        """Submit a workflow."""
        if labels or not isinstance(description, WorkflowDescription):
            description = WorkflowDescription.prepare(getattr(description, "body", description), labels=labels)
        return Workflow(self.client, self.watcher, self.client.workflows.submit(description))

    @without_frames
    def sweep(self, description: Mapping[str, Any], parameters: Mapping[str, Iterable[Value]]) -> Workflow:
        """Run a job for each combination of values of parameters."""
        columns = grid({name: [*values] for name, values in parameters.items()})
        return self.submit_workflow(swept(description, columns))

    def workflow(self, workflow_id: JobId) -> Workflow:
        """Return the workflow with that id."""
        workflow = Workflow(self.client, self.watcher, workflow_id)
        _ = workflow.record
        return workflow
