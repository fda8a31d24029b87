"""`Parser`: what can be typed after a magic. It raises our errors, and suggests what was meant."""

from __future__ import annotations

import argparse
import difflib
import re
import shlex
from typing import Any, NoReturn

from prominence_jupyter.errors import UsageError


class HelpShown(Exception):
    """The help has been printed and there is nothing more to do."""


class Parser(argparse.ArgumentParser):
    """A parser that raises our errors where argparse would end the process."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(prog, allow_abbrev=False, **settings)

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
            words = shlex.split(line)
        except ValueError as error:
            raise UsageError(f"{self.prog}: {error}: {line.strip()!r}") from None
        if words and (verb := self.verbs.get(words[0])):  # so that the verb's own parser reports what is wrong
            return verb.parse_args(words[1:], argparse.Namespace(verb=words[0]))
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
        return [*self._option_string_actions, *self.verbs]

    @property
    def takes_id(self) -> bool:
        """Whether ids of jobs belong on the line."""
        return any(action.dest in {"id", "ids"} for action in self._actions)

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
