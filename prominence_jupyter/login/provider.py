"""`Provider`: the identity provider, over HTTP. Whatever it answers, nothing of it but its own error words is shown."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import requests
import urllib3.exceptions
from requests.auth import AuthBase

from prominence_jupyter.client.access.token import Hidden
from prominence_jupyter.client.http.address import checked_url, is_loopback
from prominence_jupyter.client.http.connections import Adapter
from prominence_jupyter.errors import LoginFailed
from prominence_jupyter.login.credentials import Credentials
from prominence_jupyter.login.reply import Reply

DEFAULT_URL: Final = "https://host-130-246-215-158.nubes.stfc.ac.uk"
"""That of the official client."""
DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_SCOPE: Final = "openid profile email"
_TIMEOUT_S: Final = (5.0, 10.0)
"""To connect, and between two bytes."""
_LONGEST_BODY_S: Final = 15.0
"""For the whole of an answer, however steadily it drips."""
_LONGEST_BODY: Final = 256 * 1024
_PIECE: Final = 16 * 1024
_AGAIN: Final = "try again later, or check PROMINENCE_OIDC_URL"


class Provider:
    """The provider at one URL.

    Parameters
    ----------
    url
        Base URL; ``register``, ``devicecode`` and ``token`` are below it.
    allow_http
        Whether it may be http where it leads to another machine.

    Raises
    ------
    UsageError
        The URL is none.
    """

    def __init__(self, url: str = DEFAULT_URL, *, allow_http: bool = False) -> None:
        self.url = checked_url(url, allow_http=allow_http)

    def register(self, service_url: str) -> Mapping[str, Any]:
        """Register this client, and return the provider's reply.

        Raises
        ------
        LoginFailed
            It was not registered.
        """
        asked = {
            "redirect_uris": [f"{service_url}/redirect_url"],
            "client_name": f"prominence-user-{uuid.uuid4()}",
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": _SCOPE,
            "grant_types": [DEVICE_GRANT],
            "response_types": ["code"],
        }
        reply = self._post("/register", None, json=asked)
        if not reply.is_ok:
            raise LoginFailed(f"{self.url} did not register this client ({reply.words}); {_AGAIN}")
        return reply.content

    def device_code(self, credentials: Credentials) -> Mapping[str, Any]:
        """Begin a login, and return the provider's reply.

        Raises
        ------
        LoginFailed
            It was not begun.
        """
        reply = self._post("/devicecode", credentials, data={"scope": _SCOPE, "client_id": credentials.client_id})
        if reply.error == "invalid_client":
            raise LoginFailed(
                f"{self.url} does not know this client ({reply.words}): its id and secret are those of "
                f"{credentials.source}; without these a new one is registered"
            )
        if not reply.is_ok:
            raise LoginFailed(f"{self.url} began no login ({reply.words}); {_AGAIN}")
        return reply.content

    def token(self, credentials: Credentials, device_code: Hidden) -> Reply:
        """Ask whether the login has been granted; no answer is a `Reply` too."""
        return self._post("/token", credentials, data={"grant_type": DEVICE_GRANT, "device_code": device_code})

    def _post(self, path: str, credentials: Credentials | None, **body: Any) -> Reply:
        """Send a request, once, to the provider and nowhere else."""
        auth = _Basic(credentials) if credentials else _no_auth
        sent = (credentials.secret, body["data"].get("device_code")) if credentials else ()
        options: dict[str, Any] = {"timeout": _TIMEOUT_S, "allow_redirects": False, "stream": True}
        try:  # a connection each: seconds pass between two requests, and it might break meanwhile
            with requests.Session() as session:
                session.trust_env = not is_loopback(self.url)  # a proxy cannot reach this machine's loopback
                for scheme in ("http://", "https://"):
                    session.mount(scheme, Adapter())
                with closing(session.post(self.url + path, auth=auth, **options, **body)) as response:
                    return replace(_reply(response), secrets=sent)
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:
            return Reply(None, trouble=f"no answer: {type(error).__name__}")
        except KeyboardInterrupt:
            raise KeyboardInterrupt from None  # without the frames that hold the body


class _Basic(AuthBase):
    """The id and the secret, in a header that hides itself."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        both = f"{self._credentials.client_id}:{self._credentials.secret}".encode()
        request.headers["Authorization"] = Hidden(f"Basic {base64.b64encode(both).decode()}")
        return request


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep `requests` from taking a password of ~/.netrc."""
    return request


def _reply(response: requests.Response) -> Reply:
    status = response.status_code
    held, until = b"", time.monotonic() + _LONGEST_BODY_S
    while piece := response.raw.read1(_PIECE, decode_content=True):
        held += piece
        if len(held) > _LONGEST_BODY or time.monotonic() > until:
            return Reply(None, trouble=f"status {status}, and an answer without an end")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Reply(status, trouble=f"status {status}: it leads elsewhere")
    try:
        content = json.loads(held)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        return Reply(status, trouble=f"status {status}, and an answer that is no JSON object")
    return Reply(status, content)
