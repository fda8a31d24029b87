"""`log_in`: from nothing to a token in the token file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from prominence_jupyter.client.access.token import FILE, Hidden, Token
from prominence_jupyter.errors import LoginFailed, TokenError, UsageError
from prominence_jupyter.login import credentials as client
from prominence_jupyter.login.device_code import DeviceCode
from prominence_jupyter.login.device_flow import DeviceFlow, Waiting
from prominence_jupyter.login.private_file import write_private
from prominence_jupyter.login.provider import DEFAULT_URL, Provider

VARIABLE: Final = "PROMINENCE_OIDC_URL"


def log_in(
    service_url: str,
    environ: Mapping[str, str],
    *,
    show: Callable[[Waiting], None],
    allow_http: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Token:
    """Get a token and keep the provider's reply in the token file, as the official client does.

    The client is registered with the provider when it has no credentials yet.

    Parameters
    ----------
    service_url
        Base URL of the service, which a registration names.
    environ
        Usually `os.environ`.
    show
        Called with what a person has to see, about every second.
    allow_http
        Whether the provider may be reached by http on another machine.
    clock, sleep
        Monotonic seconds, and a wait of some.

    Raises
    ------
    LoginFailed
        There is no new token; the token file is as it was.
    UsageError
        The URL of the provider is none.
    """
    try:
        provider = Provider(environ.get(VARIABLE) or DEFAULT_URL, allow_http=allow_http)
    except UsageError as error:
        raise UsageError(f"{VARIABLE}: {error}") from None
    found = client.find_credentials(environ) or client.keep_credentials(provider.register(service_url))
    code = DeviceCode.from_json(provider.device_code(found))
    reply = DeviceFlow(provider, found, code, show=show, clock=clock, sleep=sleep).wait()
    return _keep(reply, FILE.expanduser())


def _keep(reply: Mapping[str, Any], path: Path) -> Token:
    text = reply.get("access_token")
    try:
        token = Token(Hidden(text if isinstance(text, str) else ""), str(path))
        token.check_expiry()
    except TokenError:
        raise LoginFailed("the provider granted the login, and gave no access token that is good now") from None
    try:
        write_private(path, json.dumps(reply))
    except OSError as error:
        raise LoginFailed(f"{path} cannot be written ({error.strerror})") from None
    return token
