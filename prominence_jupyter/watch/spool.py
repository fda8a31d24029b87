"""`Spool`: the output of one stream as it came, byte for byte, outside of the kernel's memory."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import weakref


class Spool:
    """Bytes in a temporary file that has no name, is this user's alone and is gone with the process.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the spool
        weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()
        self._size = 0
        self._digest = hashlib.blake2b()

    @property
    def size(self) -> int:
        """Number of bytes held."""
        return self._size

    def append(self, data: bytes) -> None:
        """Add bytes at the end."""
        with self._lock:
            self._file.seek(self._size)
            self._file.write(data)
            self._size += len(data)
            self._digest.update(data)

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """Return the bytes from `start` to before `stop` (default: the end)."""
        with self._lock:
            stop = self._size if stop is None else min(stop, self._size)
            self._file.seek(start)
            return self._file.read(max(0, stop - start))

    def tail(self, count: int) -> bytes:
        """Return at most the last `count` bytes."""
        return self.read(max(0, self._size - count))

    def is_start_of(self, whole: bytes) -> bool:
        """Tell whether `whole` begins with all that is held."""
        return len(whole) >= self._size and hashlib.blake2b(whole[: self._size]).digest() == self._digest.digest()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._file.truncate(0)
            self._size = 0
            self._digest = hashlib.blake2b()
