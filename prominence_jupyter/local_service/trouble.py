"""What to tell a person of a disk or a database that cannot be used, and what to do about it."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service.state import VARIABLE, StateDir

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_SQLITE_FULL: Final = frozenset({sqlite3.SQLITE_FULL})
_SQLITE_CLOSED: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_SQLITE_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY: Final = 0xFF
"""What of a code of SQLite's is the kind of an error; the rest is the case."""


@contextlib.contextmanager
def told_plainly(state: StateDir) -> Iterator[None]:
    """Turn errors of disk and database into one that says what to do.

    Raises
    ------
    LocalServiceError
        Instead of those that `words` knows.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if told := words(error, state):
            raise LocalServiceError(told) from error
        raise


def words(error: BaseException | None, state: StateDir) -> str | None:
    """Return what happened and what to do, or None if the error is of another kind."""
    if isinstance(error, sqlite3.Error):
        return _of_the_database(error, state)
    if isinstance(error, OSError) and error.errno in _FULL:
        return _full(state)
    if isinstance(error, OSError) and error.errno in _CLOSED:
        return _closed(error.strerror or "no access", state)
    return None


def _of_the_database(error: sqlite3.Error, state: StateDir) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code in _SQLITE_DAMAGED:
        return _damaged(error, state)
    if code in _SQLITE_FULL:
        return _full(state)
    if code in _SQLITE_CLOSED:
        return _closed(str(error), state)
    return f"The local service cannot use its database {state.database}: {error}."


def _full(state: StateDir) -> str:
    return (
        f"The disk with the folder {state.path} is full, and the local service cannot write there. Free some space: "
        "prominence-jupyter serve --clean removes the files of jobs that have ended."
    )


def _closed(why: str, state: StateDir) -> str:
    return (
        f"The local service cannot write to the folder {state.path}: {why}. Set {VARIABLE} to a folder that does not "
        "exist yet or is empty and your own."
    )


def _damaged(error: sqlite3.Error, state: StateDir) -> str:
    return (
        f"The database {state.database} is damaged ({error}) and was left as it is. To begin anew: "
        "prominence-jupyter serve --set-aside moves it aside, with the files of its jobs."
    )
