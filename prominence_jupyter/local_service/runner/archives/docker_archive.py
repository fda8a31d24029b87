"""Unpack an image as ``docker save`` writes it."""

from __future__ import annotations

import json
import tarfile
import zlib
from pathlib import Path
from typing import IO, Any, Final

from prominence_jupyter.local_service.images import PullFailed
from prominence_jupyter.local_service.runner.archives.unpacking import LeadsOutside, unpack_layer

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
                    unpack_layer(layer, root)
    except LeadsOutside as error:
        raise PullFailed("the image wants to write outside of its own files") from error
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
