"""`SetChange`: what a tick has changed in a set of watched jobs, and the `Entry` of each job there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one job of a set.

    Attributes
    ----------
    job_id
        Its id, as the service gives it where it has given it.
    record
        The last report, None before the first. While the job goes on it may be plain, as the listing has it.
    ended
        It has ended for good.
    gone
        The service knows nothing of it any more.
    """

    job_id: JobId
    record: JobRecord | None = None
    ended: bool = False
    gone: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing more will come of this job."""
        return self.ended or self.gone


@dataclass(frozen=True, slots=True)
class SetChange:
    """What a tick has changed; for a listener that is new, all that is known. Ids are text.

    Attributes
    ----------
    records
        Reports that differ from those before, of new jobs too.
    ended, gone
        Jobs that have ended, or are gone, since the change before.
    stale_since, trouble
        Since when (Unix seconds) and why there is no news, or not of every job; None while there is.
    workflow
        What was said anew of the workflow that the jobs belong to, if anything was.
    """

    records: Mapping[str, JobRecord]
    ended: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    stale_since: float | None = None
    trouble: ProminenceError | None = None
    workflow: WorkflowRecord | None = None

    @classmethod
    def between(
        cls,
        before: Mapping[str, Entry],
        now: Mapping[str, Entry],
        stale_since: float | None,
        trouble: ProminenceError | None,
        workflow: WorkflowRecord | None = None,
    ) -> SetChange:
        """Return what differs between the entries before and now."""
        new = {key: entry for key, entry in now.items() if entry is not before.get(key)}
        return cls(
            {key: entry.record for key, entry in new.items() if entry.record and entry.record != _record(before, key)},
            frozenset(key for key, entry in new.items() if entry.ended),
            frozenset(key for key, entry in new.items() if entry.gone),
            stale_since,
            trouble,
            workflow,
        )


SetListener = Callable[[SetChange], None]
"""Called from the watcher's thread, at most once a tick."""


def _record(entries: Mapping[str, Entry], key: str) -> JobRecord | None:
    entry = entries.get(key)
    return entry.record if entry else None
