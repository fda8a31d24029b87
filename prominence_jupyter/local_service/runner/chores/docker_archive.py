"""Unpack an image as ``docker save`` writes it; nothing in it can lead out of the folder.

`tarfile`'s own filter refuses links to absolute paths, of which images are full.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from prominence_jupyter.local_service.images import PullFailed

_WHITEOUT: Final = ".wh."
_OPAQUE: Final = ".wh..wh..opq"
_LARGEST_JSON: Final = 16 * 1024 * 1024


def unpack(archive: Path, root: Path) -> dict[str, Any]:
    """Unpack all layers into a new folder and return the image's configuration (Entrypoint, Cmd, Env).

    Raises
    ------
    PullFailed
        It is no such archive, or one that wants to write outside.
    OSError
        It cannot be read or written.
    """
    try:
        with tarfile.open(archive) as outer:
            (manifest, *_) = _json(outer, "manifest.json")
            config = _json(outer, manifest["Config"]).get("config") or {}
            root.mkdir(parents=True)
            for name in manifest["Layers"]:
                with _file(outer, name) as file, tarfile.open(fileobj=file) as layer:
                    _unpack_layer(layer, root)
    except (tarfile.TarError, zlib.error, EOFError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise PullFailed(f"{archive.name} is no image archive as docker save writes it") from error
    return {key: config[key] for key in ("Entrypoint", "Cmd", "Env") if config.get(key)}


def _file(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file


def _json(archive: tarfile.TarFile, name: str) -> Any:
    with _file(archive, name) as file:
        return json.loads(file.read(_LARGEST_JSON))


def _unpack_layer(layer: tarfile.TarFile, root: Path) -> None:
    for member in layer:
        place = PurePosixPath(member.name.lstrip("/"))
        if place == PurePosixPath():
            continue
        parent = _inside(root, place.parent)
        parent.mkdir(parents=True, exist_ok=True)
        target = parent / place.name
        if place.name == _OPAQUE:
            for entry in parent.iterdir():
                _remove(entry)
        elif place.name.startswith(_WHITEOUT):
            _remove(parent / place.name.removeprefix(_WHITEOUT))
        else:
            _unpack_member(layer, member, target, root)


def _unpack_member(layer: tarfile.TarFile, member: tarfile.TarInfo, target: Path, root: Path) -> None:
    if not (member.isdir() and target.is_dir() and not target.is_symlink()):
        _remove(target)
    if member.isdir():
        target.mkdir(exist_ok=True)
        target.chmod(member.mode & 0o777 | 0o700)
    elif member.issym():
        target.symlink_to(_link(member.linkname, target, root))
    elif member.islnk():
        other = PurePosixPath(member.linkname.lstrip("/"))
        os.link(_inside(root, other.parent) / other.name, target, follow_symlinks=False)
    elif member.isfile():
        with _file_of(layer, member) as source, target.open("xb") as file:
            shutil.copyfileobj(source, file)
        target.chmod(member.mode & 0o777 | 0o600)
    # the rest are devices, and those of this machine are used


def _file_of(layer: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = layer.extractfile(member)
    if file is None:
        raise KeyError(member.name)
    return file


def _inside(root: Path, place: PurePosixPath) -> Path:
    """Return the path of a folder, through links, if it is within the root."""
    path = Path(os.path.realpath(root / place))
    if ".." in place.parts or not path.is_relative_to(os.path.realpath(root)):
        raise PullFailed("the image wants to write outside of its own files")
    return path


def _link(goal: str, target: Path, root: Path) -> str:
    """Return where a symbolic link leads, made relative where it would lead out of the folder as seen from outside."""
    top = os.path.realpath(root)
    if not goal.startswith("/"):
        seen = os.path.normpath(target.parent / goal)
        if Path(seen).is_relative_to(top):
            return goal
        goal = os.path.normpath("/" + os.path.relpath(target.parent, top) + "/" + goal)
    return os.path.relpath(top + "/" + goal.lstrip("/"), target.parent)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
