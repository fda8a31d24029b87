"""What two pieces of output have in common, and what is no output at all."""

from __future__ import annotations

import re
from typing import Final

_PAGE: Final = re.compile(rb"\s*<(!doctype html|html)\b", re.IGNORECASE)


def common_length(first: bytes, second: bytes) -> int:
    """Return how many bytes two pieces have in common at their beginning."""
    if second.startswith(first):
        return len(first)
    differ = (place for place, (one, other) in enumerate(zip(first, second, strict=False)) if one != other)
    return next(differ, len(second))


def is_page(text: bytes) -> bool:
    """Tell whether a text begins as a page of HTML does."""
    return _PAGE.match(text) is not None
