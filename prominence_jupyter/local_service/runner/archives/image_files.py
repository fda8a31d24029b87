"""Root file systems of image archives: for one job, or unpacked once for all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from prominence_jupyter.local_service import images
from prominence_jupyter.local_service.runner.archives import docker_archive
from prominence_jupyter.local_service.runner.archives.download import download
from prominence_jupyter.local_service.runner.image import CONTAINER_HOME, Image, Order


def archive(order: Order) -> Path:
    """Return the file of an image that is no name: a download, a file of the job's, or one of this machine.

    Raises
    ------
    PullFailed
        There is no such file; or a name of the job's leads out of its folder.
    """
    if images.kind(order.image) == "url":
        path = order.folder / (images.file_name(order.image) or "image")
        download(order.image, path)
        return path
    path = Path(os.path.realpath(order.scratch.work / order.image))
    if not (Path(order.image).is_absolute() or order.scratch.holds(path)) or not path.is_file():
        raise images.PullFailed(f"there is no image archive {order.image!r}")
    return path


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def own(order: Order) -> Image:
    """Unpack an archive for one job."""
    path = archive(order)
    root = order.folder / "root"
    config = docker_archive.unpack(path, root)
    make_mountpoints(root, order.mountpoints)
    return Image(root, config, sha256=sha256(path))


def shared(order: Order, cache: Path) -> Image:
    """Unpack an archive for all jobs, unless it is there."""
    path = archive(order)
    digest = sha256(path)
    folder = cache / digest
    cached = folder.is_dir()
    if not cached:
        draft = order.folder / "unpacked"
        config = docker_archive.unpack(path, draft / "root")
        (draft / "config.json").write_text(json.dumps(config))
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            draft.rename(folder)
        except OSError:  # another job was faster
            shutil.rmtree(draft)
            if not folder.is_dir():
                raise
    make_mountpoints(folder / "root", order.mountpoints)
    return Image(folder / "root", json.loads((folder / "config.json").read_text()), cached, digest)


def make_mountpoints(root: Path, mountpoints: Iterable[str]) -> None:
    """Make the folders that something is mounted on; a link in an image is not followed out of it."""
    for name in (CONTAINER_HOME, "/tmp", "/dev", "/proc", *mountpoints):  # noqa: S108 - inside
        path = Path(os.path.realpath(root / name.lstrip("/")))
        if path.is_relative_to(os.path.realpath(root)):
            with contextlib.suppress(FileExistsError):  # a file, and bubblewrap says so
                path.mkdir(parents=True, exist_ok=True)
