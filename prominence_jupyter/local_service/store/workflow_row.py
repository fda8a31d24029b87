"""`WorkflowRow`: a workflow as the local service keeps it, and the JSON it makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from prominence_jupyter.protocol import status

IDLE: Final = "idle"
"""Status of a workflow of which no job has started."""


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """One row of the table of workflows."""

    id: int
    name: str
    status: str
    reason: str | None
    created: float
    """Unix seconds, as `started` and `finished`."""
    started: float | None
    finished: float | None
    total: int
    """Number of its jobs; what is not done, failed or queued waits for others."""
    done: int
    failed: int
    queued: int
    """Jobs that run or could run."""
    description: dict[str, Any] | None
    """What was submitted; None when that was not asked for."""

    def to_json(self) -> dict[str, Any]:
        """Return the workflow as the API shows it (``workflow-dag.json`` and ``workflow-jobs.json``)."""
        shown: dict[str, Any] = dict(self.description or {})
        shown |= {"id": self.id, "name": self.name, "status": self.status, "events": self._events()}
        shown["progress"] = {
            "total": self.total,
            "done": self.done,
            "failed": self.failed,
            "queued": self.queued,
            "waiting": self.total - self.done - self.failed - self.queued,
        }
        if self.reason is not None:
            shown["statusReason"] = self.reason
        return shown

    def _events(self) -> dict[str, int]:
        events = {"createTime": int(self.created)}
        if self.started is not None:
            events["startTime"] = int(self.started)
        if self.finished is not None and self.status != status.DELETED:  # which has no end (workflow-delete.json)
            events["endTime"] = int(self.finished)
        return events
