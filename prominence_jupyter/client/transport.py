"""One keep-alive HTTP session with a service: the one place that speaks HTTP and knows the exceptions of `requests`.

Every request has a time limit, goes to the configured service only (no redirect is followed) and carries the
token in a form that no traceback shows.
"""

from __future__ import annotations

import math
import random
import ssl
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from prominence_jupyter.client.answers import Answer
from prominence_jupyter.client.token import Hidden, Token
from prominence_jupyter.errors import ServiceFailed, Unreachable, UsageError
from prominence_jupyter.protocol.redaction import redact_url

_spread = random.Random()  # noqa: S311 - keeps no secret; its own, so that a user's seeded numbers stay as they are

Method = Literal["GET", "POST", "DELETE"]

ATTEMPTS: Final = 4
_TIMEOUT_S: Final = (5.0, 30.0)
_FIRST_PAUSE_S: Final = 0.3
_LONGEST_PAUSE_S: Final = 10.0
_CONNECTIONS: Final = 16


_CHECK: Final = "check the network and PROMINENCE_URL"
_NEVER_SENT: Final = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidJSONError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.ProxyError,
    UnicodeError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.LocationParseError,
)
"""What stands for a request that certainly did not reach a service."""


class RequestLost(Unreachable):
    """The request may have reached the service, but the answer did not arrive."""


class Transport:
    """Requests to one service.

    Parameters
    ----------
    url
        Base URL, such as ``https://eosc.prominence.cloud/api/v1``.
    token
        Goes to that service only.
    sleep
        Waits a number of seconds between attempts.
    """

    def __init__(self, url: str, token: Token, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.url = _checked_url(url)
        self.token = token
        self._sleep = sleep
        self._session = requests.Session()
        self._session.auth = _Bearer(token)
        self._session.headers["User-Agent"] = f"prominence-jupyter/{version('prominence-jupyter')}"
        self._session.trust_env = not self.is_loopback  # a proxy cannot reach this machine's loopback
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS))

    def __repr__(self) -> str:
        return f"Transport({self.url!r})"

    @property
    def is_loopback(self) -> bool:
        """Whether the service runs on this machine."""
        return is_loopback(self.url)

    def get(self, path: str, params: Mapping[str, str] | None = None, *, attempts: int = ATTEMPTS) -> Answer:
        """Send a GET; on no connection, 429 and 5xx again, up to `attempts` times, with growing pauses.

        Raises
        ------
        TokenExpired
            Before anything is sent.
        Unreachable, ServiceError
            After the last attempt.
        """
        for attempt in range(1, attempts + 1):
            try:
                return self.send("GET", path, params=params)
            except (Unreachable, ServiceFailed) as error:
                asked = error.retry_after_s if isinstance(error, ServiceFailed) else None
                pause = asked if asked is not None else _FIRST_PAUSE_S * 2 ** (attempt - 1)
                if attempt == attempts or pause > _LONGEST_PAUSE_S:
                    raise
            self._sleep(pause * _spread.uniform(1.0, 1.25))
        raise AssertionError("unreachable")  # pragma: no cover

    def send(self, method: Method, path: str, *, params: Mapping[str, str] | None = None, json: Any = None) -> Answer:
        """Send one request, once.

        Raises
        ------
        TokenExpired
            Before anything is sent.
        Unreachable
            No connection was made; `RequestLost` when one was, and the answer did not come.
        ServiceError
            The service answered with an error.
        """
        what = f"{method} {self.url}{path}"
        try:
            self.token.check_expiry()
            response = self._session.request(
                method, self.url + path, params=params, json=json, timeout=_TIMEOUT_S, allow_redirects=False
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:
            raise _unreachable(what, error, is_local=self.is_loopback) from None
        except KeyboardInterrupt:
            raise KeyboardInterrupt from None  # without the frames that hold the header
        answer = Answer(
            what,
            response.status_code,
            response.headers.get("Content-Type", ""),
            response.content,
            _retry_after(response.headers.get("Retry-After")),
            self.token,
        )
        if not answer.ok:
            raise answer.error()
        return answer


def is_loopback(url: str) -> bool:
    """Tell whether a URL points at this machine's loopback."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Bearer(AuthBase):
    """Puts the token into the header. As `auth` it also keeps `requests` from taking a password of ~/.netrc."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = Hidden(f"Bearer {self._token.reveal()}")
        return request


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise UsageError(f"{redact_url(url)!r} is no URL of a service; it looks like https://host/api/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(f"the URL of a service has no user, password or query: {redact_url(url)}")
    return url.rstrip("/")


def _unreachable(what: str, error: Exception, *, is_local: bool) -> Unreachable:
    causes = _causes(error)
    why = str(getattr(causes[-1], "strerror", None) or type(causes[-1]).__name__)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Unreachable(f"{what}: no secure connection ({why}); check PROMINENCE_URL and the certificates")
    if any(isinstance(cause, _NEVER_SENT) or _speaks_no_tls(cause) for cause in causes):
        mend = "if the local service has stopped, start it with %prominence local" if is_local else _CHECK
        return Unreachable(f"{what}: no connection ({why}); {mend}")
    if isinstance(error, requests.Timeout):
        return RequestLost(f"{what}: no answer within {_TIMEOUT_S[1]:.0f} s; the service may be busy, try again later")
    return RequestLost(f"{what}: the connection broke before the answer was whole ({why})")


def _speaks_no_tls(cause: BaseException) -> bool:
    """Tell whether this is the failure of a handshake with what is no TLS server: an https URL of an http port."""
    return isinstance(cause, ssl.SSLError) and getattr(cause, "reason", "") in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"}


def _causes(error: BaseException) -> list[BaseException]:
    """Return an exception and those below it; the outermost repeats the URL with its query, the last says why."""
    causes = [error]
    while (inner := causes[-1].__cause__ or causes[-1].__context__) is not None and inner not in causes:
        causes.append(inner)
    return causes


def _retry_after(header: str | None) -> float | None:
    """Read a Retry-After header in its usual form, a number of seconds."""
    try:
        seconds = float(header or "nan")
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
