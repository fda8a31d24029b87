"""How far something has come that one waits for: told to a function, or shown where there is something to show it in.

This folder knows no notebook. What does says here how progress is shown, for all sessions of the process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from prominence_jupyter.history.ended_jobs import Progress


class ProgressDisplay:
    """Where progress is shown that nobody asked for.

    Attributes
    ----------
    make
        Gives the function that moves a bar, for a ``with`` block; None where nothing can be shown.
    """

    make: ClassVar[Callable[[], AbstractContextManager[Progress]] | None] = None


@contextmanager
def shown_progress(progress: Progress | None) -> Iterator[Progress]:
    """Give the function to tell progress to: the one given, one that shows it, or one that does nothing.

    Nothing is shown from another thread than the main one, whose output would land in whatever cell runs then.
    """
    make = ProgressDisplay.make
    if progress is not None or make is None or threading.current_thread() is not threading.main_thread():
        yield progress or _nothing
        return
    with make() as shown:
        yield shown


def _nothing(done: int, total: int | None, words: str) -> None:
    """Show nothing."""
