"""The token in the header of a request."""

from __future__ import annotations

from typing import Final

import requests
from requests.auth import AuthBase

from prominence_jupyter.client.access.token import Hidden, Token
from prominence_jupyter.client.access.token_source import TokenSource

_HEADER: Final = "Authorization"
_SCHEME: Final = "Bearer "


class Bearer(AuthBase):
    """Puts the token into the header. As `auth` it also keeps `requests` from taking a password of ~/.netrc."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put in the token there is now."""
        request.headers[_HEADER] = Hidden(f"{_SCHEME}{self._source.current().reveal()}")
        return request


def sent_token(request: requests.PreparedRequest) -> Token:
    """Return the token that a request went with: by now there may be another."""
    return Token(str(request.headers[_HEADER]).removeprefix(_SCHEME), "the request")
