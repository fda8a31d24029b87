"""Whose token it is, by its own account."""

from __future__ import annotations

from typing import Final

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.protocol.plain_text import one_line

_NAMES: Final = ("name", "preferred_username", "email", "sub")
"""Claims of OpenID Connect about a person, the kindest first."""
_SHOWN: Final = 80


def person_of(token: Token) -> str:
    """Return whose token it is, such as "Jane Doe (jane@site.org)"; empty if it does not say."""
    claims = token.claims
    known = [one_line(claims[key], _SHOWN) for key in _NAMES if isinstance(claims.get(key), str) and claims[key]]
    if not known:
        return ""
    return known[0] if len(known) == 1 else f"{known[0]} ({known[1]})"
