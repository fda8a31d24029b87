"""`Spool`: the output of one stream as it came, byte for byte, outside of the kernel's memory."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from io import FileIO
from typing import Final

from prominence_jupyter.errors import ProminenceError

CAP: Final = 2 * 1000**3
"""Bytes of one log that are kept at most: temporary folders are small, and others need them too."""
_PIECE: Final = 256 * 1024


class SpoolFull(ProminenceError):
    """A log is longer than what is kept of one."""


class NoRoom(SpoolFull):
    """The temporary folder takes no more of a log now; there may be room again later."""

    transient = True


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a log, and what the log was when they were taken.

    Attributes
    ----------
    run
        How often the log had begun afresh.
    start
        Offset of the first byte.
    data
        The bytes.
    size, lines
        Bytes and newline characters of the whole log.
    """

    run: int
    start: int
    data: bytes
    size: int
    lines: int


class Spool:
    """Bytes in a temporary file that has no name, is this user's alone and is gone with the process.

    Safe to use from several threads. There is no file before there are bytes.

    Parameters
    ----------
    see_whole
        What to type to see a log that is too long for a spool.
    cap
        Bytes that are kept at most.
    """

    def __init__(self, see_whole: str = "", *, cap: int = CAP) -> None:
        self._mend = f"; see the whole with {see_whole}" if see_whole else ""
        self._cap = cap
        self._lock = threading.Lock()
        self._file: FileIO | None = None
        self._run = self._size = self._lines = 0

    @property
    def run(self) -> int:
        """How often the log has begun afresh."""
        return self._run

    @property
    def size(self) -> int:
        """Number of bytes held."""
        return self._size

    @property
    def lines(self) -> int:
        """Number of newline characters held."""
        return self._lines

    def piece(self, start: int, stop: int) -> Piece:
        """Return the bytes from `start` to before `stop`, as far as they exist."""
        with self._lock:
            return self._piece(start, stop)

    def tail(self, count: int) -> Piece:
        """Return at most the last `count` bytes."""
        with self._lock:
            return self._piece(self._size - count, self._size)

    def append(self, data: bytes) -> None:
        """Add bytes at the end.

        Raises
        ------
        SpoolFull
            They would be more than are kept; `NoRoom` when they cannot be written now. Nothing of them is kept then.
        """
        with self._lock:
            if self._size + len(data) > self._cap:
                raise SpoolFull(f"only its first {self._cap / 1000**3:g} GB are followed{self._mend}")
            try:
                self._write(data)
            except OSError as error:
                raise NoRoom(f"the temporary folder takes no more of it ({error.strerror}){self._mend}") from None
            self._size += len(data)
            self._lines += data.count(b"\n")

    def extend(self, pieces: Iterable[bytes]) -> None:
        """Add pieces at the end, each as it comes; what has come is kept when no more can be had."""
        for piece in pieces:
            self.append(piece)

    def clear(self, *, keep: int = 0) -> None:
        """Begin afresh, with the first `keep` bytes as they were."""
        with self._lock:
            starts = range(0, keep, _PIECE)
            self._lines = sum(self._piece(start, min(start + _PIECE, keep)).data.count(b"\n") for start in starts)
            self._size = keep
            self._run += 1
            if self._file is not None:
                self._file.truncate(keep)

    def _piece(self, start: int, stop: int) -> Piece:
        stop = max(0, min(stop, self._size))
        start = max(0, min(start, stop))
        return Piece(self._run, start, self._read(start, stop - start), self._size, self._lines)

    def _read(self, start: int, count: int) -> bytes:
        if self._file is None or count == 0:
            return b""
        self._file.seek(start)
        return self._file.read(count)

    def _write(self, data: bytes) -> None:
        """Write at the end, without a buffer: of what fails, nothing is left that would be written later."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as the spool
            weakref.finalize(self, self._file.close)
        self._file.seek(self._size)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
