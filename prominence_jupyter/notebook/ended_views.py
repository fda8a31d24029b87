"""Live views of what has ended: a few stay open for pages that cannot know, the older ones are closed.

A page that was loaded again takes no part in the displays of earlier cells, so that only the live view itself tells
the end there. But each open view keeps widgets, and logs with their files.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from prominence_jupyter.panel.outbox import shared_outbox

KEPT: Final = 16
"""Views that stay open after their end, the latest."""

_lock = threading.Lock()
_closes: deque[Callable[[], None]] = deque()


def view_ended(close: Callable[[], None]) -> None:
    """Take note that a view shows nothing new any more; it is closed when enough others have ended after it.

    Parameters
    ----------
    close
        Closes it; called after the messages to the browser that wait already. From any thread.
    """
    with _lock:
        _closes.append(close)
        surplus = _closes.popleft() if len(_closes) > KEPT else None
    if surplus is not None:
        shared_outbox().post(("close", surplus), surplus)
