"""Paths of the REST API, relative to the base URL.

Source: sections 7.1.1 to 7.1.6 of the PROMINENCE documentation, "Using the API".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal
from urllib.parse import quote

from prominence_jupyter.errors import UsageError

DEFAULT_URL: Final = "https://eosc.prominence.cloud/api/v1"
JOBS: Final = "/jobs"
WORKFLOWS: Final = "/workflows"

Stream = Literal["stdout", "stderr"]
STREAMS: Final[tuple[Stream, ...]] = ("stdout", "stderr")
JobId = int | str
"""Ids are integers at most services and short strings at some: opaque, compared as text."""


def job(job_id: JobId) -> str:
    """Path of one job. The id is quoted, so that no id can reach another route.

    Raises
    ------
    UsageError
        For an id that no quoting can keep in its place: empty, ``.`` or ``..``, which HTTP libraries resolve.
    """
    return f"{JOBS}/{_step(job_id, 'a job')}"


def clone(job_id: JobId) -> str:
    """Path that makes a copy of one job."""
    return f"{job(job_id)}/clone"


def remove(job_id: JobId) -> str:
    """Path that takes a job that has ended out of the queue."""
    return f"{job(job_id)}/remove"


def execute(job_id: JobId) -> str:
    """Path that runs a command beside one job."""
    return f"{job(job_id)}/exec"


def command_parameter(command: Iterable[str]) -> str:
    """Return the words of a command as the API has them in ``command``: between commas.

    Raises
    ------
    UsageError
        There is no word, or one holds a comma.
    """
    words = list(command)
    if not words or any("," in word for word in words):
        raise UsageError("a command to run beside a job is one word or more, and none may hold a comma")
    return ",".join(words)


def output(job_id: JobId, stream: Stream) -> str:
    """Path of the standard output or standard error of one job."""
    return f"{job(job_id)}/{stream}"


def workflow(workflow_id: JobId) -> str:
    """Path of one workflow; the id is quoted as that of a job.

    Raises
    ------
    UsageError
        As for `job`.
    """
    return f"{WORKFLOWS}/{_step(workflow_id, 'a workflow')}"


def workflow_clone(workflow_id: JobId) -> str:
    """Path that makes a copy of one workflow."""
    return f"{workflow(workflow_id)}/clone"


def workflow_remove(workflow_id: JobId) -> str:
    """Path that takes a workflow that has ended out of the queue."""
    return f"{workflow(workflow_id)}/remove"


def _step(identifier: JobId, noun: str) -> str:
    step = quote(str(identifier), safe="", errors="replace")
    if step in {"", ".", ".."}:
        raise UsageError(f"{identifier!r} is not the id of {noun}")
    return step
