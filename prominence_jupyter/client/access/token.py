"""The access token: where it is found, when it ends, and that nobody sees it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import jwt

from prominence_jupyter.errors import TokenExpired, TokenMalformed, TokenMissing, TokenUnreadable
from prominence_jupyter.protocol.record import number

VARIABLE: Final = "PROMINENCE_TOKEN"
FILE: Final = Path("~/.prominence/token")
NEW_ONE: Final = "get a new one with %prominence login or, where PROMINENCE_TOKEN is set, renew that"
"""What to do about a token that is of no use."""


class Hidden(str):
    """Text that hides itself where frames are printed, as %xmode Verbose does."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'[hidden]'"


class Token:
    """An access token that shows itself nowhere: not in `repr`, not in `str`, not in a traceback.

    Attributes
    ----------
    source
        Where it came from, in words fit for a message.
    """

    __slots__ = ("_claims", "_text", "source")

    def __init__(self, text: str, source: str) -> None:
        text = text.strip()
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise TokenMalformed(f"{source} does not hold an access token; {NEW_ONE}")
        self._text = text
        self._claims: Mapping[str, Any] | None = None
        self.source = source

    def __repr__(self) -> str:
        return f"Token([hidden], source={self.source!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a token cannot be pickled: it would end up in a file")

    def reveal(self) -> str:
        """Return the token itself, for the header of a request and nothing else."""
        return self._text

    @property
    def claims(self) -> Mapping[str, Any]:
        """What a JWT says of itself, not verified; nothing if it is opaque."""
        if self._claims is None:  # they are asked for with each request
            try:
                self._claims = jwt.decode(self._text, options={"verify_signature": False})
            except jwt.InvalidTokenError:
                self._claims = {}
        return self._claims

    @property
    def expires(self) -> float | None:
        """When the token ends by its own account (`exp` of a JWT, Unix seconds); None if it does not say."""
        return number(self.claims.get("exp"))

    @property
    def issuer(self) -> str | None:
        """Who made it by its own account (`iss` of a JWT); None if it does not say."""
        issuer = self.claims.get("iss")
        return issuer if isinstance(issuer, str) else None

    def check_expiry(self, now: float | None = None) -> None:
        """Raise `TokenExpired` when the token says that its time is over."""
        if (expires := self.expires) is not None and expires <= (time.time() if now is None else now):
            raise TokenExpired(f"the access token from {self.source} expired{_at(expires)}; {NEW_ONE}")


def _at(seconds: float) -> str:
    try:
        return f" at {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M UTC}"
    except (OverflowError, ValueError, OSError):  # a time that no calendar has
        return ""


def find_token(environ: Mapping[str, str], file: Path = FILE) -> Token:
    """Find the token as the official client does: the variable PROMINENCE_TOKEN, else the token file.

    Parameters
    ----------
    environ
        Usually `os.environ`.
    file
        See `file_token`.

    Raises
    ------
    TokenMissing, TokenUnreadable, TokenMalformed
        Each with what to do about it.
    """
    return variable_token(environ) or file_token(file)


def variable_token(environ: Mapping[str, str]) -> Token | None:
    """Return the token in the variable PROMINENCE_TOKEN, None if it is not set."""
    text = environ.get(VARIABLE, "")
    return Token(text, f"the variable {VARIABLE}") if text else None


def file_token(file: Path = FILE) -> Token:
    """Return the token in the token file: JSON with ``access_token`` (as a login writes it) or the bare token.

    Raises
    ------
    TokenMissing, TokenUnreadable, TokenMalformed
        As `find_token`.
    """
    path = file.expanduser()
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TokenMissing(
            "there is no access token: run %prominence login, or set PROMINENCE_TOKEN; "
            "to try things on this machine without an account, run %prominence local"
        ) from None
    except UnicodeDecodeError:
        raise TokenMalformed(f"{path} is not a text file, so it holds no access token; {NEW_ONE}") from None
    except OSError as error:
        raise TokenUnreadable(f"{path} cannot be read ({error.strerror}); mend its permissions, or {NEW_ONE}") from None
    return Token(_from_file(content, path), str(path))


def _from_file(content: str, path: Path) -> str:
    """Return the token in a file's text. No error may quote the text: it may be most of a token."""
    try:
        data: Any = json.loads(content)
    except ValueError:
        if content.lstrip().startswith(("{", "[")):
            raise TokenMalformed(f"{path} is broken JSON; {NEW_ONE}") from None
        return content
    if isinstance(data, dict) and isinstance(data.get("access_token"), str):
        return str(data["access_token"])
    if isinstance(data, dict | list):
        raise TokenMalformed(f"{path} is JSON without an access_token; {NEW_ONE}")
    return content  # a bare token can look like a JSON number or a quoted string
