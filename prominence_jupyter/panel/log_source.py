"""`LogSource`: what a panel needs of a log, wherever it is kept."""

from __future__ import annotations

from typing import Protocol


class Piece(Protocol):
    """Some bytes of a log, and how long it was when they were taken."""

    @property
    def run(self) -> int:
        """How often the log had begun afresh."""

    @property
    def start(self) -> int:
        """Offset of the first byte."""

    @property
    def data(self) -> bytes:
        """The bytes."""

    @property
    def size(self) -> int:
        """Length of the whole log, in bytes."""

    @property
    def lines(self) -> int:
        """Newline characters in the whole log."""


class LogSource(Protocol):
    """A log that grows, and may begin afresh. From any thread."""

    def piece(self, start: int, stop: int) -> Piece:
        """Return the bytes from `start` to before `stop`, as far as they exist."""

    def tail(self, count: int) -> Piece:
        """Return at most the last `count` bytes."""
