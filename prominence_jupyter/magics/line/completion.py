"""Tab completion: options, verbs, names and ids of jobs on the line; keys and known values in the cell.

IPython gives its matchers the whole cell and the place of the cursor, in the terminal and (through the kernel's
``complete_request``) in JupyterLab and Notebook 7 alike. JupyterLab asks on Tab, not while one types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from prominence_jupyter.magics.cell.json_context import Context, context_of
from prominence_jupyter.magics.line.options import OFFERED, job_parser, line_parser, workflow_parser
from prominence_jupyter.magics.line.parser import Parser

_LINE: Final = re.compile(r"(?:^|=)\s*%prominence\s+(?P<typed>.*)$")
_FIRST: Final = re.compile(r"^%%prominence_(?P<kind>job|workflow)\s+(?P<typed>.*)$")
_CELL: Final = re.compile(r"^\s*%%prominence_(?P<kind>job|workflow)\b")


class Known(Protocol):
    """What the notebook knows of jobs and workflows."""

    def jobs_in_use(self) -> Mapping[str, Any]:
        """Return the jobs that variables hold, by name."""

    def recent_ids(self) -> list[str]:
        """Return ids of jobs that were seen lately."""

    def workflows_in_use(self) -> Mapping[str, Any]:
        """Return the workflows that variables hold, by name."""

    def recent_workflows(self) -> list[str]:
        """Return ids of workflows that were seen lately."""

    def tables(self) -> list[str]:
        """Return the names of variables that hold a DataFrame."""


def matcher(known: Callable[[], Known]) -> Callable[[CompletionContext], SimpleMatcherResult]:
    """Return the matcher to add to IPython's completer; `known` is asked when something of ours is typed."""

    @context_matcher()  # type: ignore[untyped-decorator] # IPython's has no types
    def prominence(context: CompletionContext) -> SimpleMatcherResult:
        found = _found(context, known)
        if found is None:
            return SimpleMatcherResult(completions=[])
        fragment, words = found
        completions = [
            SimpleCompletion(word, type="keyword") for word in words if word.removeprefix('"').startswith(fragment)
        ]
        return SimpleMatcherResult(completions=completions, matched_fragment=fragment, suppress=bool(completions))

    return prominence  # type: ignore[no-any-return] # as above


def _found(context: CompletionContext, known: Callable[[], Known]) -> tuple[str, Iterable[str]] | None:
    """Return what is typed of a word, and the words that may stand there; None where nothing of ours is typed."""
    lines = context.full_text.split("\n")
    before = lines[context.cursor_line][: context.cursor_position]
    if match := _LINE.search(before):
        return _on_the_line(match["typed"], known())
    if context.cursor_line == 0:
        match = _FIRST.search(before)
        return _after_the_magic(match["kind"], match["typed"], known()) if match else None
    if cell := _CELL.match(lines[0]):
        place = context_of("\n".join([*lines[1 : context.cursor_line], before]))
        is_closed = lines[context.cursor_line][context.cursor_position :].startswith('"')
        return (place.fragment, _in_the_cell(cell["kind"], place, is_closed=is_closed)) if place else None
    return None


def _on_the_line(typed: str, known: Known) -> tuple[str, Iterable[str]]:
    *words, fragment = re.split(r"\s+", typed)
    parser = line_parser()
    if not words:
        return fragment, parser.verbs
    verb = parser.verbs.get(words[0])
    if verb is None:
        return fragment, ()
    if words[-1] in verb.words and words[-1] in OFFERED:
        return fragment, OFFERED[words[-1]]
    if fragment.startswith("-") or not verb.takes_id:
        return fragment, [*_kinds(verb, words), *_options(verb)]
    kind, _ = verb.kind_of([*words[1:], fragment or "ID"])
    of_workflows = kind == "workflow" or words[0] == "rerun"
    jobs = {} if of_workflows else known.jobs_in_use()
    workflows = {} if kind == "job" else known.workflows_in_use()
    recent = known.recent_workflows() if of_workflows else known.recent_ids()
    held = (workflows if of_workflows else jobs).values()
    ids = dict.fromkeys([*(str(each.id) for each in held), *recent])
    return fragment, [*_kinds(verb, words), *jobs, *workflows, *ids, *_options(verb)]


def _kinds(verb: Parser, words: Sequence[str]) -> Iterable[str]:
    """Return the words that say which kind of thing is meant: they stand before the ids."""
    return () if [*verb.values(words[1:])] else verb.kinds


def _after_the_magic(kind: str, typed: str, known: Known) -> tuple[str, Iterable[str]]:
    *words, fragment = re.split(r"\s+", typed)
    parser = job_parser() if kind == "job" else workflow_parser()
    if kind == "job" and words[-1:] == ["--table"]:
        return fragment, known.tables()
    if fragment.startswith("-") or any(not word.startswith("-") for word in words):
        return fragment, _options(parser)
    names = [*(known.jobs_in_use() if kind == "job" else ()), *known.workflows_in_use()]
    return fragment, [*names, *_options(parser)]


def _options(parser: Parser) -> list[str]:
    return [word for word in parser.words if word.startswith("--")]


def _in_the_cell(kind: str, place: Context, *, is_closed: bool) -> Iterable[str]:
    """Return keys or values as they are to be written: with the quotes that are still missing."""
    from prominence_jupyter.protocol.validation import JOB, WORKFLOW  # noqa: PLC0415 - when they are first asked for

    rule = (JOB if kind == "job" else WORKFLOW).at(place.path)
    if rule is None or place.wants == "nothing":
        return ()
    if place.wants == "key":
        words: list[Any] = [key for key in rule.known() if key not in place.siblings]
    else:
        words = list(rule.values_known())
    return [_written(word, is_open=place.quoted, is_closed=is_closed) for word in words]


def _written(word: Any, *, is_open: bool, is_closed: bool) -> str:
    if not isinstance(word, str):
        return {True: "true", False: "false", None: "null"}[word]
    return ("" if is_open else '"') + word + ("" if is_open and is_closed else '"')
