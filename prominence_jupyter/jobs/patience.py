"""Patience: how one who waits for jobs looks up now and then, and when waiting has no more point."""

from __future__ import annotations

import time
from typing import Final

from prominence_jupyter.errors import AuthenticationFailed, ProminenceError, TokenError, Unreachable

_LOOK_S: Final = 0.2
_LOCAL_PATIENCE_S: Final = 10.0
_HOPELESS: Final = 3
"""How often in a row an error that does not pass is seen before it is believed: a proxy may say odd things once."""


def next_look_s(deadline: float | None) -> float:
    """Return the seconds to wait until the next look, so few that an interrupt is not kept waiting.

    Parameters
    ----------
    deadline
        Monotonic seconds at which the waiting ends; None for never.
    """
    return _LOOK_S if deadline is None else max(0.0, min(_LOOK_S, deadline - time.monotonic()))


def raise_if_hopeless(
    trouble: ProminenceError | None, stale_since: float | None, times: int, *, is_local: bool
) -> None:
    """Raise the trouble that keeps news from coming, if it will not pass by itself.

    That is a token that is not accepted, what a service refuses again and again, and a local service that has stopped:
    someone has to start it.

    Parameters
    ----------
    trouble, stale_since
        Why and since when (Unix seconds) there is no news.
    times
        How often in a row that was so.
    is_local
        Whether it is the local service of this package.
    """
    if isinstance(trouble, TokenError | AuthenticationFailed):
        raise trouble
    if trouble is not None and not trouble.transient and times >= _HOPELESS:
        raise trouble
    is_long = times >= _HOPELESS and stale_since is not None and time.time() - stale_since > _LOCAL_PATIENCE_S
    if is_local and is_long and isinstance(trouble, Unreachable):
        raise trouble
