"""`Reader`: what a user wants to be read from the output of a job: a function, a regular expression, or "json"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.plain_text import one_line

Parse = Callable[[str], Any] | str | re.Pattern[str]
"""A function of the output, a regular expression with named groups, or "json"."""

JSON: Final = "json"
RESULT: Final = "result"
"""Column of what is no object with names of its own."""
_WORDS: Final = 200
_OPENING: Final = {"}": "{", "]": "["}


class NothingRead(ValueError):
    """The output does not hold what is looked for; the text says so."""


class Reader:
    """Reads the output of a job.

    Parameters
    ----------
    parse
        A function of the output: a dict that it returns becomes columns, anything else the column ``result``. Or a
        regular expression with named groups, which become columns: its last match counts, since results come at the
        end, and ``^`` and ``$`` stand for the ends of each line. Or ``"json"``: the last line that is JSON, or the
        whole of the output, or its end, where that is JSON over several lines.

    Attributes
    ----------
    columns
        Those that there are whatever is found: the groups of a regular expression.
    gives_text
        Whether all that is found is text, of which numbers are yet to be made.

    Raises
    ------
    UsageError
        It is none of these, no regular expression, or one without named groups.
    """

    def __init__(self, parse: Parse) -> None:
        self.columns: list[str] = []
        self.gives_text = False
        if parse == JSON:
            self._read: Callable[[str], Any] = _last_json
        elif isinstance(parse, str | re.Pattern):
            pattern = _pattern(parse)
            self.columns, self.gives_text = [*pattern.groupindex], True
            self._read = lambda output: _last_match(pattern, output)
        elif callable(parse):
            self._read = parse
        else:
            raise UsageError(f"parse is a function, a regular expression or {JSON!r}, not {_shown(parse)}")

    def read(self, output: str) -> dict[str, Any]:
        """Return what an output says, by column.

        Raises
        ------
        NothingRead
            It does not say it, or a user's function failed.
        """
        try:
            found = self._read(output)
        except NothingRead:
            raise
        except Exception as error:  # whatever a user's function raises is told beside its job
            raise NothingRead(f"{type(error).__name__}: {one_line(error, _WORDS)}".removesuffix(": ")) from None
        return {str(key): value for key, value in found.items()} if isinstance(found, Mapping) else {RESULT: found}


def _pattern(parse: str | re.Pattern[str]) -> re.Pattern[str]:
    try:
        pattern = re.compile(parse, re.MULTILINE) if isinstance(parse, str) else parse
    except re.error as error:
        raise UsageError(f"{_shown(parse)} is no regular expression: {error}") from None
    if not isinstance(pattern.pattern, str):
        raise UsageError(f"{_shown(parse)} is a pattern of bytes; outputs are text")
    if not pattern.groupindex:
        raise UsageError(
            f"{_shown(pattern.pattern)} has no named group, which would become a column: write r'pi = (?P<pi>\\S+)'"
        )
    return pattern


def _last_match(pattern: re.Pattern[str], output: str) -> dict[str, str | None]:
    last: dict[str, str | None] | None = None
    for match in pattern.finditer(output):
        found = match.groupdict()
        if last is None or any(found.values()):  # an expression that may match nothing does so at the very end
            last = found
    if last is None:
        raise NothingRead("no match in the output" if output else "the output is empty")
    return last


def _last_json(output: str) -> Any:
    for text in _json_candidates(output):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            continue
    raise NothingRead("no line of the output is JSON" if output.strip() else "the output is empty")


def _json_candidates(output: str) -> Iterator[str]:
    lines = output.rstrip().splitlines()
    if lines and lines[-1] in _OPENING:  # over several lines, as with an indent
        opening = _OPENING[lines[-1]]
        first = next((i for i in range(len(lines) - 1, -1, -1) if lines[i].startswith(opening)), None)
        if first is not None:
            yield "\n".join(lines[first:])
    yield from (line for line in reversed(lines) if line.strip())


def _shown(parse: object) -> str:
    return one_line(repr(parse), 60)
