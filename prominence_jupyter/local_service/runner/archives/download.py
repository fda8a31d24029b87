"""Download a file."""

from __future__ import annotations

import http.client
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_STALL_S: Final = 60.0
_HANDLERS: Final = (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPRedirectHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPErrorProcessor,
)
"""Nothing but HTTP, wherever a server sends us on to."""


class DownloadFailed(OSError):
    """The text says why, without the query of the URL, which may be a signature."""


def download(url: str, path: Path) -> None:
    """Write what is behind a URL to a new file.

    Raises
    ------
    DownloadFailed
        It cannot be had, or not as a whole.
    OSError
        It cannot be written.
    """
    opener = urllib.request.OpenerDirector()
    for handler in _HANDLERS:
        opener.add_handler(handler())
    parts = urlsplit(url)
    shown = f"{parts.scheme}://{parts.hostname}{parts.path}"
    try:
        with opener.open(url, timeout=_STALL_S) as answer, path.open("xb") as file:
            shutil.copyfileobj(answer, file)
            length = answer.headers.get("Content-Length")
            if length is not None and int(length) != file.tell():
                raise DownloadFailed(f"{shown} ended before its end")
    except urllib.error.HTTPError as error:
        error.close()
        raise DownloadFailed(f"{shown} cannot be downloaded: {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise DownloadFailed(f"{shown} cannot be downloaded: {error.reason}") from error
    except (http.client.HTTPException, ValueError, TimeoutError, ConnectionError) as error:
        raise DownloadFailed(f"{shown} cannot be downloaded: {type(error).__name__}") from error
