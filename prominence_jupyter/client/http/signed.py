"""`Signed`: what a URL leads to that carries its own permission; the token is for the service alone, and stays here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.auth import AuthBase

from prominence_jupyter.client.access.token import Hidden, Token
from prominence_jupyter.client.http.answers import Answer, answer_of
from prominence_jupyter.client.http.transport import Method, Transport
from prominence_jupyter.errors import UnexpectedAnswer


class Signed:
    """One signed URL, which nobody sees.

    Parameters
    ----------
    url
        It must be https, or lead to this machine's loopback: whoever is on the way could use it.
    """

    def __init__(self, url: str) -> None:
        self._url = Hidden(url)

    def __repr__(self) -> str:
        return "Signed([hidden])"

    def pieces(self) -> AbstractContextManager[Iterator[bytes]]:
        """Give what it leads to, in pieces, for a ``with`` block; asked for once, see `Transport.stream`.

        Raises
        ------
        UsageError
            It is http to another machine.
        UnexpectedAnswer
            It is no URL.
        """
        try:
            parts = urlsplit(self._url)
        except ValueError:
            raise UnexpectedAnswer("a link that the service gave is no URL") from None
        query = parse_qsl(parts.query, keep_blank_values=True)
        return _Elsewhere(f"{parts.scheme}://{parts.netloc}", Hidden(parts.query)).stream(parts.path, dict(query))


class _Elsewhere(Transport):
    """Requests without the token."""

    def __init__(self, origin: str, query: Hidden) -> None:
        super().__init__(origin, Token("none", "nobody"))
        self._session.auth = _Nothing()
        self._query = query

    def _request(self, what: str, method: Method, path: str, patience_s: float, **options: Any) -> requests.Response:
        with _UNLOGGED.here():
            return super()._request(what, method, path, patience_s, **options)

    def _answer(self, what: str, response: requests.Response, body: bytes, json: Any = None) -> Answer:  # noqa: ARG002
        return answer_of(what, response, body, (self._query,), "")


class _Unlogged(logging.Filter):
    """Keeps urllib3 from logging requests of this thread: at the level DEBUG its words hold the whole URL."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.local()

    @contextmanager
    def here(self) -> Iterator[None]:
        for name in ("urllib3.connectionpool", "urllib3.util.retry"):
            logging.getLogger(name).addFilter(self)  # once, however often
        self._thread.is_quiet = True
        try:
            yield
        finally:
            self._thread.is_quiet = False

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - as logging calls it
        return not getattr(self._thread, "is_quiet", False)


_UNLOGGED: Final = _Unlogged()


class _Nothing(AuthBase):
    """Nothing in the header; it also keeps `requests` from taking a password of ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request
