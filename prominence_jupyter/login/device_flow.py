"""The device flow: the person enters a code at the provider's page, and meanwhile this asks whether it was granted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from prominence_jupyter.errors import LoginDenied, LoginFailed, LoginLapsed
from prominence_jupyter.login.credentials import Credentials
from prominence_jupyter.login.device_code import DeviceCode
from prominence_jupyter.login.provider import Provider
from prominence_jupyter.login.reply import Reply

_SLOWER_S: Final = 5.0
"""What ``slow_down`` adds to the interval, for good."""
_LONGEST_INTERVAL_S: Final = 60.0
_TICK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A login that the person has not granted yet.

    Attributes
    ----------
    code
        Where to go and what to enter.
    left_s
        Seconds until that is worth nothing.
    trouble
        Why the provider could not be asked the last time; empty if it could.
    """

    code: DeviceCode
    left_s: float
    trouble: str = ""


class DeviceFlow:
    """Waits for one login.

    Parameters
    ----------
    provider, credentials
        Whom to ask, and as whom.
    code
        The login.
    show
        Called with what there is to show, about every second.
    clock, sleep
        Monotonic seconds, and a wait of some.
    """

    def __init__(
        self,
        provider: Provider,
        credentials: Credentials,
        code: DeviceCode,
        *,
        show: Callable[[Waiting], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._provider = provider
        self._credentials = credentials
        self._code = code
        self._show = show
        self._clock = clock
        self._sleep = sleep
        self._interval_s = code.interval_s
        self._trouble = ""
        self._ends = clock() + code.life_s

    def wait(self) -> Mapping[str, Any]:
        """Return the provider's reply with the token. An interrupt ends it at any time.

        Raises
        ------
        LoginDenied, LoginLapsed, LoginFailed
            There will be no token.
        """
        while (left_s := self._ends - self._clock()) > 0:
            self._pause(min(self._interval_s, left_s))
            reply = self._provider.token(self._credentials, self._code.device_code)
            if reply.is_ok:
                return reply.content
            self._take(reply)
        raise _lapsed()

    def _pause(self, seconds: float) -> None:
        until = min(self._clock() + seconds, self._ends)
        while (now := self._clock()) < until:
            self._show(Waiting(self._code, self._ends - now, self._trouble))
            self._sleep(min(_TICK_S, until - now))

    def _take(self, reply: Reply) -> None:
        """Go on after an answer that is no token, or raise."""
        self._trouble = ""
        match reply.error:
            case "authorization_pending":
                return
            case "slow_down":
                self._slow_down()
            case "access_denied":
                raise LoginDenied("the login was denied at the provider's page; run %prominence login to begin another")
            case "expired_token":
                raise _lapsed()
            case _ if _may_pass(reply):
                self._slow_down()
                self._trouble = reply.words
            case _:
                raise LoginFailed(f"{self._provider.url} gave no token ({reply.words})")

    def _slow_down(self) -> None:
        self._interval_s = min(self._interval_s + _SLOWER_S, _LONGEST_INTERVAL_S)


def _may_pass(reply: Reply) -> bool:
    """Tell whether the next answer may be another: there was none, or something in between or behind it failed."""
    is_failure = reply.status is None or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return is_failure or bool(reply.trouble) or reply.status == HTTPStatus.TOO_MANY_REQUESTS


def _lapsed() -> LoginLapsed:
    return LoginLapsed("nobody entered the code in time; run %prominence login again for a new one")
