"""`WorkflowNodes`: the jobs that a workflow makes, and which report of a job is about which of them.

A job is called ``workflow/job`` or, from a factory, ``workflow/job/number``. An attempt that is tried again is a job of
its own with the same name. Parameters are those of the description: a service may report them mangled.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.factories import Node, expand
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

MOST_NODES: Final = 100_000


class WorkflowNodes:
    """The jobs of one workflow.

    Parameters
    ----------
    name
        Of the workflow.
    nodes
        All jobs that it makes, in the order of its description.

    Attributes
    ----------
    nodes
        They by the name that they have within the workflow, such as ``point/3``.
    parameters
        The names of all parameters, in the order in which they come.
    """

    def __init__(self, name: str, nodes: Iterable[Node]) -> None:
        self._prefix = f"{name}/"
        self.nodes: Mapping[str, Node] = {node.name: node for node in nodes}
        self.parameters = [*dict.fromkeys(key for node in self.nodes.values() for key in node.parameters or {})]

    @classmethod
    def of(cls, record: WorkflowRecord) -> WorkflowNodes:
        """Return the jobs of a workflow that a service described; none where what it says makes no sense."""
        description = {key: value for key, value in record.raw.items() if key in {"jobs", "factories"}}
        return cls(record.name or "", _expanded(description))

    def name_of(self, job_name: str | None) -> str | None:
        """Return the name that a job has within the workflow; None where it is none of this workflow."""
        name = (job_name or "").removeprefix(self._prefix)
        return name if name in self.nodes and job_name != name else None

    def latest(self, records: Iterable[JobRecord]) -> dict[str, JobRecord]:
        """Return the last attempt of each job, by the name that it has within the workflow."""
        latest: dict[str, JobRecord] = {}
        for record in records:
            name = self.name_of(record.name)
            if name is not None and (name not in latest or attempt_order(latest[name]) <= attempt_order(record)):
                latest[name] = record
        return latest


def workflow_of(name: object) -> str | None:
    """Return the name of a job's workflow, or None: jobs of workflows are named workflow/job or workflow/job/number."""
    workflow, slash, _ = name.partition("/") if isinstance(name, str) else ("", "", "")
    return workflow if slash else None


def _expanded(description: Mapping[str, Any]) -> list[Node]:
    try:
        return expand(description, MOST_NODES)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
        return []


def attempt_order(record: JobRecord) -> tuple[float, int, float]:
    """Return what jobs of the same name are to be sorted by, so that the last attempt stands last.

    Ids that are no numbers tell no order: where two were made in the same second, one that goes on or ended later is.
    """
    number = record.id if isinstance(record.id, int) else 0
    return record.created or 0.0, number, math.inf if record.ended is None else record.ended
