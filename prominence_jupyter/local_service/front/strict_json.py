"""Read JSON as the standard has it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, Final

_MAX_DEPTH: Final = 50


def strict_json(body: bytes) -> Any:
    """Read JSON as the standard has it: no NaN, nothing infinite; and no nesting that would break a later reader.

    Raises
    ------
    ValueError
        It is not such JSON.
    """
    try:
        value = json.loads(body, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ValueError("the body is not JSON") from error
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [item for outer in level if isinstance(outer, dict | list) for item in _items(outer)]
    if level:
        raise ValueError("the body is nested too deeply")
    return value


def _items(outer: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return outer.values() if isinstance(outer, dict) else outer


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value
