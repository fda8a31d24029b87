"""Certificates of a service: checked, unless PROMINENCE_SSL_VERIFY says otherwise, as in the official client."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import InsecureRequestWarning

from prominence_jupyter.client.http.connections import Adapter
from prominence_jupyter.errors import CertificatesUnchecked

VARIABLE: Final = "PROMINENCE_SSL_VERIFY"
_OFF: Final = "False"
"""This word alone, as in the official client: a slip must not switch it off."""
_warned: Final[set[str]] = set()


def are_checked(environ: Mapping[str, str]) -> bool:
    """Tell whether certificates are to be checked."""
    return environ.get(VARIABLE) != _OFF


class Unchecked(Adapter):
    """Connections to a server that may be anyone.

    An adapter, since `requests` checks again where REQUESTS_CA_BUNDLE is set and the session alone says not to.
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send a request without a check of the certificate."""
        return super().send(request, *args, **options | {"verify": False})


def warn_unchecked(url: str) -> None:
    """Warn of a service whose certificate is not checked: once, and not with each request as urllib3 does."""
    host = urlsplit(url).hostname or ""
    if urlsplit(url).scheme != "https":
        return
    about_it = f"Unverified HTTPS request is being made to host '{re.escape(host)}'"
    warnings.filterwarnings("ignore", message=about_it, category=InsecureRequestWarning)
    if host not in _warned:
        _warned.add(host)
        warnings.warn(
            f"{VARIABLE} is {_OFF}: that {host} is what it says is not checked, and whoever is on the way can read the "
            f"token; unset {VARIABLE} as soon as its certificate is in order",
            CertificatesUnchecked,
            stacklevel=2,
        )
