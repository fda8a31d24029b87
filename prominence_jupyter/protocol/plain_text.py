"""Text from a service made safe to show: no control characters, no escapes, no hidden change of direction.

What comes from a service is hostile text: a name may turn the direction of what follows it, an output may hold
controls for a terminal. What has no place in plain text is shown as U+FFFD, so that nothing hides.
"""

from __future__ import annotations

import re
from typing import Any, Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
CUT: Final = "…"

_UNSHOWABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks and overrides of direction
    "\u2028\u2029\ud800-\udfff]"  # line and paragraph separators; halves of a pair, which UTF-8 cannot hold
)


def one_line(value: Any, limit: int = 200) -> str:
    """Return a value as one line of at most `limit` characters, white space folded; None is empty.

    Longer text ends in "…".
    """
    text = "" if value is None else str(value)
    cut = text[: 2 * limit]  # folding shortens; a megabyte of name need not be read to its end
    line = showable(" ".join(cut.split()))
    return line if len(line) <= limit and len(text) == len(cut) else line[: limit - 1] + CUT


def showable(text: str) -> str:
    """Return text with U+FFFD for whatever is no text: control characters but tab and newline, marks of direction."""
    return _UNSHOWABLE.sub(REPLACEMENT, text)


def last_lines(data: bytes, limit: int, *, complete: bool) -> bytes:
    """Return the end of some output, at most `limit` bytes, from the start of a line where there is one.

    Parameters
    ----------
    data
        The output, or its end.
    limit
        In bytes.
    complete
        Whether `data` starts where the output starts: then its first line is whole.
    """
    if complete and len(data) <= limit:
        return data
    end = data[-limit:]
    newline = end.find(b"\n")
    if 0 <= newline < len(end) - 1:
        return end[newline + 1 :]
    whole = next((i for i, byte in enumerate(end[:4]) if not 0x80 <= byte < 0xC0), 0)  # noqa: PLR2004  # continuation bytes of UTF-8
    return end[whole:]
