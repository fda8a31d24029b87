"""What the front says to the runner: lines of JSON on a socket. The runner answers nothing: it acts, or it ends."""

from __future__ import annotations

import json
from typing import Final, Literal

from prominence_jupyter.local_service.capacity import Capacity

WAKE: Final = b"{}\n"
"""The table of jobs has changed."""
STOP: Final = b'{"stop": true}\n'
"""End all jobs, and then yourself."""
_LONGEST: Final = 65536


def use(url: str, capacity: Capacity) -> bytes:
    """Return the message that says what holds from now on."""
    told = {"url": url, "cpus": capacity.cpus, "memory_gb": capacity.memory_gb}
    return json.dumps(told).encode() + b"\n"


def read(line: bytes) -> Literal["wake", "stop"] | tuple[str, Capacity]:
    """Return what a line says; one that nobody of ours has written is no more than a reason to wake."""
    try:
        told = json.loads(line[:_LONGEST])
        if told.get("stop") is True:
            return "stop"
        return str(told["url"]), Capacity(float(told["cpus"]), float(told["memory_gb"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "wake"
