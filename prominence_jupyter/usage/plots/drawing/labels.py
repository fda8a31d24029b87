"""Text on figures. What comes from a service is text only: no formula, no control character, no missing glyph."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.legend import Legend

from prominence_jupyter.protocol.plain_text import CUT, REPLACEMENT, one_line

PLAIN: Final[Mapping[str, Any]] = MappingProxyType({"parse_math": False, "usetex": False})
"""Properties of a text whose ``$`` and backslashes are not a formula, whatever the user's style says of TeX."""

_LONGEST: Final = 200
"""Characters of a name that are read at all."""


def shown(value: Any, limit: int = 30) -> str:
    """Return a value of a service as one short line that the font can show.

    A longer one is cut in its middle, because names often differ in their last digits only. A character that the
    font does not have is U+FFFD, because matplotlib would warn of it at each drawing.
    """
    text = one_line(value, _LONGEST)
    if len(text) > limit:
        text = text[: limit // 2] + CUT + text[len(text) - (limit - limit // 2 - 1) :]
    fonts = _fonts(tuple(mpl.rcParams["font.family"]))
    return "".join(character if _has(fonts, character) else _stand_in(fonts) for character in text)


def count(number: float, word: str) -> str:
    """Return a number of things: ``1 job``, ``12,345 jobs``."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def amount(value: float) -> str:
    """Return a quantity with three digits that matter, and no more than a reader needs."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == 0 else f"{value:.3g}"  # noqa: PLR2004  # three digits


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * share:,.0f} %"


def tick(value: float, _place: int | None = None) -> str:
    """Return the number at a tick, as matplotlib's FuncFormatter asks for it."""
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"  # noqa: PLR2004  # where g turns to powers


def wrapped(parts: Iterable[str], width: int) -> str:
    """Return sentences as lines of at most `width` characters; empty ones are left out."""
    return textwrap.fill(" ".join(part for part in parts if part), width)


def plain_legend(legend: Legend) -> None:
    """Take the texts of a legend as they are."""
    for text in legend.get_texts():
        text.set(**PLAIN)


@lru_cache(maxsize=8)
def _fonts(families: tuple[str, ...]) -> tuple[FT2Font, ...]:
    found = []
    for family in families:
        try:
            found.append(get_font(findfont(FontProperties(family=[family]), fallback_to_default=False)))
        except ValueError:  # a family of the style that is not on this machine: matplotlib goes on to the next too
            continue
    return tuple(found) or (get_font(findfont(FontProperties())),)


def _has(fonts: tuple[FT2Font, ...], character: str) -> bool:
    seen = character.isprintable()  # not what takes no room: a name of that alone would be none
    return seen and any(font.get_char_index(ord(character)) for font in fonts)


def _stand_in(fonts: tuple[FT2Font, ...]) -> str:
    return REPLACEMENT if _has(fonts, REPLACEMENT) else "?"
