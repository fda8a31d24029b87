"""Where the token of a session comes from. It may change meanwhile: a new one is picked up by itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from prominence_jupyter.client.access.token import FILE, NEW_ONE, Token, file_token, variable_token
from prominence_jupyter.errors import TokenError, TokenExpired, TokenMalformed, TokenUnreadable

_ADDRESSES: Final = ("PROMINENCE_URL", "PROMINENCE_OIDC_URL")
"""While these change, what the environment and the file hold may be meant for another service."""
_OF_ANOTHER_ISSUER: Final = (
    "there is one of another issuer, which is not sent unasked: %prominence watch ID, or connect anew, if it is meant "
    "for this service"
)


class TokenSource(Protocol):
    """Gives the token of each request."""

    @property
    def can_change(self) -> bool:
        """Whether a new token may come."""

    def current(self) -> Token:
        """Return the token to send now.

        Raises
        ------
        TokenError
            There is none, or its time is over.
        """

    def refused(self) -> str:
        """Take note that the service did not accept the last one, and return what to do about it, in words."""


class FixedToken:
    """A token that was given, and stays."""

    can_change: Final = False

    def __init__(self, token: Token) -> None:
        self._token = token

    def current(self) -> Token:
        """Return it, see `TokenSource`."""
        self._token.check_expiry()
        return self._token

    def refused(self) -> str:
        """Return what to do, see `TokenSource`."""
        return NEW_ONE


class FoundToken:
    """The token that the official client would use now: the variable PROMINENCE_TOKEN, else the token file.

    A new one is for the same service only as far as can be told: not when the environment has come to name another
    service, nor when another issuer made it. Then the one before is kept. It is kept, too, while the file holds half
    of a new one, unless it has ended or was refused.

    Parameters
    ----------
    environ
        Usually `os.environ`.
    file
        The token file.
    """

    can_change: Final = True

    def __init__(self, environ: Mapping[str, str], file: Path = FILE) -> None:
        self._environ = environ
        self._file = file.expanduser()
        self._addresses = self._current_addresses()
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._read: tuple[tuple[int, ...], Token] | None = None
        """What the file held last, and what told that it was the same file."""
        self._is_refused = False
        self._is_other = False
        """Whether the token that is there now is another issuer's."""

    def current(self) -> Token:
        """Return the token there is now, see `TokenSource`."""
        try:
            return self._current()
        except TokenError as error:
            failure = error.with_traceback(None)  # the frames below hold the environment and the file's text
        raise failure

    def _current(self) -> Token:
        with self._lock:
            found = self._found()
            found = self._token if self._token is not None and found == self._token else found  # which is read already
            is_other = self._is_other = self._token is not None and found.issuer != self._token.issuer
            if self._token is None or (found != self._token and not is_other):
                self._token, self._is_refused = found, False
            token = self._token
        try:
            token.check_expiry()
        except TokenExpired:
            if is_other:
                raise TokenExpired(f"the access token has expired; {_OF_ANOTHER_ISSUER}") from None
            raise
        return token

    def refused(self) -> str:
        """Read the file again the next time, even if it looks the same; see `TokenSource`."""
        with self._lock:
            self._read, self._is_refused = None, True
            return _OF_ANOTHER_ISSUER if self._is_other else NEW_ONE

    def _found(self) -> Token:
        if self._token is not None and self._current_addresses() != self._addresses:
            return self._token
        try:
            return variable_token(self._environ) or self._in_file()
        except (TokenMalformed, TokenUnreadable):
            if self._token is None or self._is_refused:
                raise
            return self._token

    def _in_file(self) -> Token:
        """Return the token in the file; it is read only when it is another file than before."""
        stamp = _stamp(self._file)
        if stamp is None or self._read is None or self._read[0] != stamp:
            token = file_token(self._file)
            self._read = None if stamp is None else (stamp, token)
            return token
        return self._read[1]

    def _current_addresses(self) -> tuple[str | None, ...]:
        return tuple(self._environ.get(name) for name in _ADDRESSES)


def _stamp(file: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is replaced or written; None where there is no file."""
    try:
        found = os.stat(file)  # noqa: PTH116 - half the time of Path.stat, at each request
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev


def give_the_same(first: TokenSource, second: TokenSource) -> bool:
    """Tell whether two sources give the same token now."""
    try:
        return first.can_change == second.can_change and first.current() == second.current()
    except TokenError:
        return False
