"""Hints about descriptions that keep every rule and still may not do what was meant."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from prominence_jupyter.protocol.description import JobDescription

_SHELLS: Final = frozenset({"sh", "bash", "dash", "zsh", "ksh", "csh", "tcsh", "fish"})
_OPERATORS: Final = frozenset("|&;<>()")


def hints(description: JobDescription, where: str = "") -> Iterator[str]:
    """Tell which commands hold signs of a shell's language: a command is split like a shell would, but run by none.

    Parameters
    ----------
    description
        The job.
    where
        What stands before its keys, for a job of a workflow: ``jobs[0].``
    """
    for index, task in enumerate(description.body["tasks"]):
        if sign := shell_sign(task.get("cmd", "")):
            yield (
                f"Note: {where}tasks[{index}].cmd is not run by a shell, so {sign} means nothing special in it. "
                "With a shell: /bin/sh -c '...'"
            )


def shell_sign(cmd: str) -> str | None:
    """Return the first unquoted word of a command that only a shell would understand, None if there is none."""
    words = shlex.shlex(cmd, posix=False, punctuation_chars=True)
    words.whitespace_split = True
    try:
        first, *others = list(words) or [""]
    except ValueError:  # an open quote, which is a problem of its own
        return None
    if first.rpartition("/")[2] in _SHELLS:
        return None
    return next((word for word in others if set(word) <= _OPERATORS or _expands(word)), None)


def _expands(word: str) -> bool:
    """Tell whether a shell would replace a word: a pattern of files, or a command in its place.

    ``$name`` is none: PROMINENCE itself replaces parameters.
    """
    return word[0] not in "'\"" and ("$(" in word or "`" in word or "*" in word)
