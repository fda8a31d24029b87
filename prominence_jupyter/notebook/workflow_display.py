"""`WorkflowDisplay`: a workflow in a notebook."""

from __future__ import annotations

from typing import Any

from prominence_jupyter.jobs.workflow import Workflow
from prominence_jupyter.notebook.set_display import SetDisplay
from prominence_jupyter.protocol.workflow_record import WorkflowRecord


class WorkflowDisplay:
    """A workflow as two outputs of the cell that runs now; the watcher's thread keeps them up to date."""

    def __init__(self, workflow: Workflow, publisher: Any, *, live: bool, stays: bool) -> None:
        self._workflow = workflow
        self._shown = SetDisplay(workflow.jobs, publisher, live=live, stays=stays)

    def wait(self, timeout: float | None) -> WorkflowRecord:
        """Wait until the workflow has ended; the record has been told before."""
        self._shown.wait(timeout)
        return self._workflow.record
