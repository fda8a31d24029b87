"""`Parser`: what can be typed after a magic. It raises our errors, and suggests what was meant."""

from __future__ import annotations

import argparse
import difflib
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn

from prominence_jupyter.errors import UsageError

_HOLE: Final = "\ue000{}\ue001"
"""Stands for a ``{{ }}`` while a line is split; nobody types these characters, which mean nothing."""
_HOLES: Final = re.compile("\ue000(\\d+)\ue001")


class HelpShown(Exception):
    """The help has been printed and there is nothing more to do."""


class Misplaced(argparse.Action):
    """An option that belongs elsewhere, which ``const`` says."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """Raise, whatever follows it."""
        parser.error(self.const)


class Parser(argparse.ArgumentParser):
    """A parser that raises our errors where argparse would end the process.

    Attributes
    ----------
    kinds
        Words that may stand before the ids, and which kind of thing each means: ``job``, ``workflow``.
    """

    def __init__(self, prog: str, *, kinds: Mapping[str, str] | None = None, **settings: Any) -> None:
        super().__init__(prog, allow_abbrev=False, **settings)
        self.kinds = kinds or {}

    def parse_line(self, line: str) -> argparse.Namespace:
        """Parse what stands after the magic's name.

        Raises
        ------
        UsageError
            It cannot be understood.
        HelpShown
            It was a request for help.
        """
        line = line.rstrip().removesuffix(";")  # it keeps the result of a cell from being shown
        try:
            words = _split(line)
        except ValueError as error:
            raise UsageError(f"{self.prog}: {error}: {line.strip()!r}") from None
        if words and (verb := self.verbs.get(words[0])):  # so that the verb's own parser reports what is wrong
            kind, rest = verb.kind_of(words[1:])
            return verb.parse_args(rest, argparse.Namespace(verb=words[0], kind=kind))
        return self.parse_args(words)

    def error(self, message: str) -> NoReturn:
        """Raise instead of ending the process."""
        asked = f"{self.prog} --help" if " " in self.prog else f"{self.prog}?"  # of a verb, ? shows nothing
        raise UsageError(f"{self.prog}: {message}{self._meant(message)}; {asked} shows help")

    def _meant(self, message: str) -> str:
        """Return the option or verb that was probably meant by what argparse complains of."""
        typed = re.search(r"invalid choice: '([^']*)'|unrecognized arguments: (\S+)", message)
        near = difflib.get_close_matches(typed[1] or typed[2], self.words, n=1) if typed else []
        return f"; did you mean {near[0]}?" if near else ""

    @property
    def words(self) -> list[str]:
        """The options and verbs that may be typed."""
        options = self._option_string_actions.items()
        return [*(word for word, option in options if option.help != argparse.SUPPRESS), *self.verbs]

    @property
    def takes_id(self) -> bool:
        """Whether ids of jobs belong on the line."""
        return any(action.dest in {"id", "ids"} for action in self._actions)

    def kind_of(self, words: list[str]) -> tuple[str, list[str]]:
        """Return which kind the word before the ids says, as in the CLI, and the other words; "" where it says none."""
        places = [*self.values(words)]
        is_said = bool(places) and words[places[0]] in self.kinds and (len(places) > 1 or not self.takes_id)
        if not is_said:
            return "", words
        return self.kinds[words[places[0]]], [*words[: places[0]], *words[places[0] + 1 :]]

    def values(self, words: Sequence[str]) -> Iterator[int]:
        """Return the places of the words that are neither options nor what belongs to one."""
        belongs = False
        for place, word in enumerate(words):
            option = self._option_string_actions.get(word)
            if not belongs and not word.startswith("-"):
                yield place
            belongs = not belongs and option is not None and option.nargs is None

    @property
    def verbs(self) -> dict[str, Parser]:
        """The verbs, with the parser of what follows each."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public way to list them
                return dict(action.choices)
        return {}

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:  # noqa: ARG002 - argparse's signature
        """Raise instead of ending the process: the help has been printed."""
        raise HelpShown


def _split(line: str) -> list[str]:
    """Split a line as a shell does, except that a ``{{ }}`` stays whole, with the spaces and quotes in it."""
    if "{{" not in line:
        return shlex.split(line)
    from prominence_jupyter.magics.cell.variables.expansion import expressions  # noqa: PLC0415 - %load_ext stays fast

    pieces: list[str] = []
    whole: list[str] = []
    copied = 0
    for start, end in expressions(line):
        pieces += line[copied:start], _HOLE.format(len(whole))
        whole.append(line[start:end])
        copied = end
    words = shlex.split("".join([*pieces, line[copied:]]))
    return [_HOLES.sub(lambda hole: whole[int(hole[1])], word) for word in words]
