"""Connections to a service: `connect` to the one of the settings, `local` to that of this machine."""

from __future__ import annotations

import os

from prominence_jupyter.client.access.token import Hidden, Token
from prominence_jupyter.client.http.transport import CONNECTIONS, Transport
from prominence_jupyter.client.settings import found_transport
from prominence_jupyter.history.cache import Cache
from prominence_jupyter.jobs.session import LONGEST_PAUSE_S, Session


def connect(
    url: str | None = None,
    token: str | None = None,
    *,
    longest_pause_s: float = LONGEST_PAUSE_S,
    cache: bool = True,
    connections: int = CONNECTIONS,
    allow_http: bool = False,
) -> Session:
    """Connect to a PROMINENCE service. Nothing is sent yet.

    Parameters
    ----------
    url
        Base URL; default: the variable PROMINENCE_URL, else ``https://eosc.prominence.cloud/api/v1``.
    token
        Access token; default: the variable PROMINENCE_TOKEN, else the file ``~/.prominence/token``. One that changes
        there is picked up by itself, one that is given here stays.
    longest_pause_s
        Upper bound of the seconds between two questions about jobs that are watched.
    cache
        Whether ended jobs are kept on disk for the next time, secrets hidden; else while this session is there.
    connections
        How many ended jobs are asked for at once, where the service gives no detail in listings.
    allow_http
        Whether the URL may be http where it leads to another machine: whoever is on the way can read the token then.

    Raises
    ------
    TokenMissing, TokenUnreadable, TokenMalformed, TokenExpired
        There is no usable token.
    UsageError
        The URL is none, or `connections` no number from 1.
    """
    try:
        token = Hidden(token) if token is not None else None
        transport = found_transport(url, token, os.environ, connections=connections, allow_http=allow_http)
        kept = Cache() if cache else Cache.in_memory()
        return Session(transport, longest_pause_s=longest_pause_s, cache=kept, connections=connections)
    except (Exception, KeyboardInterrupt) as error:  # whatever it is, not with those frames
        failure = error.with_traceback(None)  # the frames below hold the token and the environment
    raise failure


def local(*, cpus: int | None = None, memory_gb: float | None = None) -> Session:
    """Connect to the local service; start it if it does not run.

    It runs jobs on this machine, **without isolation** unless it finds Apptainer, udocker or bubblewrap, and goes on
    when Python ends.

    Parameters
    ----------
    cpus, memory_gb
        What its jobs may use together, in cores and GB; default: all that this process may use.

    Raises
    ------
    LocalServiceError
        It does not start, or runs already with other limits than these.
    """
    from prominence_jupyter.local_service import control  # noqa: PLC0415 - tornado, when it is first used

    info = control.start(cpus=cpus, memory_gb=memory_gb)
    return Session(Transport(info.url, Token(info.token(), "the local service"), is_local=True))
