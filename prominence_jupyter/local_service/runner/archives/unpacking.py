"""Unpack tar archives; nothing in them can lead out of the folder.

`tarfile` has a filter for that, but not yet in the oldest Python that we run on, and it refuses links to absolute
paths, of which images are full.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO, Final

_WHITEOUT: Final = ".wh."
_OPAQUE: Final = ".wh..wh..opq"


class LeadsOutside(ValueError):
    """The archive wants to write or link outside of the folder that it is unpacked in."""


def unpack_layer(layer: tarfile.TarFile, root: Path) -> None:
    """Unpack a layer of an image over those before it: links are those of a root file system, devices are left out.

    Raises
    ------
    LeadsOutside, tarfile.TarError, KeyError, OSError
    """
    for member in layer:
        if (target := _target(member, root)) is None:
            continue
        if target.name == _OPAQUE:
            for entry in target.parent.iterdir():
                _remove(entry)
        elif target.name.startswith(_WHITEOUT):
            _remove(_whited_out(target))
        elif member.issym():
            _remove(target)
            target.symlink_to(_turned(member.linkname, target, root))
        else:
            _unpack(layer, member, target, root)


def unpack_files(archive: tarfile.TarFile, folder: Path) -> None:
    """Unpack files and folders, and links that stay inside.

    Raises
    ------
    LeadsOutside, tarfile.TarError, KeyError, OSError
    """
    for member in archive:
        if (target := _target(member, folder)) is None:
            continue
        if member.issym():
            seen = Path(os.path.realpath(target.parent / member.linkname))
            if not seen.is_relative_to(os.path.realpath(folder)):
                raise LeadsOutside(f"{member.name} leads outside")
            _remove(target)
            target.symlink_to(member.linkname)
        elif not (member.isfile() or member.isdir() or member.islnk()):
            raise LeadsOutside(f"{member.name} is a device")
        else:
            _unpack(archive, member, target, folder)


def _whited_out(mark: Path) -> Path:
    name = mark.name.removeprefix(_WHITEOUT)
    if name in {"", ".", ".."}:
        raise LeadsOutside(f"{mark.name} leads outside")
    return mark.parent / name


def _target(member: tarfile.TarInfo, root: Path) -> Path | None:
    """Return where to unpack a member, in a folder that is there; None for the root itself."""
    place = PurePosixPath(member.name.lstrip("/"))
    if place == PurePosixPath():
        return None
    if ".." in place.parts:
        raise LeadsOutside(f"{place} leads outside")
    parent = _inside(root, place.parent)
    parent.mkdir(parents=True, exist_ok=True)
    return parent / place.name


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path, root: Path) -> None:
    """Unpack a file, a folder or a hard link; what stood in its place goes, unless both are folders."""
    if not (member.isdir() and target.is_dir() and not target.is_symlink()):
        _remove(target)
    if member.isdir():
        target.mkdir(exist_ok=True)
        target.chmod(member.mode & 0o777 | 0o700)
    elif member.islnk():
        other = PurePosixPath(member.linkname.lstrip("/"))
        os.link(_inside(root, other.parent) / other.name, target, follow_symlinks=False)
    elif member.isfile():
        with _content(archive, member) as source, target.open("xb") as file:
            shutil.copyfileobj(source, file)
        target.chmod(member.mode & 0o777 | 0o600)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member)
    if file is None:
        raise KeyError(member.name)
    return file


def _inside(root: Path, place: PurePosixPath) -> Path:
    """Return the path of a folder, through links, if it is within the root."""
    path = Path(os.path.realpath(root / place))
    if ".." in place.parts or not path.is_relative_to(os.path.realpath(root)):
        raise LeadsOutside(f"{place} leads outside")
    return path


def _turned(goal: str, target: Path, root: Path) -> str:
    """Return where a symbolic link leads, made relative where it would lead out of the folder as seen from outside."""
    top = os.path.realpath(root)
    if not goal.startswith("/"):
        seen = os.path.realpath(target.parent / goal)
        if Path(seen).is_relative_to(top):
            return goal
        goal = os.path.normpath("/" + os.path.relpath(target.parent, top) + "/" + goal)
    return os.path.relpath(top + "/" + goal.lstrip("/"), target.parent)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
