"""`side_by_side`: the same for several things, some at a time, where one who waits can leave at any time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

_LOOK_S: Final = 0.2
"""How long is waited without looking up: on some systems no interrupt comes in meanwhile."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    do: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    at_once: int,
    done: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """Return what a function gives for each item, in their order.

    Its threads are daemons: an executor's are waited for when Python ends, and when an interrupt comes.

    Parameters
    ----------
    do
        Called from several threads. What it raises is raised here; then, and after an interrupt, nothing new is begun.
    items
        What it is called with.
    at_once
        How many threads there are at most.
    done
        Called from this thread with how many have been done.
    """
    work = SimpleQueue[tuple[int, Item]]()
    for numbered in enumerate(items):
        work.put(numbered)
    count = work.qsize()
    results = SimpleQueue[tuple[int, Result | None, BaseException | None]]()
    left = threading.Event()

    def serve() -> None:
        while not left.is_set():
            try:
                place, item = work.get_nowait()
            except Empty:
                return
            try:
                results.put((place, do(item), None))
            except BaseException as error:  # whatever it is, the one who waits is told
                results.put((place, None, error))

    found: dict[int, Result] = {}
    try:
        for _ in range(min(at_once, count)):
            threading.Thread(target=serve, name="prominence-side-by-side", daemon=True).start()
        while len(found) < count:
            try:
                place, result, error = results.get(timeout=_LOOK_S)
            except Empty:
                continue
            if error is not None:
                raise error
            found[place] = result  # type: ignore[assignment] # there is one where there is no error
            done(len(found))
    finally:
        left.set()
    return [found[place] for place in range(count)]
