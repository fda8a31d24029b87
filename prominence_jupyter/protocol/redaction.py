"""Take the secrets out of what a service gives back.

The service returns descriptions as they were sent: tokens for pulling images, contents of input files, and signed
URLs that stay valid for days. None of them may reach a display, a frame, a log or a saved notebook, so every record
passes through here once, on arrival. Ended jobs are kept on disk after that: when more is to be hidden, what was kept
before must not be read any more (`_VERSION` in `history.cache`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

HIDDEN: Final = "[hidden]"
URL_KEYS: Final = frozenset({"url", "image"})
"""Text under these keys may be a URL with secrets in it; other text is shown as it is."""
_SHOWN_KEYS: Final = {
    "imagePullCredential": {"username"},
    "inputs": {"filename", "executable"},
    "storage": {"type", "mountpoint"},
}
"""Objects of which only these keys are shown: the rest are accounts, addresses, keys and contents."""
_FREE_NAMES: Final = frozenset({"env", "labels", "parameters"})
"""Objects whose keys a user chose: a label named ``inputs`` is a label."""
_NUMBERS: Final = frozenset({int, float, bool, type(None)})
_SPECIAL_KEYS: Final = URL_KEYS | frozenset(_SHOWN_KEYS)
_DEEPEST: Final = 50
"""Levels of nesting that are read; a hostile answer could exhaust Python's stack with more."""
_IMAGE_BY_DIGEST: Final = re.compile(r"docker://[^@/]+@sha(256|512):[0-9a-f]+")


def redact(value: Any) -> Any:
    """Return a copy of a JSON value without its secrets; the value itself is not changed.

    Hidden are ``imagePullCredential.token`` (and anything else in it but the user's name), ``inputs[].content``,
    passwords and keys of ``storage`` (all three whole, where they are not objects), the query, fragment and
    password of every URL, and what is nested deeper than any job is.
    """
    return _redact(value, key="", parent="", depth=0)


def _redact(value: Any, *, key: str, parent: str, depth: int) -> Any:
    shown = None if parent in _FREE_NAMES else _SHOWN_KEYS.get(key)
    if depth > _DEEPEST:
        return HIDDEN
    if isinstance(value, (dict, Mapping)):  # nearly always a dict, which is told faster
        return _redact_object(value, shown, key=key, depth=depth)
    if isinstance(value, list):
        return [_redact(item, key=key, parent=parent, depth=depth + 1) for item in value]
    if shown is not None and value is not None:
        return HIDDEN
    if isinstance(value, str):
        return _encodable(redact_url(value) if key in URL_KEYS else value)
    return value


def _redact_object(value: Mapping[str, Any], shown: Collection[str] | None, *, key: str, depth: int) -> dict[str, Any]:
    if shown is not None:
        return {
            k: HIDDEN if _is_secret(k, v, shown) else _redact(v, key=k, parent=key, depth=depth + 1)
            for k, v in value.items()
        }
    return {  # plain values under plain keys need no call of their own: thousands of jobs pass here
        k: v
        if k not in _SPECIAL_KEYS and (v.__class__ in _NUMBERS or (v.__class__ is str and v.isascii()))
        else _redact(v, key=k, parent=key, depth=depth + 1)
        for k, v in value.items()
    }


def _encodable(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and no display can."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _is_secret(key: str, value: Any, shown: Collection[str]) -> bool:
    return key not in shown or isinstance(value, Mapping | list)


def redact_url(url: str) -> str:
    """Return a URL without user, password, query and fragment; other text is returned as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    if not parts.netloc:
        return re.split("[?#]", url, maxsplit=1)[0]
    if _IMAGE_BY_DIGEST.fullmatch(url):
        return url  # what looks like a user's name is the image
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def scrub(text: str, secret: str | None) -> str:
    """Return text with a known secret hidden, for words of a service that may quote what it was sent."""
    return text.replace(secret, HIDDEN) if secret else text
