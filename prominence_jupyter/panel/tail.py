"""`OutputTail`: the end of a job's output by byte offset, as it travels with a panel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class OutputTail:
    """The last bytes of an output that grows, and where they belong in it."""

    limit: int
    """How many bytes are kept, at most."""
    data: bytes = b""
    end: int = 0
    """Offset in bytes after the last one."""
    run: int = 0
    """Counts how often the output started afresh."""
    notice: str = ""
    """What is said about the start of this run."""

    @property
    def start(self) -> int:
        """Offset of the first byte kept."""
        return self.end - len(self.data)

    def append(self, data: bytes) -> None:
        """Continue the output."""
        self.end += len(data)
        self.data = (self.data + data)[-self.limit :]

    def restart(self, notice: str) -> None:
        """Begin again at offset 0."""
        self.data, self.end, self.run, self.notice = b"", 0, self.run + 1, notice

    def since(self, offset: int) -> tuple[int, bytes]:
        """Return what is kept from an offset on, and the offset where it really starts."""
        first = min(max(offset, self.start), self.end)
        return first, self.data[first - self.start :]
