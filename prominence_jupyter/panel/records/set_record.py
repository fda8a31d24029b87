"""The record of a set of jobs: the static account of them that stays in a saved notebook, as HTML and as text.

While one of them goes on it is one dated line: how many there are of each status. At the end it is a summary and a
table, failed jobs first. It is made again whenever a status changes, so it has to be quick for ten thousand jobs. As
`record`, it reads well with every style stripped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from types import MappingProxyType
from typing import Any, Final

from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import columns
from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.saved_words import date_text, span_text
from prominence_jupyter.panel.views.tone import Tone
from prominence_jupyter.panel.views.words import UNKNOWN, duration_text, memory_text
from prominence_jupyter.protocol.plain_text import one_line

SET_RECORD_LIMIT: Final = 64 * 1024
"""Bytes of HTML in a record, at most."""

Row = Mapping[str, Any]
"""A job as `job_row` gives it."""

_HEADS: Final = ("job", "name", "status", "queued", "ran", "CPU time", "peak memory", "site")
_NUMBERS: Final = frozenset({3, 4, 5, 6})
_STATUS: Final = 2
_WIDTHS: Final = (40, 40, 80, 20, 20, 20, 20, 24)
"""Characters of each column, at most."""
_ROWS: Final = 100
_AROUND: Final = 12 * 1024
"""Bytes of HTML around the rows of the table, at most."""
_GROUPS: Final = 8
_ORDER: Final[Mapping[Tone, int]] = MappingProxyType({"good": 0, "bad": 1, "neutral": 2, "running": 3, "waiting": 4})
"""Of the counts: from what is done to what is to come."""
_WORST_FIRST: Final[tuple[Tone, ...]] = ("bad", "neutral", "running", "waiting", "good")
"""Of the rows: what asks for attention comes first."""
_NO_USAGE: Final = JobUsage()


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


def set_record_html(account: SetAccount) -> str:
    """Return the record as HTML with inline styles only."""
    if not account.final:
        return markup.quiet(f"{markup.text(_dated(account))} · refresh with {markup.code(one_line(account.refresh))}")
    tones = Counter(row["tone"] for row in account.rows)
    lengths = markup.bar((tone, tones[tone]) for tone in _ORDER)
    counts = " · ".join([markup.strong(_how_many(account.rows)), *map(markup.text, _counts(account.rows))])
    head = [markup.paragraph(counts), lengths, markup.facts(_summary(account))]
    rows = [markup.table_row([*map(markup.text, cells)], _NUMBERS, wide=_STATUS) for cells in _cells(account)]
    shown = markup.fitting(rows, SET_RECORD_LIMIT - _AROUND)
    left_out = len(account.rows) - len(shown)
    more = markup.paragraph(f"and {left_out:,} more: {markup.code(one_line(account.listing))}") if left_out else ""
    table = markup.table([markup.table_head(_HEADS, _NUMBERS), *shown]) if shown else ""
    return markup.box(next((tone for tone in _WORST_FIRST if tones[tone]), "neutral"), [*head, table, more])


def set_record_text(account: SetAccount) -> str:
    """Return the record as plain text."""
    if not account.final:
        return f"{_dated(account)} · refresh with {one_line(account.refresh)}"
    shown = list(_cells(account))
    left_out = len(account.rows) - len(shown)
    parts = [
        " · ".join([_how_many(account.rows), *_counts(account.rows)]),
        columns([(f"  {label}", value) for label, value in _summary(account)]),
        columns([_HEADS, *shown], indent="  ") if shown else "",
        f"  and {left_out:,} more: {one_line(account.listing)}" if left_out else "",
    ]
    return "\n".join(part for part in parts if part)


def _how_many(rows: Sequence[Row]) -> str:
    return "1 job" if len(rows) == 1 else f"{len(rows):,} jobs"


def _counts(rows: Sequence[Row]) -> list[str]:
    """Return how many jobs there are of each status, in words."""
    groups = Counter((row["tone"], row["shape"], row["group"]) for row in rows)
    common = groups.most_common(_GROUPS)
    common.sort(key=lambda group: (_ORDER[group[0][0]], -group[1]))
    others = len(rows) - sum(count for _, count in common)
    words = [f"{shape} {count:,} {name}" for (_, shape, name), count in common]
    return [*words, f"{others:,} others"] if others else words


def _dated(account: SetAccount) -> str:
    date = f"as of {date_text(account.as_of)}"
    known = [_how_many(account.rows), *_counts(account.rows), date, one_line(account.stale)]
    return " · ".join(part for part in known if part)


def _summary(account: SetAccount) -> list[tuple[str, str]]:
    rows = account.rows
    created = min((row["created"] for row in rows if row["created"] is not None), default=None)
    ended = max((row["ended"] for row in rows if row["ended"] is not None), default=None)
    cpu = [usage.cpu_time_s for usage in account.usage.values() if usage.cpu_time_s is not None]
    known = [
        ("submitted", "" if created is None else date_text(created)),
        ("ended", "" if ended is None else date_text(ended)),
        ("took", span_text(created, ended)),
        ("queued", _spread(rows, "created", "started")),
        ("ran", _spread(rows, "started", "ended")),
        ("CPU time", f"{duration_text(sum(cpu))} in all" if cpu else ""),
    ]
    return [(label, value) for label, value in known if value]


def _spread(rows: Sequence[Row], start: str, end: str) -> str:
    spans = [row[end] - row[start] for row in rows if row[start] is not None and row[end] is not None]
    known = [span for span in spans if span >= 0]
    if not known:
        return ""
    shortest, middle, longest = (span_text(0, span) for span in (min(known), median(known), max(known)))
    if len(known) == 1:
        return longest
    return f"{longest} each" if shortest == longest else f"{middle} (median), {longest} at most"


def _cells(account: SetAccount) -> Iterator[list[str]]:
    """Yield the cells of the first rows of the table."""
    for row in sorted(account.rows, key=lambda row: _WORST_FIRST.index(row["tone"]))[:_ROWS]:
        usage = account.usage.get(row["id"], _NO_USAGE)
        reason = f": {row['reason']}" if row["reason"] else ""
        cells = (
            row["id"],
            row["name"],
            f"{row['shape']} {row['status']}{reason}",
            span_text(row["created"], row["ended"] if row["started"] is None else row["started"]) or UNKNOWN,
            span_text(row["started"], row["ended"]) or UNKNOWN,
            duration_text(usage.cpu_time_s),
            memory_text(usage.peak_memory_mb),
            row["site"],
        )
        yield [one_line(cell, width) for cell, width in zip(cells, _WIDTHS, strict=True)]
