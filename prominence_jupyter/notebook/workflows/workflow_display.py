"""`WorkflowDisplay`: a workflow in a notebook, as its head with a live table of its jobs, and as a record."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.notebook.many_jobs.table_display import TableDisplay
from prominence_jupyter.notebook.workflows.node_states import NodeStates, as_it_goes
from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.workflow_account import (
    WorkflowAccount,
    workflow_record_html,
    workflow_record_text,
)
from prominence_jupyter.panel.views.workflows.node_row import NodeState, node_key, node_row
from prominence_jupyter.panel.views.workflows.workflow_view import workflow_view
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

if TYPE_CHECKING:
    from prominence_jupyter.notebook.many_jobs.live_table import LiveTable
    from prominence_jupyter.panel.workflow_head import WorkflowHead

_GONE = "the service knows this workflow no more"


class WorkflowDisplay(TableDisplay):
    """A workflow as two outputs of the cell that runs now, see `TableDisplay`.

    The table has a column for each parameter. Where these are not known, the watch brings them a little later.

    Parameters
    ----------
    workflow
        The workflow.
    publisher, live, stays
        As for `TableDisplay`.
    asks
        Ask what it is at first, if that is not known; a service that does not answer may take a minute.
    """

    def __init__(self, workflow: Workflow, publisher: Any, *, live: bool, stays: bool, asks: bool = True) -> None:
        self._workflow = workflow
        self._nodes = NodeStates(is_rerun=workflow.reruns is not None)
        self._rows: dict[str, dict[str, Any]] = {}
        self._usage: dict[str, JobUsage] = {}
        self._head: WorkflowHead | None = None
        if live and asks and not (workflow.latest and workflow.latest.has_detail):
            with suppress(ProminenceError):  # the watch asks again, and says why there is no news
                _ = workflow.record
        super().__init__(workflow.jobs, publisher, live=live, stays=stays)

    def wait(self, timeout: float | None) -> WorkflowRecord:
        """Wait until the workflow has ended, see `Workflow.wait`; the record has been told before."""
        return self._workflow.wait(timeout)

    def _new_table(self) -> LiveTable:
        from prominence_jupyter.notebook.many_jobs.live_table import LiveTable  # noqa: PLC0415 - widgets, when one is shown
        from prominence_jupyter.panel.workflow_head import WorkflowActions, WorkflowHead  # noqa: PLC0415 - as above

        self._head = WorkflowHead(self._view(), actions=WorkflowActions(rerun=self._rerun, delete=self._delete))
        return LiveTable(
            self._jobs,
            self._rows.values(),
            ids=self._ids,
            on_shown=self._note_shown,
            parameters=self._nodes.parameters,
            worst_first=True,
            head=self._head,
        )

    def _take(self, keys: Sequence[str]) -> Sequence[dict[str, Any]]:
        watched = self._jobs.watched
        entries, record = watched.entries, self._workflow.latest
        if record and not (record.has_detail or (watched.workflow and watched.workflow.is_described)):
            record = None  # a plain listing does not say which jobs there are
        taken = self._nodes.take(record, [entries[key] for key in keys], is_over=watched.is_over)
        if self._table:
            self._table.name_parameters(self._nodes.parameters)
        return [*map(self._row, taken)]

    def _row(self, state: NodeState) -> dict[str, Any]:
        row = self._rows[state.node.name] = node_row(state, parameters=self._nodes.parameters)
        if state.record and state.ended:
            self._usage[row["id"]] = JobUsage.of(state.record)
        return row

    def _ids(self) -> dict[str, JobId]:
        with self._lock:
            return {node_key(name): job_id for name, job_id in self._nodes.job_ids().items()}

    def _view(self) -> dict[str, Any]:
        record = self._workflow.latest or WorkflowRecord(id=self._workflow.id)
        watched = self._jobs.watched.workflow
        stale = _GONE if watched and watched.gone else self._stale
        states = self._nodes.states if watched and watched.is_listed else {}  # else nobody knows which jobs there are
        record = as_it_goes(record, states)
        view = workflow_view(record, states, url=self._workflow.url, stale=stale, now=self._as_of)
        is_over = self._jobs.watched.is_over  # a workflow may have ended of which not all jobs are known
        return view | {"final": is_over, "failed": view["failed"] and is_over}

    def _account(self) -> tuple[str, str]:
        view = self._view()
        if self._head:
            self._head.update(view)
        account = WorkflowAccount(
            view=view,
            rows=[*self._rows.values()],
            parameters=self._nodes.parameters,
            refresh=_refresh(self._workflow),
            listing=f"session.workflow({self._workflow.id!r}).results()",
            errors=self._errors(),
            again=f"%prominence rerun {one_line(self._workflow.id, 40)}",
            usage=self._usage,
        )
        return workflow_record_html(account), workflow_record_text(account)

    def _errors(self) -> str:
        """Return what to type to see why the first job that failed did so; nothing where none did."""
        bad = (name for name, row in self._rows.items() if row["tone"] == "bad" and row["job"])
        first = next((self._nodes.states[name].node for name in bad if name in self._nodes.states), None)
        if first is None:
            return ""
        words = [first.job] if first.number is None else [first.job, str(first.number)]
        return f"%prominence stderr {one_line(self._workflow.id, 40)} {' '.join(map(shlex.quote, words))}"

    def _rerun(self) -> str:
        again = self._workflow.rerun()
        return f"Runs again as workflow {one_line(again.id, 40)}: {_refresh(again)}"

    def _delete(self) -> str:
        self._workflow.delete()
        return ""


def _refresh(workflow: Workflow) -> str:
    """Return what to type to see a workflow again."""
    return f"%prominence watch workflow {one_line(workflow.id, 40)}"
