"""The record of what to ask for: of each group of like jobs what they asked for, used and should ask for, and why.

It is the display of a frame that has all of it. As `record`, it reads well with every style stripped.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import wrapped
from prominence_jupyter.panel.records.usage_table import Column, html_rows, text_table
from prominence_jupyter.panel.records.usage_words import (
    NO_GROUP,
    Cell,
    Row,
    asked_text,
    number,
    number_text,
    percent_text,
    words,
)
from prominence_jupyter.panel.views.tone import SHAPES, Tone
from prominence_jupyter.protocol.plain_text import CUT, one_line, showable

ADVICE_RECORD_LIMIT: Final = 64 * 1024
"""Bytes of HTML in a record, at most."""
GROUPS: Final = 20
"""Shown, at most."""

_AROUND: Final = 4 * 1024
"""Bytes of HTML around the groups, at most."""
_BLOCK_LIMIT: Final = 2000
"""Characters of a block to paste, at most."""
_WHY_LIMIT: Final = 400
_MORE, _LESS, _RIGHT = "ask for more", "ask for less", "about right"
_VERDICTS: Final[Mapping[str, tuple[str, Tone]]] = MappingProxyType(
    {_MORE: ("▲", "bad"), _LESS: ("▼", "running"), _RIGHT: (SHAPES["good"], "good")}
)
"""The glyph and the tone of each verdict; of others it is that of nothing to be said."""
_OTHER: Final[tuple[str, Tone]] = (SHAPES["neutral"], "neutral")
_KINDS: Final = (("CPUs", "cpus"), ("memory, GB", "memory_gb"), ("walltime, min", "walltime_min"))
_KILLED: Final = (("killed_memory", "killed for memory"), ("killed_walltime", "killed for walltime"))
_UNITS: Final = (
    "CPUs, a node: CPU time / wall time; memory, a node: the peak; GB: 10⁹ bytes; p95: 95\N{NO-BREAK SPACE}% of the "
    "jobs used no more. The block goes into a job in place of its own."
)


@dataclass(frozen=True, slots=True)
class AdviceAccount:
    """What a record says of what to ask for.

    Attributes
    ----------
    rows
        The first groups, in the order in which they are told.
    verdicts
        How many groups have each verdict.
    totals
        Of all groups: ``core_hours_saved`` and ``gb_hours_saved``, and both with ``_asked``.
    """

    rows: Sequence[Row]
    verdicts: Mapping[str, int]
    totals: Row

    @property
    def count(self) -> int:
        """How many groups there are."""
        return sum(self.verdicts.values())


def advice_record_html(account: AdviceAccount) -> str:
    """Return the record as HTML with inline styles only."""
    groups = markup.fitting((_group_html(row) for row in account.rows[:GROUPS]), ADVICE_RECORD_LIMIT - _AROUND)
    first, *others = _headline(account)
    parts = [
        markup.paragraph(" · ".join([markup.strong(first), *map(markup.text, others)])),
        *groups,
        markup.paragraph(markup.text(more)) if (more := _more(account, len(groups))) else "",
        markup.quiet(markup.text(_UNITS)) if groups else "",
    ]
    return "<div>\n" + "\n".join(part for part in parts if part) + "\n</div>"


def advice_record_text(account: AdviceAccount, room: int) -> str:
    """Return the record as plain text for a terminal of so many columns."""
    shown = account.rows[:GROUPS]
    parts = [
        wrapped(" · ".join(_headline(account)), room, first=""),
        *(f"\n{_group_text(row, room)}" for row in shown),
        f"\n{more}" if (more := _more(account, len(shown))) else "",
        f"\n{wrapped(_UNITS, room)}" if shown else "",
    ]
    return "\n".join(part for part in parts if part)


def _headline(account: AdviceAccount) -> list[str]:
    count = account.count
    verdicts = ", ".join(f"{one_line(verdict, 40)}: {groups:,}" for verdict, groups in account.verdicts.items())
    saved = _saved(account.totals)
    return [
        part for part in ("1 group of jobs" if count == 1 else f"{count:,} groups of jobs", verdicts, saved) if part
    ]


def _more(account: AdviceAccount, shown: int) -> str:
    left_out = account.count - shown
    return f"and {left_out:,} more; the frame has all" if left_out else ""


def _group_html(row: Row) -> str:
    group, verdict, *others = _group_line(row)
    head, rows = html_rows(_TABLE, _kinds(row))
    why, block = words(row, "why", _WHY_LIMIT), _block(row)
    parts = [
        markup.paragraph(" · ".join([markup.strong(group), markup.strong(verdict), *map(markup.text, others)])),
        markup.table([head, *rows]),
        markup.paragraph(markup.text(why)) if why else "",
        markup.snippet(block) if block else "",
    ]
    return markup.box(_verdict(row)[1], parts, above=10)


def _group_text(row: Row, room: int) -> str:
    why, block = words(row, "why", _WHY_LIMIT), _block(row)
    parts = [
        wrapped(" · ".join(_group_line(row)), room, first=""),
        text_table(_TABLE, _kinds(row), room),
        wrapped(why, room) if why else "",
        textwrap.indent(block, "  "),
    ]
    return "\n".join(part for part in parts if part)


def _group_line(row: Row) -> list[str]:
    """Return the group, the verdict, and what else there is to say in a line."""
    jobs, judged = (int(number(row, name) or 0) for name in ("jobs", "judged"))
    killed = [(int(number(row, name) or 0), said) for name, said in _KILLED]
    parts = [
        words(row, "group", 200) or NO_GROUP,
        f"{_verdict(row)[0]} {words(row, 'verdict', 40)}{_of_what(row)}",
        f"{judged:,} of {jobs:,} {'job' if jobs == 1 else 'jobs'} judged",
        *(f"{count:,} {said}" for count, said in killed if count),
        _saved(row),
    ]
    return [part for part in parts if part]


def _verdict(row: Row) -> tuple[str, Tone]:
    return _VERDICTS.get(str(row.get("verdict")), _OTHER)


def _of_what(row: Row) -> str:
    """Return what to ask for more of; where it is less of other things, that too."""
    if row.get("verdict") != _MORE:
        return ""
    asked = {label.partition(",")[0]: number(row, f"{name}_asked") or 0.0 for label, name in _KINDS}
    wanted = {label.partition(",")[0]: number(row, f"suggested_{name}") for label, name in _KINDS}
    more = [label for label, value in wanted.items() if value is not None and value > asked[label]]
    less = [label for label, value in wanted.items() if value is not None and value < asked[label]]
    parts = (f": {' and '.join(more)}", f"; less: {' and '.join(less)}" if less else "")
    return "".join(parts) if more else ""


def _saved(row: Row) -> str:
    """Return what the suggestion would have saved, or cost."""
    saved, more = [], []
    for name, unit in (("core_hours", "core-hours"), ("gb_hours", "GB-hours")):
        amount, asked = number(row, f"{name}_saved") or 0.0, number(row, f"{name}_asked")
        of = f" of {number_text(asked)}" if asked else ""
        share = f" ({percent_text(amount / asked)})" if asked else ""
        if amount > 0:
            saved.append(f"{number_text(amount)}{of} {unit}{share}")
        elif amount < 0:
            more.append(f"{number_text(-amount)} {unit}")
    parts = (f"saved {' and '.join(saved)}" if saved else "", f"held {' and '.join(more)} more" if more else "")
    return " and ".join(f"would have {part}" for part in parts if part)


def _block(row: Row) -> str:
    """Return the block to paste; what is longer than any would not be pasted."""
    text = f'"resources": {row["resources"]}' if row.get("resources") else ""
    shown = showable(text) if len(text) <= _BLOCK_LIMIT else one_line(text, _BLOCK_LIMIT) + CUT
    return "\n".join(line for line in shown.splitlines() if line.strip())


def _kinds(row: Row) -> list[Row]:
    """Return what was asked for, used and is suggested: a row for each kind of resource."""
    return [
        {
            "kind": label,
            "asked": asked_text(number(row, f"{name}_asked")),
            **{used: number_text(number(row, f"{name}_{used}")) for used in ("median", "p95", "max")},
            "suggested": asked_text(number(row, f"suggested_{name}")),
        }
        for label, name in _KINDS
    ]


def _column(name: str, head: str, *, is_number: bool = True) -> Column:
    return Column(head, lambda row: Cell(row[name]), is_number=is_number)


_TABLE: Final = (
    _column("kind", "resource", is_number=False),
    _column("asked", "asked for"),
    _column("median", "used: median"),
    _column("p95", "p95"),
    _column("max", "maximum"),
    _column("suggested", "suggested"),
)
