"""`Mailbox`: the socket on which the runner hears from the front, whichever front it is."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_CHUNK_BYTES: Final = 65536


class Mailbox:
    """A listening socket and its connections, in a selector of the runner's."""

    def __init__(self, path: Path, selector: selectors.BaseSelector) -> None:
        self._path, self._selector = path, selector
        self._listener = socket.socket(socket.AF_UNIX)
        self._unfinished: dict[socket.socket, bytes] = {}

    @property
    def is_connected(self) -> bool:
        """Whether anybody could say something."""
        return bool(self._unfinished)

    def open(self) -> None:
        """Listen. The caller holds the runner's lock, so that a socket which is there is nobody's."""
        self._path.unlink(missing_ok=True)
        self._listener.setblocking(False)
        self._listener.bind(str(self._path))
        os.chmod(self._path, 0o600)  # noqa: PTH101 - a socket is no file
        self._listener.listen()
        self._selector.register(self._listener, selectors.EVENT_READ)

    def close(self) -> None:
        """Take the socket away, and leave who is connected."""
        self._path.unlink(missing_ok=True)
        for connection in self._unfinished:
            connection.close()
        self._listener.close()

    def take(self, ready: object) -> Iterator[bytes]:
        """Yield the lines that came on one of the sockets; take note of who comes and goes."""
        if ready is self._listener:
            with contextlib.suppress(OSError):  # who knocked has gone
                connection, _ = self._listener.accept()
                connection.setblocking(False)
                self._unfinished[connection] = b""
                self._selector.register(connection, selectors.EVENT_READ)
        elif isinstance(ready, socket.socket) and ready in self._unfinished:
            yield from self._lines(ready)

    def _lines(self, connection: socket.socket) -> Iterator[bytes]:
        try:
            came = connection.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            came = b""
        if not came:
            self._selector.unregister(connection)
            del self._unfinished[connection]
            connection.close()
            return
        *lines, rest = (self._unfinished[connection] + came).split(b"\n")
        self._unfinished[connection] = rest[:_CHUNK_BYTES]
        yield from lines
