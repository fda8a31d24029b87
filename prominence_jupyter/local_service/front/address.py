"""Where the front listens."""

from __future__ import annotations

import contextlib
import socket
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service.places.live import LiveDir

HOST: Final = "127.0.0.1"
BASE: Final = "/api/v1"
_LAST_PORT: Final = 65535


def listen(port: int, live: LiveDir) -> socket.socket:
    """Listen on a port; if any will do (0) on that of the last time, which notebooks know.

    Raises
    ------
    LocalServiceError
        It is no port, or taken.
    """
    if port == 0:
        with contextlib.suppress(OSError, ValueError, LocalServiceError):
            return _listen(int(live.port.read_text()))
    return _listen(port)


def url(listener: socket.socket) -> str:
    """Return the URL of the service that listens there."""
    return f"http://{HOST}:{listener.getsockname()[1]}{BASE}"


def _listen(port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:
        raise LocalServiceError(f"Cannot listen on {HOST}:{port}: a port is 0 to {_LAST_PORT}.")
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise LocalServiceError(
            f"Cannot listen on {HOST}:{port}: {error.strerror}. Choose another port, or none: then a free one is found."
        ) from error
    listener.setblocking(False)
    return listener
