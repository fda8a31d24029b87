"""`ServiceInfo`: what a running local service says of itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import host, lock
from prominence_jupyter.local_service.live import LiveDir
from prominence_jupyter.local_service.state import StateDir, write_private


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A running local service. The token is not in it, only where it is."""

    url: str
    """Base URL, as ``PROMINENCE_URL`` wants it: with ``/api/v1``."""
    pid: int
    started: float
    """Unix seconds."""
    cpus: float
    memory_gb: float
    token_file: Path
    state_dir: Path

    def token(self) -> str:
        """Return the access token, read from its file.

        Raises
        ------
        LocalServiceError
            The file cannot be read.
        """
        try:
            return self.token_file.read_text().strip()
        except OSError as error:
            raise LocalServiceError(f"Cannot read {self.token_file}: {error.strerror}.") from error

    def words(self) -> str:
        """Return a line for a person."""
        return f"{self.url}, with {self.cpus:g} cores and {self.memory_gb:.1f} GB for jobs; process {self.pid}."

    def save(self, live: LiveDir) -> None:
        """Write it for those who look for the service."""
        told = {"url": self.url, "pid": self.pid, "started": self.started}
        told |= {"cpus": self.cpus, "memory_gb": self.memory_gb, "host": host.name(), "boot": host.boot_id()}
        write_private(live.service, json.dumps(told).encode())

    @classmethod
    def load(cls, state: StateDir, live: LiveDir) -> Self | None:
        """Read what the running service wrote; None if none runs, or it has not written yet."""
        front = lock.holder(live.front_lock)
        try:
            told = json.loads(live.service.read_bytes())
            where = told.pop("host"), told.pop("boot")
            info = cls(**told, token_file=state.token, state_dir=state.path)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return info if info.pid == front and where == (host.name(), host.boot_id()) else None
