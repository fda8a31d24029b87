"""`Wanted`: which jobs a listing is about, as a person or a program asks for them."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

ACTIVE: Final = "id IN (SELECT id FROM jobs WHERE finished IS NULL UNION SELECT id FROM jobs WHERE stays = 1)"
"""Of the jobs that have ended, those that stay in the queue are listed with the active ones until they are removed."""
ENDED: Final = "finished IS NOT NULL AND stays = 0"
_OF_THE_LABEL: Final = "id IN (SELECT job FROM labels WHERE key = ? AND value = ?)"
_HAS_THE_LABEL: Final = "EXISTS (SELECT 1 FROM labels WHERE key = ? AND value = ? AND job = jobs.id)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs are wanted; None is no condition."""

    active: bool = True
    ended: bool = False
    num: int = 0
    """At most so many of those that have ended, the newest end first; 0 or less means all."""
    ids: Collection[int] | None = None
    workflow: int | None = None
    label: tuple[str, str] | None = None
    name: str | None = None
    status: str | None = None

    def condition(self, *, few_have_the_label: bool) -> tuple[str, list[Any]]:
        """Return what holds for all of them, as SQL and its values; `active`, `ended` and `num` are not in it.

        Where few jobs have the label, it leads to them; else it is looked for at each job, in the order of the jobs.
        """
        parts: dict[str, list[Any]] = {"TRUE": []}
        if self.ids is not None:
            parts["id IN (SELECT value FROM json_each(?))"] = [json.dumps([*self.ids])]
        if self.label is not None:
            parts[_OF_THE_LABEL if few_have_the_label else _HAS_THE_LABEL] = [*self.label]
        for column in ("workflow", "name", "status"):
            if (value := getattr(self, column)) is not None:
                parts[f"{column} = ?"] = [value]
        return " AND ".join(parts), [value for values in parts.values() for value in values]
