"""How values are named in messages: short, printable, and without what may be a secret."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, Final, TypeGuard

LONGEST: Final = 60
"""Characters of a value that a message shows."""
_LARGEST: Final = 10**18
_KINDS: Final = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}


def kind(value: Any) -> str:
    """Say what sort of JSON value it is, without showing it."""
    return _KINDS.get(type(value), "a number")


def show(value: Any) -> str:
    """Show a value as JSON. What may hold a secret is only named: objects, lists and URLs."""
    if isinstance(value, str):
        return "a URL" if "://" in value else f'"{cut(value)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGEST else "so large a number"
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else f"{value}, which JSON does not have"
    return kind(value)


def cut(text: str) -> str:
    """Return the start of a text, with what cannot be printed escaped."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:LONGEST])
    return shown if len(text) <= LONGEST and len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def either(words: Collection[str], last: str = "or") -> str:
    """Join words: ``a, b or c``."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def whole(value: Any) -> TypeGuard[int]:
    """Tell whether a value is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)
