"""`Problem`: one broken rule, with its place in the description."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from prominence_jupyter.protocol.validation.words import cut

Path = tuple[str | int, ...]
"""Keys and indexes from the description to a place in it, for example ``("tasks", 0, "image")``."""

_PLAIN: Final = re.compile(r"[\w-]{1,60}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule.

    Attributes
    ----------
    path
        The place; it exists in the description. A key that is missing stands at the object that lacks it.
    message
        What is wrong there, what is allowed, and what to write instead.
    at_key
        True when the last key of the path is wrong (unknown, misspelt, one too many), False when its value is.
    part
        What is meant of a text that stands there, as it is written; all of it when empty.
    """

    path: Path
    message: str
    at_key: bool = False
    part: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"

    @property
    def where(self) -> str:
        """The path as one writes it: ``tasks[0].image``."""
        return "".join(map(_step, self.path)).removeprefix(".") or "the description"


def _step(step: str | int) -> str:
    if isinstance(step, str):
        return f".{step}" if _PLAIN.fullmatch(step) else f"[{json.dumps(cut(step), ensure_ascii=False)}]"
    return f"[{step}]"
