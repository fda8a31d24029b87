"""`Outputs`: the files that a job has left, to be looked at and kept."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO, Final

from prominence_jupyter.client.output_files import OutputFile
from prominence_jupyter.client.side_by_side import side_by_side
from prominence_jupyter.errors import UnexpectedAnswer, UsageError
from prominence_jupyter.protocol.plain_text import one_line

_AT_ONCE: Final = 8
_LONGEST_SHOWN: Final = 8 * 1024 * 1024
"""Bytes of a picture, and of a text, that become part of a notebook at most."""
_LONGEST_IN_DRAFT: Final = 40
"""Characters of a file's name that are in that of its draft: with all of a long one it would be too long."""
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif"})
"""What can be shown without running anything that is in it."""


class Output:
    """One file that a job has left; of a folder it is the packed one. A picture displays itself, and so does text.

    Attributes
    ----------
    name
        As in the description of the job.
    size
        Bytes, None where the service does not tell.
    """

    def __init__(self, file: OutputFile) -> None:
        self.name, self.size = file.name, file.size
        self._file = file

    def __repr__(self) -> str:
        if self._file.link is None:
            return f"<Output {one_line(self.name, 80)}: the job has not made it>"
        size = "" if self.size is None else f": {self.size:,} bytes"
        return f"<Output {one_line(self.name, 80)}{size}>"

    def read(self) -> bytes:
        """Return all of it.

        Raises
        ------
        RequestRefused
            The job has not made it, or the link to it holds no more.
        UnexpectedAnswer
            It is not as long as the service said.
        """
        with self._file.pieces() as pieces:
            return b"".join(self._checked(pieces))

    def save(self, folder: str | Path = ".", *, force: bool = False) -> Path:
        """Write it into a folder, under its own name; return its path.

        Parameters
        ----------
        folder
            Where; made if need be.
        force
            Whether a file that is there may be written over.

        Raises
        ------
        UsageError
            There is such a file already.
        RequestRefused, UnexpectedAnswer
            As `read`, or its name would lead out of the folder. Nothing is left of it.
        """
        path = Path(folder, inside(self.name))
        if path.exists() and not force:
            raise UsageError(f"{path} is there already: choose another folder, or write over it with force=True")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.parent.resolve().is_relative_to(Path(folder).resolve()):
            raise UsageError(f"{path.parent} is a link that leads out of {folder}: choose another folder")
        # Its name is of this call alone: a thread that an interrupt has left may still write the same file.
        draft = path.with_name(f".{path.name[:_LONGEST_IN_DRAFT]}.{secrets.token_hex(8)}.part")
        try:
            with draft.open("xb") as file, self._file.pieces() as pieces:
                _write(file, self._checked(pieces))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        return path

    def _checked(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        count = 0
        for piece in pieces:
            count += len(piece)
            yield piece
        if self.size is not None and count != self.size:
            raise UnexpectedAnswer(f"{one_line(self.name, 80)} has {count:,} bytes, where {self.size:,} were announced")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        kind = mimetypes.guess_type(self.name)[0] or ""
        shown: dict[str, Any] = {"text/plain": repr(self)}
        if self._file.link is None or (self.size or 0) > _LONGEST_SHOWN:
            return shown
        if kind in _PICTURES:
            shown[kind] = self.read()
        elif kind.startswith("text/") or kind == "application/json":
            shown["text/plain"] = self.read().decode("utf-8", "replace")
        return shown


class Outputs(Mapping[str, Output]):
    """The files that a job has left, by name."""

    def __init__(self, files: Iterable[OutputFile]) -> None:
        self._files = {file.name: Output(file) for file in files}

    def __getitem__(self, name: str) -> Output:
        try:
            return self._files[name]
        except KeyError:
            there = ", ".join(one_line(known, 80) for known in self._files) or "none"
            raise KeyError(f"no output {one_line(name, 80)}; there are: {there}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.values())) or "<no outputs>"

    def save(self, folder: str | Path = ".", *, force: bool = False) -> list[Path]:
        """Write all that the job has made into a folder, several at a time; return their paths. See `Output.save`."""
        made = [output for output in self.values() if output._file.link is not None]  # noqa: SLF001 - ours
        return side_by_side(lambda output: output.save(folder, force=force), made, at_once=_AT_ONCE)


def _write(file: BinaryIO, pieces: Iterable[bytes]) -> None:
    file.writelines(pieces)


def inside(name: str) -> Path:
    """Return a name as a path that stays where it is put, on any system."""
    parts = PurePosixPath(name).parts
    is_safe = parts and not name.startswith("/") and not {"..", "."} & set(parts) and "\0" not in name
    if not is_safe or "\\" in name or PureWindowsPath(name).drive:
        raise UnexpectedAnswer(f"{one_line(name, 80)!r} is no name of a file inside a folder")
    return Path(*parts)
