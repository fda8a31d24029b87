"""`Follower`: reads the growing output of a job into a spool, each byte once.

The service gives output from a byte offset where it understands offsets, and whole where it does not: a request
far beyond the end tells. An evicted job starts again and its output with it; then what was read no longer fits
what the service has, and the spool begins afresh. Whatever is asked for passes through in pieces.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from typing import Final

from prominence_jupyter.errors import RequestRefused, UnexpectedAnswer
from prominence_jupyter.watch.spool import Spool

FAR: Final = 10**12
"""An offset beyond any log."""
_OVERLAP: Final = 256
"""Bytes read again each time, to see that the output still continues what was read."""
_LOOKS: Final = 4
"""How often in a row an output must be too short before it counts as another one."""
_SLICE_S: Final = 2.0
"""How long one request may take: others wait for the same thread, and the next poll goes on."""
_LONGEST_SLICE_S: Final = 32.0
"""How long it may take where a shorter time brought nothing new, or each answer is the whole log."""

Pieces = Iterator[bytes]


class Follower:
    """Follows one output stream of one job.

    Parameters
    ----------
    read
        Gives the output from a byte offset, or all of it for None, in pieces for a ``with`` block. May raise the
        errors of the client, also in the middle: what has come is kept, and the next poll goes on there.
    spool
        Where the output goes.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        read: Callable[[int | None], AbstractContextManager[Pieces]],
        spool: Spool,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.spool = spool
        self.is_behind = False
        """Whether the last poll left off before the end of what there was."""
        self._read = read
        self._clock = clock
        self._slice_s = _SLICE_S
        self._has_offsets: bool | None = None
        self._doubts = 0
        self._must_compare = False

    @property
    def is_doubtful(self) -> bool:
        """Whether the output was shorter than what was read, the last time it was looked at."""
        return self._doubts > 0

    @property
    def reads_all_again(self) -> bool:
        """Whether each poll costs as much as the output is long."""
        return self._has_offsets is False

    def restart(self) -> None:
        """Compare the whole output at the next poll: the service reported that the job was started again."""
        self._must_compare = self.spool.size > 0

    def poll(self) -> None:
        """Ask once and spool what is new.

        Raises
        ------
        SpoolFull
            The spool holds no more.
        """
        before = (self.spool.run, self.spool.size)
        self._ask()
        has_brought = (self.spool.run, self.spool.size) != before
        if self.is_behind and (self.reads_all_again or not has_brought):
            self._slice_s = min(2 * self._slice_s, _LONGEST_SLICE_S)
        elif not self.reads_all_again:
            self._slice_s = _SLICE_S

    def _ask(self) -> None:
        if self._must_compare:
            self._poll_whole(told=True)
        elif self.spool.size == 0:
            with self._reading(None) as pieces:
                self._take(pieces)
        elif self._has_offsets is None:
            self._probe()
        elif self._has_offsets:
            self._poll_offset()
        else:
            self._poll_whole(told=False)

    def _probe(self) -> None:
        """Learn whether the service understands offsets; the answer of one that does not is not wasted."""
        try:
            with self._reading(FAR) as pieces:
                first = next(pieces, b"")
                self._has_offsets = not first
                if first:
                    self._compare(chain([first], pieces), told=False)
                    return
        except (RequestRefused, UnexpectedAnswer):
            self._poll_whole(told=False)  # if that is refused too, it is not for the offset
            self._has_offsets = False
            return
        self._poll_offset()

    def _poll_offset(self) -> None:
        known = self.spool.tail(_OVERLAP).data
        with self._reading(self.spool.size - len(known)) as pieces:
            head = b""
            while len(head) < len(known) and (piece := next(pieces, b"")):
                head += piece
            if head.startswith(known):
                self._settle()
                self._take(chain([head[len(known) :]], pieces))
                return
        if not known.startswith(head) or (not self.is_behind and self._has_doubted_enough()):
            self._poll_whole(told=True)

    def _poll_whole(self, *, told: bool) -> None:
        with self._reading(None) as pieces:
            self._compare(pieces, told=told)

    @contextmanager
    def _reading(self, offset: int | None) -> Iterator[Pieces]:
        """Read for as long as one request may take."""
        self.is_behind = False
        with self._read(offset) as pieces:
            yield self._in_time(pieces)

    def _in_time(self, pieces: Pieces) -> Pieces:
        until = self._clock() + self._slice_s
        for piece in pieces:
            yield piece
            if self._clock() >= until:
                self.is_behind = True
                return

    def _compare(self, pieces: Pieces, *, told: bool) -> None:
        """Go on where the whole output continues what was read, else begin afresh where it departs from that.

        One that is shorter is believed when it was told of, or seen several times in a row: while a service moves
        the output of a job that ends, it may be gone for a moment. An empty one erases nothing. When the time is up
        too early, what has been compared is kept, and the rest read again where an offset can be asked for.
        """
        same = 0
        for piece in pieces:
            known = self.spool.piece(same, same + len(piece)).data
            common = _common(known, piece)
            same += common
            if common < len(piece):
                if common < len(known):
                    self.spool.clear(keep=same)
                self._settle()
                self._take(chain([piece[common:]], pieces))
                return
        if same == self.spool.size:
            self._settle()
        elif self.is_behind and self.reads_all_again:
            return
        elif same > 0 and (told or self._has_doubted_enough()):
            self.spool.clear(keep=same)
            self._settle()
        else:
            self._doubts = max(self._doubts, 1)

    def _settle(self) -> None:
        """Note that the spool is a beginning of the output."""
        self._doubts = 0
        self._must_compare = False

    def _take(self, pieces: Pieces) -> None:
        for piece in pieces:
            self.spool.append(piece)

    def _has_doubted_enough(self) -> bool:
        self._doubts += 1
        return self._doubts >= _LOOKS


def _common(first: bytes, second: bytes) -> int:
    """Return how many bytes two pieces have in common at their beginning."""
    if second.startswith(first):
        return len(first)
    differ = (place for place, (one, other) in enumerate(zip(first, second, strict=False)) if one != other)
    return next(differ, len(second))
