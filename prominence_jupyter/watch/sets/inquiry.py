"""`Inquiry`: asks about jobs that the active listing lacks, or does not tell enough of, many at a time.

For a few jobs that is a request for each. For many there are two requests that tell of all of them: the jobs that
ended last, which every service gives, and a list of ids, which some do not understand. What these leave open is asked
for one by one, some at a time: a list may be shorter than what was asked for. Nothing more is begun when the time for
it is up; the rest waits for the next tick.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from prominence_jupyter.client.side_by_side import side_by_side
from prominence_jupyter.errors import (
    AuthenticationFailed,
    NoSuchJob,
    ProminenceError,
    RequestRefused,
    ServiceError,
    UnexpectedAnswer,
)
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.patient_client import PatientClient

_AT_ONCE: Final = 8
"""Requests at the same time; so many jobs and fewer are not worth a request that makes a service search for all."""
_MOST_IN_BULK: Final = 200
"""Jobs of one answer with detail: each may bring inputs of a megabyte, and ids have to fit into a URL."""
_LONGEST_S: Final = 2.0
"""Seconds after which nothing more is asked for in one tick."""


@dataclass(slots=True)
class Findings:
    """What asking brought.

    Attributes
    ----------
    records
        By id as text; None for a job that the service does not give, or refuses to. Jobs that were not asked for yet
        are missing.
    refused
        Why the service refuses to give a job, by id as text.
    trouble
        The error that ended the asking, None if there was none.
    """

    records: dict[str, JobRecord | None] = field(default_factory=dict)
    refused: dict[str, ProminenceError] = field(default_factory=dict)
    trouble: ProminenceError | None = None


class Inquiry:
    """Asks one service; remembers between ticks what was asked for and what the service understands."""

    def __init__(self, client: PatientClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._times_asked: dict[str, int] = {}
        self._understands_ids: bool | None = None

    def ask(self, wanted: Mapping[str, JobId]) -> Findings:
        """Ask about jobs, those first that were asked for least, until all are known or the time is up."""
        deadline = self._clock() + _LONGEST_S
        self._times_asked = {key: self._times_asked.get(key, 0) for key in wanted}
        findings = Findings()
        if not wanted:
            return findings
        try:
            self._ask_for_the_last(wanted, findings)
            self._ask_for_lists(wanted, findings, deadline)
        except ProminenceError as error:
            findings.trouble = error
        else:
            self._ask_one_by_one(wanted, findings, deadline)
        return findings

    def _ask_for_the_last(self, wanted: Mapping[str, JobId], findings: Findings) -> None:
        """Look for those that nothing was asked about before among the jobs that ended last."""
        new = [key for key, times in self._times_asked.items() if not times]
        if len(new) > _AT_ONCE:
            with suppress(RequestRefused, UnexpectedAnswer):  # then they are asked for one by one
                _take(findings, wanted, self._client.completed_jobs(min(len(new), _MOST_IN_BULK)))

    def _ask_for_lists(self, wanted: Mapping[str, JobId], findings: Findings, deadline: float) -> None:
        asked: set[str] = set()
        while self._understands_ids is not False and self._clock() < deadline:
            keys = [key for key in self._open(wanted, findings) if key not in asked and "," not in key]
            if len(keys) <= _AT_ONCE:
                return
            asked.update(keys := keys[:_MOST_IN_BULK])
            try:
                records = self._client.jobs_with_ids(wanted[key] for key in keys)
            except (RequestRefused, UnexpectedAnswer):
                self._understands_ids = False
                return
            if not records and not self._understands_ids:
                return  # as a service answers, too, that has no active job and does not understand
            self._understands_ids = True
            self._count(keys)
            _take(findings, wanted, records)

    def _ask_one_by_one(self, wanted: Mapping[str, JobId], findings: Findings, deadline: float) -> None:
        keys = iter(self._open(wanted, findings))
        while (some := [*islice(keys, _AT_ONCE)]) and findings.trouble is None and self._clock() < deadline:
            self._count(some)
            answers = side_by_side(self._one, [wanted[key] for key in some], at_once=_AT_ONCE)
            for key, answer in zip(some, answers, strict=True):
                _note(findings, key, answer)

    def _one(self, job_id: JobId) -> JobRecord | ProminenceError | None:
        """Ask for one job; None for one that is not given, or comes under another id: ``01`` is not 1."""
        try:
            record = self._client.job(job_id)
        except NoSuchJob:
            return None
        except ProminenceError as error:
            return error
        is_other = record is not None and record.id is not None and str(record.id) != str(job_id)
        return None if is_other else record

    def _open(self, wanted: Mapping[str, JobId], findings: Findings) -> list[str]:
        """Return what is still to be asked for, what was asked for least first."""
        keys = [key for key in wanted if key not in findings.records]
        return sorted(keys, key=self._times_asked.__getitem__)

    def _count(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._times_asked[key] += 1


def _note(findings: Findings, key: str, answer: JobRecord | ProminenceError | None) -> None:
    """Keep the answer about one job. What is refused of it says nothing of the others."""
    if not isinstance(answer, ProminenceError):
        findings.records[key] = answer
    elif isinstance(answer, ServiceError) and not answer.transient and not isinstance(answer, AuthenticationFailed):
        findings.records[key], findings.refused[key] = None, answer
    else:
        findings.trouble = answer


def _take(findings: Findings, wanted: Mapping[str, JobId], records: Iterable[JobRecord]) -> None:
    """Keep the records of jobs that were asked for, and are whole: a plain one lacks exit codes."""
    findings.records.update({str(r.id): r for r in records if str(r.id) in wanted and r.has_detail})
