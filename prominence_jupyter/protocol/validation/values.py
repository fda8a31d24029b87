"""Rules of single values: text, numbers, true or false, one of a few words."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from prominence_jupyter.protocol.validation.problem import Path
from prominence_jupyter.protocol.validation.report import Report, Rule
from prominence_jupyter.protocol.validation.words import either, kind, show, whole


class Anything(Rule):
    """A value that is not looked at, because something else about it is wrong or judged elsewhere."""

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Find nothing."""


@dataclass(frozen=True)
class Text(Rule):
    """Text, of a pattern if there is one.

    Attributes
    ----------
    says
        What it must be, for the message.
    secret
        Never show what stands there instead.
    or_null
        Null will do too.
    """

    says: str = "text"
    pattern: re.Pattern[str] | None = None
    secret: bool = False
    or_null: bool = False

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report what is not such text."""
        if isinstance(value, str) and (self.pattern is None or self.pattern.fullmatch(value)):
            return
        if not (self.or_null and value is None):
            instead = "" if self.secret and isinstance(value, str) else _instead(value, secret=self.secret)
            report.add(path, f"must be {self.says}{instead}")


@dataclass(frozen=True)
class Whole(Rule):
    """A whole number in a range."""

    unit: str = ""
    least: int = 1
    most: int | None = None

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report what is not such a number."""
        if whole(value) and value >= self.least and (self.most is None or value <= self.most):
            return
        limits = f"of at least {self.least}" if self.most is None else f"from {self.least} to {self.most}"
        unit = f" ({self.unit})" if self.unit else ""
        report.add(path, f"must be a whole number {limits}{unit}{_instead(value)}{_unquoted(value)}")


@dataclass(frozen=True)
class Flag(Rule):
    """True or false."""

    secret: bool = False

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report anything else."""
        if not isinstance(value, bool):
            report.add(path, f"must be true or false{_instead(value, secret=self.secret)}")

    def values_known(self) -> Collection[Any]:
        """Return both."""
        return (True, False)


@dataclass(frozen=True)
class OneOf(Rule):
    """One of a few words; null too where None is among them."""

    values: tuple[str | None, ...]
    secret: bool = False

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report anything else, with the word that was probably meant."""
        if (value is None or isinstance(value, str)) and value in self.values:
            return
        words = tuple(word for word in self.values if word is not None)
        near = None if self.secret else report.near(value, words)
        hint = f"; did you mean {near}?" if near else ""
        allowed = either([word or "null" for word in self.values])
        instead = "" if self.secret and isinstance(value, str) else _instead(value, secret=self.secret)
        report.add(path, f"must be {allowed}{instead}{hint}")

    def values_known(self) -> Collection[Any]:
        """Return the words."""
        return self.values


@dataclass(frozen=True)
class Number(Rule):
    """Any number, or text that the service reads as one."""

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report what is no number."""
        if number(value) is None:
            report.add(path, f"must be a number{_instead(value)}")


@dataclass(frozen=True)
class TextOrNumber(Rule):
    """Text or a number, which becomes text."""

    pattern: re.Pattern[str] | None = None
    says: str = "text or a number"

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report anything else."""
        if isinstance(value, str):
            fits = self.pattern is None or bool(self.pattern.fullmatch(value))
        else:
            fits = number(value) is not None
        if not fits:
            quoted = f'; write "{str(value).lower()}" in quotes' if isinstance(value, bool) else ""
            report.add(path, f"must be {self.says}{_instead(value)}{quoted}")


@dataclass(frozen=True)
class Pair(Rule):
    """A list of two whole numbers, the smaller first."""

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report what is no such list, or which of its numbers is wrong."""
        if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - that is what a pair is
            held = f"a list of {len(value)}" if isinstance(value, list) else show(value)
            report.add(path, f"must be a list of two whole numbers, for example [1, 4], not {held}")
            return
        before = len(report.problems)
        for index, item in enumerate(value):
            Whole().check(item, (*path, index), report)
        if len(report.problems) == before and value[0] > value[1]:
            report.add(path, f"must begin with the smaller number: [{show(value[1])}, {show(value[0])}]")


def number(value: Any) -> float | None:
    """Return a finite number, also from text as Python (and so the service) reads it; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def _instead(value: Any, *, secret: bool = False) -> str:
    return f", not {kind(value) if secret else show(value)}"


def _unquoted(value: Any) -> str:
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        return "; write it without quotes"
    return ""
