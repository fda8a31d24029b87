"""A transport as arguments and environment want it: arguments come first, then the variables of the official client."""

from __future__ import annotations

from collections.abc import Mapping

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.access.token_source import FixedToken, FoundToken
from prominence_jupyter.client.http.certificates import are_checked
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.protocol.paths import DEFAULT_URL


def service_url(url: str | None, environ: Mapping[str, str]) -> str:
    """Return the base URL of the service to use."""
    return url or environ.get("PROMINENCE_URL") or DEFAULT_URL


def found_transport(
    url: str | None, token: str | None, environ: Mapping[str, str], *, connections: int, allow_http: bool
) -> Transport:
    """Return the transport to use.

    Raises
    ------
    TokenError
        There is no usable token.
    UsageError
        The URL is none.
    """
    source = FoundToken(environ) if token is None else FixedToken(Token(token, "the argument"))
    source.current()
    return Transport(
        service_url(url, environ),
        source,
        connections=connections,
        allow_http=allow_http,
        checks_certificates=are_checked(environ),
    )
