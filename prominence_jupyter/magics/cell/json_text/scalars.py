"""The strings, numbers and literals of JSON, and what can be wrong within one. Pure."""

from __future__ import annotations

import math
import re
from typing import Final

from prominence_jupyter.magics.cell.json_text.tokens import Token
from prominence_jupyter.magics.cell.marks import Mark

_LITERALS: Final = frozenset({"true", "false", "null"})
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_STRING: Final = re.compile(
    r"""(?:
      [^"\\\x00-\x1f\ud800-\udfff]++
    | \\["\\/bfnrt]
    | \\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}
    | \\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}
    )*+""",
    re.VERBOSE,
)
_UNICODE_ESCAPE: Final = re.compile(r"\\u[0-9a-fA-F]{4}")
_WRONG_ESCAPES: Final = {
    "u": r"\u needs four hexadecimal digits; a backslash itself is written \\",
    "'": "' stands without a backslash in JSON",
}
_WRONG_NUMBERS: Final = {
    r"[-+]?0[xXoObB].*": "numbers are decimal in JSON: 31 for 0x1F",
    r"[-+]?[0-9][0-9_]*_.*": "a number has no _ in JSON: write the digits alone",
    r"\+.*": "a number has no + in front in JSON: remove it",
    r"-?\..*": "a number starts with a digit in JSON: write 0.5, not .5",
    r"-?[0-9]+\.(?:[eE].*)?": "a digit is missing after the point: write 1 or 1.0, not 1.",
    r"-?0[0-9.]+": "a number does not start with 0 in JSON: remove it, or put text in double quotes",
    r"-?[0-9.]+[^\W\d_]+": "a number stands without a unit; text stands in double quotes",
    r".*": "this is not a number; text stands in double quotes",
}
"""What to say of a number that is none: the first pattern that fits."""


def is_scalar(text: str, token: Token) -> bool:
    """Tell whether a word is a value of JSON by itself; a string or number may still be a wrong one."""
    return token.kind in {"string", "number"} or (token.kind == "word" and token.of(text) in _LITERALS)


def in_scalar(text: str, token: Token) -> tuple[Mark, ...]:
    """Return what is wrong within a string or number, nothing if it is a good one."""
    if token.kind == "string":
        return _in_string(text, token.start + 1, token.end - 1)
    return _in_number(token.of(text), token) if token.kind == "number" else ()


def _in_string(text: str, start: int, end: int) -> tuple[Mark, ...]:
    good = _STRING.match(text, start, end)
    at = good.end() if good else start
    if at == end:
        return ()
    length, say = _wrong_character(text, at)
    return (Mark(at, at + length, say),)


def _wrong_character(text: str, at: int) -> tuple[int, str]:
    character, following = text[at], text[at + 1]
    if character == "\t":
        return 1, r"a tab within a string is written \t"
    if "\ud800" <= character <= "\udfff":
        return 1, "this is half a character: remove it"
    if character != "\\":
        return 1, f"a control character within a string is written \\u{ord(character):04x}"
    if _UNICODE_ESCAPE.match(text, at):
        return 6, "this is half a character: write the character itself, or both halves"
    return 2, _WRONG_ESCAPES.get(following, r"there is no such escape in JSON; a backslash itself is written \\")


def _in_number(word: str, token: Token) -> tuple[Mark, ...]:
    if not _NUMBER.fullmatch(word):
        say = next(say for pattern, say in _WRONG_NUMBERS.items() if re.fullmatch(pattern, word, re.DOTALL))
        return (Mark(token.start, token.end, say),)
    if not math.isfinite(float(word)):
        return (Mark(token.start, token.end, "this number is too large, beyond 1.8e308"),)
    return ()
