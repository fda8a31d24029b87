"""Entries of jobs to the columns of both frames, a run of jobs after the other.

Values are read key by key; in a run as short as this the objects of its jobs stay in the CPU's cache meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from prominence_jupyter.usage.reading import arrays, per_job, values
from prominence_jupyter.usage.reading.columns import JOB_COLUMNS, TASK_COLUMNS, Column
from prominence_jupyter.usage.reading.rows import Rows, TaskRows
from prominence_jupyter.usage.reading.values import Read, joined

Columns = dict[str, Read]

_RUN: Final = 2000
_SUMMED_UP: Final = [column for column in TASK_COLUMNS if column.name in per_job.SUMMED_UP]


def read_columns(entries: list[Any], *, of_jobs: bool, of_tasks: bool) -> tuple[Columns, Columns]:
    """Return the columns of the jobs and those of their tasks; empty where they are not wanted."""
    starts = range(0, max(len(entries), 1), _RUN)
    runs = [_run(entries[start : start + _RUN], of_jobs=of_jobs, of_tasks=of_tasks) for start in starts]
    jobs, tasks = (_joined(parts) for parts in zip(*runs, strict=True))
    return jobs, _of_their_jobs(tasks) if of_tasks else {}


def _run(entries: list[Any], *, of_jobs: bool, of_tasks: bool) -> tuple[Columns, Columns]:
    jobs = Rows({(): entries})
    tasks = TaskRows(jobs)
    by_task = _read(TASK_COLUMNS if of_tasks else _SUMMED_UP, tasks)
    by_job: Columns = {}
    if of_jobs:
        by_job = _read(JOB_COLUMNS, jobs)
        by_job |= per_job.of_columns(by_job) | per_job.of_tasks(tasks, by_task, by_job["status"].values)
    if not of_tasks:
        return by_job, {}
    own = {
        "job_id": by_job.get("id") or values.ids(jobs.values(("id",))),
        "name": by_job.get("name") or values.texts(jobs.values(("name",))),
        "count": Read(tasks.counts),
        "task": Read(tasks.places),
    }
    return by_job, by_task | own


def _of_their_jobs(read: Columns) -> Columns:
    """Return the columns of the tasks, where ids and names were a row a job."""
    (ids, odd_ids), (names, odd_names), (counts, _) = read["job_id"], read["name"], read["count"]
    owners = np.repeat(np.arange(len(counts)), counts)
    return read | {
        "job_id": Read(arrays.ids(ids).take(owners), odd_ids),
        "name": Read(np.array(names, dtype=object)[owners], odd_names),
    }


def _joined(parts: tuple[Columns, ...]) -> Columns:
    return {name: joined([part[name] for part in parts]) for name in parts[0]}


def _read(columns: Iterable[Column], rows: Rows) -> Columns:
    return {column.name: column.read(rows.values(column.path)) for column in columns if column.read is not None}
