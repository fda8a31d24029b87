"""`StateDir`: where the local service keeps what it must remember."""

from __future__ import annotations

import os
import shlex
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import host, lock

VARIABLE: Final = "PROMINENCE_LOCAL_DIR"
_CHOOSE: Final = f"Set {VARIABLE} to a folder that does not exist yet or is empty and your own"
_OF_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class StateDir:
    """A folder that only its owner may enter, and the names in it."""

    path: Path
    older: Path | None = None
    """Where an older version kept the same things; taken over when this folder is made."""

    def make(self) -> StateDir:
        """Create the folder, closed to others, unless it is there; return it.

        Raises
        ------
        LocalServiceError
            It cannot be made, or as `check`.
        """
        try:
            if self.older is not None and self.older.is_dir() and not self.path.exists():
                self._take_over(self.older)
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except FileExistsError:
            pass  # a file is in its place, and `check` says so
        except OSError as error:
            raise self._unusable(f"{error.strerror}. {_CHOOSE}") from error
        self.check()
        return self

    def check(self) -> None:
        """Refuse a folder that is not for the local service alone. It is never changed; none at all is fine.

        Raises
        ------
        LocalServiceError
            It is a file, another user's, open to others, or holds only files of something else.
        """
        try:
            found = self.path.stat()
            if not stat.S_ISDIR(found.st_mode):
                raise self._unusable(f"it is a file. {_CHOOSE}")
            if found.st_uid != os.getuid():
                raise self._unusable(f"it is another user's. {_CHOOSE}")
            names = {entry.name for entry in self.path.iterdir()}
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unusable(error.strerror or "unknown error") from error
        if names and not names & {self.live.name, self.database.name, self.log.name}:
            raise self._unusable(f"it holds files of something else ({min(names)!r}). {_CHOOSE}")
        if found.st_mode & _OF_OTHERS:
            remedy = f"Close it: chmod 700 {shlex.quote(str(self.path))}"
            raise self._unusable(f"others than its owner may use it. {remedy}; or set {VARIABLE} to another folder")

    def _take_over(self, older: Path) -> None:
        if lock.is_held(older / "lock"):
            raise LocalServiceError("The local service of an older version runs. Stop it with that version first.")
        older.rename(self.path)

    def _unusable(self, why: str) -> LocalServiceError:
        return LocalServiceError(f"Cannot use the folder {self.path}: {why}.")

    @property
    def token(self) -> Path:
        """The access token, readable by its owner only."""
        return self.path / "token"

    @property
    def key(self) -> Path:
        """The random key that signs tokens."""
        return self.path / "key"

    @property
    def live(self) -> Path:
        """Which host uses this folder, and where the live folder is there: see `live`."""
        return self.path / "live.json"

    @property
    def database(self) -> Path:
        """All jobs."""
        return self.path / "jobs.sqlite"

    @property
    def log(self) -> Path:
        """What a detached service prints."""
        return self.path / "service.log"

    @property
    def data(self) -> Path:
        """Files that were uploaded."""
        return self.path / "data"

    @property
    def uploads(self) -> Path:
        """Files that are being uploaded."""
        return self.path / "uploads"

    @property
    def images(self) -> Path:
        """Container images that were fetched or unpacked, for all jobs."""
        return self.path / "images"

    @property
    def discarded(self) -> Path:
        """Images of jobs that have ended; they go when the next image comes."""
        return self.images / "discarded"

    @property
    def jobs(self) -> Path:
        """The scratch folders of all jobs."""
        return self.path / "jobs"

    def job(self, job_id: int) -> Path:
        """Return the scratch folder of one job."""
        return self.jobs / str(job_id)


def state_dir() -> StateDir:
    """Return the folder of this user's local service: ``PROMINENCE_LOCAL_DIR``, else one of the user's for this host.

    A home may be on a network, and so the same on many hosts.
    """
    if chosen := os.environ.get(VARIABLE):
        return StateDir(Path(chosen).absolute())
    import platformdirs  # noqa: PLC0415 - a tenth of the time in which a service starts

    folder = platformdirs.user_state_path("prominence-jupyter").absolute()
    return StateDir(folder / f"local-{host.name()}", older=folder / "local")


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
