"""`Outbox`: the messages of all widgets of a kernel to the browser, few enough that none is dropped.

Above about 1,000 messages a second (`iopub_msg_rate_limit`) a Jupyter server drops them for good, those of other
widgets too. So a message waits here until it may go, and what it says is made only then: a newer one takes its place.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Final

_log = logging.getLogger(__name__)

MESSAGES_A_SECOND: Final = 50
"""In any second, of all widgets together."""


class Outbox:
    """Sends messages in the order in which they were first posted, from a thread that there is while any waits.

    A key is a tuple that begins with whose message it is, see `drop`.

    Parameters
    ----------
    messages_a_second
        How many are sent in any second, at most.
    """

    def __init__(self, messages_a_second: int = MESSAGES_A_SECOND) -> None:
        self._waiting: dict[tuple[Hashable, ...], Callable[[], None]] = {}
        self._sent: deque[float] = deque(maxlen=messages_a_second)
        self._lock = threading.RLock()  # the collector may close a forgotten widget while a message is posted
        self._thread: threading.Thread | None = None

    def post(self, key: tuple[Hashable, ...], send: Callable[[], None]) -> None:
        """Have `send` called soon, once; one that waits under the same key is replaced and keeps its place."""
        with self._lock:
            self._waiting[key] = send
            self._run_thread()

    def drop(self, owner: Hashable) -> None:
        """Forget what waits under keys that begin with `owner`: a widget that has been closed."""
        with self._lock:
            for key in [key for key in self._waiting if key[0] == owner]:
                del self._waiting[key]

    def _run_thread(self) -> None:
        """Start the thread unless it runs. Where none can be started now, the next message tries again."""
        if self._thread is not None and self._thread.is_alive():  # in a process that was forked there is none
            return
        thread = threading.Thread(target=self._run, name="prominence-outbox", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system's limit: what waits is kept, and whoever posts goes on
            _log.warning("messages to the browser wait: %s", error)
            return
        self._thread = thread

    def _run(self) -> None:
        while True:
            self._wait_for_turn()
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                send = self._waiting.pop(next(iter(self._waiting)))
            try:
                send()
            except Exception:  # one widget's trouble must not silence the others
                _log.exception("a message to the browser could not be sent")
            finally:
                self._sent.append(time.monotonic())  # when it has gone: it may have taken a while

    def _wait_for_turn(self) -> None:
        if len(self._sent) == self._sent.maxlen and (early := self._sent[0] + 1 - time.monotonic()) > 0:
            time.sleep(early)


@functools.cache
def shared_outbox() -> Outbox:
    """Return the outbox of this kernel."""
    return Outbox()
