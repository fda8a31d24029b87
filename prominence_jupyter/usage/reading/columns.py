"""The columns of the frames: name, kind and where the value comes from, as data.

`frames.jobs_frame` and `frames.tasks_frame` document them for users.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from prominence_jupyter.usage.reading import arrays, values
from prominence_jupyter.usage.reading.rows import Path


class Column(NamedTuple):
    """One column of a frame."""

    name: str
    build: arrays.Builder
    """From the values of all rows to the column."""
    read: values.Reader | None = None
    """From what stands at the path in each row to its values; None for what is made of other columns."""
    path: Path = ()


_RESOURCES: Final = "resources"
_EXECUTION: Final = "execution"
_PROVISIONED: Final = (_EXECUTION, "provisionedResources")

JOB_COLUMNS: Final = (
    Column("id", arrays.ids, values.ids, ("id",)),
    Column("name", arrays.texts, values.texts, ("name",)),
    Column("workflow", arrays.categories),
    Column("status", arrays.categories, values.words, ("status",)),
    Column("status_reason", arrays.texts, values.reasons, ("statusReason",)),
    Column("site", arrays.categories, values.words, (_EXECUTION, "site")),
    Column("created", arrays.instants, values.instants, ("events", "createTime")),
    Column("started", arrays.instants, values.instants, ("events", "startTime")),
    Column("ended", arrays.instants, values.instants, ("events", "endTime")),
    Column("queued", arrays.as_given),
    Column("run_time", arrays.as_given),
    Column("nodes", arrays.integers, values.integers, (_RESOURCES, "nodes")),
    Column("cpus", arrays.integers, values.integers, (_RESOURCES, "cpus")),
    Column("memory_gb", arrays.as_given, values.numbers, (_RESOURCES, "memory")),
    Column("memory_per_cpu_gb", arrays.as_given, values.numbers, (_RESOURCES, "memoryPerCpu")),
    Column("disk_gb", arrays.as_given, values.numbers, (_RESOURCES, "disk")),
    Column("walltime_limit_min", arrays.as_given, values.numbers, (_RESOURCES, "walltime")),
    Column("provisioned_nodes", arrays.integers, values.integers, (*_PROVISIONED, "nodes")),
    Column("provisioned_cpus", arrays.integers, values.integers, (*_PROVISIONED, "cpus")),
    Column("provisioned_memory_gb", arrays.as_given, values.numbers, (*_PROVISIONED, "memory")),
    Column("provisioned_disk_gb", arrays.as_given, values.numbers, (*_PROVISIONED, "disk")),
    Column("tasks", arrays.integers),
    Column("image", arrays.texts),
    Column("exit_code", arrays.integers),
    Column("succeeded", arrays.flags),
    Column("retries", arrays.integers, values.integers, (_EXECUTION, "retries")),
    Column("task_retries", arrays.integers),
    Column("wall_time_s", arrays.as_given),
    Column("cpu_time_s", arrays.as_given),
    Column("image_pull_time_s", arrays.as_given),
    Column("stage_in_time_s", arrays.as_given, values.numbers, (_EXECUTION, "stageInTime")),
    Column("stage_out_time_s", arrays.as_given, values.numbers, (_EXECUTION, "stageOutTime")),
    Column("max_memory_kb", arrays.as_given, values.numbers, (_EXECUTION, "maxMemoryUsageKB")),
    Column("max_resident_set_kib", arrays.as_given),
)
"""One row a job."""

TASK_COLUMNS: Final = (
    Column("job_id", arrays.as_given),
    Column("task", arrays.as_given),
    Column("name", arrays.texts),
    Column("image", arrays.texts, values.images, ("tasks", "image")),
    Column("cmd", arrays.texts, values.texts, ("tasks", "cmd")),
    Column("type", arrays.categories, values.words, ("tasks", "type")),
    Column("exit_code", arrays.integers, values.integers, (_EXECUTION, "exitCode")),
    Column("retries", arrays.integers, values.integers, (_EXECUTION, "retries")),
    Column("image_pull_status", arrays.categories, values.words, (_EXECUTION, "imagePullStatus")),
    Column("image_pull_time_s", arrays.as_given, values.times_taken, (_EXECUTION, "imagePullTime")),
    Column("wall_time_s", arrays.as_given, values.numbers, (_EXECUTION, "wallTimeUsage")),
    Column("cpu_time_s", arrays.as_given, values.numbers, (_EXECUTION, "cpuTimeUsage")),
    Column("max_resident_set_kib", arrays.as_given, values.numbers, (_EXECUTION, "maxResidentSetSizeKB")),
)
"""One row a task; paths in what was described (``tasks``) and executed (``execution``) of it."""
