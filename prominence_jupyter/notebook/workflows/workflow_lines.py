"""`WorkflowLines`: a workflow in a terminal, as a line whenever it is further than before."""

from __future__ import annotations

import time

from prominence_jupyter.errors import WaitTimeout
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.notebook.many_jobs.set_lines import SetLines
from prominence_jupyter.notebook.workflows.node_states import NodeStates, as_it_goes
from prominence_jupyter.panel.views.workflows.progress import progress_text
from prominence_jupyter.panel.views.workflows.workflow_view import workflow_status
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord


class WorkflowLines:
    """A workflow whose progress is printed while someone waits for it."""

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self._nodes = NodeStates(is_rerun=workflow.reruns is not None)
        self._lines = SetLines(workflow.jobs, self._progress)

    def wait(self, timeout: float | None) -> WorkflowRecord:
        """Wait until the workflow has ended, see `Workflow.wait`."""
        self._lines.follow(None if timeout is None else time.monotonic() + timeout)
        if timeout is None or self._workflow.jobs.watched.finished.is_set():
            return self._workflow.wait()
        raise WaitTimeout(f"{self._name} had not ended after {timeout:g} s; it goes on")

    def follow(self) -> None:
        """Print until it has ended."""
        self._lines.follow()

    @property
    def _name(self) -> str:
        return f"workflow {one_line(self._workflow.id, 40)}"

    def _progress(self) -> str:
        """Return for example "workflow 12: running, 5 of 9 done, 4 running"."""
        record = self._workflow.latest or WorkflowRecord(id=self._workflow.id)
        watched = self._workflow.jobs.watched
        self._nodes.take(record, watched.entries.values(), is_over=watched.is_over)
        record, states = as_it_goes(record, self._nodes.states), self._nodes.states
        is_known = watched.workflow is not None and watched.workflow.is_listed  # which of its jobs there are
        counted = [state.counted for state in states.values()]
        words = [workflow_status(record, counted)[0], progress_text(record, counted) if is_known else ""]
        return f"{self._name}: {', '.join(filter(None, words))}"
