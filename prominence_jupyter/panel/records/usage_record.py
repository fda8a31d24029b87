"""The record of what jobs used: totals, and a table of the most wasteful jobs or groups of jobs, as HTML and as text.

It is the display of a frame that has all the rest. As `record`, it reads well with every style stripped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import wrapped
from prominence_jupyter.panel.records.usage_table import Column, cell_html, cell_text, html_rows, text_table
from prominence_jupyter.panel.records.usage_words import (
    JUDGED,
    NO_GROUP,
    Cell,
    Row,
    asked_text,
    at_least,
    hours_text,
    judged,
    number,
    number_text,
    of_limit,
    words,
)
from prominence_jupyter.panel.views.tone import NON_ZERO_EXIT, SHAPES
from prominence_jupyter.panel.views.words import UNKNOWN
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.status import COMPLETED, FAILED, KILLED

USAGE_RECORD_LIMIT: Final = 64 * 1024
"""Bytes of HTML in a record, at most."""
ROWS: Final = 25
"""Of the table, at most."""

_AROUND: Final = 10 * 1024
"""Bytes of HTML around the rows of the table, at most."""
_MANY: Final = 1e12
"""No honest count is larger."""
_SORTED: Final = 'df.sort_values("core_hours_wasted", ascending=False)'
_UNITS: Final = (
    "CPU: CPU time / (wall time \N{MULTIPLICATION SIGN} cores held)",
    "memory: peak / asked for, a node; GB: 10⁹ bytes",
    "core-h wasted: core-hours held - used",
    "walltime: wall time / its limit",
    "queued: share of the time since submission",
    "first line: hours used / held, memory as if at its peak all the time",
    JUDGED,
)
_GROUP_UNITS: Final = (
    "CPU: core-hours used / held",
    "memory: GB-hours used / held, as if at the peak all the time; GB: 10⁹ bytes",
    "each of jobs where both are known",
    JUDGED,
)


@dataclass(frozen=True, slots=True)
class UsageAccount:
    """What a record says of what jobs used.

    Attributes
    ----------
    totals
        Of all jobs: ``jobs``, ``core_hours``, ``gb_hours``, both also with ``_used`` and ``_wasted``,
        ``cpu_efficiency`` and ``memory_efficiency``; ``succeeded`` and ``failed``. Here and in rows: ``first_node``,
        of how many jobs CPU time is known of the first of their nodes only.
    rows
        The first jobs or groups, most wasteful first.
    count
        How many rows there are in the frame.
    by
        What the groups have in common, for example "name"; empty where each row is a job.
    noticed
        How many jobs have something to be said of them, for example "no metrics"; told where it is not 0.
    """

    totals: Row
    rows: Sequence[Row]
    count: int
    by: str = ""
    noticed: Mapping[str, int] = field(default_factory=dict)


def usage_record_html(account: UsageAccount) -> str:
    """Return the record as HTML with inline styles only."""
    head, rows = html_rows(_table(account), account.rows[:ROWS])
    shown = markup.fitting(rows, USAGE_RECORD_LIMIT - _AROUND)
    left_out = account.count - len(shown)
    parts = [
        markup.paragraph(" · ".join([markup.strong(_how_many(account)), *_efficiencies(account, cell_html)])),
        markup.facts(_summary(account)),
        markup.table([head, *shown]) if shown else "",
        markup.paragraph(f"and {left_out:,} more; the frame has all: {markup.code(_SORTED)}") if left_out else "",
        markup.quiet(markup.text(_units(account))) if shown else "",
    ]
    return markup.box(_cpu(account.totals).tone, parts)


def usage_record_text(account: UsageAccount, room: int) -> str:
    """Return the record as plain text for a terminal of so many columns; a narrow one gets fewer columns."""
    shown = account.rows[:ROWS]
    left_out = account.count - len(shown)
    parts = [
        " · ".join([_how_many(account), *_efficiencies(account, cell_text)]),
        _summary_text(account, room),
        text_table(_table(account), shown, room) if shown else "",
        wrapped(f"and {left_out:,} more; the frame has all: {_SORTED}", room) if left_out else "",
        wrapped(_units(account), room) if shown else "",
    ]
    return "\n".join(part for part in parts if part)


def _how_many(account: UsageAccount) -> str:
    jobs = int(number(account.totals, "jobs") or 0)
    told = "1 job" if jobs == 1 else f"{jobs:,} jobs"
    groups = "1 group" if account.count == 1 else f"{account.count:,} groups"
    return f"{told} in {groups} by {one_line(account.by, 60)}" if account.by else told


def _efficiencies(account: UsageAccount, shown: Callable[[Cell], str]) -> list[str]:
    cells = [("CPU", _cpu(account.totals)), ("memory", judged(number(account.totals, "memory_efficiency")))]
    return [f"{name} {shown(cell)}" for name, cell in cells if cell.share is not None]


def _summary(account: UsageAccount) -> list[tuple[str, str]]:
    noticed = [f"{one_line(remark)}: {count:,}" for remark, count in account.noticed.items() if count]
    succeeded, failed = (int(number(account.totals, name) or 0) for name in ("succeeded", "failed"))
    lost = number(account.totals, "core_hours_failed")
    ends = [
        f"{succeeded:,} succeeded" if succeeded else "",
        f"{failed:,} failed" if failed else "",
        f"which held {number_text(lost)} core-hours" if lost else "",
    ]
    known = [
        ("ended", ", ".join(part for part in ends if part)),
        ("core-hours", hours_text(account.totals, "core_hours", number(account.totals, "cpu_efficiency"))),
        ("GB-hours", hours_text(account.totals, "gb_hours", number(account.totals, "memory_efficiency"))),
        ("remarks", " · ".join(noticed)),
    ]
    return [(label, value) for label, value in known if value]


def _summary_text(account: UsageAccount, room: int) -> str:
    facts = _summary(account)
    wide = max((len(label) for label, _ in facts), default=0) + 4
    return "\n".join(wrapped(value, room, indent=" " * wide, first=f"  {label}".ljust(wide)) for label, value in facts)


def _units(account: UsageAccount) -> str:
    return " · ".join(_GROUP_UNITS if account.by else _UNITS) + "."


def _table(account: UsageAccount) -> Sequence[Column]:
    return _group_table(account.by) if account.by else _JOB_TABLE


def _status(row: Row) -> Cell:
    """Return the status of a job; a non-zero exit code is a failure to the eye, though the service says completed."""
    status, succeeded = words(row, "status", 30), row.get("succeeded")
    if succeeded:
        return Cell(f"{SHAPES['good']} {status}")
    if status == COMPLETED and succeeded is not None:
        return Cell(f"{SHAPES['bad']} {NON_ZERO_EXIT}")
    shape = SHAPES["bad" if status in {FAILED, KILLED} else "neutral"]
    return Cell(f"{shape} {status or UNKNOWN}")


def _peak(row: Row) -> Cell:
    asked, peak = number(row, "memory_gb"), number(row, "peak_memory_gb")
    return Cell(f"{number_text(peak)} of {asked_text(asked)}" if peak is not None or asked is not None else UNKNOWN)


def _cpu(row: Row) -> Cell:
    """Return the share of CPU; of several nodes only the first is known to be used."""
    cell = judged(number(row, "cpu_efficiency"))
    return at_least(cell) if number(row, "first_node") else cell


def _wasted(row: Row) -> Cell:
    value = number(row, "core_hours_wasted")
    at_most = "\N{LESS-THAN OR EQUAL TO} " if number(row, "first_node") and value is not None else ""
    return Cell(f"{at_most}{number_text(value)}")


def _text(name: str, limit: int = 60) -> Callable[[Row], Cell]:
    return lambda row: Cell(words(row, name, limit))


def _number(name: str) -> Callable[[Row], Cell]:
    return lambda row: Cell(number_text(number(row, name)))


def _count(name: str) -> Callable[[Row], Cell]:
    return lambda row: Cell(UNKNOWN if (count := number(row, name)) is None else f"{min(count, _MANY):,.0f}")


def _judged(name: str) -> Callable[[Row], Cell]:
    return lambda row: judged(number(row, name))


def _of_limit(name: str) -> Callable[[Row], Cell]:
    return lambda row: of_limit(number(row, name))


_JOB_TABLE: Final = (
    Column("job", _text("id", 40)),
    Column("name", _text("name", 28)),
    Column("status", _status, leaves=4),
    Column("CPU", _cpu),
    Column("memory", _judged("memory_efficiency")),
    Column("core-h wasted", _wasted, is_number=True),
    Column("cores", _count("cores"), is_number=True, leaves=5),
    Column("peak, GB", _peak, leaves=3),
    Column("walltime", _of_limit("time_efficiency"), is_number=True, leaves=2),
    Column("queued", _of_limit("queue_share"), is_number=True, leaves=1),
    Column("remarks", _text("remarks", 200), wraps=True),
)
_GROUP_TABLE: Final = (
    Column("jobs", _count("jobs"), is_number=True),
    Column("CPU", _cpu),
    Column("memory", _judged("memory_efficiency")),
    Column("core-h wasted", _wasted, is_number=True),
    Column("core-h held", _number("core_hours"), is_number=True, leaves=2),
    Column("failed", _count("failed"), is_number=True, leaves=4),
    Column("no metrics", _count("no_metrics"), is_number=True, leaves=3),
    Column("GB-h held", _number("gb_hours"), is_number=True, leaves=1),
    Column("GB-h wasted", _number("gb_hours_wasted"), is_number=True),
)


def _group_table(by: str) -> Sequence[Column]:
    """Return the columns of groups; what the jobs of each have in common is first."""
    group = Column(one_line(by, 60), lambda row: Cell(words(row, "group", 200) or NO_GROUP), wraps=True)
    return group, *_GROUP_TABLE
