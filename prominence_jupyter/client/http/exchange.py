"""`Exchange`: a request and its answer, under way in a thread of its own, so that one who waits can leave at any time.

An interrupt is felt at once wherever the request hangs: also while a name is looked up, where systems let no interrupt
in (nor does Windows while anything is waited for). An error comes without the frames of the libraries, which hold the
token. An exchange that is left comes to nothing: what has not been sent will not be, its connection is closed.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from prominence_jupyter.client.http.frames import bare

_LOOK_S: Final = 0.2
"""How long is waited without looking up: on some systems no interrupt comes in meanwhile."""

NOT_SENT: Final = "interrupted; nothing was sent"
"""What an interrupt says when the request certainly did not leave, and will not."""

_here = threading.local()


@contextmanager
def in_this_thread() -> Iterator[None]:
    """Let exchanges within a ``with`` block be under way in the thread that runs it, where many are to be fast.

    A thread for each costs almost as much as a small request. This is for threads of which none waits for an interrupt.
    Of the time limits those hold that the connection has itself: to connect, between two bytes, and for a whole body.
    """
    _here.stays = True
    try:
        yield
    finally:
        _here.stays = False


class TimeUp(Exception):  # becomes one of our errors; never seen by users
    """An exchange took longer than it may; `is_unsent` tells that the request certainly did not leave."""

    def __init__(self, *, is_unsent: bool) -> None:
        super().__init__("an exchange took too long")
        self.is_unsent = is_unsent


class Left(Exception):  # ends the thread of an exchange that nobody waits for
    """Nobody waits for this exchange any more."""


class Exchange:
    """One exchange. Its connection says of itself when it `connects` and when it `sends`.

    Attributes
    ----------
    has_sent
        Whether its connection has said that it sends: from then on the request may have arrived.
    """

    def __init__(self) -> None:
        self.has_sent = False
        self._until = 0.0
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._is_left = False
        self._is_unsent = False
        self._socket: socket.socket | None = None
        self._result: Any = None
        self._error: BaseException | None = None

    @staticmethod
    def here() -> Exchange | None:
        """Return the exchange that this thread is for."""
        return getattr(_here, "exchange", None)

    def may_take(self, seconds: float) -> None:
        """Give it so many seconds from now on."""
        self._until = time.monotonic() + seconds

    def connects(self) -> None:
        """Note that a connection is about to be made, so that nothing has been sent.

        Raises
        ------
        Left
            None is to be made any more.
        """
        with self._lock:
            self._go_on()
            self._is_unsent = True

    def sends(self, connected: socket.socket) -> None:
        """Note that the request is about to be sent through a socket.

        Raises
        ------
        Left
            It is not to be sent any more.
        """
        with self._lock:
            self._go_on()
            self._is_unsent = False
            self.has_sent = True
            self._socket = connected

    def run(self, work: Callable[[], Any], *, longest_s: float, drop: Callable[[Any], None] | None = None) -> Any:
        """Do the work of an exchange in a thread of its own and return its result.

        Parameters
        ----------
        work
            Sends the request and returns something made of the answer.
        longest_s
            How long it may take; the work may say otherwise, see `may_take`.
        drop
            Frees a result that comes when nobody waits for it any more.

        Raises
        ------
        TimeUp
            It took longer.
        Left
            It is part of another exchange, which has been left.
        KeyboardInterrupt
            It says `NOT_SENT` if that is certain.
        BaseException
            Whatever the work raised, without its frames.
        """
        self.may_take(longest_s)
        outer = Exchange.here()  # a look for a job, which may have been left
        if outer is None and getattr(_here, "stays", False):
            return self._run_here(work)
        try:
            self._start(work, drop)
            while not self._is_over.wait(_LOOK_S) and time.monotonic() < self._until:
                if outer is not None:
                    outer._go_on()  # noqa: SLF001 - of the same class
        except KeyboardInterrupt:
            if self._leave():
                raise KeyboardInterrupt(NOT_SENT) from None
            raise
        finally:
            is_unsent = self._leave()
        if not self._is_over.is_set():
            raise TimeUp(is_unsent=is_unsent)
        if self._error is not None:
            raise self._error
        return self._result

    def _run_here(self, work: Callable[[], Any]) -> Any:
        _here.exchange = self
        try:
            return work()
        except BaseException as failure:  # raised below, without its frames
            error = bare(failure)
        finally:
            _here.exchange = None
        raise error

    def _start(self, work: Callable[[], Any], drop: Callable[[Any], None] | None) -> None:
        thread = threading.Thread(target=self._work, args=(work, drop), name="prominence-request", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system gives no more threads, or Python ends
            self._work(work, drop)

    def _work(self, work: Callable[[], Any], drop: Callable[[Any], None] | None) -> None:
        _here.exchange = self
        try:
            result, error = work(), None
        except BaseException as failure:  # told to the one who waits, whatever it is
            result, error = None, bare(failure)
        finally:
            _here.exchange = None
        with self._lock:
            self._socket = None
            is_left = self._is_left
            if not is_left:
                self._result, self._error = result, error
                self._is_over.set()
        if is_left and drop is not None and result is not None:
            drop(result)

    def _leave(self) -> bool:
        """Wait no more; return whether the request has certainly not been sent, and will not be."""
        with self._lock:
            if self._is_over.is_set():
                return False
            self._is_left = True
            connected, self._socket = self._socket, None
            is_unsent = self._is_unsent
        if connected is not None:
            with suppress(OSError):  # it is over; also below TLS, whose own methods are not made for two threads
                socket.socket.shutdown(connected, socket.SHUT_RDWR)
        return is_unsent

    def _go_on(self) -> None:
        if self._is_left:
            raise Left
