"""Times and sizes in words, as records show them."""

from __future__ import annotations

from typing import Final

from prominence_jupyter.panel.views.words import clock_time, duration_text

_MINUTE: Final = 60
_KB: Final = 1024


def date_text(moment: float, *, seconds: bool = False) -> str:
    """Return a time, Unix seconds, as "2026-11-24 20:31 UTC"."""
    return clock_time(moment, "%Y-%m-%d %H:%M:%S UTC" if seconds else "%Y-%m-%d %H:%M UTC")


def span_text(start: float | None, end: float | None) -> str:
    """Return how long it is between two times that a service gave in whole seconds; empty if it cannot be told."""
    if start is None or end is None or end < start:
        return ""
    return f"{end - start:.0f} s" if end - start < _MINUTE else duration_text(end - start)


def size_text(count: int) -> str:
    """Return a number of bytes: "1 byte", "64 KB", "4.8 MB"."""
    if count < _KB:
        return "1 byte" if count == 1 else f"{count} bytes"
    return f"{count / _KB:.0f} KB" if count < _KB**2 else f"{count / _KB**2:,.1f} MB"
