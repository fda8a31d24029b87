"""`Excerpt`: the end of a log as it stays in a saved notebook, as text or as HTML with colours, of bounded size."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from prominence_jupyter.panel.records.console import Line, console_lines
from prominence_jupyter.panel.records.readable_colours import css
from prominence_jupyter.protocol.plain_text import last_lines

_EMPTY_LINE: Final = "&#10;"
"""The end of a line before an empty one, written so that Markdown sees no empty line: there HTML would end with it."""
_ESCAPED: Final = 5
"""Bytes of HTML that one byte of text becomes, at most: &amp;"""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The end of a log."""

    body: str
    size: int
    """Bytes of the log that it accounts for."""


def text_excerpt(log: bytes, limit: int) -> Excerpt:
    """Return the end of a log as plain text of at most `limit` bytes."""
    lines = _without_empty_end(console_lines(log))
    texts = _newest(lines, limit, sys.maxsize)
    return _excerpt(log, "\n".join(texts), lines, texts)


def html_excerpt(log: bytes, limit: int, html_limit: int) -> Excerpt:
    """Return the end of a log as HTML with inline styles, to stand in a pre.

    Parameters
    ----------
    log
        The log, or its end.
    limit
        Bytes of text, at most.
    html_limit
        Bytes of HTML, at most. The newest lines keep their colours as long as there is room for them.
    """
    lines = _without_empty_end(console_lines(log))
    texts = _newest(lines, limit, html_limit)
    shown = [_html(text) for text in texts]
    room = html_limit - sum(map(_html_size, shown))
    for i, line in enumerate(reversed(lines[len(lines) - len(shown) :]), 1):
        styled = _styled(line)
        room -= _html_size(styled) - _html_size(shown[-i])
        if room < 0 or texts[-i] != _text(line):  # no room, or only the end of a line
            break
        shown[-i] = styled
    return _excerpt(log, re.sub(r"\n(?=\n)", _EMPTY_LINE, "\n".join(shown)), lines, texts)


def _excerpt(log: bytes, body: str, lines: Sequence[Line], texts: Sequence[str]) -> Excerpt:
    whole = len(texts) == len(lines) and (not lines or texts[0] == _text(lines[0]))
    return Excerpt(body, len(log) if whole else min(len(log), _size("\n".join(texts))))


def _without_empty_end(lines: list[Line]) -> list[Line]:
    while lines and not _text(lines[-1]):
        lines.pop()
    return lines


def _newest(lines: Sequence[Line], limit: int, html_limit: int) -> list[str]:
    """Return the texts of the last lines that fit into both limits; of a line that is too long alone, its end."""
    texts: list[str] = []
    for line in reversed(lines):  # only as far as is needed: in a hostile log they are long
        text = _text(line)
        left, html_left = limit - _size(text) - 1, html_limit - _html_size(_html(text))
        if left < 0 or html_left < 0:
            return texts[::-1] or [_end(text, limit, html_limit)]
        texts.append(text)
        limit, html_limit = left, html_left
    return texts[::-1]


def _end(text: str, limit: int, html_limit: int) -> str:
    end = last_lines(text.encode(), limit, complete=True).decode()
    return end if _html_size(_html(end)) <= html_limit else _end(text, html_limit // _ESCAPED - 1, html_limit)


def _text(line: Line) -> str:
    return line.text.rstrip()


def _styled(line: Line) -> str:
    looks = ((css(run.style), _html(run.text)) for run in line.runs)
    return "".join(f'<span style="{look}">{text}</span>' if look else text for look, text in looks).rstrip()


def _html(text: str) -> str:
    return escape(text, quote=False)


def _size(text: str) -> int:
    return len(text.encode())


def _html_size(shown: str) -> int:
    """Return the bytes of a line of HTML and its end."""
    return _size(shown) + 1 if shown else len(_EMPTY_LINE)
