"""`StateDir`: where the local service keeps what it must remember."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

VARIABLE: Final = "PROMINENCE_LOCAL_DIR"


@dataclass(frozen=True, slots=True)
class StateDir:
    """A folder that only its owner may enter, and the names in it."""

    path: Path

    def make(self) -> StateDir:
        """Create the folder if needed and close it to others; return it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        return self

    @property
    def token(self) -> Path:
        """The access token, readable by its owner only."""
        return self.path / "token"

    @property
    def key(self) -> Path:
        """The random key that signs tokens."""
        return self.path / "key"

    @property
    def service(self) -> Path:
        """What the running service says of itself. It is believed only while the lock is held."""
        return self.path / "service.json"

    @property
    def lock(self) -> Path:
        """Locked for the life of the service."""
        return self.path / "lock"

    @property
    def database(self) -> Path:
        """All jobs."""
        return self.path / "jobs.sqlite"

    @property
    def log(self) -> Path:
        """What a detached service prints."""
        return self.path / "service.log"

    def job(self, job_id: int) -> Path:
        """Return the scratch folder of one job."""
        return self.path / "jobs" / str(job_id)


def state_dir() -> StateDir:
    """Return the folder of this user's local service: ``PROMINENCE_LOCAL_DIR``, else the user's state folder."""
    chosen = os.environ.get(VARIABLE)
    path = Path(chosen) if chosen else platformdirs.user_state_path("prominence-jupyter") / "local"
    return StateDir(path.absolute())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
