"""The jobs of a workflow as a frame: what each was given, how it went, and what was read from its output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.factories import Node
from prominence_jupyter.usage.frames import jobs_frame
from prominence_jupyter.usage.reading import arrays
from prominence_jupyter.usage.reading.typed import typed, typed_parameters, typed_texts

METRICS: Final = ("exit_code", "queued", "run_time", "wall_time_s", "cpu_time_s", "max_memory_kb", "site")
"""Columns of `jobs_frame` that are of interest beside a result."""
OURS: Final = frozenset({"job", "number", "id", "status", *METRICS, "problem"})
"""Names that have one meaning in every frame, whether or not it has that column."""
_MOST_COLUMNS: Final = 1000
_LONGEST_NAME: Final = 200


class ResultRow(NamedTuple):
    """What is known of one job of a workflow."""

    node: Node
    record: JobRecord | None
    """None where there is no job."""
    status: str | None
    said: Mapping[str, Any]
    """What was read from its output, by column."""
    problem: str | None
    """Why nothing was read."""


def results_frame(rows: Sequence[ResultRow], columns: Iterable[str] = (), *, gives_text: bool = False) -> pd.DataFrame:
    """Return one row a job, in the order of the rows.

    Parameters
    ----------
    rows
        The jobs.
    columns
        What was looked for in the outputs, and is a column though nothing was found.
    gives_text
        Whether what was read is text; it becomes numbers where all of it is.

    Returns
    -------
    DataFrame
        The parameters; ``job`` and ``number``, where they tell rows apart; ``id``, ``status``, `METRICS`; what was
        read; ``problem``. See `Workflow.results`.

    Raises
    ------
    UsageError
        More names were read than make sense as columns.
    """
    given = list(dict.fromkeys(name for row in rows for name in row.node.parameters or {}))
    read = list(dict.fromkeys([*columns, *(name for row in rows for name in row.said)]))
    if len(read) > _MOST_COLUMNS:
        raise UsageError(
            f"the outputs have {len(read):,} names, too many for a column each (at most {_MOST_COLUMNS:,}): "
            "parse with a function that returns those wanted"
        )
    names = _Names()
    frame: dict[str, Any] = {
        names.new(name, "parameter"): typed_parameters([(row.node.parameters or {}).get(name) for row in rows])
        for name in given
    }
    frame |= _places(rows, are_told_apart=bool(given))
    usage = jobs_frame([row.record or {} for row in rows])
    frame["id"] = usage["id"].array
    frame["status"] = arrays.categories([row.status for row in rows])
    frame |= {name: usage[name].array for name in METRICS}
    build: Callable[[Sequence[Any]], Any] = typed_texts if gives_text else typed
    frame |= {names.new(name, "result"): build([row.said.get(name) for row in rows]) for name in read}
    frame["problem"] = arrays.texts([row.problem for row in rows])
    return pd.DataFrame(frame)


def _places(rows: Sequence[ResultRow], *, are_told_apart: bool) -> dict[str, Any]:
    """Return the columns of the jobs' names, where there are several, and of their numbers, where these tell more."""
    jobs, numbers = [row.node.job for row in rows], [row.node.number for row in rows]
    are_several = len(set(jobs)) > 1
    found: dict[str, Any] = {"job": typed(jobs)} if are_several else {}
    if any(number is not None for number in numbers) and (are_several or not are_told_apart):
        found["number"] = pd.array(numbers, dtype="Int64")
    return found


class _Names:
    """Names of columns, no two alike: what is taken gets a suffix."""

    def __init__(self) -> None:
        self._taken = set(OURS)

    def new(self, name: str, suffix: str) -> str:
        """Return the name, or one with suffixes that nothing else has."""
        unique = one_line(name, _LONGEST_NAME)
        while unique in self._taken:
            unique = f"{unique}_{suffix}"
        self._taken.add(unique)
        return unique
