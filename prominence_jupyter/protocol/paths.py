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
    step = quote(str(job_id), safe="", errors="replace")
    if step in {"", ".", ".."}:
        raise UsageError(f"{job_id!r} is not the id of a job")
    return f"{JOBS}/{step}"


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
