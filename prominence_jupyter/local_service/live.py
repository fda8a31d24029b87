"""`LiveDir`: what is true only while the service runs, on this host and since its last boot.

The state folder may be on a network, which locks and sockets do not like. So it only names the folder on this host.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import host
from prominence_jupyter.local_service.state import StateDir, write_private

_RUNTIME_VARIABLE: Final = "XDG_RUNTIME_DIR"
_NAME: Final = "prominence-jupyter"
_LONGEST_SOCKET: Final = 100
"""Bytes of a socket's path: unix(7) allows 107, macOS 103."""
_OF_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class LiveDir:
    """A folder on this host that only its owner may enter, and the names in it."""

    path: Path

    @property
    def front_lock(self) -> Path:
        """Locked for the life of the process that speaks HTTP."""
        return self.path / "front.lock"

    @property
    def runner_lock(self) -> Path:
        """Locked for the life of the process that runs jobs."""
        return self.path / "runner.lock"

    @property
    def socket(self) -> Path:
        """Where the runner listens."""
        return self.path / "runner.socket"

    @property
    def service(self) -> Path:
        """What the running service says of itself. It is believed only while the front's lock is held."""
        return self.path / "service.json"

    @property
    def port(self) -> Path:
        """The port that the service listened on last."""
        return self.path / "port"

    def make(self) -> LiveDir:
        """Create the folder, closed to others, unless it is there; return it.

        Raises
        ------
        LocalServiceError
            It cannot be made, or is not for this user alone: then somebody else may have made it.
        """
        for folder in (self.path.parent, self.path):
            try:
                folder.mkdir(mode=0o700, exist_ok=True)
            except OSError as error:
                raise _unusable(folder, error.strerror or "unknown error") from error
            _check(folder)
        return self

    def check(self) -> None:
        """Refuse a folder that others may change; none at all is fine.

        Raises
        ------
        LocalServiceError
            It is no folder, another user's, or open to others.
        """
        for folder in (self.path.parent, self.path):
            _check(folder)


def live_dir(state: StateDir) -> LiveDir:
    """Return the live folder that belongs to a state folder, there or not: the one it names, else the usual place.

    Raises
    ------
    LocalServiceError
        The state folder is in use on another host.
    """
    named = _named(state)
    return LiveDir(_usual_place(state)) if named is None else named


def name_live_dir(state: StateDir, live: LiveDir) -> None:
    """Say in the state folder which host uses it, so that whoever has other variables finds the same live folder.

    Raises
    ------
    OSError
        The state folder cannot be written.
    """
    told = {"host": host.name(), "boot": host.boot_id(), "folder": str(live.path)}
    write_private(state.live, json.dumps(told).encode())


def _named(state: StateDir) -> LiveDir | None:
    """Return the folder that the state folder names, if it can still be of use."""
    told = _told(state)
    if told.get("host") not in {None, host.name()}:
        raise LocalServiceError(
            f"The folder {state.path} is in use by the local service of the host {told['host']!r}. Set "
            f"PROMINENCE_LOCAL_DIR to another folder, or stop it there; if that host is no more, remove {state.live}."
        )
    folder = told.get("folder")
    if told.get("boot") != host.boot_id() or not isinstance(folder, str) or not Path(folder).is_dir():
        return None
    return LiveDir(Path(folder))


def _told(state: StateDir) -> dict[str, object]:
    try:
        told = json.loads(state.live.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _usual_place(state: StateDir) -> Path:
    name = hashlib.sha256(os.fsencode(state.path)).hexdigest()[:12]
    runtime = os.environ.get(_RUNTIME_VARIABLE)
    if runtime and Path(runtime).is_dir() and (place := _short(Path(runtime) / _NAME / name)):
        return place
    own = f"{_NAME}-{os.getuid()}"
    with contextlib.suppress(OSError):  # of many folders none can be written
        if place := _short(Path(tempfile.gettempdir()) / own / name):
            return place
    return Path("/tmp") / own / name  # noqa: S108 - the folder is checked for its owner


def _short(folder: Path) -> Path | None:
    """Return a folder in which a socket can have a name."""
    return folder if len(os.fsencode(LiveDir(folder).socket)) <= _LONGEST_SOCKET else None


def _check(folder: Path) -> None:
    try:
        found = folder.lstat()  # a link could be somebody else's
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise _unusable(folder, error.strerror or "unknown error") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & _OF_OTHERS:
        raise _unusable(folder, "it is not a folder of yours alone")


def _unusable(folder: Path, why: str) -> LocalServiceError:
    return LocalServiceError(
        f"Cannot use the folder {folder}: {why}. Set {_RUNTIME_VARIABLE} or TMPDIR to a folder on this host that is "
        "yours alone."
    )
