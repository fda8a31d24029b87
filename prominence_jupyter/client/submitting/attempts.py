"""Attempts to send what must not arrive twice: another one only where the one before certainly did not."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from prominence_jupyter.client.http.answers import Answer
from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.client.http.transport import ATTEMPTS
from prominence_jupyter.errors import ProminenceError, ServiceFailed, TokenError, Unreachable

_FIRST_PAUSE_S: Final = 0.3
_LONGEST_PAUSE_S: Final = 10.0
"""A service that asks for a longer one is not waited for."""
_PERHAPS_DONE: Final = {HTTPStatus.SEE_OTHER, HTTPStatus.REQUEST_TIMEOUT}
"""What came of it is to be had elsewhere; something on the way has waited for long enough."""


def until_it_arrives(send: Callable[[], Answer], pause: Callable[[float], None]) -> Answer:
    """Send, and again while no connection was made or the service has too many requests (429), a few times.

    Parameters
    ----------
    send
        One attempt.
    pause
        Waits a number of seconds.

    Raises
    ------
    ProminenceError
        That of the last attempt; `is_definite` tells whether it certainly did not arrive.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return send()
        except ProminenceError as error:
            pause_s = _pause_s(error, attempt)
            if pause_s is None or attempt == ATTEMPTS:
                raise
        pause(pause_s)
    raise AssertionError("unreachable")  # pragma: no cover


def is_definite(error: ProminenceError) -> bool:
    """Tell whether after this error it is certain that nothing came of a request.

    There was no usable token or no connection, or the service refused with a status from 300 to 499, but for two.
    """
    if isinstance(error, RequestLost):
        return False
    status = getattr(error, "status", None)
    if status is not None:
        is_refusal = HTTPStatus.MULTIPLE_CHOICES <= int(status) < HTTPStatus.INTERNAL_SERVER_ERROR
        return is_refusal and status not in _PERHAPS_DONE
    return isinstance(error, TokenError | Unreachable)


def _pause_s(error: ProminenceError, attempt: int) -> float | None:
    """Return the seconds until another attempt; None where there must be none, or it would be the same."""
    backoff_s = _FIRST_PAUSE_S * 2.0 ** (attempt - 1)
    if isinstance(error, Unreachable) and is_definite(error):
        return backoff_s
    if isinstance(error, ServiceFailed) and is_definite(error):
        asked_s = backoff_s if error.retry_after_s is None else error.retry_after_s
        return asked_s if asked_s <= _LONGEST_PAUSE_S else None
    return None
