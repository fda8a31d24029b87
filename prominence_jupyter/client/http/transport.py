"""One keep-alive HTTP session with a service: the one place that speaks HTTP.

Every request has time limits, goes to the configured service only (no redirect is followed) and carries the token in a
form that no traceback shows. It is under way in a thread of its own, see `exchange`.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from itertools import islice
from typing import Any, Final, Literal

import requests

from prominence_jupyter.client.access.token import Hidden, Token
from prominence_jupyter.client.access.token_source import FixedToken, TokenSource
from prominence_jupyter.client.http.address import checked_url, is_loopback
from prominence_jupyter.client.http.answers import Answer, answer_of, joined
from prominence_jupyter.client.http.bearer import Bearer, sent_token
from prominence_jupyter.client.http.certificates import Unchecked, warn_unchecked
from prominence_jupyter.client.http.connections import Adapter
from prominence_jupyter.client.http.exchange import Exchange
from prominence_jupyter.client.http.failures import RequestLost, translated
from prominence_jupyter.errors import ServiceFailed, Unreachable
from prominence_jupyter.protocol.redaction import secrets_of

_spread = random.Random()  # noqa: S311 - keeps no secret; its own, so that a user's seeded numbers stay as they are

Method = Literal["GET", "POST", "PUT", "DELETE"]

ATTEMPTS: Final = 4
LONGEST_PIECE: Final = 256 * 1024
"""Bytes of a body that are held at once when it is streamed."""
_ERROR_PIECES: Final = 2
_AS_IT_IS: Final = {"Accept-Encoding": "identity"}
_TIMEOUT_S: Final = (5.0, 30.0)
"""To connect, and between two bytes."""
_LONGEST_HEAD_S: Final = 60.0
"""Until an answer begins, for a request with all its repetitions: so long does a service that hangs hold a cell."""
_LONGEST_BODY_S: Final = 60.0
"""For the whole of a body, however steadily it drips."""
_WORTH_S: Final = 1.0
"""A request that would have less time is not sent again."""
_FIRST_PAUSE_S: Final = 0.3
_LONGEST_PAUSE_S: Final = 10.0
CONNECTIONS: Final = 16
"""Kept alive at once."""


class Transport:
    """Requests to one service.

    Parameters
    ----------
    url
        Base URL, such as ``https://eosc.prominence.cloud/api/v1``.
    token
        Goes to that service only; or where it comes from, if it may change.
    is_local
        Whether it is the local service of this package. Its address does not tell: a tunnel has one like it.
    connections
        How many are kept alive at once.
    allow_http
        Whether the URL may be http where it leads to another machine.
    checks_certificates
        Whether the service has to show a good certificate.
    sleep
        Waits a number of seconds between attempts.

    Attributes
    ----------
    source
        Gives the token of each request.
    """

    def __init__(
        self,
        url: str,
        token: Token | TokenSource,
        *,
        is_local: bool = False,
        connections: int = CONNECTIONS,
        allow_http: bool = False,
        checks_certificates: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = checked_url(url, allow_http=allow_http)
        self.source: Final = FixedToken(token) if isinstance(token, Token) else token
        self.is_local: Final = is_local
        self._sleep = sleep
        self._session = requests.Session()
        self._session.auth = Bearer(self.source)
        self._session.headers["User-Agent"] = f"prominence-jupyter/{version('prominence-jupyter')}"
        self._session.trust_env = not is_loopback(self.url)  # a proxy cannot reach this machine's loopback
        for scheme in ("http://", "https://"):
            adapter = Adapter if checks_certificates else Unchecked
            self._session.mount(scheme, adapter(pool_maxsize=max(connections, CONNECTIONS)))
        if not checks_certificates:
            warn_unchecked(self.url)

    def __repr__(self) -> str:
        return f"Transport({self.url!r})"

    @property
    def token(self) -> Token:
        """The token to send now.

        Raises
        ------
        TokenError
            There is none, or its time is over.
        """
        return self.source.current()

    def pause(self, seconds: float) -> None:
        """Wait between attempts, a little longer, so that not all clients return at once."""
        self._sleep(seconds * _spread.uniform(1.0, 1.25))

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        attempts: int = ATTEMPTS,
        longest_s: float = _LONGEST_BODY_S,
        longest_bytes: float = math.inf,
    ) -> Answer:
        """Send a GET; on no connection, 429 and 5xx again, up to `attempts` times in a minute, with growing pauses.

        Raises
        ------
        TokenExpired, Unreachable, ServiceError
            The last two after the last attempt.
        """
        ask = partial(self.send, "GET", path, params=params, longest_s=longest_s, longest_bytes=longest_bytes)
        until = time.monotonic() + _LONGEST_HEAD_S
        for attempt in range(1, attempts + 1):
            try:
                return ask(patience_s=until - time.monotonic())
            except (Unreachable, ServiceFailed) as error:
                asked = error.retry_after_s if isinstance(error, ServiceFailed) else None
                pause = _FIRST_PAUSE_S * 2 ** (attempt - 1) if asked is None else asked
                is_late = time.monotonic() + 1.25 * pause + _WORTH_S > until
                if attempt == attempts or pause > _LONGEST_PAUSE_S or is_late:
                    raise
            self._sleep(pause * _spread.uniform(1.0, 1.25))
        raise AssertionError("unreachable")  # pragma: no cover

    def send(
        self,
        method: Method,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        patience_s: float = _LONGEST_HEAD_S,
        longest_s: float = _LONGEST_BODY_S,
        longest_bytes: float = math.inf,
    ) -> Answer:
        """Send one request, once; its body may take `longest_s` seconds and have `longest_bytes`, unpacked.

        It is left by an interrupt, or when no answer has begun after `patience_s`; what was not sent then never is.

        Raises
        ------
        TokenExpired
            Before anything is sent.
        Unreachable
            No connection was made; `RequestLost` when one was, and the answer did not come.
        AnswerTooLong
            The body is longer; the rest of it was not read.
        ServiceError
            The service answered with an error.
        """
        what = f"{method} {self.url}{path}"
        exchange = Exchange()

        def work() -> Answer:
            with closing(self._request(what, method, path, patience_s, params=params, json=json)) as response:
                exchange.may_take(longest_s + _WORTH_S)
                pieces = self._pieces(what, response, longest_s, decode=True)
                return self._answer(what, response, joined(what, pieces, longest_bytes), json)

        with self._translated(what, patience_s):
            answer: Answer = exchange.run(work, longest_s=patience_s)
        if not answer.ok:
            raise answer.error()
        return answer

    @contextmanager
    def stream(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[Iterator[bytes]]:
        """Send a GET, once, and give its body piece by piece as it comes, none longer than `LONGEST_PIECE`.

        It is given as it came over the wire: what is not unpacked cannot unpack to more than there is room for. What is
        left of the body when the ``with`` block is left is not read. How long all of it takes is the reader's affair.

        Raises
        ------
        TokenExpired, Unreachable, ServiceError
            As `send`; the pieces raise `RequestLost` when the connection breaks on the way.
        """
        what = f"GET {self.url}{path}"
        work = partial(self._request, what, "GET", path, _LONGEST_HEAD_S, params=params, headers=_AS_IT_IS)
        with self._translated(what, _LONGEST_HEAD_S):
            opened = Exchange().run(work, longest_s=_LONGEST_HEAD_S, drop=requests.Response.close)
        with closing(opened) as response:
            pieces = self._pieces(what, response, math.inf, decode=False)
            answer = self._answer(what, response, b"")
            if not answer.ok:
                words = self._pieces(what, response, _LONGEST_BODY_S, decode=False)
                raise replace(answer, body=b"".join(islice(words, _ERROR_PIECES))).error()
            yield pieces

    def _request(self, what: str, method: Method, path: str, patience_s: float, **options: Any) -> requests.Response:
        """Send a request; the body of the answer is yet to be read."""
        connect_s, silent_s = (min(limit, patience_s) for limit in _TIMEOUT_S)
        with self._translated(what, silent_s):
            self.source.current()
            return self._session.request(
                method, self.url + path, timeout=(connect_s, silent_s), allow_redirects=False, stream=True, **options
            )

    def _translated(self, what: str, timeout_s: float) -> AbstractContextManager[None]:
        return translated(what, is_local=self.is_local, timeout_s=timeout_s)

    def _pieces(self, what: str, response: requests.Response, longest_s: float, *, decode: bool) -> Iterator[bytes]:
        """Give the body as it comes: no more is waited for than one byte at a time."""
        until = time.monotonic() + longest_s
        while time.monotonic() < until:
            with self._translated(what, _TIMEOUT_S[1]):
                piece = response.raw.read1(LONGEST_PIECE, decode_content=decode)
            if not piece:
                return
            yield piece
        raise RequestLost(f"{what}: the answer was not whole after {longest_s:.0f} s; try again later")

    def _answer(self, what: str, response: requests.Response, body: bytes, json: Any = None) -> Answer:
        """Return what came back, with the secrets that were sent, the token first: a service may quote them."""
        advice = self.source.refused() if response.status_code == HTTPStatus.UNAUTHORIZED else ""
        token = sent_token(response.request).reveal()
        return answer_of(what, response, body, tuple(map(Hidden, (token, *secrets_of(json)))), advice)
