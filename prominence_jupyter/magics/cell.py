"""The text of a cell, read as JSON. Pure."""

from __future__ import annotations

import json
from typing import Any

from prominence_jupyter.errors import UsageError


def read_json(cell: str) -> Any:
    """Return the JSON value in a cell.

    Raises
    ------
    UsageError
        It is no JSON; the message shows the line and the place in it.
    """
    if not cell.strip():
        raise UsageError('the cell is empty; it holds a job as JSON: {"tasks": [...], "resources": {...}}')
    try:
        return json.loads(cell)
    except json.JSONDecodeError as error:
        line = cell.splitlines()[error.lineno - 1] if error.lineno <= len(cell.splitlines()) else ""
        start = max(0, error.colno - 61)
        shown = line[start : start + 100]
        caret = " " * (error.colno - 1 - start) + "^"
        raise UsageError(
            f"the cell is not JSON: {error.msg}, in line {error.lineno}, column {error.colno}\n    {shown}\n    {caret}"
        ) from None
    except RecursionError:
        raise UsageError("the cell is not a job: its JSON is nested too deeply") from None
