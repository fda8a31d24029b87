"""Requests that failed without an answer: the exceptions of `requests` become ours here, and nowhere else."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import requests
import urllib3.exceptions

from prominence_jupyter.client.http.exchange import Exchange, TimeUp
from prominence_jupyter.errors import Unreachable

_CHECK: Final = "check the network and PROMINENCE_URL"
_BUSY: Final = "the service may be busy, try again later"
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
"""What stands for a request that did not reach a service, if it was not sent: urllib3 has a `ProxyError` too for a
connection through a proxy that broke when the answer was waited for."""


class RequestLost(Unreachable):
    """The request may have reached the service, but the answer did not arrive."""


@contextmanager
def translated(what: str, *, is_local: bool, timeout_s: float) -> Iterator[None]:
    """Let a ``with`` block raise our errors where it would raise those of `requests`.

    Parameters
    ----------
    what
        The request, for messages: method and URL without its query.
    is_local
        Whether it is the local service of this package.
    timeout_s
        How long an answer may be silent.

    Raises
    ------
    Unreachable
        No connection was made; `RequestLost` when one was.
    """
    try:
        yield
    except TimeUp as error:
        late = "no connection" if error.is_unsent else "no answer"
        kind = Unreachable if error.is_unsent else RequestLost
        raise kind(f"{what}: {late} within {timeout_s:.0f} s; {_BUSY}") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:
        raise _unreachable(what, error, is_local=is_local, timeout_s=timeout_s) from None
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(*interrupt.args) from None  # without the frames that hold the header


def _unreachable(what: str, error: Exception, *, is_local: bool, timeout_s: float) -> Unreachable:
    causes = _causes(error)
    why = str(getattr(causes[-1], "strerror", None) or type(causes[-1]).__name__)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Unreachable(f"{what}: no secure connection ({why}); check PROMINENCE_URL and the certificates")
    exchange = Exchange.here()
    may_have_arrived = exchange is not None and exchange.has_sent
    if not may_have_arrived and any(isinstance(cause, _NEVER_SENT) or _speaks_no_tls(cause) for cause in causes):
        mend = "if the local service has stopped, start it with %prominence local" if is_local else _CHECK
        return Unreachable(f"{what}: no connection ({why}); {mend}")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return RequestLost(f"{what}: no answer within {timeout_s:.0f} s; {_BUSY}")
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
