"""The text of a cell, read as the description of a job or of a workflow. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prominence_jupyter.errors import DescriptionError, UsageError
from prominence_jupyter.magics.cell.cell_json import CellJson
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.workflows.questions import questions

BROKEN_JOB: Final = "this cell breaks the rules for jobs"
_BROKEN_WORKFLOW: Final = "this cell breaks the rules for workflows"
ASKED: Final = "this is probably not what was meant"
_NOT_SUBMITTED: Final = "nothing was submitted"
GO_ON: Final = "--yes submits it as it is"


def read_job(cell: str, names: Mapping[str, Any], *, labels: Mapping[str, str]) -> JobDescription:
    """Return the job that a cell describes, complete and checked.

    Parameters
    ----------
    cell
        JSON, in which ``{{ name }}`` stands for a variable.
    names
        The variables of the notebook.
    labels
        Added to the job's labels.

    Raises
    ------
    UsageError
        A variable cannot be used, or the cell is not JSON; the message shows the places.
    DescriptionError
        It breaks rules; the message shows the places.
    """
    read = CellJson(cell, names)
    check_is_job(read.value)
    try:
        return JobDescription.prepare(read.value, labels=labels)
    except DescriptionError as error:
        raise read.error(error.problems, BROKEN_JOB) from None


def read_workflow(cell: str, names: Mapping[str, Any], *, labels: Mapping[str, str], sure: bool) -> WorkflowDescription:
    """Return the workflow that a cell describes, complete and checked.

    Parameters
    ----------
    cell, names, labels
        As for `read_job`.
    sure
        Ask nothing.

    Raises
    ------
    UsageError
        As for `read_job`.
    DescriptionError
        It breaks rules, or holds what probably is a mistake (`questions`); the message shows the places.
    """
    read = CellJson(cell, names)
    if isinstance(read.value, dict) and "tasks" in read.value and "jobs" not in read.value:
        raise UsageError(f"this cell describes a job: %%prominence_job submits it; {_NOT_SUBMITTED}")
    try:
        description = WorkflowDescription.prepare(read.value, labels=labels)
    except DescriptionError as error:
        raise read.error(error.problems, _BROKEN_WORKFLOW) from None
    if asked := [] if sure else questions(description.body):
        raise read.error(asked, ASKED, GO_ON)
    return description


def check_is_job(value: Any) -> None:
    """Raise an error if it is a workflow that a cell describes, of which each part would be wrong in a job."""
    if isinstance(value, dict) and "jobs" in value and "tasks" not in value:
        raise UsageError(f"this cell describes a workflow: %%prominence_workflow submits it; {_NOT_SUBMITTED}")
