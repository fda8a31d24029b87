"""`OutputFile`: a file or folder that a job has left, and where it can be had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from prominence_jupyter.client.http.frames import without_frames
from prominence_jupyter.client.http.signed import Signed
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import RequestRefused, ServiceError
from prominence_jupyter.protocol import paths
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import mapping, sequence, text, whole

_KINDS: Final = {"outputFiles": "", "outputDirs": ".tgz"}
"""Keys of a description, and what the official client puts behind the name: folders come packed."""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that a job has left, or one of its folders, packed."""

    name: str
    """As described; of a folder with ``.tgz`` behind it."""
    size: int | None
    """Bytes, where the service tells."""
    link: Signed | None = field(repr=False)
    """Where it can be had; None where the job has not made it."""

    def pieces(self) -> AbstractContextManager[Iterator[bytes]]:
        """Give its bytes, in pieces, for a ``with`` block.

        Raises
        ------
        RequestRefused
            The job has not made it, or its link does not hold any more.
        """
        return _pieces(self)


@without_frames
def output_files(transport: Transport, job_id: JobId) -> list[OutputFile]:
    """Return the files that a job has left, with links that hold for a while (one request); none before its end."""
    (job,) = transport.get(paths.job(job_id)).json_list()[:1] or [{}]
    return reported_files(job)


def reported_files(job: Mapping[str, Any]) -> list[OutputFile]:
    """Return the files that a job has left, from what a service said of it; with secrets hidden, no link holds."""
    return [
        _output_file(entry, suffix)
        for key, suffix in _KINDS.items()
        for entry in map(mapping, sequence(job.get(key)))
        if text(entry.get("name"))  # before its end there are names alone
    ]


def _output_file(entry: Mapping[str, Any], suffix: str) -> OutputFile:
    url = text(entry.get("url"))
    return OutputFile(f"{entry['name']}{suffix}", whole(entry.get("size")), Signed(url) if url else None)


@contextmanager
def _pieces(file: OutputFile) -> Iterator[Iterator[bytes]]:
    name = one_line(file.name, 80)
    if file.link is None:
        raise RequestRefused(f"the job has not made {name}")
    try:
        with file.link.pieces() as pieces:
            yield pieces
    except ServiceError as error:
        said = f"{name} cannot be had ({error}): its link may hold no more; ask for the outputs again"
        raise RequestRefused(said, error.status) from None
