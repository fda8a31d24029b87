"""`Reply`: what the identity provider answered, and what of it may be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.redaction import HIDDEN, scrub

_CODE: Final = re.compile(r"[a-z_]{1,40}")
_LONG_WORD: Final = re.compile(r"[^\s'\"]{25,}")
"""A provider may quote what it was sent, or worse: no word of a sentence is as long as a token."""
_WORDS_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider answered.

    Attributes
    ----------
    status
        HTTP status code; None if there was no whole answer.
    content
        The JSON object in it; empty if there is none.
    trouble
        What is wrong where that is no JSON object, in words; empty if nothing is.
    secrets
        What was sent with the request: a provider may quote it.
    """

    status: int | None
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)
    trouble: str = ""
    secrets: tuple[str | None, ...] = field(default=(), repr=False)

    @property
    def error(self) -> str:
        """The code of the error, such as ``slow_down``; empty if it gives none. Some give one with status 200."""
        code = self.content.get("error")
        return code if isinstance(code, str) and _CODE.fullmatch(code) else ""

    @property
    def is_ok(self) -> bool:
        """Whether it is what was asked for: a JSON object without an error."""
        is_success = self.status in {HTTPStatus.OK, HTTPStatus.CREATED}
        return is_success and not self.trouble and "error" not in self.content

    @property
    def words(self) -> str:
        """Why it is not what was asked for, fit for a message."""
        if self.trouble:
            return self.trouble
        said = self.content.get("error_description")
        shown = scrub(said if isinstance(said, str) else "", filter(None, self.secrets))
        shown = _LONG_WORD.sub(HIDDEN, shown)
        return one_line(
            ": ".join(part for part in (self.error or f"status {self.status}", shown) if part), _WORDS_SHOWN
        )
