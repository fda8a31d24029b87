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

from prominence_jupyter.errors import RequestRefused, ServiceFailed, UnexpectedAnswer
from prominence_jupyter.watch.logs.comparison import Comparison, is_page
from prominence_jupyter.watch.logs.spool import Spool

FAR: Final = 10**12
"""An offset beyond any log."""
_OVERLAP: Final = 256
"""Bytes read again each time, to see that the output still continues what was read."""
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
        self.is_certain = True
        """Whether no restart can have been missed; else a `check` is called for at the end."""
        self._read = read
        self._clock = clock
        self._slice_s = _SLICE_S
        self._has_offsets: bool | None = None
        self._is_sure_of_offsets = False
        """Whether an answer was seen that only a service gives that understands them."""
        self._comparison = Comparison(spool)

    @property
    def is_doubtful(self) -> bool:
        """Whether the output was shorter than what was read, the last time it was looked at."""
        return self._comparison.is_doubtful

    @property
    def reads_all_again(self) -> bool:
        """Whether each poll costs as much as the output is long."""
        return self._has_offsets is False

    def restart(self) -> None:
        """Look for another output from now on: the service reported that the job was started again."""
        if self.spool.size:
            self._comparison.look_for_restart()
            self.doubt()

    def doubt(self) -> None:
        """Take note that the job may have been started again: at the end all of its log has to be compared."""
        self.is_certain = self._is_sure_of_offsets = False

    def check(self) -> None:
        """Compare all of the log in the next poll."""
        self.is_certain = True
        self._comparison.want()

    def poll(self) -> None:
        """Ask once and spool what is new.

        Raises
        ------
        SpoolFull
            The spool holds no more.
        """
        before = (self.spool.run, self.spool.size, self._comparison.compared)
        self._ask()
        has_brought = (self.spool.run, self.spool.size, self._comparison.compared) != before
        if self.is_behind and (self.reads_all_again or not has_brought):
            self._slice_s = min(2 * self._slice_s, _LONGEST_SLICE_S)
        elif not self.reads_all_again:
            self._slice_s = _SLICE_S

    def _ask(self) -> None:
        if self.spool.size == 0:
            with self._reading(None) as pieces:
                self.spool.extend(pieces)
            if is_page(self.spool.piece(0, _OVERLAP).data):
                self.doubt()  # it may be that of something in between
        elif self._has_offsets is None:
            self._probe()
        else:
            self._go_on()

    def _go_on(self) -> None:
        if self._comparison.is_due or not self._has_offsets:
            self._poll_whole()
        else:
            self._poll_offset()

    def _probe(self) -> None:
        """Learn whether the service understands offsets; the answer of one that does not is not wasted."""
        try:
            with self._reading(FAR) as pieces:
                if first := next(pieces, b""):
                    self._comparison.compared = 0
                    self._has_offsets = False if self._compare(chain([first], pieces)) else None
                    return
        except (RequestRefused, UnexpectedAnswer):
            self._poll_whole()  # if that is refused too, it is not for the offset
            self._has_offsets = False
            return
        except ServiceFailed:
            self._poll_whole()  # it may be for the offset, and for good; or it passes, and the next poll probes again
            return
        self._has_offsets = True
        self._go_on()

    def _poll_offset(self) -> None:
        known = self.spool.tail(_OVERLAP).data
        start = self.spool.size - len(known)
        if not self._is_sure_of_offsets and start and self.spool.piece(0, len(known)).data == known:
            # Of a log that repeats itself the beginning looks like the end, and all of it like what is new.
            if self._is_empty(start):
                self._note_shorter()
                return
            if not self._is_empty(FAR):
                self._probe()
                return
            self._is_sure_of_offsets = True
        with self._reading(start) as pieces:
            head = b""
            while len(head) < len(known) and (piece := next(pieces, b"")):
                head += piece
            if head.startswith(known):
                self._is_sure_of_offsets = self._is_sure_of_offsets or start > 0
                self._comparison.settle()
                self.spool.extend(chain([head[len(known) :]], pieces))
                return
        if not known.startswith(head):
            self._has_offsets = None  # perhaps it never understood them
            self.doubt()
            self._poll_whole()
        elif not self.is_behind:
            self._note_shorter()

    def _note_shorter(self) -> None:
        """Take note that nothing came from where the log ended before."""
        if self._comparison.has_doubted_enough():
            self.doubt()
            self._poll_whole()

    def _is_empty(self, offset: int) -> bool:
        """Tell whether nothing comes from an offset on."""
        with self._reading(offset) as pieces:
            return not next(pieces, b"")

    def _poll_whole(self) -> None:
        """Compare the whole, or what of it has not been compared yet."""
        if not self._has_offsets:
            self._comparison.compared = 0
        with self._reading(self._comparison.compared or None) as pieces:
            self._compare(pieces)

    def _compare(self, pieces: Pieces) -> bool:
        return self._comparison.go_on(pieces, lambda: self.is_behind)

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
