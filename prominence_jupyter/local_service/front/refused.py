"""`Refused`: the answer to a request that cannot be fulfilled, in words."""

from __future__ import annotations

from http import HTTPStatus

from tornado.web import HTTPError


class Refused(HTTPError):
    """Becomes an error object; never seen by users. Other kinds of `HTTPError` become pages."""

    def __init__(self, words: str, code: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(code)
        self.words = words

    def __str__(self) -> str:
        return self.words
