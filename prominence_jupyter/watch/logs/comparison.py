"""`Comparison`: whether an output still is what was read of it, or that of another run.

An evicted job starts again and its output with it. Mostly the service tells; and it may tell too early, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final

from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.watch.logs.spool import Spool

_LOOKS: Final = 4
"""How often in a row an output must be too short, or another, before it counts as another one."""
_RESTART_LOOKS: Final = 6
"""How often in a row it is looked for when a restart was told: the service may still have that of the run before, or
none yet. One that is empty as often is that of a run that has written nothing."""
_PAGE: Final = re.compile(rb"\s*<(!doctype html|html)\b", re.IGNORECASE)
_HEAD: Final = 256
"""Bytes that tell a page of HTML."""


class Comparison:
    """Compares the whole of an output with what a spool holds, and brings the spool up to date.

    Parameters
    ----------
    spool
        What was read.

    Attributes
    ----------
    compared
        How much of the spool has been compared, where that takes several requests.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self.compared = 0
        self._doubts = 0
        self._looks_for_restart = 0
        """How often yet another output is looked for, since the job was started again."""
        self._is_wanted = False

    @property
    def is_doubtful(self) -> bool:
        """Whether the output was shorter or another than what was read, the last time it was looked at."""
        return self._doubts > 0

    @property
    def is_due(self) -> bool:
        """Whether the whole is to be compared."""
        return self._is_wanted or self._looks_for_restart > 0

    def want(self) -> None:
        """Have the whole compared, once."""
        self._is_wanted = self._spool.size > 0

    def look_for_restart(self) -> None:
        """Expect another output: the service told that the job was started again."""
        self._looks_for_restart = _RESTART_LOOKS
        self.compared = 0

    def go_on(self, pieces: Iterable[bytes], is_behind: Callable[[], bool]) -> bool:
        """Go on where the output continues what was read, else begin afresh where it departs from that.

        Another output is believed at once when the service told of a restart; else when it was seen several times in a
        row: while a service moves the output of a job that ends, it may be gone for a moment, and what stands between
        may give a page of its own. An empty one erases nothing that no restart was told of. When the time is up too
        early, the rest is compared in the next poll, from an offset on where that can be asked for.

        Parameters
        ----------
        pieces
            The output from `compared` on.
        is_behind
            Tells, when there are no more pieces, whether there was no time for them.

        Returns
        -------
        bool
            Whether the spool is a beginning of the output now.
        """
        for piece in pieces:
            known = self._spool.piece(self.compared, self.compared + len(piece)).data
            common = _common_length(known, piece)
            self.compared += common
            if common < len(piece):
                if common < len(known):
                    if not self._is_believed(piece):
                        self.compared = 0
                        return False
                    self._spool.clear(keep=self.compared)
                self.settle()
                self._spool.extend(chain([piece[common:]], pieces))
                return True
        return not is_behind() and self._judge_end()

    def _judge_end(self) -> bool:
        """Judge an output that has nothing beyond what was read; the same as `go_on`."""
        same, self.compared = self.compared, 0
        looked_for, self._looks_for_restart = self._looks_for_restart, max(0, self._looks_for_restart - 1)
        if same == self._spool.size:
            if not self._looks_for_restart:  # else it may be that of the run before
                self.settle()
            self._doubts = 0
            return True
        is_believed = looked_for == 1 or (same > 0 and (looked_for > 0 or self.has_doubted_enough()))
        if not is_believed:
            self._doubts = max(self._doubts, 1)
            return False
        self._spool.clear(keep=same)
        self.settle()
        return True

    def _is_believed(self, piece: bytes) -> bool:
        """Judge another output than what was read, which begins with a piece or goes on with it."""
        was_page = is_page(self._spool.piece(0, _HEAD).data)
        if is_page(piece) and not was_page:
            raise UnexpectedAnswer("a page of HTML stands where the log belongs")
        return was_page or self._looks_for_restart > 0 or self.has_doubted_enough()

    def settle(self) -> None:
        """Note that the spool is a beginning of the output."""
        self._doubts = self.compared = self._looks_for_restart = 0
        self._is_wanted = False

    def has_doubted_enough(self) -> bool:
        """Doubt once more; return whether that was often enough to believe that the output is another."""
        self._doubts += 1
        return self._doubts >= _LOOKS


def _common_length(first: bytes, second: bytes) -> int:
    """Return how many bytes two pieces have in common at their beginning."""
    if second.startswith(first):
        return len(first)
    differ = (place for place, (one, other) in enumerate(zip(first, second, strict=False)) if one != other)
    return next(differ, len(second))


def is_page(text: bytes) -> bool:
    """Tell whether a text begins as a page of HTML does."""
    return _PAGE.match(text) is not None
