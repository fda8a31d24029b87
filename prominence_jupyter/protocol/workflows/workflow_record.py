"""`WorkflowRecord`: an immutable snapshot of a workflow, as a service reported it. Missing is None, as in `record`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import job_id, mapping, number, text, whole
from prominence_jupyter.protocol.redaction import redact


@dataclass(frozen=True, slots=True)
class Progress:
    """How many jobs of a workflow are in which state; ``progress`` of the answer."""

    total: int | None = None
    """All that it makes; 0 until the service has begun with it."""
    done: int | None = None
    failed: int | None = None
    queued: int | None = None
    """Those that wait for resources, or run."""
    waiting: int | None = None
    """Those that wait for other jobs."""

    @classmethod
    def from_json(cls, answer: Any) -> Progress:
        """Read what stands under ``progress``."""
        return cls(*(whole(mapping(answer).get(key)) for key in ("total", "done", "failed", "queued", "waiting")))


@dataclass(frozen=True, slots=True, repr=False)
class WorkflowRecord:
    """A workflow as a service reported it at one moment, secrets already hidden."""

    id: JobId | None = None
    name: str | None = None
    status: str | None = None
    status_reason: str | None = None
    created: float | None = None
    """Unix seconds, UTC; likewise `started` and `ended`."""
    started: float | None = None
    ended: float | None = None
    progress: Progress = field(default_factory=Progress)
    labels: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    raw: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """The whole answer, secrets hidden; with detail ``jobs``, ``factories`` and ``dependencies`` as they were sent."""

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> WorkflowRecord:
        """Read one element of a listing, or of the list that describes one workflow."""
        clean = redact(answer)
        events = mapping(clean.get("events"))
        return cls(
            id=job_id(clean.get("id")),
            name=text(clean.get("name")),
            status=text(clean.get("status")),
            status_reason=text(clean.get("statusReason")),
            created=number(events.get("createTime")),
            started=number(events.get("startTime")),
            ended=number(events.get("endTime")),
            progress=Progress.from_json(clean.get("progress")),
            labels=MappingProxyType(dict(mapping(clean.get("labels")))),
            raw=MappingProxyType(clean),
        )

    def __repr__(self) -> str:
        name = f" {one_line(repr(self.name), 60)}" if self.name else ""
        return f"<WorkflowRecord {one_line(self.id, 40)}{name}: {one_line(str(self.status), 40)}>"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return status.is_final(self.status)

    @property
    def succeeded(self) -> bool | None:
        """Whether all its jobs did their work, as far as the service tells; None while that is open."""
        return self.status == status.COMPLETED if self.has_ended else None

    @property
    def has_detail(self) -> bool:
        """Whether it says which jobs there are: plain listings do not."""
        return "jobs" in self.raw
