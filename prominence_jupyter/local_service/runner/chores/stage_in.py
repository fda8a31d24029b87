"""The chore "stage-in": bring artifacts into the folder of a job and unpack them."""

from __future__ import annotations

import bz2
import gzip
import os
import shutil
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from prominence_jupyter.local_service import reasons
from prominence_jupyter.local_service.runner.archives.download import download
from prominence_jupyter.local_service.runner.archives.unpacking import unpack_files

_TARS: Final = (".tgz", ".tar.gz", ".tar", ".tar.bz2")
_BROKEN: Final = (
    KeyError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)


def run(wanted: dict[str, Any]) -> dict[str, Any]:
    """Bring all artifacts; return the reason why one could not be had, or none."""
    work, data = Path(wanted["work"]), Path(wanted["data"])
    for artifact in wanted["artifacts"]:
        try:
            path = _fetch(artifact, work, data)
        except (OSError, ValueError) as error:
            words = str(error.strerror if isinstance(error, OSError) and error.strerror else error)
            sys.stderr.write(f"prominence: {words}\n")
            return {"reason": reasons.DOWNLOAD_FAILED}
        if artifact.get("executable") is True:
            path.chmod(0o755)
        try:
            if _unpack(path, work):
                path.unlink(missing_ok=True)
        except _BROKEN as error:
            sys.stderr.write(f"prominence: {path.name} cannot be unpacked: {error}\n")
            return {"reason": reasons.UNPACKING_FAILED}
    return {}


def _fetch(artifact: Mapping[str, Any], work: Path, data: Path) -> Path:
    url: str = artifact["url"]
    is_remote = url.startswith(("http://", "https://"))
    name = PurePosixPath(unquote(urlsplit(url).path) if is_remote else url).name
    if name in {"", ".", ".."} or "\0" in name:
        raise ValueError("the URL of an artifact does not end in the name of a file")
    path = work / name
    path.unlink(missing_ok=True)
    if is_remote:
        download(url, path)
        return path
    source = Path(os.path.realpath(data / url))
    if not source.is_relative_to(os.path.realpath(data)) or not source.is_file():
        raise FileNotFoundError(0, f"there is no uploaded file {url!r}")
    shutil.copyfile(source, path)
    return path


def _unpack(path: Path, work: Path) -> bool:
    """Unpack what is packed, and tell whether it was. Nothing is written outside of the folder."""
    if path.name.endswith(_TARS):
        with tarfile.open(path) as archive:
            unpack_files(archive, work)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive_of_files:
            archive_of_files.extractall(work)  # noqa: S202 - zipfile keeps names inside, and makes no links
            _make_executable(archive_of_files, work)
    elif path.suffix in {".gz", ".bz2"}:
        unpacked = gzip.GzipFile if path.suffix == ".gz" else bz2.BZ2File
        with unpacked(path) as opened, path.with_suffix("").open("wb") as file:
            shutil.copyfileobj(opened, file)
    else:
        return False
    return True


def _make_executable(archive: zipfile.ZipFile, work: Path) -> None:
    """Do what `zipfile` does not."""
    for member in archive.infolist():
        path = work / member.filename
        if member.external_attr >> 16 & 0o100 and path.is_file() and not path.is_symlink():
            path.chmod(0o755)
