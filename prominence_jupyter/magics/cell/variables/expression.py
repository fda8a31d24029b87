"""The grammar of ``{{ }}``: a name with indexes and attributes, and a format. Nothing is evaluated here.

::

    {{ name }}   {{ name.attribute }}   {{ name["key"] }}   {{ name[-1] }}   {{ name:format }}   {{ 'literal text' }}

There are no calls, operators, slices, conversions, or names with an underscore at the start or two in a row.
A literal text is there to write what would be read as a variable otherwise: ``{{ '{{' }}``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

OPEN: Final = "{{"
CLOSE: Final = "}}"
KEEP: Final = "a literal {{ is written {{ '{{' }}"
_RULE: Final = "{{ }} takes a name, with .attributes, [indexes] and a :format"
_OPERATORS: Final = frozenset("+-*/%@&|^~<>=,")

_SPACE: Final = re.compile(r"\s*")
_NAME: Final = re.compile(r"[^\W\d]\w*")
_QUOTED: Final = re.compile(r"""'([^'\\\n]*)'|"([^"\\\n]*)"|\\"([^"\\\n]*)\\" """.strip())
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}(?![\w.])", re.ASCII)
_FORMAT: Final = re.compile(r'[^{}"\\\n]*')
_NUMBER: Final = re.compile(r"\d+")  # of any script: format() reads them all
_LARGEST_NUMBER: Final = 1000
_LONGEST_FORMAT: Final = 100
_FAR: Final = 200
"""Characters in which the end of a broken expression is looked for."""


class ExpressionError(Exception):
    """An expression that cannot be read, or not be replaced by a value.

    Attributes
    ----------
    start, end
        The place in the text.
    message
        What is wrong and what to write instead.
    """

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.start, self.end, self.message = start, end, message


class Unclosed(ExpressionError):
    """A ``{{`` without its ``}}``: the text goes on behind it."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in quotes, which stands for itself; `end` is behind its ``}}``."""

    text: str
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """One attribute or index, and its place in the text."""

    key: str | int
    is_attribute: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable, the way from it to a value, and the format for that.

    Attributes
    ----------
    name
        The variable; it stands at `start` to `name_end` in the text.
    steps
        Attributes and indexes, from left to right.
    format
        A format as `format` takes it, or ``sh``; None where there is none.
    end
        Behind the ``}}``.
    """

    name: str
    start: int
    name_end: int
    steps: tuple[Step, ...]
    format: str | None
    end: int


def parse(text: str, start: int) -> Literal | Reference:
    """Return the expression of the ``{{`` at `start`.

    Raises
    ------
    ExpressionError
        It is none.
    """
    return _Reader(text, start).read()


def end_of_broken(text: str, start: int, error: ExpressionError) -> int:
    """Return where the text goes on behind a ``{{`` at `start` that begins no expression."""
    close = None if isinstance(error, Unclosed) else _closing(text, start, start)
    return start + len(OPEN) if close is None else close + len(CLOSE)


def _closing(text: str, start: int, at: int) -> int | None:
    """Return where the next ``}}`` is, behind `at`, in the same line and not far away."""
    close = text.find(CLOSE, at, start + _FAR)
    return None if close < 0 or "\n" in text[at:close] else close


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        self._at = start + len(OPEN)

    def read(self) -> Literal | Reference:
        self._skip_space()
        quoted = self._quoted()
        if quoted is not None:
            self._skip_space()
            if self._peek() == ":":
                raise self._error("a text in quotes takes no format here; an object of JSON has single braces: {…}")
            self._close()
            return Literal(quoted, self._at)
        start = self._at
        name = self._name()
        name_end = self._at
        steps: list[Step] = []
        while step := self._step():
            steps.append(step)
        spec = self._format()
        self._close()
        return Reference(name, start, name_end, tuple(steps), spec, self._at)

    def _step(self) -> Step | None:
        before = self._at
        self._skip_space()
        start = self._at
        if self._peek() == ".":
            self._at += 1
            return Step(self._name(), is_attribute=True, start=start, end=self._at)
        if self._peek() == "[":
            self._at += 1
            return Step(self._index(), is_attribute=False, start=start, end=self._at)
        self._at = before
        return None

    def _name(self) -> str:
        found = _NAME.match(self._text, self._at)
        if not found:
            raise self._error()
        name = unicodedata.normalize("NFKC", found.group())  # as Python does: the micro sign becomes a mu
        if name.startswith("_") or "__" in name:
            raise self._error("{{ }} takes no name with an underscore at the start or two in a row", found.end())
        self._at = found.end()
        return name

    def _index(self) -> str | int:
        self._skip_space()
        key: str | int | None = self._quoted()
        if key is None:
            found = _INTEGER.match(self._text, self._at)
            if not found:
                raise self._error("an index in {{ }} is a whole number or a text in quotes")
            key = int(found.group())
            self._at = found.end()
        self._skip_space()
        if self._peek() != "]":
            raise self._error("an index in {{ }} is one whole number or text in quotes, and ends with ]")
        self._at += 1
        return key

    def _format(self) -> str | None:
        self._skip_space()
        if self._peek() != ":":
            return None
        start = self._at
        found = _FORMAT.match(self._text, start + 1)
        self._at = found.end() if found else start
        if self._peek() == "{":
            raise self._error("a format in {{ }} has no braces in it")
        spec = self._text[start + 1 : self._at].strip()
        if self._peek() == "}":
            self._check_format(spec, start)
        return spec

    def _check_format(self, spec: str, start: int) -> None:
        end = self._at
        self._at = start
        if not spec:
            raise self._error("the format behind : is missing; for example {{ x:.3f }}", end)
        if len(spec) > _LONGEST_FORMAT or any(int(n) > _LARGEST_NUMBER for n in _NUMBER.findall(spec)):
            limits = f"at most {_LONGEST_FORMAT} characters long, with numbers up to {_LARGEST_NUMBER}"
            raise self._error(f"a format in {{{{ }}}} is {limits}", end)
        self._at = end

    def _quoted(self) -> str | None:
        found = _QUOTED.match(self._text, self._at)
        if not found:
            return None
        self._at = found.end()
        return next(group for group in found.groups() if group is not None)

    def _close(self) -> None:
        self._skip_space()
        if not self._text.startswith(CLOSE, self._at):
            raise self._error()
        self._at += len(CLOSE)

    def _skip_space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _error(self, message: str = "", end: int | None = None) -> ExpressionError:
        """Return the error of what stands at the current place, up to `end` or that of the expression."""
        close = _closing(self._text, self._start, self._at)
        if not message and (close is None or self._peek() == '"' or (self._peek() == "}" and close > self._at)):
            return Unclosed(self._start, self._start + len(OPEN), f"this {{{{ is not closed with }}}}; {KEEP}")
        rest = self._text[self._at : end or close or self._at + 1].rstrip()
        if not message and not rest and close is not None:
            return ExpressionError(self._start, close + len(CLOSE), f"a name is missing in {{{{ }}}}; {KEEP}")
        return ExpressionError(self._at, self._at + max(len(rest), 1), message or self._unexpected())

    def _unexpected(self) -> str:
        found = self._peek()
        if found == "(":
            return "{{ }} makes no calls; make this one in Python before, and use the name of its result"
        if found == "!":
            return "{{ }} knows no conversions such as !r; a format is written with a colon: {{ x:.3f }}"
        if found in _OPERATORS:
            return "{{ }} computes nothing; do it in Python before, and use the name of the result"
        return f"{_RULE}; {KEEP}"
