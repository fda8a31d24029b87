"""`WholeHeads`: connections that take no answer for one whose head was cut off.

For `http.client` the end of a connection is the end of the headers too: an answer that breaks within its head looks
like one with few headers and, since its length is among those that are missing, an empty body. An empty log would be
believed.
"""

from __future__ import annotations

from http.client import HTTPResponse, IncompleteRead
from io import BufferedReader
from typing import Any, Final

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

_BLANK: Final = {b"\r\n", b"\n"}
"""The line that ends a head."""


class _Head:
    """Reads the lines of a head for `http.client`, and knows which was the last."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file
        self.last = b"\n"  # of what has been read already

    def readline(self, limit: int = -1) -> bytes:
        self.last = self._file.readline(limit)
        return self.last

    def close(self) -> None:
        self._file.close()


class _Response(HTTPResponse):
    def begin(self) -> None:
        file = self.fp
        head: Any = _Head(file)
        self.fp = head
        try:
            super().begin()
        finally:
            if self.fp is head:
                self.fp = file
        if head.last not in _BLANK:
            raise IncompleteRead(head.last)  # whoever called closes it


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_OURS: Final[dict[type, type]] = {HTTPConnectionPool: _Pool, HTTPSConnectionPool: _SecurePool}


class WholeHeads(HTTPAdapter):
    """An adapter for `requests` whose answers have whole heads; one that is cut counts as lost."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of connections; `requests` calls this."""
        super().init_poolmanager(*args, **options)
        _use_our_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Make those by way of a proxy."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        _use_our_pools(manager)
        return manager


def _use_our_pools(manager: PoolManager) -> None:
    """Have connections made by our kinds of pools where urllib3's own would be; not by those of a SOCKS proxy."""
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _OURS.get(pool, pool) for scheme, pool in classes.items()}
