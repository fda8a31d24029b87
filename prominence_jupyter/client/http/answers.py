"""Read a service's answer: JSON of the right shape, or one of our errors with the service's own words."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import requests

from prominence_jupyter.client.access.token import NEW_ONE, Hidden
from prominence_jupyter.errors import (
    AnswerTooLong,
    AuthenticationFailed,
    FunctionalityDisabled,
    NoSuchJob,
    NoSuchWorkflow,
    RequestRefused,
    ServiceError,
    ServiceFailed,
    UnexpectedAnswer,
)
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.redaction import redact_words, scrub, scrub_words

_WORDS_SHOWN: Final = 300
_BYTES_READ: Final = 8 * 1024
"""Of an answer whose words are wanted: whoever sends more has no words for a person."""
_UNKNOWN: Final[Mapping[str, type[ServiceError]]] = {
    "Job does not exist": NoSuchJob,
    "No such job(s)": NoSuchJob,
    "Workflow does not exist": NoSuchWorkflow,
    "No such workflow(s)": NoSuchWorkflow,
}
_PARAGRAPH: Final = re.compile(r"<(title|p)>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: all that the rest of the client needs of a response."""

    request: str
    """Method and URL without its query, for messages."""
    status: int
    content_type: str
    body: bytes = field(repr=False)
    retry_after_s: float | None = None
    secrets: tuple[Hidden, ...] = field(default=(), repr=False)
    """What was sent with the request, the token and more: a service may quote it, and its words are shown."""
    advice: str = NEW_ONE
    """What to do where the token was not accepted."""

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def json_object(self) -> Mapping[str, Any]:
        """Return the JSON object in the body.

        Raises
        ------
        UnexpectedAnswer
            It is HTML, broken JSON or another kind of value.
        """
        value = self._json()
        if not isinstance(value, dict):
            raise UnexpectedAnswer(f"{self.request} gave {_kind(value)} where a JSON object belongs{CHECK_URL}")
        return value

    def json_list(self) -> list[Mapping[str, Any]]:
        """Return the list of JSON objects in the body.

        Raises
        ------
        RequestRefused
            An error object with status 200 stands where the list belongs.
        UnexpectedAnswer
            It is HTML, broken JSON or another kind of value.
        """
        value = self._json()
        if isinstance(value, dict) and isinstance(value.get("error"), str):
            raise RequestRefused(f"{self.request} was refused: {_shorten(self._hide(value['error']))}", self.status)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise UnexpectedAnswer(f"{self.request} gave {_kind(value)} where a list of jobs belongs{CHECK_URL}")
        return value

    def error(self) -> ServiceError:
        """Return the error that this answer is; only for an answer that is not `ok`."""
        words = self._words()
        if self.status == HTTPStatus.UNAUTHORIZED:
            if words == "Functionality disabled":
                return FunctionalityDisabled(f"{self.request}: this service has that part switched off", self.status)
            refused = f"{self.request}: the service does not accept the token ({words}); {self.advice}"
            return AuthenticationFailed(refused, self.status)
        if self.status == HTTPStatus.TOO_MANY_REQUESTS or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            said = f"{self.request}: the service failed with {self.status} ({words}); try again in a while"
            return ServiceFailed(said, self.status, self.retry_after_s)
        if words in _UNKNOWN:
            return _UNKNOWN[words](f"{self.request}: {words}", self.status)
        if "json" not in self.content_type:  # no route of the API answers so: outside of it
            return UnexpectedAnswer(f"{self.request} gave {self.status} ({words}){CHECK_URL}", self.status)
        return RequestRefused(f"{self.request} was refused: {words}", self.status)

    def _json(self) -> Any:
        try:
            return json.loads(scrub(self.body.decode("utf-8", "replace"), self.secrets[:1]))
        except (ValueError, RecursionError):
            what = "HTML" if "html" in self.content_type else "an answer that is not whole JSON"
            raise UnexpectedAnswer(f"{self.request} gave {what} ({self._words()}){CHECK_URL}") from None

    def _words(self) -> str:
        """Return what the service said, as one short line."""
        # Hidden before it is cut, so that no part of a token is left at the cut, and again when all is decoded.
        text = scrub(self.body[: 8 * _BYTES_READ].decode("utf-8", "replace"), self.secrets)[:_BYTES_READ]
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            paragraphs = [match[2] for match in _PARAGRAPH.finditer(text)]
            text = html.unescape(_TAG.sub("", ": ".join(paragraphs) or text.replace("<", " <")))
        else:
            if isinstance(value, dict) and isinstance(value.get("error"), str):
                text = value["error"]
        return _shorten(self._hide(text))

    def _hide(self, words: str) -> str:
        return redact_words(scrub_words(words, self.secrets))


def answer_of(
    request: str, response: requests.Response, body: bytes, secrets: tuple[Hidden, ...], advice: str
) -> Answer:
    """Return what came back, of which the body has been read."""
    headers = response.headers
    again_s = _retry_after(headers.get("Retry-After"))
    return Answer(request, response.status_code, headers.get("Content-Type", ""), body, again_s, secrets, advice)


def joined(request: str, pieces: Iterable[bytes], longest_bytes: float) -> bytes:
    """Return a body that came in pieces.

    Raises
    ------
    AnswerTooLong
        It has more bytes; no more of it was read.
    """
    held, length = [], 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length > longest_bytes:
            raise AnswerTooLong(f"{request}: the answer has more than {longest_bytes / 1e6:.0f} MB")
    return b"".join(held)


CHECK_URL: Final = "; is PROMINENCE_URL right?"


def _shorten(text: str) -> str:
    return one_line(text, _WORDS_SHOWN)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", type(None): "null"}
    return names.get(type(value), "a number")


def _retry_after(header: str | None) -> float | None:
    """Read a Retry-After header in its usual form, a number of seconds."""
    try:
        seconds = float(header or "nan")
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
