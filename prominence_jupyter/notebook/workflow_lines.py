"""`WorkflowLines`: a workflow in a terminal."""

from __future__ import annotations

from prominence_jupyter.jobs.workflow import Workflow
from prominence_jupyter.notebook.set_lines import SetLines
from prominence_jupyter.protocol.workflow_record import WorkflowRecord


class WorkflowLines(SetLines):
    """A workflow whose counts of jobs by status are printed while someone waits for it."""

    def __init__(self, workflow: Workflow) -> None:
        super().__init__(workflow.jobs)
        self._workflow = workflow

    def wait(self, timeout: float | None) -> WorkflowRecord:  # type: ignore[override]
        """Wait until the workflow has ended."""
        super().wait(timeout)
        return self._workflow.record
