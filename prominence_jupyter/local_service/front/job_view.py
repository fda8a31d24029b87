"""A job as the API shows it, with the URLs of what it left."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Final

from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.store.job_row import JobRow

KINDS: Final = ("outputFiles", "outputDirs")
"""What of a job is staged out: folders are packed."""


def job_view(row: JobRow, scratch: Scratch, signed_url: Callable[[str, str], str], *, detail: bool) -> dict[str, Any]:
    """Return a line of a listing, or all of a job.

    Parameters
    ----------
    signed_url
        Makes one from a method and a path below the base.
    """
    shown = row.to_json(detail=detail)
    if not detail:
        return shown
    for kind in KINDS:
        if kind in row.description:
            shown[kind] = outputs = [{"name": name, "url": ""} for name in row.description[kind]]
            made = row.filled().description[kind] if row.finished is not None else []
            for output, name in zip(outputs, made, strict=False):
                plain = PurePosixPath(name)  # clients leave out "./" and the like from a URL
                try:
                    size = os.lstat(scratch.staged(str(plain), folder=kind == "outputDirs")).st_size
                except (OSError, ValueError):  # it was not made; ValueError: a NUL in its name
                    continue
                output |= {"url": signed_url("GET", f"/jobs/{row.id}/{kind}/{plain}"), "size": size}
    return shown
