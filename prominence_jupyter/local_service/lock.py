"""Locks that say whether a process runs: the kernel drops one when its holder dies, however it dies."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

_PAUSE_S: Final = 0.005
_TRIES: Final = 10
"""More than one, since who looks at a lock holds it for an instant."""


def take(path: Path) -> int | None:
    """Lock a file and write this process's id into it; return its descriptor, to be kept open, or None.

    None says that another process holds it.
    """
    import fcntl  # noqa: PLC0415 - Windows has none, and this module must be importable there

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
            continue
        write_holder(descriptor)
        return descriptor
    os.close(descriptor)
    return None


def write_holder(descriptor: int) -> None:
    """Write that this process holds a lock: a child has inherited it, and its parent ends."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def is_at(descriptor: int, path: Path) -> bool:
    """Tell whether a lock that was taken is still the one that others find: the folder may have been removed."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


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
