"""`Signals`: what makes a signal wake the runner, that of a child's end above all, and end nothing."""

from __future__ import annotations

import contextlib
import signal
import socket
from typing import Final, Self

_HEARD: Final = (
    *(signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGPIPE),
)
"""A job may send them to its parent."""


class Signals:
    """A socket that can be read when signals have come."""

    def __init__(self) -> None:
        self.socket, self._noted = socket.socketpair()

    def __enter__(self) -> Self:
        for end in (self.socket, self._noted):
            end.setblocking(False)
        signal.set_wakeup_fd(self._noted.fileno(), warn_on_full_buffer=False)
        for number in _HEARD:
            signal.signal(number, lambda *_: None)  # a handler and not SIG_IGN, which children would inherit
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        self.socket.close()
        self._noted.close()

    def forget(self) -> None:
        """Read what has come; which signals these were does not matter."""
        with contextlib.suppress(BlockingIOError):
            while self.socket.recv(4096):
                pass
