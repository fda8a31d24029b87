"""`attempt`: does what a person asked for in a widget, and says what became of it where that person looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prominence_jupyter.protocol.plain_text import one_line

INTERRUPTED: Final = "Interrupted: it may have been done."
"""What became of an action that an interrupt of the kernel ended."""


def attempt(do: Callable[[], tuple[str, str]], tell: Callable[[str, str], None]) -> None:
    """Do something and tell its outcome: "done" or "problem", and words.

    Parameters
    ----------
    do
        Returns the outcome; an error is a problem. An interrupt is told and goes on.
    tell
        Called once with the outcome.
    """
    try:
        kind, text = do()
    except Exception as problem:  # a callback's, whatever it is
        kind, text = "problem", one_line(problem, 500) or type(problem).__name__
    except KeyboardInterrupt:
        tell("problem", INTERRUPTED)
        raise
    tell(kind, text)
