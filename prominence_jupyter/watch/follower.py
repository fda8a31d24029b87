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
        self._doubtful = False
        self._must_restart = False

    def restart(self) -> None:
        """Read from the beginning at the next poll: the service reported that the job was started again."""
        self._must_restart = self.spool.size > 0

    def poll(self) -> Delta:
        """Ask once and return what is new."""
        if self._must_restart:
            return self._start_afresh()
        if self.spool.size == 0:
            return Delta(self._take(self._read(None)))
        if self._has_offsets is None:
            self._has_offsets = self._read(FAR) == b""
        return self._poll_offset() if self._has_offsets else self._poll_whole()

    def finish(self) -> Delta:
        """Read to the end of the output of a job that has ended."""
        data, restarted = b"", False
        while True:
            delta = self.poll()
            data = delta.data if delta.restarted else data + delta.data
            restarted |= delta.restarted
            if not delta.data and not self._doubtful:
                return Delta(data, restarted)

    def _poll_offset(self) -> Delta:
        size = self.spool.size
        known = self.spool.tail(_OVERLAP)
        answer = self._read(size - len(known))
        if answer.startswith(known):
            self._doubtful = False
            return Delta(self._take(answer[len(known) :]))
        return self._doubt(might_be_short=known.startswith(answer))

    def _poll_whole(self) -> Delta:
        answer = self._read(None)
        if self.spool.is_start_of(answer):
            self._doubtful = False
            return Delta(self._take(answer[self.spool.size :]))
        return self._doubt(might_be_short=len(answer) < self.spool.size)

    def _doubt(self, *, might_be_short: bool) -> Delta:
        """Believe in a restart when other bytes stand there, or when the output is too short twice in a row.

        Once is not enough: while a service moves the output of a job that ends, it may be gone for an instant.
        """
        if might_be_short and not self._doubtful:
            self._doubtful = True
            return Delta()
        return self._start_afresh()

    def _start_afresh(self) -> Delta:
        whole = self._read(None)
        self._doubtful = self._must_restart = False
        self.spool.clear()
        return Delta(self._take(whole), restarted=True)

    def _take(self, data: bytes) -> bytes:
        self.spool.append(data)
        return data
