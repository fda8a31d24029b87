"""`WholeHead`: an answer that counts as lost when its head was cut off.

For `http.client` the end of a connection is the end of the headers too: an answer that breaks within its head looks
like one with few headers and, since its length is among those that are missing, an empty body. An empty log would be
believed.
"""

from __future__ import annotations

from http.client import HTTPResponse, IncompleteRead
from io import BufferedReader
from typing import Any, Final

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


class WholeHead(HTTPResponse):
    """What `http.client` makes of an answer, as `response_class` of a connection."""

    def begin(self) -> None:
        """Read the head.

        Raises
        ------
        IncompleteRead
            It has no end.
        """
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
