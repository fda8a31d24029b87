"""Any text as the words of JSON, and of what is mistaken for JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"""
    [ \t\n\r]+
    | (?P<triple> \"{3} | '{3} )
    | (?P<string> "(?:[^"\\\n\r]++|\\[^\n\r])*+" )   # its escapes may still be wrong
    | (?P<unclosed> "(?:[^"\\\n\r]++|\\[^\n\r])*+ )  # to the end of the line
    | (?P<quoted> '(?:[^'\\\n\r]++|\\[^\n\r])*+'? | [«»\u2018-\u201f][^«»\u2018-\u201f"\n\r]*+[«»\u2018-\u201f]? )
    | (?P<comment> // | /\* | \# )                   # where it starts
    | (?P<number> [-+]?\.?[0-9](?:[eE][-+]|[\w.])*+ )
    | (?P<word> [-+]?[^\W\d][\w.]*+ )
    | (?P<punctuation> [{}\[\]:,] )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word of the text, by the name of its kind in the expression above, or ``end``."""

    kind: str
    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the word itself."""
        return text[self.start : self.end]


def tokens(text: str) -> Iterator[Token]:
    """Return every word of a text; any text has some, the last one is its end."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup:
            yield Token(match.lastgroup, match.start(), match.end())
    yield Token("end", len(text), len(text))
