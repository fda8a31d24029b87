"""The text of a cell, read as the description of a job. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from prominence_jupyter.errors import DescriptionError, UsageError
from prominence_jupyter.magics.cell.json_text import Document, JsonError, parse
from prominence_jupyter.magics.cell.marks import Mark, render
from prominence_jupyter.magics.cell.variables.expansion import Expanded, VariableError, expand
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.validation import Problem

_VALUE: Final = re.compile(r""", not (".*"|'.*')""", re.DOTALL)
_FIRST_LINE: Final = 2
"""Number of the body's first line: the magic stands in line 1 of the cell."""


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
    try:
        expanded = expand(cell, names)
        document = parse(expanded.text)
    except VariableError as error:
        raise UsageError(_shown(cell, error.marks, "the variables of this cell cannot be used")) from None
    except JsonError as error:
        raise UsageError(_shown(cell, error.marks, "this cell is not JSON", expanded, error.hidden)) from None
    try:
        return JobDescription.prepare(document.value, labels=labels)
    except DescriptionError as error:
        marks = [_mark(document, problem, expanded) for problem in error.problems]
        title = "this cell breaks the rules for jobs"
        shown = _shown(cell, marks, title, expanded, document.secret_spans())
        raise DescriptionError(error.problems, shown) from None


def _mark(document: Document, problem: Problem, expanded: Expanded) -> Mark:
    """Return the place of a problem; of an object or list its opening bracket.

    What a variable brought cannot be seen in the cell: there the path says where in it, and text stays unshown, as it
    may be a secret.
    """
    start, end = document.span(problem.path, key=problem.at_key)
    if document.text[start] in "{[":
        end = start + 1
    message = problem.message
    if expanded.is_brought(start, end):
        message = f"{problem.where} {_VALUE.sub('', message)}"
    return Mark(start, end, message)


def _shown(
    cell: str,
    marks: Iterable[Mark],
    title: str,
    expanded: Expanded | None = None,
    hidden: Iterable[tuple[int, int]] = (),
) -> str:
    """Show the places in the cell as it was written, also of marks in the text with the variables replaced."""
    if expanded is not None:
        marks = [Mark(*expanded.original(mark.start, mark.end), mark.message) for mark in marks]
        hidden = [expanded.original(*place) for place in hidden]
    title = f"{title}; nothing was submitted:"
    return render(cell, list(marks), title=title, first_line=_FIRST_LINE, hidden=list(hidden))
