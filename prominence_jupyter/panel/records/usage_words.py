"""How usage is told: numbers, shares and what is thought of them, in words and in tone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any, Final, NamedTuple

from prominence_jupyter.panel.views.tone import Tone
from prominence_jupyter.panel.views.words import UNKNOWN, amount_text
from prominence_jupyter.protocol.plain_text import one_line

Row = Mapping[str, Any]
"""A row of a frame: values by the names of its columns. Missing ones are None or not there."""

NO_GROUP: Final = "(no group)"
"""Instead of the name of a group, for jobs that have no such thing."""
GOOD, LOW, ABOVE = 80, 50, 100
"""In per cent: good from here on, low below, above."""
_PER_CENT: Final = "\N{NO-BREAK SPACE}%"
JUDGED: Final = f"good: from {GOOD}{_PER_CENT}, low: below {LOW}{_PER_CENT}, over: above {ABOVE}{_PER_CENT}"
"""What the words of `judged` say."""

_UNREADABLE: Final = 1e7
"""No honest number is larger; a hostile one shall not fill the page."""
_ROUNDING: Final = 0.001
"""A share that makes no difference."""


class Cell(NamedTuple):
    """A cell of a table: a number or a text, a word on it, and how full a bar beside it is, if there is one."""

    value: str
    word: str = ""
    share: float | None = None
    tone: Tone = "neutral"


def number(row: Row, name: str) -> float | None:
    """Return a number of a row; None for what is missing, and for what is no number that can be told."""
    value = row.get(name)
    return float(value) if isinstance(value, Real) and math.isfinite(value) else None


def words(row: Row, name: str, limit: int = 60) -> str:
    """Return a text of a row as one line, which stands for nothing where it is missing."""
    return one_line(row.get(name), limit)


def number_text(value: float | None) -> str:
    """Return a number with two or three figures that count: "0.012", "0.30", "1.23", "12.3", "1,235"."""
    if value is None:
        return UNKNOWN
    size = abs(value)
    if 0 < value < 0.0001:  # noqa: PLR2004 - as it is said
        return "< 0.0001"
    if size >= _UNREADABLE:
        return f"{value:.3g}"
    if round(size, 1) >= 100:  # noqa: PLR2004 - from here on the whole part has three figures, likewise below
        return f"{value:,.0f}"
    if round(size, 2) >= 10:  # noqa: PLR2004
        return f"{value:.1f}"
    return f"{value:.2f}" if round(size, 2) >= 0.1 or not value else f"{value:.2g}"  # noqa: PLR2004


def asked_text(value: float | None) -> str:
    """Return a number that a person has written, without needless zeros: "0.5", "2", "1e+09"."""
    return UNKNOWN if value is None else amount_text(value)


def percent_text(share: float | None) -> str:
    """Return a share in per cent: "0.4 %", "12 %", "1,234 %"."""
    if share is None:
        return UNKNOWN
    percent = 100 * share
    if abs(percent) >= _UNREADABLE:
        return f"{percent:.3g} %"
    if 0 < percent < 0.05:  # noqa: PLR2004 - what would be 0.0
        return "< 0.1 %"
    return f"{percent:.1f} %" if 0 < percent < 0.95 else f"{percent:,.0f} %"  # noqa: PLR2004 - what would be 1.0


def judged(share: float | None) -> Cell:
    """Return a share of what was asked for that was used, with what is thought of it and a bar."""
    if share is None:
        return Cell(UNKNOWN)
    percent = round(100 * share)
    word, tone = _judgement(percent)
    return Cell(percent_text(share), word, share, tone)


def at_least(cell: Cell) -> Cell:
    """Return a share that may be larger than it is known to be: it is not low then."""
    value = f"\N{GREATER-THAN OR EQUAL TO} {cell.value}"
    if cell.share is None:
        return cell
    return Cell(value, share=cell.share) if cell.tone == "bad" else cell._replace(value=value)


def of_limit(share: float | None) -> Cell:
    """Return a share of which only that it is above 100 % needs a word."""
    return Cell(percent_text(share), "over" if share is not None and round(100 * share) > ABOVE else "")


def _judgement(percent: int) -> tuple[str, Tone]:
    if percent > ABOVE:
        return "over", "running"
    if percent >= GOOD:
        return "good", "good"
    return ("low", "bad") if percent < LOW else ("", "neutral")


def hours_text(row: Row, prefix: str, efficiency: float | None) -> str:
    """Return what was held, used, wasted and what is unknown, which add up; empty where nothing is known.

    Parameters
    ----------
    row
        With the columns ``core_hours``, ``core_hours_used`` and ``core_hours_wasted``, or those of another prefix.
    prefix
        Of the names of those columns.
    efficiency
        The share that was used of what was held, as far as both are known.
    """
    held, used, wasted = (number(row, f"{prefix}{part}") for part in ("", "_used", "_wasted"))
    parts = [f"{number_text(held)} held", f"{number_text(used)} used"]
    if held is None:
        return ""
    if wasted is not None and used is not None and efficiency is not None:
        is_all = used + wasted > held * (1 - _ROUNDING)
        share = f"{percent_text(1 - efficiency)}{'' if is_all else ' of known'}"
        parts.append(f"{number_text(wasted)} wasted ({share})")
        parts += [] if is_all else [f"{number_text(held - used - wasted)} unknown"]
    return ", ".join(parts)
