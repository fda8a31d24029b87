"""Times, durations, exit codes and memory in words, as widgets and records show them."""

from __future__ import annotations

import time
from typing import Final

from prominence_jupyter.protocol.plain_text import one_line

UNKNOWN: Final = "\N{EN DASH}"
"""Stands where the service does not say."""

_SIGNALS: Final = {2: "SIGINT", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}
"""As Linux numbers them, where jobs run, whatever this machine is."""

_MINUTE: Final = 60
_HUNDREDTHS: Final = 0.1
"""Below this many seconds two decimals say too little."""
_TENTHS: Final = 10
"""From this many seconds on hundredths say too much."""
_FOREVER: Final = 1e12
"""No honest number is larger; a hostile one shall not fill the page."""
_MB_PER_GB: Final = 1000


def clock_time(seconds: float, form: str = "%H:%M") -> str:
    """Return a time in UTC as text; what is no possible time is "?"."""
    try:
        return time.strftime(form, time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):  # which one depends on the platform
        return "?"


def exit_code_text(code: int | None) -> str:
    """Return an exit code, with the name of the signal when a signal ended the task: "-9 (SIGKILL)"."""
    if code is None:
        return UNKNOWN
    signal = _SIGNALS.get(-code)
    return one_line(f"{code} ({signal})" if signal else code, 30)


def duration_text(duration_s: float | None) -> str:
    """Return a duration: "0.0015 s", "3.20 s", "31.4 s", "2 min 05 s" or "3 h 04 min"."""
    if duration_s is None:
        return UNKNOWN
    if round(duration_s, 1) < _TENTHS:
        return f"{duration_s:.2g} s" if 0 < duration_s < _HUNDREDTHS else f"{duration_s:.2f} s"
    if round(duration_s, 1) < _MINUTE:
        return f"{duration_s:.1f} s"
    minutes, seconds = divmod(round(min(duration_s, _FOREVER)), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s"


def rough_text(seconds: float) -> str:
    """Return a duration of a minute or more, roughly: "1 minute", "3 hours", "12 days"; a shorter one is "a moment"."""
    for unit, length in (("day", 24 * 60 * _MINUTE), ("hour", 60 * _MINUTE), ("minute", _MINUTE)):
        if seconds >= length:
            count = int(min(seconds, _FOREVER) // length)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "a moment"


def ago_text(seconds: float) -> str:
    """Return how long ago something was, roughly: "just now", "1 minute ago", "3 hours ago", "12 days ago"."""
    return f"{rough_text(seconds)} ago" if seconds >= _MINUTE else "just now"


def memory_text(memory_mb: float | None) -> str:
    """Return an amount of memory, in units of 10**6 and 10**9 bytes: "313.7 MB", "1.25 GB"."""
    if memory_mb is None:
        return UNKNOWN
    if round(memory_mb, 1) < _MB_PER_GB:
        return f"{memory_mb:.1f} MB"
    return f"{memory_mb / _MB_PER_GB:,.2f} GB" if memory_mb < _FOREVER else f"{memory_mb / _MB_PER_GB:.3g} GB"


def amount_text(value: float | None) -> str:
    """Return a number without needless zeros, empty for None: "1", "0.5", "1e+09"."""
    return "" if value is None else f"{value:g}"
