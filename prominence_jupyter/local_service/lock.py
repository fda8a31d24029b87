"""The lock that says whether a local service runs: the kernel drops it when its holders die, however they die."""

from __future__ import annotations

import os
from pathlib import Path


def take(path: Path) -> int | None:
    """Lock a file; return its descriptor, to be kept open (children may inherit it), or None if another has it."""
    import fcntl  # noqa: PLC0415 - Windows has none, and this module must be importable there

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_held(path: Path) -> bool:
    """Tell whether a process holds the lock now."""
    import fcntl  # noqa: PLC0415 - Windows has none, and this module must be importable there

    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
