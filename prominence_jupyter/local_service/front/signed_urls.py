"""URLs that are good without a token, for a while: of what a job left, and of files to upload or download."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

_DAY_S: Final = 24 * 3600
_LIFETIME_DAYS: Final = 7
"""At least; the deployed service's."""
_WHOLE: Final = re.compile("[0-9]{1,12}")


def signed_url(key: bytes, method: str, host: str, path: str) -> str:
    """Return the URL of a path, good for seven to eight days: one that is asked for again is the same all day."""
    expires = str((int(time.time()) // _DAY_S + _LIFETIME_DAYS + 1) * _DAY_S)
    query = urlencode({"expires": expires, "signature": _signature(key, method, path, expires)})
    return f"http://{host}{quote(path)}?{query}"


def is_valid(key: bytes, method: str, path: str, query: Mapping[str, str]) -> bool:
    """Tell whether a query signs this method and path, and its time is not over. The path is not quoted."""
    expires, signature = query.get("expires", ""), query.get("signature", "")
    expected = _signature(key, method, path, expires)
    is_ours = hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
    return is_ours and bool(_WHOLE.fullmatch(expires)) and time.time() < int(expires)


def _signature(key: bytes, method: str, path: str, expires: str) -> str:
    """Sign; the line ends keep it apart from a token, which the same key signs."""
    return hmac.new(key, f"{method}\n{path}\n{expires}".encode(errors="replace"), hashlib.sha256).hexdigest()
