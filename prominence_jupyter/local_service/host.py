"""The host and its boot: what tells whether a process that was written down can still be there."""

from __future__ import annotations

import ctypes
import re
import socket
import sys
from pathlib import Path
from typing import Final

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_OF_MACOS: Final = b"kern.bootsessionuuid"


def name() -> str:
    """Return the name of this host, fit for the name of a folder."""
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname().partition(".")[0])[:64] or "localhost"


def boot_id() -> str:
    """Return what is another after each boot; empty where the system tells none."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return _macos_boot_id() if sys.platform == "darwin" else ""


def _macos_boot_id() -> str:
    told = ctypes.create_string_buffer(64)
    size = ctypes.c_size_t(len(told))
    failed = ctypes.CDLL(None).sysctlbyname(_OF_MACOS, told, ctypes.byref(size), None, ctypes.c_size_t(0))
    return "" if failed else told.value.decode()
