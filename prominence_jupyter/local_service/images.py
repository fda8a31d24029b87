"""Images: what the image of a task names, and what runs of it where there is no container."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal
from urllib.parse import urlsplit

_TESTPI: Final = re.compile(r"(docker://)?(docker\.io/)?eoscprominence/testpi(:[\w.-]+)?")
_ARCHIVES: Final = (".tar", ".tgz", ".tar.gz", ".sif")

NO_ENTRY_POINT: Final = "no image is fetched to run on this machine itself; give the task a cmd, which runs here"
"""What to tell of a pull that failed."""

Kind = Literal["name", "url", "file"]
"""In a registry, somewhere on the web, or a file of this machine."""


class PullFailed(Exception):  # caught in the runner, never seen by users
    """The image cannot be had; the text says why."""


def kind(image: str) -> Kind:
    """Tell what the image of a task names."""
    if image.startswith(("http://", "https://")):
        return "url"
    is_named = image.startswith("docker://") or not (image.startswith("/") or image.endswith(_ARCHIVES))
    return "name" if is_named else "file"


def file_name(image: str) -> str:
    """Return the last part of a file's or URL's path, by whose ending the kind of archive is known."""
    return PurePosixPath(urlsplit(image).path if kind(image) == "url" else image).name


def registry_name(image: str) -> str:
    """Return a named image without the mark that says so."""
    return image.removeprefix("docker://")


def words(task: Mapping[str, Any]) -> list[str]:
    """Split the ``cmd`` of a task as a shell would; none is an empty list.

    Raises
    ------
    ValueError
        A quotation is not closed.
    """
    return shlex.split(task.get("cmd", ""))


def host_command(task: Mapping[str, Any]) -> list[str]:
    """Return the arguments of a task's process where it runs on this machine itself.

    Its ``cmd``, whatever the image is. Without one, the image's entry point is needed: `eoscprominence/testpi` has one
    built in.

    Raises
    ------
    PullFailed
        There is neither a ``cmd`` nor a built-in entry point.
    """
    if arguments := words(task):
        return arguments
    if _TESTPI.fullmatch(task["image"]):
        script = Path(__file__).with_name("testpi.py")
        return [sys.executable, "-I", str(script)]  # isolated: nothing in the job's folder can get in its way
    raise PullFailed(NO_ENTRY_POINT)
