"""`Session`: a connection to one service, and what can be done there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from prominence_jupyter.client.access.token_source import give_the_same
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.frames import without_frames
from prominence_jupyter.client.http.transport import CONNECTIONS, Transport
from prominence_jupyter.errors import NoSuchJob, UsageError
from prominence_jupyter.history.cache import Cache
from prominence_jupyter.history.ended_jobs import EndedJobs
from prominence_jupyter.jobs.analysis import Analysis
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.jobs.listing import listed
from prominence_jupyter.jobs.once import content_label, job_with_content
from prominence_jupyter.jobs.selection import entries_of
from prominence_jupyter.jobs.workflows.workflows import Workflows
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.sets.set_change import Entry
from prominence_jupyter.watch.sets.watched_set import Label, WatchedSet
from prominence_jupyter.watch.watcher import Watcher

LONGEST_PAUSE_S: Final = 10.0
"""Seconds between two questions about the same jobs, when nothing changes."""
_LONGEST_PAUSE_LOCAL_S: Final = 1.0


class Session(Analysis, Workflows):
    """A connection to one service. Make one with `connect` or `local`.

    Attributes
    ----------
    client
        The requests themselves.
    watcher
        Follows jobs in a thread of its own while someone wants to know.
    history
        The ended jobs; ``history.cache`` is where they are kept, None for the local service.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        longest_pause_s: float = LONGEST_PAUSE_S,
        cache: Cache | None = None,
        connections: int = CONNECTIONS,
    ) -> None:
        self.client = Client(transport)
        Analysis.__init__(self, EndedJobs(self.client, None if transport.is_local else cache, connections))
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
        """Tell whether another session is with the same service, the same token and the same settings."""
        mine, theirs = self.client.transport, other.client.transport
        is_there = mine.url == theirs.url and give_the_same(mine.source, theirs.source)
        return is_there and self.watcher.is_as(other.watcher) and self.history.is_as(other.history)

    @without_frames  # they hold the description as it was given
    def submit(
        self,
        description: JobDescription | Mapping[str, Any],
        *,
        labels: Mapping[str, str] | None = None,
        once: bool = False,
    ) -> Job:
        """Submit a job, so that there is one at most, whatever happens on the way.

        Parameters
        ----------
        description
            The job as PROMINENCE describes it, see `JobDescription.prepare`. It is not changed.
        labels
            Added to its labels.
        once
            Join the job that was submitted so with the same description, from wherever, if it goes on or ended well
            (completed, all exit codes 0); `Job.joined` tells. Two who submit at the very same moment both do.

        Raises
        ------
        DescriptionError
            It breaks a rule; nothing was sent.
        SubmissionUncertain
            The answer was lost and the job was not found: it may exist.
        """
        if labels or not isinstance(description, JobDescription):  # tracebacks would show the secrets of a local name
            description = JobDescription.prepare(getattr(description, "body", description), labels=labels)
        if once:
            description = description.labelled(label := content_label(description))
            if (record := job_with_content(self.client, label)) and record.id is not None:
                return Job(self.client, self.watcher, record.id, record, joined=True)
        return Job.submitted(self.client, self.watcher, self.client.submit(description), description.name)

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

    def jobs(
        self,
        all: bool = False,  # noqa: A002 - as the API has it
        *,
        name: str | None = None,
        label: Label | None = None,
    ) -> list[JobRecord]:
        """Return the jobs that have not ended, in the service's order; plain, without resources and execution.

        Parameters
        ----------
        all
            Those too that have ended, with detail where the service gives it.
        name
            Only those of this name, exactly, or with ``*`` and ``?`` as in names of files.
        label
            Key and value: only those that carry this label. (Deployed service only.)

        Raises
        ------
        UnexpectedAnswer
            The service cannot list jobs by label.
        """
        return listed(self.client, all_of_them=all, name=name, label=label)

    def watch(self, jobs: Iterable[Job | JobRecord | JobId] | None = None, *, label: Label | None = None) -> JobSet:
        """Return a handle of several jobs, to wait for them and to see what changes.

        Parameters
        ----------
        jobs
            Jobs, records or ids, such as the column ``id`` of a frame. By default all active jobs, as they come.
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

    def _labelled(self, key: str, value: str) -> list[Entry]:
        records = self.client.jobs_with_label(key, value)
        if not records:
            raise NoSuchJob(f"{self.url} has no job with the label {key}={value}")
        return [Entry(record.id, record) for record in records if record.id is not None]
