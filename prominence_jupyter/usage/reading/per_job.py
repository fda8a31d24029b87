"""What a job's columns say that stands in no single place of its entry: made of other columns, or of its tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from prominence_jupyter.protocol import status
from prominence_jupyter.usage.reading import values
from prominence_jupyter.usage.reading.rows import TaskRows
from prominence_jupyter.usage.reading.values import Floats, Read


def of_columns(read: Mapping[str, Read]) -> dict[str, Read]:
    """Return the columns that are made of others of the same row.

    Jobs of a workflow are named workflow/job or workflow/job/number.
    """
    names = read["name"].values
    created, started, ended = (read[name].values for name in ("created", "started", "ended"))
    return {
        "workflow": Read([name[: name.index("/")] or None if name and "/" in name else None for name in names]),
        "queued": Read(started - created),
        "run_time": Read(ended - started),
    }


def of_tasks(tasks: TaskRows, read: Mapping[str, Read], statuses: Sequence[str | None]) -> dict[str, Read]:
    """Return the columns that sum up the tasks of each job.

    Parameters
    ----------
    tasks
        Of the jobs.
    read
        Columns of the tasks, `SUMMED_UP` among them.
    statuses
        The status of each job.
    """
    codes, unreadable = values.whole_numbers(tasks.values(("execution", "exitCode")))  # of any size: not 0 is not 0
    unreadable += int(np.count_nonzero(values.beyond_64_bits(codes)))
    lists = tasks.no_lists
    images = values.images(tasks.values(("first task", "image")))
    columns = {
        "tasks": Read(np.where(tasks.counts > 0, tasks.counts, np.nan), lists["tasks"]),
        "image": Read(images.values, images.unreadable + lists["tasks"]),
        "exit_code": Read(first_not_zero(codes, tasks), unreadable + lists["execution"]),
    }
    columns["succeeded"] = Read(_succeeded(columns["exit_code"].values, statuses))
    for name, (summed_up, source) in _SUMMARIES.items():
        found, unreadable = read[source]
        columns[name] = Read(summed_up(found, tasks), unreadable + lists["execution"])
    return columns


def total(found: Floats, tasks: TaskRows) -> Floats:
    """Return the sum of what is known, a job; missing where nothing is."""
    known = ~np.isnan(found)
    sums = np.bincount(tasks.owners[known], found[known], minlength=len(tasks.counts))  # one after the other
    any_known = np.bincount(tasks.owners[known], minlength=len(tasks.counts)) > 0
    return np.where(any_known & np.isfinite(sums), sums, np.nan)


def one_after_another(found: Floats, tasks: TaskRows) -> Floats:
    """Return the sum of what is known, a job, without sidecars: they run beside the others."""
    return total(np.where(tasks.beside, np.nan, found), tasks)


def largest(found: Floats, tasks: TaskRows) -> Floats:
    """Return the largest of what is known, a job; missing where nothing is."""
    result = np.full(len(tasks.counts), np.nan)
    some = tasks.counts > 0
    if some.any():
        result[some] = np.fmax.reduceat(found, tasks.starts[some])
    return result


def first_not_zero(codes: Floats, tasks: TaskRows) -> Floats:
    """Return the first code that is not 0, a job; 0 where all are, missing where none is known."""
    result = np.full(len(tasks.counts), np.nan)
    result[tasks.owners[codes == 0]] = 0
    failed = ~np.isnan(codes) & (codes != 0)
    jobs, first = np.unique(tasks.owners[failed], return_index=True)
    result[jobs] = codes[failed][first]
    return result


_SUMMARIES: Final[Mapping[str, tuple[Callable[[Floats, TaskRows], Floats], str]]] = {
    "task_retries": (total, "retries"),
    "wall_time_s": (one_after_another, "wall_time_s"),
    "cpu_time_s": (total, "cpu_time_s"),
    "image_pull_time_s": (total, "image_pull_time_s"),
    "max_resident_set_kib": (largest, "max_resident_set_kib"),
}
"""Column: what it says of the tasks, and of which column of theirs."""

SUMMED_UP: Final = frozenset(source for _, source in _SUMMARIES.values())
"""Columns of the tasks that columns of the jobs are made of."""


def _succeeded(exit_codes: Floats, statuses: Sequence[str | None]) -> Floats:
    """Return 1, 0 or missing, as `JobRecord.succeeded` tells."""
    without_codes = {word: 0.0 if status.is_final(word) else np.nan for word in set(statuses)}
    without_codes[status.COMPLETED] = 1.0
    found = np.array([without_codes[word] for word in statuses], dtype=np.float64)
    by_codes = np.where(np.isnan(exit_codes), np.nan, exit_codes == 0)
    return np.where(found == 1, by_codes, found)
