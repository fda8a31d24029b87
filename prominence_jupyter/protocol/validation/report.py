"""`Report`: the problems found so far. `Rule`: what finds them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from prominence_jupyter.protocol.validation.problem import Path, Problem
from prominence_jupyter.protocol.validation.words import LONGEST, cut, either, show

_LOOKUPS: Final = 50
"""Words that a suggestion is looked up for: comparing costs, and nobody reads more."""
_PLACES: Final = 3
"""Places that are named for a key that is at home in many."""


class Rule:
    """What a value must be. Rules are data: they can be read to know what is allowed."""

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report every problem of a value that stands at a path."""
        raise NotImplementedError

    def inner(self) -> Iterable[Rule]:
        """Return the rules of what is inside."""
        return ()

    def step(self, step: str | int) -> Rule | None:  # noqa: ARG002 - the rules of what holds nothing have no use for it
        """Return the rule of what stands at a key or index, None where nothing can."""
        return None

    def at(self, path: Path) -> Rule | None:
        """Return the rule of a place inside, None for a place that cannot be."""
        rule: Rule | None = self
        for step in path:
            rule = rule.step(step) if rule else None
        return rule

    def called(self) -> str:
        """Return how messages call an object with known keys, nothing for all else."""
        return ""

    def known(self) -> Collection[str]:
        """Return the keys that an object may have."""
        return ()

    def values_known(self) -> Collection[Any]:
        """Return the values there are, where they are few."""
        return ()


class Report:
    """The problems of one description.

    Parameters
    ----------
    everything
        The rule that holds all others, to tell where a key belongs that stands in the wrong place.
    """

    def __init__(self, everything: Rule) -> None:
        self.problems: list[Problem] = []
        self._everything = everything
        self._suggestions: dict[tuple[str, Collection[str]], str | None] = {}

    def add(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Keep one problem."""
        self.problems.append(Problem(path, message, at_key))

    def unknown_key(self, key: Any, path: Path, rule: Rule) -> str | None:
        """Report a key that an object cannot have; return the one that was probably meant."""
        known = tuple(rule.known())
        near = None
        if key in self._places:
            hint = f"it belongs in {either(self._places[key][:_PLACES])}"
        elif near := self.near(key, known):
            hint = f"did you mean {near}?"
        elif far := self.near(key, tuple(self._places)):
            hint = f"did you mean {far}, in {either(self._places[far][:_PLACES])}?"
        else:
            hint = f"known are {', '.join(known)}"
        self.add((*path, key), f"is not a key of {rule.called()}; {hint}", at_key=True)
        return near

    def unknown_name(self, name: str, path: Path, names: Collection[str], *, at_key: bool = False) -> None:
        """Report a name that no job has."""
        near = self.near(name, tuple(names))
        hint = f"; did you mean {cut(near)}?" if near else ""
        self.add(path, f"no job has the name {show(name)}{hint}", at_key=at_key)

    def near(self, word: Any, known: Collection[str]) -> str | None:
        """Return the known word that was probably meant, if one is near."""
        if not isinstance(word, str) or len(word) > LONGEST:
            return None
        if (word, known) not in self._suggestions:
            if len(self._suggestions) >= _LOOKUPS:
                return None
            lower = {name.lower(): name for name in known}
            close = difflib.get_close_matches(word.lower(), lower, n=1)
            self._suggestions[word, known] = lower[close[0]] if close else None
        return self._suggestions[word, known]

    def in_order(self, description: Any) -> list[Problem]:
        """Return the problems in the order in which the description is written."""
        orders: dict[int, dict[Any, int]] = {}  # of each object, by its id: where each of its keys stands

        def position(problem: Problem) -> list[Any]:
            steps, value = [], description
            for step in problem.path:
                if not isinstance(value, Mapping):
                    steps.append(step)
                else:
                    if id(value) not in orders:
                        orders[id(value)] = {key: place for place, key in enumerate(value)}
                    steps.append(orders[id(value)][step])
                value = value[step]
            return steps

        return sorted(self.problems, key=position)

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        places: dict[str, list[str]] = {}
        for rule in _all(self._everything):
            for key in rule.known() if rule.called() else ():
                if rule.called() not in places.setdefault(key, []):
                    places[key].append(rule.called())
        return places


def _all(rule: Rule) -> Iterator[Rule]:
    yield rule
    for inner in rule.inner():
        yield from _all(inner)
