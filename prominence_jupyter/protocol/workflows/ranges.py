"""Values of a parameter as one writes them: ``10,20,30``, or a range ``0:4``, ``0:1:0.1``."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from prominence_jupyter.protocol.validation.job_count import LARGEST_TOLD, MOST_JOBS
from prominence_jupyter.protocol.validation.words import cut
from prominence_jupyter.protocol.workflows.factories import Value

_NUMBER: Final = re.compile(r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
"""Text with zeros in front is no number: it is the name of something. Neither is what no float can hold."""
_NO_NUMBERS: Final = frozenset({"nan", "inf", "infinity", "none", "null", "na", "nat"})
_BRACKETS: Final = frozenset("[](){}")
"""Of Python, which is not run here: ``[1,2]``, ``range(5)``."""
_RANGE: Final = "a range is written a:b or a:b:step"


def values(text: str) -> list[Value]:
    """Return the values of a list or of a range.

    Parameters
    ----------
    text
        Values between commas: numbers become numbers, all else stays text. Or ``start:stop`` or ``start:stop:step``,
        all numbers, with the stop left out as in Python. Decimals are exact: ``0:1:0.1`` has ten values.

    Raises
    ------
    ValueError
        They cannot be read, or there are none, or far too many.
    """
    items = [item.strip() for item in text.split(",")]
    if len(items) == 1 and _is_range(items[0]):
        return _range(items[0])
    return [_value(item) for item in items]


def _value(item: str) -> Value:
    if not item:
        raise ValueError("a value is missing; a list is written 10,20,30")
    if _is_range(item):
        raise ValueError(f"the range {cut(item)} stands in a list; {_RANGE}, and stands alone")
    if item[0] in _BRACKETS or item[-1] in _BRACKETS:
        raise ValueError(f"{cut(item)} would be text: a list is written 10,20,30, a variable {{{{ name }}}}")
    if item.lstrip("+-").lower() in _NO_NUMBERS:
        raise ValueError(f"{cut(item)} is no value that a job could be given")
    if not _NUMBER.fullmatch(item):
        return item
    return int(item) if item.lstrip("+-").isdigit() else float(item)


def _is_range(item: str) -> bool:
    """Tell whether it is a range, perhaps with a number left out; with text on a side, ``python:3.11``, it is none."""
    parts = [part.strip() for part in item.split(":")]
    return len(parts) > 1 and any(parts) and all(_is_number(part) for part in parts if part)


def _is_number(part: str) -> bool:
    try:
        return Decimal(part).is_finite()
    except InvalidOperation:
        return False


def _range(text: str) -> list[Value]:
    parts = [part.strip() for part in text.split(":")]
    for part in parts:
        if not _NUMBER.fullmatch(part):
            said = f"{cut(part)} is no number" if part else "a number is missing"
            raise ValueError(f"{said}; {_RANGE}")
    if len(parts) > 3:  # noqa: PLR2004 - start, stop and step
        raise ValueError(f"there are too many colons; {_RANGE}")
    start, stop, step = map(Fraction, [*parts, "1"][:3])  # exact, where floats would count one more or less
    if not step:
        raise ValueError("a step of 0 leads nowhere")
    count = -((start - stop) // step)
    if count <= 0:
        how = f"{text} is empty: it makes no job"
        raise ValueError(f"{how}; downwards a step is negative: {parts[0]}:{parts[1]}:-1" if stop < start else how)
    if count > MOST_JOBS:
        many = f"{count:,}" if count <= LARGEST_TOLD else "far too many"
        raise ValueError(f"{text} makes {many} jobs; a workflow has at most {MOST_JOBS:,}")
    is_whole = all(part.lstrip("+-").isdigit() for part in parts)
    return [int(value) if is_whole else float(value) for value in (start + i * step for i in range(count))]
