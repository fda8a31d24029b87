"""`Kind`: what is different about submitting jobs and workflows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from prominence_jupyter.protocol import paths
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord


class Listed(Protocol):
    """A job or a workflow, as a listing tells of it."""

    @property
    def id(self) -> JobId | None:
        """The id."""

    @property
    def name(self) -> str | None:
        """The name."""

    @property
    def created(self) -> float | None:
        """When it was submitted, Unix seconds."""

    @property
    def labels(self) -> Mapping[str, Any]:
        """Its labels."""


Record = TypeVar("Record", bound=Listed)


@dataclass(frozen=True, slots=True)
class Kind(Generic[Record]):
    """Jobs or workflows: what they are called, where they are, and how one is read."""

    noun: str
    typed: str
    """What stands before an id in a line magic."""
    all_typed: str
    """What one types to see all of them."""
    listing: str
    """Path of all of them."""
    one: Callable[[JobId], str]
    """Path of one."""
    read: Callable[[Mapping[str, Any]], Record]


JOB: Final = Kind("job", "", "%prominence list --all", paths.JOBS, paths.job, JobRecord.from_json)
WORKFLOW: Final = Kind(
    "workflow",
    "workflow ",
    "%prominence list workflows --all",
    paths.WORKFLOWS,
    paths.workflow,
    WorkflowRecord.from_json,
)


def order_of_submission(record: Listed) -> tuple[float, tuple[int, int | str]]:
    """Return what sorts by the time of submission, and by id where that was in the same second."""
    found = record.id
    return record.created or 0.0, (0, found) if isinstance(found, int) else (1, str(found))
