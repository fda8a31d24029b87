"""The text of a cell, read as the description of a job that is run once for each row of a table of parameters. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from prominence_jupyter.errors import DescriptionError, UsageError
from prominence_jupyter.magics.cell.cell_json import CellJson
from prominence_jupyter.magics.cell.description import ASKED, BROKEN_JOB, GO_ON, check_is_job
from prominence_jupyter.magics.cell.swept_columns import SweptColumns
from prominence_jupyter.protocol.description import WorkflowDescription
from prominence_jupyter.protocol.validation import Problem
from prominence_jupyter.protocol.workflows.questions import questions
from prominence_jupyter.protocol.workflows.sweep import swept

_PARAMETERS: Final = ("factories", 0, "parameters")
_JOB: Final = ("jobs", 0)
_MOST_TOLD: Final = 10


def read_sweep(
    cell: str, names: Mapping[str, Any], columns: SweptColumns, *, labels: Mapping[str, str], sure: bool
) -> WorkflowDescription:
    """Return the workflow of a job that a cell describes, and of the parameters that its options give.

    Parameters
    ----------
    cell, names, labels, sure
        As for `read_workflow`.
    columns
        The parameters.

    Raises
    ------
    UsageError
        As for `read_workflow`; or an option breaks a rule, or holds what probably is a mistake.
    DescriptionError
        As for `read_workflow`, with the places in the cell.
    """
    read = CellJson(cell, names)
    check_is_job(read.value)
    workflow = swept(read.value, columns.values, labels) if isinstance(read.value, dict) else read.value
    try:
        description = WorkflowDescription.prepare(workflow)
    except DescriptionError as error:
        raise _error(read, columns, error.problems, BROKEN_JOB) from None
    if asked := [] if sure else questions(description.body):
        raise _error(read, columns, asked, ASKED, GO_ON)
    return description


def _error(
    read: CellJson, columns: SweptColumns, problems: Sequence[Problem], title: str, advice: str = ""
) -> DescriptionError | UsageError:
    """Return the error about the options, or where these are good the one about the cell."""
    told = [columns.told(problem) for problem in problems if problem.path[:3] == _PARAMETERS]
    if not told:
        return read.error([*_in_cell(problems)], title, advice)
    if len(told) > _MOST_TOLD:
        told = [*told[:_MOST_TOLD], f"and {len(told) - _MOST_TOLD} more"]
    return UsageError("\n".join(told) + (f"; {advice}" if advice else ""))


def _in_cell(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Return problems with their places in the description of the job, without those that follow from another."""
    for problem in problems:
        if problem.path[:2] == _JOB:
            yield dataclasses.replace(problem, path=problem.path[2:])
        elif problem.path[:1] in ((), ("notifications",)):  # its labels are those of the job
            yield problem
