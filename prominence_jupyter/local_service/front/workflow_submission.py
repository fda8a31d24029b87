"""Judge a workflow description that arrived over HTTP, and make its jobs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from prominence_jupyter.local_service.front import submission
from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.places import scratch
from prominence_jupyter.protocol.validation import Problem, workflow_problems
from prominence_jupyter.protocol.validation.values import number
from prominence_jupyter.protocol.workflows.factories import Node, expand, filled

MOST_JOBS: Final = 10_000
_MOST_BYTES: Final = 64 * 1024 * 1024
"""Of the descriptions of all jobs that are made: each has its own, with its input files."""


@dataclass(frozen=True, slots=True)
class WorkflowSubmission:
    """A workflow that can be kept."""

    description: dict[str, Any]
    """As it was submitted."""
    jobs: Sequence[Mapping[str, Any]]
    """Its jobs, completed as those that are submitted alone."""
    nodes: Sequence[Node]
    """What becomes of them."""

    @classmethod
    def accept(cls, body: Any) -> Self:
        """Judge a description.

        Raises
        ------
        Refused
            With the first problems that were found.
        """
        listed = body.get("jobs") if isinstance(body, dict) else None
        if isinstance(listed, list) and len(listed) > MOST_JOBS:  # comparing so many names would take long
            raise Refused(f"jobs: there are more than {MOST_JOBS:,}")
        if problems := [problem for problem in workflow_problems(body) if not _is_count(problem, body)]:
            raise Refused(submission.told(problems))
        jobs = [_completed(job, index) for index, job in enumerate(body["jobs"])]
        try:
            nodes = expand(body, MOST_JOBS)
        except ValueError as error:
            raise Refused(f"factories: {error}") from error
        if problems := [*_beyond_each_job(jobs, nodes)]:
            raise Refused(submission.told(problems))
        return cls(body, jobs, nodes)


def _is_count(problem: Problem, workflow: Mapping[str, Any]) -> bool:
    """Tell whether a problem is only that a sweep has a ``number``, with which the deployed service fails."""
    match problem.path:
        case ("factories", int(factory), "parameters", int(index), "number"):
            parameter = workflow["factories"][factory]["parameters"][index]
            count, width = (
                parameter["number"],
                (number(parameter.get("end")) or 0) - (number(parameter.get("start")) or 0),
            )
            is_whole = isinstance(count, int) and not isinstance(count, bool)
            return "step" not in parameter and is_whole and 0 < count <= MOST_JOBS and math.isfinite(width)
    return False


def _completed(job: Mapping[str, Any], index: int) -> dict[str, Any]:
    try:
        return submission.accept(job)
    except Refused as refusal:
        raise Refused(f"jobs[{index}]: {refusal}") from refusal


def _beyond_each_job(jobs: Sequence[Mapping[str, Any]], nodes: Sequence[Node]) -> Iterator[Problem]:
    places = {job["name"]: place for place, job in enumerate(jobs)}
    names: set[str] = set()
    sizes = [len(json.dumps(job)) for job in jobs]
    size = 0
    for node in nodes:
        place = places[node.job]
        size += sizes[place]
        if node.name in names:
            yield Problem(("jobs", place, "name"), f"two jobs would be called {node.name}")
        names.add(node.name)
        if node.parameters and not all(map(scratch.stays_inside, _outputs(filled(jobs[place], node.parameters)))):
            yield Problem(("jobs", place), f"an output of {node.name} would lead out of its folder")
    if size > _MOST_BYTES:
        yield Problem(("jobs",), f"together they are longer than {_MOST_BYTES:,} bytes")


def _outputs(job: Mapping[str, Any]) -> list[str]:
    return [*job.get("outputFiles", []), *job.get("outputDirs", [])]
