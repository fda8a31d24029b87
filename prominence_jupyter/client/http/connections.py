"""Connections that tell the `Exchange` they work for what they are about to do, and whose answers have whole heads.

They print nothing of what is sent. All else is that of `requests` and urllib3.
"""

from __future__ import annotations

import math
import os
import time
from typing import Any, Final

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from prominence_jupyter.client.http.exchange import Exchange
from prominence_jupyter.client.http.whole_head import WholeHead

_LONGEST_IDLE_S: Final = 20.0
"""A connection that was not used for longer is made anew: the other side may be gone, and a request would be lost."""


class _Connection(HTTPConnection):
    response_class = WholeHead
    _pid = -1
    debuglevel = 0
    """Also where `http.client` is told to print all that is sent: a header with a token, a body with secrets."""
    _used = -math.inf
    """When the last request was sent, by the wall clock: the other one may stand still while a laptop is asleep."""

    def connect(self) -> None:
        if exchange := Exchange.here():
            exchange.connects()
        super().connect()

    @property
    def is_stale(self) -> bool:
        """Whether it was not used for long, or in another process: a fork shares it, and answers get mixed up."""
        return self._pid != os.getpid() or abs(time.time() - self._used) > _LONGEST_IDLE_S

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        if (exchange := Exchange.here()) and self.sock is not None:
            exchange.sends(self.sock)
        self._pid, self._used = os.getpid(), time.time()
        super().request(*args, **kwargs)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same, with a certificate."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection: Any = super()._get_conn(timeout)
        if connection.is_stale:  # closed here, and not by itself: a closed one forgets its tunnel through a proxy
            connection.close()
        return connection


class _SecurePool(_Pool, HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS: Final = {"http": _Pool, "https": _SecurePool}


class Adapter(HTTPAdapter):
    """The adapter of `requests`, with connections of this kind; but for SOCKS proxies, which have their own."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Make, or find, the pools of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager
