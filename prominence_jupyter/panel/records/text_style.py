"""`Style`: how characters of output look, as a terminal's SGR escapes set it: colours, bold, dim, italic, and so on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

Colour = int | str
"""A place in the palette of 256 colours, or "#rrggbb"."""

_LARGEST: Final = 255
_BY_NUMBER, _BY_PARTS = 5, 2
_DIGITS: Final = 5
"""More have no meaning, and a hostile megabyte of them shall not be read as a number."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a character looks. None: the colour that the page has."""

    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    fg: Colour | None = None
    bg: Colour | None = None


PLAIN: Final = Style()


def _changes() -> Iterator[tuple[int, dict[str, Any]]]:
    yield 0, asdict(PLAIN)
    yield from ((code, {name: True}) for code, name in enumerate(("bold", "dim", "italic", "underline"), 1))
    yield from ((7, {"inverse": True}), (21, {"underline": True}), (22, {"bold": False, "dim": False}))
    yield from ((code, {name: False}) for code, name in ((23, "italic"), (24, "underline"), (27, "inverse")))
    yield from ((39, {"fg": None}), (49, {"bg": None}))
    for colour in range(8):
        yield from ((30 + colour, {"fg": colour}), (40 + colour, {"bg": colour}))
        yield from ((90 + colour, {"fg": 8 + colour}), (100 + colour, {"bg": 8 + colour}))


_CHANGES: Final[Mapping[int, Mapping[str, Any]]] = MappingProxyType(dict(_changes()))
"""What each code changes that stands alone."""
_EXTENDED: Final = MappingProxyType({38: "fg", 48: "bg"})
_UNDERLINE: Final = 4


@lru_cache(maxsize=1024)  # a log repeats few of them often
def restyled(style: Style, parameters: str) -> Style:
    """Return a style after an SGR escape.

    Parameters
    ----------
    style
        The style before it.
    parameters
        What stands between ``ESC [`` and ``m``: digits, ``;`` and ``:``. What has no meaning changes nothing.
    """
    look = asdict(style)
    groups = iter([[_number(text) for text in group.split(":")] for group in parameters.split(";")])
    for code, *parts in groups:
        if code in _EXTENDED:
            colour = _colour(parts) if parts else _colour(list(_following(groups)))
            look |= {} if colour is None else {_EXTENDED[code]: colour}
        elif code == _UNDERLINE and parts:
            look["underline"] = parts[0] != 0  # 4:3 is a wavy one, 4:0 none
        else:
            look |= _CHANGES.get(code, {})
    return Style(**look)


def _number(text: str) -> int:
    return int(text[:_DIGITS]) if text else 0


def _following(groups: Iterator[list[int]]) -> Iterator[int]:
    """Yield the numbers of a colour from the groups that follow its code: 5;n or 2;r;g;b."""
    kind = next(groups, [0])[0]
    yield kind
    for _ in range({_BY_NUMBER: 1, _BY_PARTS: 3}.get(kind, 0)):
        yield from next(groups, [])[:1]


def _colour(numbers: Sequence[int]) -> Colour | None:
    match numbers:
        case [5, number, *_] if number <= _LARGEST:
            return number
        case [2, red, green, blue] | [2, _, red, green, blue, *_] if max(red, green, blue) <= _LARGEST:
            return f"#{red:02x}{green:02x}{blue:02x}"
    return None
