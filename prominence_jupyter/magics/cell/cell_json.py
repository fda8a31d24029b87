"""`CellJson`: the text of a cell, read as JSON, and the places in it that problems are about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from prominence_jupyter.errors import DescriptionError, UsageError
from prominence_jupyter.magics.cell.json_text import Document, JsonError, parse
from prominence_jupyter.magics.cell.marks import Mark, render
from prominence_jupyter.magics.cell.variables.expansion import Expanded, VariableError, expand
from prominence_jupyter.protocol.validation import Problem

_VALUE: Final = re.compile(r""", not (".*"|'.*')""", re.DOTALL)
_FIRST_LINE: Final = 2
"""Number of the body's first line: the magic stands in line 1 of the cell."""


class CellJson:
    """A cell whose variables have been replaced and whose JSON has been read.

    Parameters
    ----------
    cell
        JSON, in which ``{{ name }}`` stands for a variable.
    names
        The variables of the notebook.

    Raises
    ------
    UsageError
        A variable cannot be used, or the cell is not JSON; the message shows the places.
    """

    def __init__(self, cell: str, names: Mapping[str, Any]) -> None:
        self._cell = cell
        try:
            self._expanded: Expanded = expand(cell, names)
            self._document: Document = parse(self._expanded.text)
        except VariableError as error:
            raise UsageError(_shown(cell, error.marks, "the variables of this cell cannot be used")) from None
        except JsonError as error:
            shown = _shown(cell, error.marks, "this cell is not JSON", self._expanded, error.hidden)
            raise UsageError(shown) from None

    @property
    def value(self) -> Any:
        """The JSON value."""
        return self._document.value

    def error(self, problems: Iterable[Problem], title: str, advice: str = "") -> DescriptionError:
        """Return the error that shows problems at their places, below a title, and above what to do."""
        problems = list(problems)
        marks = [_mark(self._document, problem, self._expanded) for problem in problems]
        shown = _shown(self._cell, marks, title, self._expanded, self._document.secret_spans())
        return DescriptionError(problems, f"{shown}\n{advice}" if advice else shown)


def _mark(document: Document, problem: Problem, expanded: Expanded) -> Mark:
    """Return the place of a problem; of an object or list its opening bracket.

    What a variable brought cannot be seen in the cell: there the path says where in it, and text stays unshown, as it
    may be a secret.
    """
    start, end = document.span(problem.path, key=problem.at_key)
    if document.text[start] in "{[":
        end = start + 1
    if problem.part and (found := re.compile(rf"{re.escape(problem.part)}(?!\w)").search(document.text, start, end)):
        start, end = found.span()
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
