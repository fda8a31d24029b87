"""`JobRecord`: an immutable snapshot of a job, as a service reported it.

Every field may be missing or of an odd type: missing is None, never 0 and never an error.
Units are in the names. Source of the fields: the recorded answers in ``tests/contract``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.redaction import redact


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """What one task was and what it used; see `entry_places`."""

    image: str | None = None
    cmd: str | None = None
    exit_code: int | None = None
    """0 is success; negative is the signal that ended it."""
    retries: int | None = None
    image_pull_status: str | None = None
    image_pull_time_s: float | None = None
    """None when the image was cached (the service says -1 or nothing)."""
    wall_time_s: float | None = None
    cpu_time_s: float | None = None
    """User and system time over all CPUs, so it may exceed the wall time."""
    max_resident_set_kib: float | None = None
    """Peak of the largest single process, in KiB."""


@dataclass(frozen=True, slots=True, repr=False)
class JobRecord:
    """A job as a service reported it at one moment, secrets already hidden."""

    id: JobId | None = None
    name: str | None = None
    status: str | None = None
    status_reason: str | None = None
    created: float | None = None
    """Unix seconds, UTC; likewise `started` and `ended`."""
    started: float | None = None
    ended: float | None = None
    site: str | None = None
    max_memory_kb: float | None = None
    """Peak of all processes of the job together, in units of 1000 bytes."""
    execution: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    resources: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    labels: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    tasks: tuple[TaskRecord, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """The whole answer, secrets hidden."""

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> JobRecord:
        """Read one element of a listing, or of the list that describes one job."""
        clean = redact(answer)
        events = mapping(clean.get("events"))
        execution = mapping(clean.get("execution"))
        return cls(
            id=job_id(clean.get("id")),
            name=text(clean.get("name")),
            status=text(clean.get("status")),
            status_reason=text(clean.get("statusReason")),
            created=number(events.get("createTime")),
            started=number(events.get("startTime")),
            ended=number(events.get("endTime")),
            site=text(execution.get("site")),
            max_memory_kb=number(execution.get("maxMemoryUsageKB")),
            execution=MappingProxyType(dict(execution)),
            resources=MappingProxyType(dict(mapping(clean.get("resources")))),
            labels=MappingProxyType(dict(mapping(clean.get("labels")))),
            tasks=_tasks(sequence(clean.get("tasks")), sequence(execution.get("tasks"))),
            raw=MappingProxyType(clean),
        )

    def __repr__(self) -> str:
        name = f" {one_line(repr(self.name), 60)}" if self.name else ""
        codes = f", exit code {', '.join(map(str, self.exit_codes))}" if self.exit_codes else ""
        return f"<JobRecord {one_line(self.id, 40)}{name}: {one_line(str(self.status), 40)}{codes}>"

    @property
    def exit_codes(self) -> tuple[int, ...]:
        """Exit codes of the tasks that ran, in order."""
        return tuple(task.exit_code for task in self.tasks if task.exit_code is not None)

    @property
    def succeeded(self) -> bool | None:
        """Whether the job did its work; None while that is open.

        ``completed`` alone does not tell: every task must have exited with 0, and without any exit code (a
        listing without detail) it stays open.
        """
        if not status.is_final(self.status):
            return None
        if self.status != status.COMPLETED:
            return False
        return not any(self.exit_codes) if self.exit_codes else None

    @property
    def has_detail(self) -> bool:
        """Whether this came from a request with detail: plain listings lack resources and execution."""
        return "resources" in self.raw

    @property
    def leaves_in_queue(self) -> bool:
        """Whether the job stays in the active listing after its end, until it is removed."""
        return mapping(self.raw.get("policies")).get("leaveInQueue") is True


def has_ended(record: JobRecord, *, listed_active: bool) -> bool:
    """Tell whether a job has ended for good.

    A final status is not enough: while the active listing still has the job, ``failed`` is provisional (no
    matching resources yet, held). A job with ``leaveInQueue`` stays listed, and there an end time decides.
    """
    if not status.is_final(record.status):
        return False
    return not listed_active or (record.leaves_in_queue and record.ended is not None)


def entry_places(types: Sequence[Any], entries: int) -> list[int | None]:
    """Return where in ``execution.tasks`` each task of a job is reported; None where it is not.

    The deployed service keeps no entries for sidecars: its entries are those of the other tasks, in order. Where
    there are more entries than that, as from a service with one for every task, each belongs to the task in its place;
    those beyond the tasks are tasks too. Source: ``promlet.py`` of the service, which reports tasks as it runs them.

    Parameters
    ----------
    types
        ``type`` of each of the job's ``tasks``.
    entries
        Number of its ``execution.tasks``.
    """
    reported = [place for place, kind in enumerate(types) if kind != "sidecar"]
    count = max(len(types), entries)
    entry = dict(zip(reported if entries <= len(reported) else range(count), range(entries), strict=False))
    return [entry.get(place) for place in range(count)]


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one where something else stands."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """Return a JSON array, or an empty one where something else stands."""
    return value if isinstance(value, list) else ()


def text(value: Any) -> str | None:
    """Return JSON text, or None where something else stands."""
    return value if isinstance(value, str) else None


def number(value: Any) -> float | None:
    """Return a finite JSON number (or text that is one), or None where something else stands."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: Any) -> int | None:
    """Return a whole JSON number, or None where something else stands."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def job_id(value: Any) -> JobId | None:
    """Return an id, or None where something else stands."""
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _tasks(described: Sequence[Any], executed: Sequence[Any]) -> tuple[TaskRecord, ...]:
    places = entry_places([mapping(task).get("type") for task in described], len(executed))
    entries = [mapping(None if place is None else executed[place]) for place in places]
    return tuple(_task(mapping(described[i]) if i < len(described) else {}, entry) for i, entry in enumerate(entries))


def _task(described: Mapping[str, Any], executed: Mapping[str, Any]) -> TaskRecord:
    pull_time = number(executed.get("imagePullTime"))
    return TaskRecord(
        image=text(described.get("image")),
        cmd=text(described.get("cmd")),
        exit_code=whole(executed.get("exitCode")),
        retries=whole(executed.get("retries")),
        image_pull_status=text(executed.get("imagePullStatus")),
        image_pull_time_s=pull_time if pull_time is not None and pull_time >= 0 else None,
        wall_time_s=number(executed.get("wallTimeUsage")),
        cpu_time_s=number(executed.get("cpuTimeUsage")),
        max_resident_set_kib=number(executed.get("maxResidentSetSizeKB")),
    )
