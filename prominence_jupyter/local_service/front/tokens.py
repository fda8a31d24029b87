"""Access tokens of the local service: JSON Web Tokens, because the official client reads ``exp`` from its token."""

from __future__ import annotations

import secrets
import time
from typing import Final

import jwt

from prominence_jupyter.local_service.places.state import StateDir, write_private

LIFETIME_S: Final = 30 * 24 * 3600
_ALGORITHM: Final = "HS256"
_CLOCK_LEEWAY_S: Final = 60


def signing_key(state: StateDir) -> bytes:
    """Return the key of this service; it is made at random the first time."""
    try:
        return state.key.read_bytes()
    except FileNotFoundError:
        write_private(state.key, secrets.token_bytes(32))
        return state.key.read_bytes()


def mint(key: bytes, subject: str) -> str:
    """Return a token that is good for 30 days.

    Parameters
    ----------
    key
        From `signing_key`.
    subject
        Whose it is: ``user``, or ``job-N`` for the token that job N gets in its environment.
    """
    now = int(time.time())
    return jwt.encode({"sub": subject, "iat": now, "exp": now + LIFETIME_S}, key, algorithm=_ALGORITHM)


def is_valid(key: bytes, token: str) -> bool:
    """Tell whether a token was signed with this key and its time is not over."""
    try:
        jwt.decode(
            token, key, algorithms=[_ALGORITHM], leeway=_CLOCK_LEEWAY_S, options={"require": ["sub", "iat", "exp"]}
        )
    except jwt.InvalidTokenError:
        return False
    return True


def renew_user_token(state: StateDir, key: bytes) -> None:
    """Write a fresh token to the token file. Older ones stay good until their own time is over."""
    write_private(state.token, mint(key, "user").encode())
