"""`Follower`: reads the growing output of a job, each byte once.

The service gives output from a byte offset where it understands offsets, and whole where it does not: a request
far beyond the end tells. An evicted job starts again and its output with it; then what was read no longer fits
what the service has, and the follower says so and reads afresh.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from prominence_jupyter.watch.spool import Spool

FAR: Final = 10**12
"""An offset beyond any log."""
_OVERLAP: Final = 256
"""Bytes read again each time, to see that the output still continues what was read."""
_LOOKS: Final = 4
"""How often in a row an output must be too short before it counts as another one."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What a poll brought.

    Attributes
    ----------
    data
        New bytes.
    restarted
        Whether the output began afresh: `data` is then its beginning, and what came before is void.
    """

    data: bytes = b""
    restarted: bool = False


class Follower:
    """Follows one output stream of one job.

    Parameters
    ----------
    read
        Gives the output from a byte offset, or all of it for None; may raise the errors of the client, after
        which the next poll goes on where this one stood.
    """

    def __init__(self, read: Callable[[int | None], bytes]) -> None:
        self.spool = Spool()
        self._read = read
        self._has_offsets: bool | None = None
        self._doubts = 0
        self._must_compare = False

    @property
    def is_doubtful(self) -> bool:
        """Whether the output was shorter than what was read, the last time it was looked at."""
        return self._doubts > 0

    def restart(self) -> None:
        """Compare the whole output at the next poll: the service reported that the job was started again."""
        self._must_compare = self.spool.size > 0

    def poll(self) -> Delta:
        """Ask once and return what is new."""
        if self.spool.size == 0:
            return Delta(self._take(self._read(None)))
        if self._must_compare:
            delta = self._compare_whole(self._read(None), told=True)
            self._must_compare = False
            return delta
        if self._has_offsets is None:
            answer = self._read(FAR)
            self._has_offsets = answer == b""
            if answer:
                return self._compare_whole(answer)
        return self._poll_offset() if self._has_offsets else self._compare_whole(self._read(None))

    def finish(self) -> Delta:
        """Read to the end of the output of a job that has ended, as far as it can be had now."""
        data, restarted = b"", False
        while True:
            delta = self.poll()
            data = delta.data if delta.restarted else data + delta.data
            restarted |= delta.restarted
            if not delta.data:
                return Delta(data, restarted)

    def _poll_offset(self) -> Delta:
        size = self.spool.size
        known = self.spool.tail(_OVERLAP)
        answer = self._read(size - len(known))
        if answer.startswith(known):
            self._doubts = 0
            return Delta(self._take(answer[len(known) :]))
        if known.startswith(answer) and not self._has_doubted_enough():
            return Delta()
        return self._compare_whole(self._read(None), told=True)

    def _compare_whole(self, whole: bytes, *, told: bool = False) -> Delta:
        """Go on where the whole output continues what was read, else begin afresh.

        A shorter one is believed when it was told of, or seen several times in a row: while a service moves the
        output of a job that ends, it may be gone for a moment. An empty one erases nothing.
        """
        if self.spool.is_start_of(whole):
            self._doubts = 0
            return Delta(self._take(whole[self.spool.size :]))
        if not whole or (len(whole) < self.spool.size and not told and not self._has_doubted_enough()):
            self._doubts = max(self._doubts, 1)
            return Delta()
        self._doubts = 0
        self.spool.clear()
        return Delta(self._take(whole), restarted=True)

    def _has_doubted_enough(self) -> bool:
        self._doubts += 1
        return self._doubts >= _LOOKS

    def _take(self, data: bytes) -> bytes:
        self.spool.append(data)
        return data
