"""The verbs of ``%prominence`` about the person: login, whoami."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from prominence_jupyter.client.access.token import VARIABLE, Token, find_token
from prominence_jupyter.client.settings import service_url
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.login.login import log_in
from prominence_jupyter.login.person import person_of
from prominence_jupyter.notebook.login_display import LoginDisplay
from prominence_jupyter.panel.views.words import ago_text, clock_time, rough_text
from prominence_jupyter.protocol.redaction import redact_url

_WINS: Final = (
    f"{VARIABLE} is set, and comes before the token of a login: unset it where it is set "
    f"(here: del os.environ['{VARIABLE}']), or what you log in to is not used."
)
_LOCAL: Final = "This notebook goes on with the local service, until %config ProminenceMagics.url is set."


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """Who jobs are submitted as, and where."""

    token: Token
    service: str
    now: float

    def __repr__(self) -> str:
        rows = {
            "user": person_of(self.token) or "the token does not say",
            "token": f"from {self.token.source}",
            "expires": _expiry(self.token, self.now),
            "service": self.service,
        }
        return "\n".join(f"{name:<9}{words}" for name, words in rows.items())


def logged_in(shell: Any, url: str, *, allow_http: bool, is_local: bool) -> None:
    """Log in, as ``%prominence login`` wants it, and show it.

    Raises
    ------
    LoginFailed
        There is no new token.
    """
    environ: Mapping[str, str] = os.environ
    if environ.get(VARIABLE):
        print(_WINS)
    try:
        with LoginDisplay(shell, sys.stdout) as display:
            service = redact_url(service_url(url, environ))
            token = log_in(service, environ, show=display.waiting, allow_http=allow_http)
            who = person_of(token)
            until = f", until {_date(token.expires)}" if token.expires is not None else ""
            display.ended(
                f"Logged in{f' as {who}' if who else ''}{until}. The token is in {token.source}, for you alone."
            )
    except KeyboardInterrupt:
        raise KeyboardInterrupt("the login was interrupted; the token is as it was") from None
    if is_local:
        print(_LOCAL)


def who_am_i(local: Session | None, url: str) -> WhoAmI:
    """Return who jobs are submitted as, and where; an expired token too says whose it was.

    Raises
    ------
    TokenError
        There is no token at all.
    """
    if local is not None:
        return WhoAmI(local.client.transport.token, f"{local.url}, on this machine", time.time())
    return WhoAmI(find_token(os.environ), redact_url(service_url(url, os.environ)), time.time())


def _expiry(token: Token, now: float) -> str:
    if token.expires is None:
        return "the token does not say"
    left_s = token.expires - now
    if left_s <= 0:
        return f"{_date(token.expires)}, {ago_text(-left_s)}: get a new one with %prominence login"
    return f"{_date(token.expires)}, in {rough_text(left_s)}"


def _date(seconds: float) -> str:
    return f"{clock_time(seconds, '%Y-%m-%d %H:%M')} UTC"
