"""A file that only its owner may read, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path
from typing import Final

_DRAFT: Final = ".{name}.{of}.draft"
_ABANDONED_S: Final = 60.0
"""Writing takes milliseconds: an older draft was left by one who was killed meanwhile."""


def write_private(path: Path, content: str) -> None:
    """Write a file for its owner alone; its folder too, if there is none.

    Who reads meanwhile sees the old content or the new. Where a link stands, what it leads to is written.

    Raises
    ------
    OSError
        It cannot be written; what was there is as it was.
    """
    path = Path(os.path.realpath(path))  # as resolve, but links that lead round are no error
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clean(path)
    draft = path.with_name(_DRAFT.format(name=path.name, of=secrets.token_hex(8)))
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:  # an interrupt too leaves nothing behind
        draft.unlink(missing_ok=True)
        raise


def _clean(path: Path) -> None:
    """Remove what one who was killed has left."""
    for draft in path.parent.glob(_DRAFT.format(name=path.name, of="*")):
        with contextlib.suppress(OSError):  # another one may have been quicker
            if time.time() - draft.stat().st_mtime > _ABANDONED_S:
                draft.unlink()
