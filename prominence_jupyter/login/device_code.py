"""`DeviceCode`: a login that has begun, with what a person needs to know of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from prominence_jupyter.client.access.token import Hidden
from prominence_jupyter.client.http.address import is_private
from prominence_jupyter.errors import LoginFailed
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import number

_USUAL_INTERVAL_S: Final = 5.0
_INTERVALS_S: Final = (1.0, 60.0)
_USUAL_LIFE_S: Final = 600.0
_LIVES_S: Final = (1.0, 1800.0)
_LONGEST_URI: Final = 500
_PAGE: Final = re.compile(r"https?://[^\s/?#@\\]+([/?#]\S*)?")
"""No user's name before the host: it can look like the host itself."""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A login that has begun.

    Attributes
    ----------
    uri
        The page to open.
    user_code
        What to enter there.
    device_code
        What this client shows the provider meanwhile.
    interval_s
        Seconds between two questions, at least.
    life_s
        Seconds until the code is worth nothing.
    """

    uri: str
    user_code: str
    device_code: Hidden = field(repr=False)
    interval_s: float
    life_s: float

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> DeviceCode:
        """Read the provider's reply.

        Raises
        ------
        LoginFailed
            Something is missing in it, or it is no page that one could open.
        """
        uri, user_code, device_code = (reply.get(key) for key in ("verification_uri", "user_code", "device_code"))
        if not (isinstance(uri, str) and isinstance(user_code, str) and isinstance(device_code, str)):
            raise LoginFailed("the provider began a login without a page, a code for it and a code of the device")
        code = one_line(user_code, 40)
        if one_line(uri, _LONGEST_URI) != uri or not uri.isascii() or not _PAGE.fullmatch(uri) or not code:
            raise LoginFailed("the provider named no web page to log in at")
        return cls(
            uri,
            code,
            Hidden(device_code),
            _within(number(reply.get("interval")), _INTERVALS_S, _USUAL_INTERVAL_S),
            _within(number(reply.get("expires_in")), _LIVES_S, _USUAL_LIFE_S),
        )

    @property
    def may_be_link(self) -> bool:
        """Whether the page may be opened by a click: nobody on the way can put another in its place."""
        return is_private(self.uri)


def _within(value: float | None, bounds: tuple[float, float], usual: float) -> float:
    low, high = bounds
    return usual if value is None else min(max(value, low), high)
