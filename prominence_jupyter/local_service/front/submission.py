"""Judge a job description that arrived over HTTP: the common rules, and what this service cannot do."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from prominence_jupyter.local_service import images
from prominence_jupyter.local_service.front.files import name_problem
from prominence_jupyter.local_service.front.job_view import KINDS
from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.places import scratch
from prominence_jupyter.protocol.validation import Problem, job_problems

_NOT_HERE: Final = ("storage",)
_LONGEST_CMD: Final = 128 * 1024
"""What Linux takes as one argument; splitting more would keep the service busy for long."""
_MOST_TOLD: Final = 20
_LONGEST: Final = 500
"""Characters of one problem: it may quote a key, which may be as long as the whole body."""


def accept(body: Any) -> dict[str, Any]:
    """Return the description to keep, completed as the deployed service does.

    Raises
    ------
    Refused
        With the first problems that were found, and how many more there are.
    """
    problems = job_problems(body) or [*_beyond_the_common_rules(body)]
    if problems:
        raise Refused(told(problems))
    kept: dict[str, Any] = copy.deepcopy(body)
    kept["resources"].setdefault("nodes", 1)
    return kept


def told(problems: Sequence[Problem]) -> str:
    """Say in one line what is wrong: the first problems, and how many more there are."""
    told = [str(problem)[:_LONGEST] for problem in problems[:_MOST_TOLD]]
    more = len(problems) - len(told)
    return "; ".join([*told, f"and {more} more"] if more else told)


def _beyond_the_common_rules(job: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _NOT_HERE:
        if job.get(key):
            yield Problem((key,), "the local service cannot do this; nothing would be there for the tasks")
    for index, task in enumerate(job["tasks"]):
        yield from _task(task, ("tasks", index))
    for index, file in enumerate(job.get("inputs", [])):
        if problem := scratch.input_problem(file):
            yield Problem(("inputs", index), problem)
    for key in KINDS:
        for index, name in enumerate(job.get(key, [])):
            if problem := name_problem(str(PurePosixPath(name))):
                yield Problem((key, index), problem)
    for index, artifact in enumerate(job.get("artifacts", [])):
        yield from _artifact(artifact, ("artifacts", index))


def _artifact(artifact: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    url: str = artifact["url"]
    if not url.startswith(("http://", "https://")) and ("://" in url or not scratch.leads_inside(url)):
        yield Problem((*path, "url"), "must be a URL with http or https, or the name of an uploaded file")
    folder, _, place = artifact.get("mountpoint", "").partition(":")
    if not scratch.stays_inside(folder) or not scratch.stays_inside(place, absolute=True):
        yield Problem((*path, "mountpoint"), "must be a folder of the job, a colon and an absolute path")


def _task(task: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    if "runtime" not in task:
        yield Problem((*path, "runtime"), "a container runtime must be defined")
    if task.get("type", "basic") not in {"basic", "sidecar"}:
        yield Problem((*path, "type"), "the local service runs basic tasks and sidecars only")
    if not scratch.stays_inside(task.get("workdir", "."), absolute=True):
        yield Problem((*path, "workdir"), "must be an absolute path, or one inside the working folder of the job")
    if len(task.get("cmd", "")) > _LONGEST_CMD:
        yield Problem((*path, "cmd"), f"is longer than the {_LONGEST_CMD:,} characters that a process can be given")
        return
    try:
        images.words(task)
    except ValueError as error:
        yield Problem((*path, "cmd"), f"cannot be split into words: {error}")
