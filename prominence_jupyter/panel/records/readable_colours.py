"""Inline styles for runs of output: colours that can be read on a white page and on a dark one alike.

A saved notebook is read on both, and its record cannot know on which.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from prominence_jupyter.panel.records.text_style import Colour, Style

_BASE: Final = (
    *("#3e424d", "#d9534f", "#2e9e5b", "#c79a1d", "#3b82d6", "#b45ac0", "#2a9da5", "#a9a9a9"),
    *("#767676", "#e8706c", "#46ab62", "#d3a625", "#4f93e6", "#c670d0", "#3aa9b0", "#f2f2f2"),
)
_CUBE: Final = (0, 95, 135, 175, 215, 255)
_DARKEST, _LIGHTEST = 0.125, 0.293
"""Bounds of relative luminance: a contrast of 3 on #111 and on #fff, with room for rounding to a byte."""
_ENOUGH: Final = 3
"""Contrast of text that is not small, WCAG 2.1."""
_NO_COLOUR: Final = "#767676"
"""Behind inverse text without colours: the page's own ones are not known."""
_BLACK, _WHITE = "#000000", "#ffffff"


@lru_cache(maxsize=4096)
def css(style: Style) -> str:
    """Return the declarations for a style, empty for plain text."""
    fg, bg = (style.bg, style.fg) if style.inverse else (style.fg, style.bg)
    behind = (_NO_COLOUR if style.inverse else "") if bg is None else _hex(bg)
    colour = _on(behind, fg) if behind else "" if fg is None else readable(_hex(fg))
    known = (
        ("color", colour),
        ("background", behind),
        ("font-weight", "bold" if style.bold else ""),
        ("font-style", "italic" if style.italic else ""),
        ("text-decoration", "underline" if style.underline else ""),
        ("opacity", ".7" if style.dim and fg is None and not behind else ""),  # dimmer colours are unreadable
    )
    return ";".join(f"{name}:{value}" for name, value in known if value)


def readable(colour: str) -> str:
    """Return the nearest tone of a colour, #rrggbb, that can be read on white and on black."""
    parts = _linear(colour)
    light = _luminance(parts)
    if light > _LIGHTEST:
        parts = [part * _LIGHTEST / light for part in parts]
    elif light < _DARKEST:
        white = (_DARKEST - light) / (1 - light)
        parts = [part + (1 - part) * white for part in parts]
    else:
        return colour
    return "#" + "".join(f"{_byte(part):02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.1 defines it."""
    dark, light = sorted(_luminance(_linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _on(behind: str, fg: Colour | None) -> str:
    wished = None if fg is None else _hex(fg)
    if wished and contrast(wished, behind) >= _ENOUGH:
        return wished
    return max(_BLACK, _WHITE, key=lambda colour: contrast(colour, behind))


def _hex(colour: Colour) -> str:
    """Return a colour of the palette as #rrggbb: 16 base colours, a cube of 216, 24 greys."""
    if isinstance(colour, str):
        return colour
    if colour < 16:  # noqa: PLR2004 - as the palette is laid out, likewise below
        return _BASE[colour]
    if colour >= 232:  # noqa: PLR2004
        return "#" + f"{8 + 10 * (colour - 232):02x}" * 3
    return "#" + "".join(f"{_CUBE[(colour - 16) // step % 6]:02x}" for step in (36, 6, 1))


def _linear(colour: str) -> list[float]:
    """Return the parts of a colour in linear light, as sRGB defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]  # noqa: PLR2004


def _byte(linear: float) -> int:
    return round(255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055))  # noqa: PLR2004


def _luminance(parts: list[float]) -> float:
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
