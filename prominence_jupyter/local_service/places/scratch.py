"""`Scratch`: the folder of one job, its input files and its output files."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from prominence_jupyter.protocol.paths import STREAMS, Stream


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

    @property
    def images(self) -> Path:
        """Images of this job alone."""
        return self.folder / "images"

    @property
    def outputs(self) -> Path:
        """What is kept of the files and folders that the job made."""
        return self.folder / "outputs"

    def staged(self, name: str, *, folder: bool = False) -> Path:
        """Return the file that is kept for an entry of ``outputFiles``, or of ``outputDirs``, which are packed.

        Of a name with folders the last part counts, as on the deployed service. It is there once the job has ended,
        unless the job did not make it.
        """
        last = PurePosixPath(name).name
        return self.outputs / (f"{last}.tgz" if folder else last)

    def discard_images(self, to: Path) -> None:
        """Move the images out of the way; to remove them takes longer."""
        with contextlib.suppress(OSError):  # there are none
            self.images.rename(to / f"{self.folder.name}-{os.getpid()}-{time.monotonic_ns()}")

    def output(self, stream: Stream) -> Path:
        """Return the file that all tasks append to."""
        return self.folder / stream

    def make(self, inputs: Iterable[Mapping[str, Any]], *, afresh: bool = False) -> None:
        """Create the folders, the empty output files and the input files; `afresh` without what an earlier run left.

        Raises
        ------
        OSError
            The disk is full, or one input is named as the folder of another.
        """
        if afresh:
            for left in (self.work, self.tmp, self.images, self.outputs):
                remove_tree(left)
            for stream in STREAMS:
                self.output(stream).unlink(missing_ok=True)
        for folder in (self.folder, self.work, self.tmp):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.append("stdout").close()
        self.append("stderr").close()
        for file in inputs:
            path = self.work / file["filename"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(file["content"], validate=True))
            path.chmod(0o755 if file.get("executable") is True else 0o644)

    def say(self, words: str) -> None:
        """Write a line of ours to the standard error, where a person looks for the reason."""
        with contextlib.suppress(OSError), self.append("stderr") as stderr:
            stderr.write(f"prominence: {words}\n".encode(errors="replace"))

    def append(self, stream: Stream) -> BinaryIO:
        """Open an output file at its end, without a buffer whose writing could fail when it is closed."""
        return self.output(stream).open("ab", buffering=0)

    def holds(self, path: Path) -> bool:
        """Tell whether a path leads to a place inside the working folder, through whatever links a task has left."""
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.work))

    def enter(self, folder: Path) -> Path:
        """Make a folder in which a process is to start if it is inside the working folder; return it.

        Raises
        ------
        OSError
            There is no such folder.
        """
        if folder.is_relative_to(self.work):
            folder.mkdir(parents=True, exist_ok=True)
        elif not folder.is_dir():
            raise NotADirectoryError(0, "there is no such folder", str(folder))
        return folder


def remove_tree(folder: Path) -> None:
    """Remove a folder and all that is in it, also what its owner has closed to himself.

    Raises
    ------
    OSError
        Something is another user's, say.
    """
    if folder.is_symlink():
        folder.unlink()
    elif folder.is_dir():
        for inner, _, _ in os.walk(folder):
            Path(inner).chmod(0o700)
        shutil.rmtree(folder)


def input_problem(file: Mapping[str, Any]) -> str | None:
    """Say what is wrong with an input file, or None. Its content is not quoted."""
    if not leads_inside(file["filename"]):
        return "the filename must lead to a file inside the working folder of the job"
    try:
        base64.b64decode(file["content"], validate=True)
    except (binascii.Error, ValueError):
        return "the content must be base64"
    return None


def leads_inside(name: str) -> bool:
    """Tell whether a path leads to something below a folder."""
    return stays_inside(name) and PurePosixPath(name) != PurePosixPath()


def stays_inside(path: str, *, absolute: bool = False) -> bool:
    """Tell whether a path can be used: it does not climb, and it is absolute only where that is allowed."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:  # half a character
        return False
    pure = PurePosixPath(path)
    return "\0" not in path and ".." not in pure.parts and (absolute or not pure.is_absolute())
