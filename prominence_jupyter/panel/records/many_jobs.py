"""`ManyJobs`: what records say of many jobs that have ended: counts, a summary, and a table with failed jobs first.

A record is made again whenever a status changes, so all of it has to be quick for ten thousand jobs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import columns
from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.saved_words import date_text, span_text
from prominence_jupyter.panel.views.tone import WORST_FIRST, Tone
from prominence_jupyter.panel.views.words import UNKNOWN, duration_text, memory_text
from prominence_jupyter.panel.views.workflows.progress import ORDER
from prominence_jupyter.protocol.plain_text import one_line

Row = Mapping[str, Any]
"""A job as `job_row` or `node_row` gives it."""

_BEFORE: Final = {"job": 40, "name": 40}
_AFTER: Final = {"status": 80, "queued": 20, "ran": 20, "CPU time": 20, "peak memory": 20, "site": 24}
"""Characters of each column before and after those of the parameters, at most."""
_NUMBERS: Final = ("queued", "ran", "CPU time", "peak memory")
_PARAMETERS: Final = 6
_VALUE_LIMIT: Final = 24
_ROWS: Final = 100
_GROUPS: Final = 8
_NO_USAGE: Final = JobUsage()


@dataclass(frozen=True, slots=True)
class ManyJobs:
    """Jobs that a record tells of together.

    Attributes
    ----------
    rows
        The jobs.
    usage
        What they used, by the ``id`` of their rows.
    parameters
        What the values under ``parameters`` of the rows are called; the first 6 have a column.
    listing
        What to type for what the table leaves out.
    """

    rows: Sequence[Row]
    usage: Mapping[str, JobUsage] = field(default_factory=dict)
    parameters: Sequence[str] = ()
    listing: str = ""

    @property
    def tone(self) -> Tone:
        """The tone that asks for attention most."""
        return min((row["tone"] for row in self.rows), key=WORST_FIRST.index, default="neutral")

    @property
    def words(self) -> str:
        """How many there are."""
        return "1 job" if len(self.rows) == 1 else f"{len(self.rows):,} jobs"

    @property
    def counts(self) -> list[str]:
        """How many there are of each status, in words."""
        groups = Counter((row["tone"], row["shape"], row["group"]) for row in self.rows)
        common = groups.most_common(_GROUPS)
        common.sort(key=lambda group: (ORDER[group[0][0]], -group[1]))
        others = len(self.rows) - sum(count for _, count in common)
        words = [f"{shape} {count:,} {name}" for (_, shape, name), count in common]
        return [*words, f"{others:,} others"] if others else words

    @property
    def bar(self) -> str:
        """The same as a bar, HTML."""
        tones = Counter(row["tone"] for row in self.rows)
        return markup.bar((tone, tones[tone]) for tone in ORDER)

    def summary(self, created: float | None = None, ended: float | None = None) -> list[tuple[str, str]]:
        """Return labels and texts: when, how long, how much. The times are those of the jobs unless they are given."""
        if created is None:
            created = min((row["created"] for row in self.rows if row["created"] is not None), default=None)
        if ended is None:
            ended = max((row["ended"] for row in self.rows if row["ended"] is not None), default=None)
        cpu = [usage.cpu_time_s for usage in self.usage.values() if usage.cpu_time_s is not None]
        known = [
            ("submitted", "" if created is None else date_text(created)),
            ("ended", "" if ended is None else date_text(ended)),
            ("took", span_text(created, ended)),
            ("queued", _spread(self.rows, "created", "started")),
            ("ran", _spread(self.rows, "started", "ended")),
            ("CPU time", f"{duration_text(sum(cpu))} in all" if cpu else ""),
        ]
        return [(label, value) for label, value in known if value]

    def table_html(self, limit: int) -> list[str]:
        """Return the table, and a line on what it leaves out, as HTML of at most about so many bytes."""
        heads = self._heads
        numbers = frozenset(map(heads.index, _NUMBERS))
        wide = len(heads) - len(_AFTER)
        rows = [markup.table_row([*map(markup.text, cells)], numbers, wide=wide) for cells in self._cells()]
        shown = markup.fitting(rows, limit)
        table = markup.table([markup.table_head(heads, numbers), *shown]) if shown else ""
        left_out = self._left_out(len(shown))
        return [table, markup.paragraph(f"{left_out}: {markup.code(one_line(self.listing))}") if left_out else ""]

    def table_text(self) -> list[str]:
        """Return the same as plain text."""
        shown = list(self._cells())
        left_out = self._left_out(len(shown))
        return [
            columns([self._heads, *shown], indent="  ") if shown else "",
            f"  {left_out}: {one_line(self.listing)}" if left_out else "",
        ]

    @property
    def _heads(self) -> list[str]:
        return [*_BEFORE, *(one_line(name, _VALUE_LIMIT) for name in self.parameters[:_PARAMETERS]), *_AFTER]

    def _left_out(self, shown: int) -> str:
        jobs, parameters = len(self.rows) - shown, len(self.parameters) - _PARAMETERS
        known = [f"{jobs:,} more"] if jobs else []
        if parameters > 0 and shown:
            known.append(f"{parameters:,} more {'parameter' if parameters == 1 else 'parameters'}")
        return f"and {' and '.join(known)}" if known else ""

    def _cells(self) -> Iterator[list[str]]:
        """Yield the cells of the first rows of the table."""
        names = len(self.parameters[:_PARAMETERS])
        widths = [*_BEFORE.values(), *[_VALUE_LIMIT] * names, *_AFTER.values()]
        for row in sorted(self.rows, key=lambda row: WORST_FIRST.index(row["tone"]))[:_ROWS]:
            usage = self.usage.get(row["id"], _NO_USAGE)
            reason = f": {row['reason']}" if row["reason"] else ""
            values = [*row["parameters"], *[""] * names][:names]
            cells = (
                row["job"] or UNKNOWN,
                row["name"],
                *values,
                f"{row['shape']} {row['status']}{reason}",
                span_text(row["created"], row["ended"] if row["started"] is None else row["started"]) or UNKNOWN,
                span_text(row["started"], row["ended"]) or UNKNOWN,
                duration_text(usage.cpu_time_s),
                memory_text(usage.peak_memory_mb),
                row["site"],
            )
            yield [one_line(cell, width) for cell, width in zip(cells, widths, strict=True)]


def _spread(rows: Sequence[Row], start: str, end: str) -> str:
    spans = [row[end] - row[start] for row in rows if row[start] is not None and row[end] is not None]
    known = [span for span in spans if span >= 0]
    if not known:
        return ""
    shortest, middle, longest = (span_text(0, span) for span in (min(known), median(known), max(known)))
    if len(known) == 1:
        return longest
    return f"{longest} each" if shortest == longest else f"{middle} (median), {longest} at most"
