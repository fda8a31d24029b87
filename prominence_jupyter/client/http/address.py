"""The address of a service: that it is one, and that a token may go there."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.redaction import redact_url

_ALLOW_HTTP: Final = (
    "connect(…, allow_http=True), or %config ProminenceMagics.allow_http = True, allows it for a network that you trust"
)


def checked_url(url: str, *, allow_http: bool = False) -> str:
    """Return the base URL of a service, without a slash at its end.

    Parameters
    ----------
    url
        What was given.
    allow_http
        Whether it may be http where it leads to another machine.

    Raises
    ------
    UsageError
        It is none, holds more than an address, or would show the token to whoever is on the way.
    """
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise UsageError(f"{redact_url(url)!r} is no URL of a service; it looks like https://host/api/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(f"the URL of a service has no user, password or query: {redact_url(url)}")
    if parts.scheme == "http" and not allow_http and not is_loopback(url):
        raise UsageError(
            f"{redact_url(url)} is http: whoever is on the way could read the token. Use https; {_ALLOW_HTTP}"
        )
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Tell whether a URL points at this machine's loopback."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_private(url: str) -> bool:
    """Tell whether nobody on the way can read or change what goes to a URL: https, or this machine's loopback."""
    try:
        return urlsplit(url).scheme == "https" or (urlsplit(url).scheme == "http" and is_loopback(url))
    except ValueError:
        return False
