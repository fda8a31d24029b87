"""`Scratch`: the folder of one job, its input files and its output files."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from prominence_jupyter.protocol.paths import Stream


@dataclass(frozen=True, slots=True)
class Scratch:
    """The places of one job."""

    folder: Path

    @property
    def work(self) -> Path:
        """Where tasks start; also their HOME."""
        return self.folder / "work"

    @property
    def tmp(self) -> Path:
        """TMPDIR of the tasks."""
        return self.folder / "tmp"

    def output(self, stream: Stream) -> Path:
        """Return the file that all tasks append to."""
        return self.folder / stream

    def staged(self, name: str) -> Path:
        """Return where a file that the job leaves is kept; of a folder NAME it is NAME.tgz."""
        return self.folder / "outputs" / name

    def make(self, inputs: Iterable[Mapping[str, Any]]) -> None:
        """Create the folders, the empty output files and the input files.

        Raises
        ------
        OSError
            The disk is full, or one input is named as the folder of another.
        """
        for folder in (self.folder, self.work, self.tmp):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.append("stdout").close()
        self.append("stderr").close()
        for file in inputs:
            path = self.work / file["filename"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(file["content"], validate=True))
            path.chmod(0o755 if file.get("executable") is True else 0o644)

    def append(self, stream: Stream) -> BinaryIO:
        """Open an output file at its end, without a buffer whose writing could fail when it is closed."""
        return self.output(stream).open("ab", buffering=0)

    def workdir(self, task: Mapping[str, Any]) -> Path:
        """Return the folder in which a task starts; one inside the working folder is made if needed.

        Raises
        ------
        OSError
            There is no such folder.
        """
        path = self.work / str(task.get("workdir", "."))
        if path.is_relative_to(self.work):
            path.mkdir(parents=True, exist_ok=True)
        elif not path.is_dir():
            raise NotADirectoryError(0, "there is no such folder", str(path))
        return path


def input_problem(file: Mapping[str, Any]) -> str | None:
    """Say what is wrong with an input file, or None. Its content is not quoted."""
    name = file["filename"]
    if not stays_inside(name) or PurePosixPath(name) == PurePosixPath():
        return "the filename must lead to a file inside the working folder of the job"
    try:
        base64.b64decode(file["content"], validate=True)
    except (binascii.Error, ValueError):
        return "the content must be base64"
    return None


def stays_inside(path: str, *, absolute: bool = False) -> bool:
    """Tell whether a path can be used: it does not climb, and it is absolute only where that is allowed."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:  # half a character
        return False
    pure = PurePosixPath(path)
    return "\0" not in path and ".." not in pure.parts and (absolute or not pure.is_absolute())
