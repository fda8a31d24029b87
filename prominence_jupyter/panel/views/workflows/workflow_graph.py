"""`workflow_graph`: the jobs of a workflow that wait for each other, as boxes and lines, while they are few.

A box stands right of all that it waits for: its column is the length of the longest way to it. Within a column boxes
stand near what they wait for, which keeps most lines from crossing. A line that passes a column has a row there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import mean
from typing import Any, Final

from prominence_jupyter.panel.views.tone import SHAPES, WORST_FIRST
from prominence_jupyter.panel.views.workflows.node_row import NodeState
from prominence_jupyter.panel.views.workflows.progress import counts_text
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import mapping, sequence
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

_MOST_BOXES: Final = 20
_MOST_LINES: Final = 60
_SWEEPS: Final = 4

Edge = tuple[str, str]
"""What is waited for, and who waits."""

Spot = tuple[str, int]
"""A job and its column, or a later column in which lines from that job pass."""


def workflow_graph(record: WorkflowRecord, states: Mapping[str, NodeState]) -> dict[str, Any] | None:
    """Return the graph of a workflow; None where no job waits for another, or where it is too large to be read.

    Parameters
    ----------
    record
        The workflow, with its description.
    states
        What is known of each of its jobs, by their names within it.

    Returns
    -------
    dict
        ``columns`` and ``rows``: how many there are. ``boxes``: ``name``, ``counts`` ("7 of 8", or the status of a
        single job), ``words`` ("7 of 8 done, 1 failed"), ``tone`` of the worst of its jobs, ``shape``, ``column``
        and ``row``, which may lie between two. ``edges``: places in ``boxes`` of who is waited for and who
        waits, and the rows in which the line between them passes the columns between.
    """
    edges = dependencies(record)
    if not edges or len(edges) > _MOST_LINES:
        return None
    by_job = jobs_of(states)
    columns = levels(by_job, edges) if len(by_job) <= _MOST_BOXES else None
    if not columns:
        return None
    rows = _rows_of(columns, edges)
    names = sorted(columns, key=lambda name: (columns[name], rows[name, columns[name]]))
    index = {name: i for i, name in enumerate(names)}
    boxes = [_box(name, by_job[name]) | {"column": columns[name], "row": rows[name, columns[name]]} for name in names]
    return {
        "columns": max(columns.values()) + 1,
        "rows": max(rows.values()) + 1,
        "boxes": boxes,
        "edges": [
            [index[parent], index[child], [rows[parent, past] for past in range(columns[parent] + 1, columns[child])]]
            for parent, child in edges
        ],
    }


def dependencies(record: WorkflowRecord) -> list[Edge]:
    """Return who waits for whom, as a service described the workflow; each pair once."""
    pairs = mapping(record.raw.get("dependencies")).items()
    return [*dict.fromkeys((str(parent), str(child)) for parent, children in pairs for child in sequence(children))]


def jobs_of(states: Mapping[str, NodeState]) -> dict[str, list[NodeState]]:
    """Return the jobs by the name that they have in the description, in its order."""
    by_job: dict[str, list[NodeState]] = {}
    for state in states.values():
        by_job.setdefault(state.node.job, []).append(state)
    return by_job


def levels(names: Iterable[str], edges: Sequence[Edge]) -> dict[str, int] | None:
    """Return the length of the longest way to each job; None for a circle, or where a name is no job's."""
    found = dict.fromkeys(names, 0)
    if any(name not in found for edge in edges for name in edge):
        return None
    for _ in range(len(found)):
        before = dict(found)
        for parent, child in edges:
            found[child] = max(found[child], found[parent] + 1)
        if found == before:
            return found
    return None


def _box(name: str, states: list[NodeState]) -> dict[str, Any]:
    counted = [state.counted for state in states]
    tone = min((tone for _, _, tone in counted), key=WORST_FIRST.index)
    done = sum(tone == "good" for _, _, tone in counted)
    words, counts, _ = counted[0]
    if len(states) > 1:
        words, counts = counts_text(counted), f"{done:,} of {len(states):,}"
    return {
        "name": one_line(name, 60),
        "counts": one_line(counts, 30),
        "words": one_line(words, 200),
        "tone": tone,
        "shape": SHAPES[tone],
    }


def _rows_of(columns: Mapping[str, int], edges: Sequence[Edge]) -> dict[Spot, float]:
    """Return the row of each box, and of the lines that pass a column; shorter columns stand in the middle."""
    near: dict[Spot, list[Spot]] = {(name, column): [] for name, column in columns.items()}
    for parent, child in edges:
        way = [(parent, column) for column in range(columns[parent], columns[child])]
        for one, other in pairwise([*way, (child, columns[child])]):
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    ordered = [[spot for spot in near if spot[1] == column] for column in range(max(columns.values()) + 1)]
    most = max(map(len, ordered))
    rows = _rows(ordered, most)
    for sweep in range(_SWEEPS):
        for spots in ordered if sweep % 2 == 0 else reversed(ordered):
            spots.sort(key=lambda spot: mean([rows[other] for other in near[spot]] or [rows[spot]]))
            rows |= _rows([spots], most)
    return rows


def _rows(ordered: Iterable[Sequence[Spot]], most: int) -> dict[Spot, float]:
    return {spot: (most - len(spots)) / 2 + i for spots in ordered for i, spot in enumerate(spots)}
