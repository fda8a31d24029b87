"""The record of a set of jobs: the static account of them that stays in a saved notebook, as HTML and as text.

While one of them goes on it is one dated line: how many there are of each status. At the end it is a summary and a
table, failed jobs first (`ManyJobs`). As `record`, it reads well with every style stripped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import columns
from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.many_jobs import ManyJobs, Row
from prominence_jupyter.panel.records.saved_words import date_text
from prominence_jupyter.protocol.plain_text import one_line

SET_RECORD_LIMIT: Final = 64 * 1024
"""Bytes of HTML in a record, at most."""

_AROUND: Final = 12 * 1024
"""Bytes of HTML around the rows of the table, at most."""


@dataclass(frozen=True, slots=True)
class SetAccount:
    """What a record says of a set of jobs.

    Attributes
    ----------
    rows
        The jobs, as `job_row` gives them.
    as_of
        When the service said all this, Unix seconds.
    refresh
        What to type for a newer record, for example ``%prominence watch 12 13``.
    listing
        What to type for those that the table leaves out, for example ``%prominence list --completed --last 500``.
    usage
        What the jobs used, by the id that their row has; wanted at the end only.
    stale
        Why there is no newer news; empty when there is.
    more_may_come
        Whether jobs may come to the set, so that it has no end.
    """

    rows: Sequence[Row]
    as_of: float
    refresh: str
    listing: str
    usage: Mapping[str, JobUsage] = field(default_factory=dict)
    stale: str = ""
    more_may_come: bool = False

    @property
    def final(self) -> bool:
        """Whether all jobs have ended for good, and no others come."""
        return not self.more_may_come and all(row["final"] for row in self.rows)

    @property
    def jobs(self) -> ManyJobs:
        """The jobs, as records tell of them."""
        return ManyJobs(self.rows, self.usage, listing=self.listing)


def set_record_html(account: SetAccount) -> str:
    """Return the record as HTML with inline styles only."""
    jobs = account.jobs
    if not account.final:
        return markup.quiet(f"{markup.text(_dated(account))} · refresh with {markup.code(one_line(account.refresh))}")
    counts = " · ".join([markup.strong(jobs.words), *map(markup.text, jobs.counts)])
    head = [markup.paragraph(counts), jobs.bar, markup.facts(jobs.summary())]
    return markup.box(jobs.tone, [*head, *jobs.table_html(SET_RECORD_LIMIT - _AROUND)])


def set_record_text(account: SetAccount) -> str:
    """Return the record as plain text."""
    jobs = account.jobs
    if not account.final:
        return f"{_dated(account)} · refresh with {one_line(account.refresh)}"
    parts = [
        " · ".join([jobs.words, *jobs.counts]),
        columns([(f"  {label}", value) for label, value in jobs.summary()]),
        *jobs.table_text(),
    ]
    return "\n".join(part for part in parts if part)


def _dated(account: SetAccount) -> str:
    date = f"as of {date_text(account.as_of)}"
    known = [account.jobs.words, *account.jobs.counts, date, one_line(account.stale)]
    return " · ".join(part for part in known if part)
