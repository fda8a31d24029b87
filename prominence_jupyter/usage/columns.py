"""The columns of the frames: name, dtype and where the value comes from, as data.

`frames.jobs_frame` and `frames.tasks_frame` document them for users.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

from prominence_jupyter.protocol.record import JobRecord, TaskRecord, mapping, number, whole
from prominence_jupyter.usage import arrays

Record = TypeVar("Record")

_END_OF_TIME_S: Final = 253_402_300_800  # year 10000: no calendar goes on from there


class Column(NamedTuple, Generic[Record]):
    """One column of a frame."""

    name: str
    build: arrays.Builder
    """From the values of all rows to the column."""
    read: Callable[[Record], Any]
    """From a record to its value, None where it is missing."""


def instant(seconds: float | None) -> int | None:
    """Return a time of day in microseconds since 1970, None for what no clock of a service can have said."""
    return round(seconds * 1e6) if seconds is not None and 0 < seconds < _END_OF_TIME_S else None


def between(start: float | None, end: float | None) -> int | None:
    """Return the microseconds between two times of day; negative where the clocks of a service disagree."""
    first, last = instant(start), instant(end)
    return last - first if first is not None and last is not None else None


def exit_code(job: JobRecord) -> int | None:
    """Return the first exit code that is not 0, 0 when all are, None when no task reports one."""
    codes = job.exit_codes
    return next((code for code in codes if code != 0), 0) if codes else None


def _provisioned(job: JobRecord) -> Mapping[str, Any]:
    return mapping(job.execution.get("provisionedResources"))


def _total(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


JOB_COLUMNS: Final[tuple[Column[JobRecord], ...]] = (
    Column("id", arrays.ids, lambda job: job.id),
    Column("name", arrays.texts, lambda job: job.name),
    Column("status", arrays.categories, lambda job: job.status),
    Column("status_reason", arrays.texts, lambda job: job.status_reason),
    Column("site", arrays.categories, lambda job: job.site),
    Column("created", arrays.instants, lambda job: instant(job.created)),
    Column("started", arrays.instants, lambda job: instant(job.started)),
    Column("ended", arrays.instants, lambda job: instant(job.ended)),
    Column("queued", arrays.durations, lambda job: between(job.created, job.started)),
    Column("run_time", arrays.durations, lambda job: between(job.started, job.ended)),
    Column("nodes", arrays.whole_numbers, lambda job: whole(job.resources.get("nodes"))),
    Column("cpus", arrays.whole_numbers, lambda job: whole(job.resources.get("cpus"))),
    Column("memory_gb", arrays.floats, lambda job: number(job.resources.get("memory"))),
    Column("disk_gb", arrays.floats, lambda job: number(job.resources.get("disk"))),
    Column("walltime_limit_min", arrays.floats, lambda job: number(job.resources.get("walltime"))),
    Column("provisioned_cpus", arrays.whole_numbers, lambda job: whole(_provisioned(job).get("cpus"))),
    Column("provisioned_memory_gb", arrays.floats, lambda job: number(_provisioned(job).get("memory"))),
    Column("tasks", arrays.whole_numbers, lambda job: len(job.tasks) or None),
    Column("image", arrays.texts, lambda job: job.tasks[0].image if job.tasks else None),
    Column("exit_code", arrays.whole_numbers, exit_code),
    Column("succeeded", arrays.flags, lambda job: job.succeeded),
    Column("retries", arrays.whole_numbers, lambda job: whole(job.execution.get("retries"))),
    Column("wall_time_s", arrays.floats, lambda job: _total([task.wall_time_s for task in job.tasks])),
    Column("cpu_time_s", arrays.floats, lambda job: _total([task.cpu_time_s for task in job.tasks])),
    Column("max_memory_kb", arrays.floats, lambda job: job.max_memory_kb),
    Column(
        "max_resident_set_kib",
        arrays.floats,
        lambda job: max(
            (t.max_resident_set_kib for t in job.tasks if t.max_resident_set_kib is not None), default=None
        ),
    ),
)
"""One row a job."""

TASK_COLUMNS: Final[tuple[Column[TaskRecord], ...]] = (
    Column("image", arrays.texts, lambda task: task.image),
    Column("cmd", arrays.texts, lambda task: task.cmd),
    Column("exit_code", arrays.whole_numbers, lambda task: task.exit_code),
    Column("retries", arrays.whole_numbers, lambda task: task.retries),
    Column("image_pull_status", arrays.categories, lambda task: task.image_pull_status),
    Column("image_pull_time_s", arrays.floats, lambda task: task.image_pull_time_s),
    Column("wall_time_s", arrays.floats, lambda task: task.wall_time_s),
    Column("cpu_time_s", arrays.floats, lambda task: task.cpu_time_s),
    Column("max_resident_set_kib", arrays.floats, lambda task: task.max_resident_set_kib),
)
"""One row a task, after the columns that tell which task of which job it is."""
