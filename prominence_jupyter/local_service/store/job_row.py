"""`JobRow`: a job as the local service keeps it, and the JSON it makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.workflows import factories


@dataclass(frozen=True, slots=True)
class JobRow:
    """One row of the table of jobs."""

    id: int
    description: dict[str, Any]
    status: str
    reason: str | None
    created: float
    """Unix seconds, as `started` and `finished`."""
    started: float | None
    finished: float | None
    execution: dict[str, Any] | None
    token: str = field(repr=False)
    """The job's own access token."""
    name: str
    """As listings show it: of a job of a workflow ``workflow/job/number``."""
    stays: bool
    """Whether it stays in the active listing when it has ended, until it is removed."""
    workflow: int | None
    node: str | None
    """Its name within its workflow."""
    parameters: dict[str, Any] | None
    """Of a job that a factory made."""

    def to_json(self, *, detail: bool) -> dict[str, Any]:
        """Return the job as the API shows it: a line of a listing, or with everything.

        Shapes: ``list-active.json``, ``list-completed.json`` and ``job-lifecycle.json`` of the recorded answers.
        """
        shown = dict(self.description) if detail else {"tasks": self.description["tasks"]}
        shown |= {"id": self.id, "name": self.name, "status": self.status, "events": self._events()}
        if self.parameters is not None:
            shown["parameters"] = self.parameters
        if self.reason is not None:
            shown["statusReason"] = self.reason
        if detail:
            shown["execution"] = self.execution or {"runtimeVersion": {}}
        return shown

    def filled(self) -> JobRow:
        """Return the row with its parameters in their places: what is to run. Shown is what was submitted."""
        if not self.parameters:
            return self
        return replace(self, description=factories.filled(self.description, self.parameters))

    def _events(self) -> dict[str, int]:
        events = {"createTime": int(self.created)}
        if self.started is not None:
            events["startTime"] = int(self.started)
        never_ran = self.started is None and self.status == status.DELETED  # has no end (delete-idle.json)
        if self.finished is not None and not never_ran:
            events["endTime"] = int(self.finished)
        return events
