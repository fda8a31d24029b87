"""`Session`: a connection to one service, and what can be done there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.token import Hidden, Token, find_token
from prominence_jupyter.client.transport import Transport
from prominence_jupyter.errors import NoSuchJob, ServiceError, UsageError
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.jobs.selection import entries_of
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.paths import DEFAULT_URL, JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.set_change import Entry
from prominence_jupyter.watch.watched_set import Label, WatchedSet
from prominence_jupyter.watch.watcher import Watcher

if TYPE_CHECKING:
    import pandas as pd

_CONNECTIONS: Final = 8
LONGEST_PAUSE_S: Final = 10.0
"""Seconds between two questions about the same jobs, when nothing changes."""
_LONGEST_PAUSE_LOCAL_S: Final = 1.0


class Session:
    """A connection to one service. Make one with `connect` or `local`.

    Attributes
    ----------
    client
        The requests themselves.
    watcher
        Follows jobs in a thread of its own while someone wants to know.
    """

    def __init__(self, transport: Transport, *, longest_pause_s: float = LONGEST_PAUSE_S) -> None:
        self.client = Client(transport)
        if transport.is_local:  # a request costs next to nothing
            longest_pause_s = min(longest_pause_s, _LONGEST_PAUSE_LOCAL_S)
        self.watcher = Watcher(Client(transport, attempts=1), longest_pause_s=longest_pause_s)

    def __repr__(self) -> str:
        return f"<Session {self.url}>"

    @property
    def url(self) -> str:
        """Base URL of the service."""
        return self.client.transport.url

    def is_same_as(self, other: Session) -> bool:
        """Tell whether another session is with the same service, the same token and the same patience."""
        mine, theirs = self.client.transport, other.client.transport
        return mine.url == theirs.url and mine.token == theirs.token and self.watcher.is_as(other.watcher)

    def submit(
        self, description: JobDescription | Mapping[str, Any], *, labels: Mapping[str, str] | None = None
    ) -> Job:
        """Submit a job.

        Parameters
        ----------
        description
            The job as PROMINENCE describes it, see `JobDescription.prepare`. It is not changed.
        labels
            Added to its labels.

        Raises
        ------
        DescriptionError
            It breaks a rule; nothing was sent.
        SubmissionUncertain
            The answer was lost, so the job may exist.
        """
        if labels or not isinstance(description, JobDescription):
            body = description.body if isinstance(description, JobDescription) else description
            description = JobDescription.prepare(body, labels=labels)
        job_id = self.client.submit(description)
        return Job(
            self.client, self.watcher, job_id, JobRecord(id=job_id, name=description.name, status=status.SUBMITTED)
        )

    def job(self, job_id: JobId) -> Job:
        """Return the job with that id.

        Raises
        ------
        NoSuchJob
            The service gave no such job, twice.
        """
        job = self.handle(job_id)
        _ = job.record
        return job

    def handle(self, job_id: JobId) -> Job:
        """Return a handle of a job without asking whether there is one."""
        return Job(self.client, self.watcher, job_id)

    def jobs(self) -> list[JobRecord]:
        """Return the jobs that have not ended, in the service's order; plain, without resources and execution."""
        return self.client.active_jobs()

    def watch(self, jobs: Iterable[Job | JobRecord | JobId] | None = None, *, label: Label | None = None) -> JobSet:
        """Return a handle of several jobs, to wait for them and to see what changes.

        Parameters
        ----------
        jobs
            Jobs, records or ids, such as the column ``id`` of a frame. By default all active jobs, new ones too as
            they come.
        label
            Key and value: instead, the jobs that carry this label, those too that have ended. They are listed once
            now; others come to them when they appear among the active jobs. (Deployed service only.)

        Raises
        ------
        NoSuchJob
            No job carries the label.
        UnexpectedAnswer
            The service cannot list jobs by label.
        UsageError
            Something else stands where jobs belong, or a job of another service.
        """
        if label is not None:
            if jobs is not None:
                raise UsageError("either jobs can be watched or those with a label, not both at once")
            watched = WatchedSet(self._labelled(*label), label=label)
        elif jobs is None:
            watched = WatchedSet(everything=True)
        else:
            watched = WatchedSet(entries_of(jobs, self.url))
        return JobSet(self.client, self.watcher, watched)

    def completed_records(self, num: int = 1) -> list[JobRecord]:
        """Return the last `num` ended jobs with all that is known of them, newest first.

        One request where the service gives detail in listings, else one more for each job.
        """
        records = self.client.completed_jobs(num)
        if all(record.has_detail for record in records):
            return records
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            return list(pool.map(self._with_detail, records))

    def completed(self, num: int = 1) -> pd.DataFrame:
        """Return the last `num` ended jobs as a frame, newest first; see `usage.jobs_frame` for its columns."""
        from prominence_jupyter.usage.frames import jobs_frame  # noqa: PLC0415 - pandas, when it is first used

        return jobs_frame(self.completed_records(num))

    def tasks(self, num: int = 1) -> pd.DataFrame:
        """Return the tasks of the last `num` ended jobs as a frame; see `usage.tasks_frame` for its columns."""
        from prominence_jupyter.usage.frames import tasks_frame  # noqa: PLC0415 - pandas, when it is first used

        return tasks_frame(self.completed_records(num))

    def _labelled(self, key: str, value: str) -> list[Entry]:
        records = self.client.jobs_with_label(key, value)
        if not records:
            raise NoSuchJob(f"{self.url} has no job with the label {key}={value}")
        return [Entry(record.id, record) for record in records if record.id is not None]

    def _with_detail(self, record: JobRecord) -> JobRecord:
        """Return the whole record of a job, or the plain one when that of this job cannot be had."""
        try:
            return (self.client.job(record.id) if record.id is not None else None) or record
        except ServiceError:
            return record


def connect(url: str | None = None, token: str | None = None, *, longest_pause_s: float = LONGEST_PAUSE_S) -> Session:
    """Connect to a PROMINENCE service. Nothing is sent yet.

    Parameters
    ----------
    url
        Base URL; default: the variable PROMINENCE_URL, else ``https://eosc.prominence.cloud/api/v1``.
    token
        Access token; default: the variable PROMINENCE_TOKEN, else the file ``~/.prominence/token``.
    longest_pause_s
        Upper bound of the seconds between two questions about jobs that are watched.

    Raises
    ------
    TokenMissing, TokenUnreadable, TokenMalformed, TokenExpired
        There is no usable token.
    UsageError
        The URL is none.
    """
    try:
        token = Hidden(token) if token is not None else None
        return _connect(url, token, longest_pause_s)
    except (Exception, KeyboardInterrupt) as error:  # whatever it is, not with those frames
        failure = error.with_traceback(None)  # the frames below hold the token and the environment
    raise failure


def _connect(url: str | None, token: str | None, longest_pause_s: float) -> Session:
    found = Token(token, "the argument") if token is not None else find_token(os.environ)
    found.check_expiry()
    transport = Transport(url or os.environ.get("PROMINENCE_URL") or DEFAULT_URL, found)
    return Session(transport, longest_pause_s=longest_pause_s)


def local(*, cpus: int | None = None, memory_gb: float | None = None) -> Session:
    """Connect to the local service; start it if it does not run.

    It runs jobs on this machine, **without isolation**, and goes on when Python ends.

    Parameters
    ----------
    cpus, memory_gb
        What its jobs may use together, in cores and GB; default: all that this process may use.

    Raises
    ------
    LocalServiceError
        It does not start, or runs already with other limits than these.
    """
    from prominence_jupyter.local_service import control  # noqa: PLC0415 - tornado, when it is first used

    info = control.start(cpus=cpus, memory_gb=memory_gb)
    return Session(Transport(info.url, Token(info.token(), "the local service"), is_local=True))
