"""What frames are made of: JSON objects of jobs, or objects that a parser made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.usage.reading.entry_types import JobEntry

Job = JobRecord | Mapping[str, Any] | msgspec.Struct
"""What a service reported about a job: a record, the JSON object that it sent, with its secrets or without, or what
`read_entries` made of that."""


def plain_entries(jobs: Iterable[Job]) -> list[Any]:
    """Return entries of one type: objects of a parser, or plain JSON objects.

    Raises
    ------
    TypeError
        One of them is nothing that a service reported.
    """
    found = list(jobs)
    kinds = set(map(type, found))
    return found if kinds <= {dict} or kinds <= {JobEntry} else [_entry(job) for job in found]


def _entry(job: Job) -> dict[str, Any]:
    if isinstance(job, JobRecord):  # one that was just submitted was not made from anything
        return dict(job.raw) or {"id": job.id, "name": job.name, "status": job.status}
    if isinstance(job, JobEntry):
        return dict(msgspec.to_builtins(job))
    if not isinstance(job, Mapping):
        raise TypeError(f"a job is a JobRecord or a JSON object, not {type(job).__name__}")
    return dict(job)
