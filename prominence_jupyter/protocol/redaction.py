"""Take the secrets out of what a service gives back.

The service returns descriptions as they were sent: tokens for pulling images, contents of input files, and signed
URLs that stay valid for days. None of them may reach a display, a frame, a log or a saved notebook, so every record
passes through here once, on arrival.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

HIDDEN: Final = "[hidden]"
_URL_KEYS: Final = frozenset({"url", "image"})
_SHOWN_KEYS: Final = {"imagePullCredential": {"username"}, "storage": {"type", "mountpoint"}}
"""Objects of which only these keys are shown: the rest are accounts, addresses and keys."""


def redact(value: Any, *, _key: str = "") -> Any:
    """Return a copy of a JSON value without its secrets; the value itself is not changed.

    Hidden are ``imagePullCredential.token`` (and anything else in it but the user's name), ``inputs[].content``,
    passwords and keys of ``storage``, and the query, fragment and password of every URL.
    """
    if isinstance(value, Mapping):
        return {k: HIDDEN if _is_secret(_key, k) else redact(v, _key=k) for k, v in value.items()}
    if isinstance(value, list):
        return [redact(item, _key=_key) for item in value]
    if isinstance(value, str) and _key in _URL_KEYS:
        return redact_url(value)
    return value


def _is_secret(parent: str, key: str) -> bool:
    if parent == "inputs":
        return key == "content"
    shown = _SHOWN_KEYS.get(parent)
    return shown is not None and key not in shown


def redact_url(url: str) -> str:
    """Return a URL without user, password, query and fragment; other text is returned as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    if not parts.netloc:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def scrub(text: str, secret: str | None) -> str:
    """Return text with a known secret hidden, for words of a service that may quote what it was sent."""
    return text.replace(secret, HIDDEN) if secret else text
