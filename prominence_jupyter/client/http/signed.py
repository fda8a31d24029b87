"""`Signed`: what a URL leads to that carries its own permission; the token is for the service alone, and stays here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.auth import AuthBase

from prominence_jupyter.client.access.token import Hidden, Token
from prominence_jupyter.client.http.answers import Answer, answer_of
from prominence_jupyter.client.http.transport import Transport


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
            The URL is none, or http to another machine.
        """
        parts = urlsplit(self._url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        return _Elsewhere(f"{parts.scheme}://{parts.netloc}", Hidden(parts.query)).stream(parts.path, dict(query))


class _Elsewhere(Transport):
    """Requests without the token."""

    def __init__(self, origin: str, query: Hidden) -> None:
        super().__init__(origin, Token("none", "nobody"))
        self._session.auth = _Nothing()
        self._query = query

    def _answer(self, what: str, response: requests.Response, body: bytes, json: Any = None) -> Answer:  # noqa: ARG002
        return answer_of(what, response, body, (self._query,), "")


class _Nothing(AuthBase):
    """Nothing in the header; it also keeps `requests` from taking a password of ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request
