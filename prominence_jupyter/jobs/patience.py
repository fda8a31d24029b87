"""Patience: how one who waits for jobs looks up now and then, and when waiting has no more point."""

from __future__ import annotations

import time
from typing import Final

from prominence_jupyter.errors import TOKEN_TROUBLES, ProminenceError, Unreachable

_LOOK_S: Final = 0.2
_LOCAL_PATIENCE_S: Final = 10.0
TOKEN_PATIENCE_S: Final = 600.0
"""How long a new token is waited for. With nobody at the screen there will be none, and a notebook must end."""
_TOKEN_LOOKS: Final = 18
"""So many looks at least, some minutes: there may have been no news for long before, as of a laptop that slept."""
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


def as_far_as_known(trouble: ProminenceError | None, *, is_heard_of: bool) -> str:
    """Return what limits a statement about jobs for which there was no time to wait longer; empty if nothing does."""
    if trouble is None and is_heard_of:
        return ""
    return f" as far as is known ({trouble or 'the service has not answered yet'})"


def raise_if_hopeless(
    trouble: ProminenceError | None,
    stale_since: float | None,
    times: int,
    *,
    is_local: bool,
    awaits_token: bool = False,
) -> None:
    """Raise the trouble that keeps news from coming, if it will not pass by itself.

    That is a token that is not accepted when no new one comes, what a service refuses again and again, and a local
    service that has stopped: someone has to start it.

    Parameters
    ----------
    trouble, stale_since
        Why and since when (Unix seconds) there is no news.
    times
        How often in a row that was so.
    is_local
        Whether it is the local service of this package.
    awaits_token
        Whether a new token may come, and the one before was accepted: then it is waited for some minutes.
    """
    stale_s = 0.0 if stale_since is None else time.time() - stale_since
    if isinstance(trouble, TOKEN_TROUBLES):
        if not awaits_token or (stale_s > TOKEN_PATIENCE_S and times >= _TOKEN_LOOKS):
            raise trouble
        return
    if trouble is not None and not trouble.transient and times >= _HOPELESS:
        raise trouble
    if is_local and times >= _HOPELESS and stale_s > _LOCAL_PATIENCE_S and isinstance(trouble, Unreachable):
        raise trouble
