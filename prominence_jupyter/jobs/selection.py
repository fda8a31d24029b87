"""The jobs that a user names together: handles, records and ids, mixed, as entries of a set."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

from prominence_jupyter.errors import UsageError
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.protocol import paths
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.sets.set_change import Entry


def entries_of(jobs: Iterable[Any], url: str) -> list[Entry]:
    """Return an entry for each job, the first where one is named twice.

    Parameters
    ----------
    jobs
        Jobs, records and ids; whole numbers of NumPy are ids too.
    url
        Of the service that is to be asked.

    Raises
    ------
    UsageError
        One is nothing of the kind, has no id, or is a job of another service.
    """
    if isinstance(jobs, str | int | Job | JobRecord):
        jobs = [jobs]  # a text is an iterable of its letters
    entries: dict[str, Entry] = {}
    for job in jobs:
        entry = _entry(job, url)
        entries.setdefault(str(entry.job_id), entry)
    return [*entries.values()]


def _entry(job: Any, url: str) -> Entry:
    record = None
    if isinstance(job, Job):
        if job.url != url:
            raise UsageError(f"job {one_line(job.id)} is one of {job.url}, not of {url}")
        record = job.latest
        job_id: Any = job.id
    elif isinstance(job, JobRecord):
        record, job_id = job, job.id
    else:
        job_id = job
    if isinstance(job_id, bool) or not isinstance(job_id, Integral | str):
        raise UsageError(f"{one_line(repr(job), 60)} is no job, record or id of a job")
    if not isinstance(job_id, str):
        job_id = int(job_id)
    paths.job(job_id)  # raises for what cannot be an id
    return Entry(job_id, record)
