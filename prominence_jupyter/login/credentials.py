"""The credentials of this client at the provider: an id and a secret, kept where the official client keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from prominence_jupyter.client.access.token import Hidden
from prominence_jupyter.errors import LoginFailed
from prominence_jupyter.login.private_file import write_private

FILE: Final = Path("~/.prominence/client")
_ID, _SECRET = "PROMINENCE_OIDC_CLIENT_ID", "PROMINENCE_OIDC_CLIENT_SECRET"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the client shows the provider with each request.

    Attributes
    ----------
    client_id, secret
        As the provider gave them.
    source
        Where they came from, in words fit for a message.
    """

    client_id: str
    secret: Hidden = field(repr=False)
    source: str


def find_credentials(environ: Mapping[str, str], file: Path = FILE) -> Credentials | None:
    """Find the credentials as the official client does: both variables, else the file; None if there is neither.

    Raises
    ------
    LoginFailed
        The file is there and of no use.
    """
    if _ID in environ and _SECRET in environ:
        return Credentials(environ[_ID], Hidden(environ[_SECRET]), f"the variables {_ID} and {_SECRET}")
    path = file.expanduser()
    try:
        reply = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LoginFailed(f"{path} cannot be read ({error.strerror}); mend its permissions") from None
    except (ValueError, RecursionError):
        reply = None
    found = _from_reply(reply, str(path))
    if found is None:
        raise LoginFailed(f"{path} holds no client_id and client_secret; move it away, and a new one is made")
    return found


def keep_credentials(reply: Mapping[str, Any], file: Path = FILE) -> Credentials:
    """Write the provider's reply to a registration into the file, and return the credentials in it.

    Raises
    ------
    LoginFailed
        There are none in it, or the file cannot be written.
    """
    path = file.expanduser()
    found = _from_reply(reply, str(path))
    if found is None:
        raise LoginFailed("the provider registered this client without a client_id and client_secret")
    try:
        write_private(path, json.dumps(reply))
    except OSError as error:
        raise LoginFailed(f"{path} cannot be written ({error.strerror})") from None
    return found


def _from_reply(reply: Any, source: str) -> Credentials | None:
    if not isinstance(reply, dict):
        return None
    client_id, secret = reply.get("client_id"), reply.get("client_secret")
    if not isinstance(client_id, str) or not isinstance(secret, str):
        return None
    return Credentials(client_id, Hidden(secret), source)
