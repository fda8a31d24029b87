"""`node_row`: one line of the table of a workflow's jobs, whether or not there is a job for it yet.

A line stands for a place in the workflow, not for a job of the service: its key stays the same when the job comes, and
when another attempt takes its place. Pure, and cheap enough for ten thousand jobs a tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from prominence_jupyter.panel.views.job_row import job_row, row_id
from prominence_jupyter.panel.views.tone import SHAPES, Tone, counted_status
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.absent_jobs import DONE_BEFORE, NOT_LISTED, NOT_RUN
from prominence_jupyter.protocol.workflows.factories import Node

MOST_PARAMETERS: Final = 20
"""As many values are in a row; more than this nobody sweeps, and a hostile workflow shall not fill the page."""


_NO_JOB: Final = JobRecord()
_WAITING: Final[tuple[str, Tone]] = ("waiting", "waiting")
_NEVER: Final[tuple[str, Tone]] = (NOT_RUN, "neutral")
_BEFORE: Final[tuple[str, Tone]] = (DONE_BEFORE, "good")
_UNLISTED: Final[tuple[str, Tone]] = (NOT_LISTED, "neutral")
_NAME_LIMIT: Final = 80
_VALUE_LIMIT: Final = 40


@dataclass(frozen=True, slots=True)
class NodeState:
    """What is known of one of the jobs that a workflow makes.

    Attributes
    ----------
    node
        Which of them.
    record
        What the service said last of its newest attempt; None: there is no job yet.
    ended
        Whether that job has ended for good.
    gone
        Whether the service does not know that job any more, though it has not been seen to end.
    not_run
        Whether there is no job and none will come: the workflow has ended.
    done_before
        Whether there is no job and none is needed: it did its work in the workflow of which this one runs the rest.
    not_listed
        Whether the workflow has ended and the service lacks the job, so that nobody knows what became of it.
    """

    node: Node
    record: JobRecord | None = None
    ended: bool = False
    gone: bool = False
    not_run: bool = False
    done_before: bool = False
    not_listed: bool = False

    @property
    def final(self) -> bool:
        """Whether nothing more will come of it."""
        if self.record is not None:
            return self.ended or self.gone
        return self.not_run or self.done_before or self.not_listed

    @property
    def counted(self) -> tuple[str, str, Tone]:
        """Its status in words, the shorter words under which it is counted, and its tone."""
        if self.record is None:
            why = (
                _BEFORE if self.done_before else _NEVER if self.not_run else _UNLISTED if self.not_listed else _WAITING
            )
            word, tone = why
            return word, word, tone
        return counted_status(self.record, ended=self.ended, gone=self.gone)


def node_row(state: NodeState, *, parameters: Sequence[str] = ()) -> dict[str, Any]:
    """Return what a table shows of a job of a workflow, under the keys `job_row.COLUMNS`.

    Parameters
    ----------
    state
        What is known of it.
    parameters
        The names of the workflow's parameters, in the order of the columns (`WorkflowNodes.parameters`).

    Returns
    -------
    dict
        ``id`` is that of `node_key`, ``job`` the id of the job or nothing, ``name`` the name within the workflow, and
        ``parameters`` the values as texts, in the order of their names; empty where the job has none of that name.
    """
    values = state.node.parameters or {}
    row = {
        **job_row(state.record or _NO_JOB, ended=state.ended, gone=state.gone),
        "id": node_key(state.node.name),
        "name": one_line(state.node.name, _NAME_LIMIT),
        "parameters": [one_line(values.get(name), _VALUE_LIMIT) for name in parameters[:MOST_PARAMETERS]],
    }
    if state.record is None:
        word, group, tone = state.counted
        row |= {
            "status": word,
            "group": group,
            "tone": tone,
            "shape": SHAPES[tone],
            "reason": "",
            "final": state.final,
        }
    return row


def node_key(name: str) -> str:
    """Return the text that stands for a job in the table of its workflow, given its name there."""
    return row_id(f"node {name}")
