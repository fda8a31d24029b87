"""Take the secrets out of what a service gives back.

The service returns descriptions as they were sent: tokens for pulling images, contents of input files, and signed
URLs that stay valid for days. None of them may reach a display, a frame, a log or a saved notebook, so every record
passes through here once, on arrival. Ended jobs are kept on disk after that: when more is to be hidden, what was kept
before must not be read any more (`_VERSION` in `history.cache`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import takewhile
from operator import eq
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

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
_USERS_WORDS: Final = _FREE_NAMES | {"cmd"}
"""What a user wrote to be run or to be sorted by is shown as it is, whatever URL there is in it."""
_SERVICE_WORDS: Final = frozenset({"statusReason", "error"})
"""Text under these keys is the service's, which may quote what it was sent."""
_NUMBERS: Final = frozenset({int, float, bool, type(None)})
_SPECIAL_KEYS: Final = URL_KEYS | frozenset(_SHOWN_KEYS) | _SERVICE_WORDS
_DEEPEST: Final = 50
"""Levels of nesting that are read; a hostile answer could exhaust Python's stack with more."""
_URL_IN_WORDS: Final = re.compile(r"(?<![\w+.-])[\w+.-]++://[^\s\"'<>]*")
_SIGNATURE: Final = re.compile(
    r"(?<=[?&;])([\w.-]*(?:signature|sig|token|credential|secret|password|accesskey\w*)=)[^\s&;\"'<>]+", re.IGNORECASE
)
"""Of a query that stands alone, without its URL."""
_SHORTEST: Final = 6
"""Characters of a secret; what is shorter stands in words by chance."""
_FRAGMENT, _STEP = 12, 4
"""Characters of a secret, in a row, that are hidden where they stand without the rest of it, and every how many of the
words are looked for: so that fifteen in a row are always found."""
_LONGEST_WORDS: Final = 2048
"""Characters of words that quote secrets; what is more is cut."""
_HIDDEN_AGAIN: Final = re.compile(r"(?:\[hidden\]){2,}")
_IMAGE_BY_DIGEST: Final = re.compile(r"docker://[^@/]+@sha(256|512):[0-9a-f]+")


def redact(value: Any) -> Any:
    """Return a copy of a JSON value without its secrets; the value itself is not changed.

    Hidden are ``imagePullCredential.token`` (and anything else in it but the user's name), ``inputs[].content``,
    passwords and keys of ``storage`` (all three whole, where they are not objects), the query, fragment and
    password of every URL but in what a user wrote to be run (``cmd``, ``env``), and what is nested deeper than any job
    is. Where a reason is given in words, none of these is quoted there either.
    """
    return _redact(value, key="", parent="", depth=0)


def secrets_of(value: Any) -> list[str]:
    """Return the texts of a JSON value that `redact` hides or cuts, to be hidden in words about it: see `scrub`."""
    return [*dict.fromkeys(_found(value, redact(value)))]


def redact_words(words: str) -> str:
    """Return words of a service with nothing secret in the URLs that they quote."""
    return _SIGNATURE.sub(rf"\1{HIDDEN}", _URL_IN_WORDS.sub(lambda url: redact_url(url.group()), words))


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
        return _encodable(_redact_text(value, key=key, parent=parent))
    return value


def _redact_text(text: str, *, key: str, parent: str) -> str:
    if key in URL_KEYS:
        return redact_url(text)
    if key in _SERVICE_WORDS and parent not in _FREE_NAMES:
        return redact_words(text)
    if "://" in text and key not in _USERS_WORDS and parent not in _FREE_NAMES:
        return _URL_IN_WORDS.sub(lambda url: redact_url(url.group()), text)
    return text


def _redact_object(value: Mapping[str, Any], shown: Collection[str] | None, *, key: str, depth: int) -> dict[str, Any]:
    if shown is not None:
        return {
            k: HIDDEN if _is_secret(k, v, shown) else _redact(v, key=k, parent=key, depth=depth + 1)
            for k, v in value.items()
        }
    clean = {  # plain values under plain keys need no call of their own: thousands of jobs pass here
        k: v
        if k not in _SPECIAL_KEYS
        and (v.__class__ in _NUMBERS or (v.__class__ is str and v.isascii() and "://" not in v))
        else _redact(v, key=k, parent=key, depth=depth + 1)
        for k, v in value.items()
    }
    if depth == 0 and (reason := clean.get("statusReason")) and isinstance(reason, str):
        secrets = _found(value, clean | {"statusReason": value["statusReason"]})
        if secrets:
            clean["statusReason"] = _encodable(redact_words(scrub_words(value["statusReason"], secrets)))
    return clean


def _found(value: Any, clean: Any) -> list[str]:
    """Return the texts of a value that its redacted form lacks."""
    if value is clean or value == clean:
        return []
    if isinstance(value, Mapping):
        pairs = [(item, clean[key] if isinstance(clean, Mapping) else HIDDEN) for key, item in value.items()]
        return [text for item, left in pairs for text in _found(item, left)]
    if isinstance(value, list):
        pairs = [(item, clean[index] if isinstance(clean, list) else HIDDEN) for index, item in enumerate(value)]
        return [text for item, left in pairs for text in _found(item, left)]
    if isinstance(value, str):
        return [value] if clean == HIDDEN else [*_cut_from(value)]
    return []


def _cut_from(text: str) -> Iterator[str]:
    """Give what `redact_url` cuts from the URLs in a text."""
    for url in _URL_IN_WORDS.findall(text) or [text]:
        shown, *query = re.split("[?#]", url, maxsplit=1)
        user = shown.rpartition("@")[0].rpartition("/")[2]
        yield from (*query, user, user.partition(":")[2])


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


def scrub(text: str, secrets: Iterable[str]) -> str:
    """Return text with known secrets hidden."""
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    return text


def scrub_words(words: str, secrets: Collection[str]) -> str:
    """Return words, of a service that may quote what it was sent, with known secrets and large parts of them hidden."""
    if not secrets:
        return words
    forms = [*dict.fromkeys(form for secret in secrets for form in _forms(secret))]
    words = scrub(words, forms)[:_LONGEST_WORDS]
    for secret in forms:
        words = _without_fragments(words, secret)
    return _HIDDEN_AGAIN.sub(HIDDEN, words)


def _forms(secret: str) -> tuple[str, ...]:
    """Return a secret, and as who quotes it may write it: with or without the escapes of a URL."""
    return (secret, unquote(secret), quote(secret, safe="")) if len(secret) <= _LONGEST_WORDS else (secret,)


def _without_fragments(words: str, secret: str) -> str:
    """Hide what is a part of a secret: whoever quotes may cut it short."""
    shown, done = [], 0
    for start in range(0, len(words) - _FRAGMENT + 1, _STEP):
        place = secret.find(words[start : start + _FRAGMENT]) if start >= done else -1
        if place >= 0:
            before, after = words[done:start][::-1], secret[:place][::-1]
            begin = start - _in_common(before, after)
            shown += [words[done:begin], HIDDEN]
            done = start + _in_common(words[start:], secret[place:])
    return "".join([*shown, words[done:]])


def _in_common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return sum(takewhile(bool, map(eq, one, other)))
