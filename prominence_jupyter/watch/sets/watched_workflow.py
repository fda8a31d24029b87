"""`WatchedWorkflow`: what is known of a workflow whose jobs are watched: which they are, and whether more come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord, mapping
from prominence_jupyter.protocol.workflows.workflow_nodes import attempt_order
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from prominence_jupyter.watch.judging.absence import Absence

_LOOKS: Final = 3
"""How often a listed job with the right name must be missing from the workflow's own listing to be of another one."""


class WatchedWorkflow:
    """A workflow that a `WatchedSet` is about. It asks nothing itself.

    Parameters
    ----------
    workflow_id
        Its id.
    record
        What the service said of it last, None if nothing is known yet.
    """

    def __init__(self, workflow_id: JobId, record: WorkflowRecord | None = None) -> None:
        self.id: Final = workflow_id
        self.record = record
        self.gone = False
        """The service knows nothing of it any more."""
        self.listing: Mapping[str, JobRecord] = {}
        """The last plain listing."""
        self.trouble: ProminenceError | None = None
        """Why its own listing could not be had the last time; None when it could."""
        self.is_described = record is not None and record.has_detail
        """Whether it is known which jobs it makes, as far as the service tells."""
        self.is_listed = False
        """Whether its own listing has been had."""
        self._is_owed = False
        self._missed: frozenset[str] = frozenset()
        self._counts: tuple[bool, int | None, int | None] | None = None
        self._foreign: Counter[str] = Counter()
        self._absence = Absence()

    @property
    def wants_jobs(self) -> bool:
        """Whether there are jobs of which nothing has been heard, or may be."""
        return self._is_owed or not self.is_listed

    @property
    def has_ended(self) -> bool:
        """Whether it makes no more jobs."""
        return self.gone or (self.record is not None and self.record.has_ended)

    @property
    def may_go_on(self) -> bool:
        """Whether its jobs are known, and more may come."""
        return self.is_listed and not self.has_ended

    @property
    def is_over(self) -> bool:
        """Whether it makes no more jobs, and all are known."""
        return self.has_ended and not self.wants_jobs

    @property
    def name(self) -> str | None:
        """Its name, None while that is not known."""
        return self.record.name if self.record else None

    def has(self, record: JobRecord) -> bool:
        """Tell whether a job may be one of its, by its name."""
        return not self.name or (record.name or "").startswith(f"{self.name}/")

    def strangers(self, known: Iterable[str]) -> set[str]:
        """Return which jobs of its name in the plain listing are neither known nor those of another workflow."""
        others = self.listing.keys() - {*known}
        return {key for key in others if self.has(self.listing[key]) and self._foreign[key] < _LOOKS}

    def misses(self, keys: Iterable[str]) -> bool:
        """Take of which jobs only its own listing can tell; return whether there are others among them than before."""
        before, self._missed = self._missed, frozenset(keys)
        return not self._missed <= before

    def listed(self, records: Mapping[str, JobRecord]) -> None:
        """Take its own listing: all of its jobs by id as text."""
        self.is_listed, self._is_owed, self.trouble = True, False, None
        strangers = [key for key in self.listing.keys() - records.keys() if self.has(self.listing[key])]
        self._foreign = Counter({key: self._foreign[key] + 1 for key in strangers})

    def described(self, record: WorkflowRecord | None, jobs: Iterable[JobRecord]) -> None:
        """Take what the service says of it, None for nothing.

        Its own listing is wanted again, once, where it counts other jobs than those that are known, and where jobs are
        tried again when it has ended: of attempts that fail there is no count.
        """
        if record is None:
            self.gone = self._absence.goes_on(was_there=self.record is not None)
            return
        self._absence, self.is_described = Absence(), True
        self.record = self.record if record == self.record else record  # no news is the same object
        counts = (record.has_ended and _tries_again(record), record.progress.done, record.progress.failed)
        self._is_owed = counts not in {self._counts, (False, *_counted(jobs))}
        self._counts = counts


def _tries_again(record: WorkflowRecord) -> bool:
    return bool(mapping(record.raw.get("policies")).get("maximumRetries"))


def _counted(jobs: Iterable[JobRecord]) -> tuple[int, int]:
    """Return how many jobs are done, and how many have ended otherwise, of each the last attempt."""
    last = {record.name: record for record in sorted(jobs, key=attempt_order)}.values()
    done = sum(record.succeeded is True for record in last)
    return done, sum(status.is_final(record.status) for record in last) - done
