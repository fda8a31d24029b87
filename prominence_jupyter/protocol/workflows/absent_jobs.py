"""`absent_jobs`: why a service lists no job in the place of some that a workflow makes, once it has ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.record import JobRecord, mapping, sequence
from prominence_jupyter.protocol.workflows.factories import Node
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

NOT_RUN: Final = "not run"
"""Its turn never came."""
DONE_BEFORE: Final = "done before"
"""It did its work in the workflow of which this one runs the rest."""
NOT_LISTED: Final = "not listed"
"""There must be one, here or in a workflow that this one reruns, and what became of it is not known."""


def ended_well(job: JobRecord) -> bool:
    """Tell whether a job has done its work, as far as the service tells."""
    return job.status == status.COMPLETED and job.succeeded is not False


def absent_jobs(
    workflow: WorkflowRecord, nodes: Mapping[str, Node], latest: Mapping[str, JobRecord], *, is_rerun: bool
) -> dict[str, str]:
    """Return why, for each job of a workflow that has ended without one, by the name that it has within the workflow.

    Parameters
    ----------
    workflow
        With detail.
    nodes
        The jobs that it makes.
    latest
        The last attempt of each that is listed. Both by their names within the workflow.
    is_rerun
        Whether it is known to run what failed in another one.
    """
    absent = [name for name in nodes if name not in latest]
    begun = (workflow.progress.done or 0) + (workflow.progress.failed or 0)
    if workflow.succeeded or begun > len(nodes) - len(absent):
        why = DONE_BEFORE if is_rerun else NOT_LISTED
    else:
        return dict.fromkeys(absent, NOT_RUN)
    failed = {nodes[name].job for name, job in latest.items() if name in nodes and not ended_well(job)}
    waited = set() if workflow.succeeded else _all_behind(failed, workflow)
    return {name: NOT_RUN if nodes[name].job in waited else why for name in absent}


def _all_behind(jobs: Iterable[str], workflow: WorkflowRecord) -> set[str]:
    """Return the described jobs that wait for some, or for others that do."""
    children = {str(parent): sequence(names) for parent, names in mapping(workflow.raw.get("dependencies")).items()}
    found, left = set[str](), [*jobs]
    while left:
        new = {str(child) for child in children.get(left.pop(), ())} - found
        found |= new
        left += new
    return found
