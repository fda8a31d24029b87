"""What of a user's environment goes on: to the processes of the service, and from there to jobs.

A user's token, and any other secret in a variable, stays out of both: a job may read the environment of whatever runs
as the same user.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_FOR_JOBS: Final = frozenset({"PATH", "LANG", "TZ", "USER", "LOGNAME"})
_FOR_THE_SERVICE: Final = frozenset(
    {
        *("HOME", "TMPDIR", "PROMINENCE_LOCAL_DIR", "PROMINENCE_LOCAL_RUNTIME"),
        *("VIRTUAL_ENV", "CONDA_PREFIX"),
    }
)
_FAMILIES_FOR_THE_SERVICE: Final = ("LC_", "XDG_", "PYTHON", "LD_", "DYLD_", "COVERAGE_")
"""Beginnings of names: where folders are, and how Python finds itself and its libraries."""
_OF_A_JOB: Final = ("PROMINENCE_TOKEN", "PROMINENCE_JOB_ID")


def for_jobs(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that jobs share with the service."""
    return {key: value for key, value in environ.items() if key in _FOR_JOBS or key.startswith("LC_")}


def for_the_service(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the service shares with whoever starts it."""
    known = _FOR_JOBS | _FOR_THE_SERVICE
    return {key: value for key, value in environ.items() if key in known or key.startswith(_FAMILIES_FOR_THE_SERVICE)}


def for_chores(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of what the service does for a job, by which it is known as that job's after a crash."""
    return for_the_service(environ) | {key: environ[key] for key in _OF_A_JOB if key in environ}
