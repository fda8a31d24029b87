"""`DataFolder`: the files that users upload, for jobs to fetch."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tornado.httputil import format_timestamp

from prominence_jupyter.local_service.front.files import path_inside
from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.places.state import StateDir


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The object storage of this service: a name may have steps, and a folder is there as long as a file in it is."""

    state: StateDir

    def listed(self, beginning: str) -> list[dict[str, Any]]:
        """Return name, size and time of the files whose names begin so, by name, as the deployed service does."""
        return sorted(self._files(beginning), key=lambda file: str(file["name"]))

    def _files(self, beginning: str) -> Iterator[dict[str, Any]]:
        for folder, _, names in os.walk(self.state.data):
            for name in names:
                path = Path(folder, name)
                whole_name = str(path.relative_to(self.state.data))
                with contextlib.suppress(OSError):  # deleted in this moment
                    found = path.lstat()
                    if whole_name.startswith(beginning) and stat.S_ISREG(found.st_mode):
                        changed = format_timestamp(found.st_mtime)
                        yield {"name": whole_name, "size": found.st_size, "lastModified": changed}

    def draft(self) -> IO[bytes]:
        """Open a file that is to become one of these."""
        with _told("stored"):
            self.state.uploads.mkdir(mode=0o700, exist_ok=True)
            return tempfile.NamedTemporaryFile(dir=self.state.uploads, delete=False)

    def keep(self, draft: IO[bytes], name: str) -> None:
        """Give a draft its name, in the place of a file that has it."""
        path = path_inside(self.state.data, name)
        with _told("stored"):
            draft.close()
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            Path(draft.name).replace(path)

    def discard(self, draft: IO[bytes]) -> None:
        """Delete a draft, unless it has been kept."""
        with contextlib.suppress(OSError):  # what is buffered may find no room
            draft.close()
        Path(draft.name).unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        """Delete a file, if it is there, and the folders that it leaves empty."""
        path = path_inside(self.state.data, name)
        with _told("deleted"), contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
            with contextlib.suppress(OSError):  # not empty
                for folder in path.relative_to(self.state.data).parents:
                    (self.state.data / folder).rmdir()


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Refuse for the reason that the system gives: no room, say, or a file in the place of a folder."""
    try:
        yield
    except OSError as error:
        raise Refused(f"The file cannot be {what}: {error.strerror}") from error
