"""`Lock`: says that a process runs. The kernel drops it when its holder dies, however it dies."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PAUSE_S: Final = 0.005
_TRIES: Final = 10
"""More than one, since who looks at a lock holds it for an instant."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A locked file, for as long as it is open here or in a child that has inherited it."""

    path: Path
    descriptor: int

    def write_holder(self) -> None:
        """Write into the file that this process holds it."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(os.getpid()).encode(), 0)

    @property
    def is_current(self) -> bool:
        """Whether it is still the one that others find: its folder may have been removed, and made anew."""
        try:
            return os.path.samestat(os.fstat(self.descriptor), self.path.stat())
        except OSError:
            return False

    def close(self) -> None:
        """Let others have it."""
        os.close(self.descriptor)


def take(path: Path) -> Lock | None:
    """Lock a file and write into it who holds it; None if another process does."""
    import fcntl  # noqa: PLC0415 - Windows has none, and this module must be importable there

    lock = Lock(path, os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for _ in range(_TRIES):
        try:
            fcntl.flock(lock.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
            continue
        lock.write_holder()
        return lock
    lock.close()
    return None


def is_held(path: Path) -> bool:
    """Tell whether a process holds the lock now."""
    import fcntl  # noqa: PLC0415 - Windows has none, and this module must be importable there

    try:
        descriptor = os.open(path, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder(path: Path) -> int | None:
    """Return the id of the process that holds the lock now, or None if none does or it has not said so yet."""
    if not is_held(path):
        return None
    try:
        return int(path.read_bytes())
    except (OSError, ValueError):
        return None
