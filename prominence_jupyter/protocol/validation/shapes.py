"""Rules of objects and lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prominence_jupyter.protocol.validation.problem import Path
from prominence_jupyter.protocol.validation.report import Report, Rule
from prominence_jupyter.protocol.validation.words import either, kind

Also = Callable[[Mapping[str, Any], Path, Report], None]
"""Rules between the values of one object."""


@dataclass(frozen=True)
class Required:
    """Keys of which one must be there, and what to say when none is."""

    keys: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Object(Rule):
    """An object with known keys.

    Attributes
    ----------
    place
        How messages call it.
    fields
        The known keys with their rules.
    required
        What must be there.
    exclusive
        Groups of keys that contradict each other.
    also
        Rules between values, asked when the object's own are kept or not.
    """

    place: str
    fields: Mapping[str, Rule]
    required: tuple[Required, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    also: Also | None = None

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report keys that are unknown, missing or too many, and every problem of the values."""
        if not isinstance(value, Mapping):
            report.add(path, f"must be a JSON object {{...}}, not {kind(value)}")
            return
        meant = set()  # keys that are there, only misspelt: they are not missing too
        for key, item in value.items():
            rule = self.fields.get(key)
            if rule is None:
                meant.add(report.unknown_key(key, path, self))
            else:
                rule.check(item, (*path, key), report)
        for required in self.required:
            if not any([key in value or key in meant for key in required.keys]):
                report.add(path, f"{required.keys[0]} is missing; {required.says}")
        for group in self.exclusive:
            first, *others = [key for key in value if key in group] or [""]
            for key in others:
                report.add((*path, key), f"contradicts {first}; keep one of {either(group, 'and')}", at_key=True)
        if self.also:
            self.also(value, path, report)

    def inner(self) -> Iterable[Rule]:
        """Return the rules of the values."""
        return self.fields.values()

    def step(self, step: str | int) -> Rule | None:
        """Return the rule of a key."""
        return self.fields.get(step) if isinstance(step, str) else None

    def called(self) -> str:
        """Return how messages call it."""
        return self.place

    def known(self) -> Collection[str]:
        """Return the known keys."""
        return self.fields.keys()


@dataclass(frozen=True)
class ByType(Rule):
    """An object whose rule depends on its ``type``."""

    rules: Mapping[str, Rule]
    otherwise: Rule

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Use the rule of the type, or the other when there is no such type."""
        chosen = value.get("type") if isinstance(value, Mapping) else None
        rule = self.rules.get(chosen, self.otherwise) if isinstance(chosen, str) else self.otherwise
        rule.check(value, path, report)

    def inner(self) -> Iterable[Rule]:
        """Return the rules of all types."""
        return self.rules.values()

    def step(self, step: str | int) -> Rule | None:
        """Return the rule of a key, whichever type has it."""
        return next((rule for kind in self.rules.values() if (rule := kind.step(step))), None)

    def known(self) -> Collection[str]:
        """Return the keys of all types."""
        return dict.fromkeys(key for rule in self.rules.values() for key in rule.known())


@dataclass(frozen=True)
class ListOf(Rule):
    """A list, all of whose items keep one rule."""

    item: Rule
    says: str
    least: int = 0

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report what is no such list, and every problem of the items."""
        if not isinstance(value, list):
            report.add(path, f"must be a list of {self.says}, not {kind(value)}")
            return
        if len(value) < self.least:
            report.add(path, f"must not be empty: it is a list of {self.says}")
        for index, item in enumerate(value):
            self.item.check(item, (*path, index), report)

    def inner(self) -> Iterable[Rule]:
        """Return the rule of the items."""
        return (self.item,)

    def step(self, step: str | int) -> Rule | None:
        """Return the rule of an item."""
        return self.item if isinstance(step, int) else None


@dataclass(frozen=True)
class NamesAndValues(Rule):
    """An object whose keys a user chooses."""

    value: Rule
    names: re.Pattern[str] | None = None
    says: str = ""

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report what is no object, names that do not fit, and every problem of the values."""
        if not isinstance(value, Mapping):
            report.add(path, f"must be a JSON object {{...}} of names and values, not {kind(value)}")
            return
        for name, item in value.items():
            if not isinstance(name, str) or (self.names and not self.names.fullmatch(name)):
                report.add((*path, name), f"the name {self.says or 'must be text'}", at_key=True)
            self.value.check(item, (*path, name), report)

    def step(self, step: str | int) -> Rule | None:
        """Return the rule of a value."""
        return self.value if isinstance(step, str) else None
