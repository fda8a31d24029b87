"""`Cache`: ended jobs on disk, since an ended job never changes. Secrets are hidden before anything comes here.

One SQLite file in the folder of the user's caches. That may be in a network home folder, and several kernels use it at
once: so there is no write-ahead log (it needs shared memory), transactions are short, and a connection is for one use.
All that it saves is requests: whatever is wrong with it, an analysis goes on without it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import platformdirs

from prominence_jupyter.errors import CacheLeftOut, CacheUnusable
from prominence_jupyter.protocol.record import mapping, number, text
from prominence_jupyter.protocol.status import is_final

_VERSION: Final = 3
"""Part of the file's name. Increase it when the table or what `redact` hides changes: then nothing old is read."""
_FILES: Final = "ended-jobs-*.sqlite"
_TABLE: Final = """CREATE TABLE IF NOT EXISTS ended_jobs
    (service TEXT, id TEXT, entry TEXT NOT NULL, PRIMARY KEY (service, id))
"""
_PATIENCE_S: Final = 2.0
"""How long another kernel's transaction is waited for."""
_IDS_AT_ONCE: Final = 500
"""SQLite takes 999 in some builds."""
_NO_DATABASE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE: Final = 0xFF

Entry = dict[str, Any]
"""A job as JSON, secrets hidden."""
_Result = TypeVar("_Result")


class Cache:
    """Ended jobs of any number of services.

    Parameters
    ----------
    folder
        Where the file is; default: ``prominence-jupyter`` in the folder of the user's caches, in memory without a home.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or _folder_of_the_user()
        self._path = self._folder and self._folder / _FILES.replace("*", str(_VERSION))
        self._memory: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    @classmethod
    def in_memory(cls) -> Cache:
        """Return one that leaves nothing on disk and ends with this process."""
        cache = cls(Path())
        cache._folder = cache._path = None
        return cache

    def __repr__(self) -> str:
        return f"<Cache {self._path or 'in memory'}>"

    @property
    def is_on_disk(self) -> bool:
        """Whether this was meant to be on disk."""
        return self._folder is not None

    @property
    def path(self) -> Path | None:
        """The file; None when this is in memory, or has been since the file could not be used."""
        return self._path

    def keep(self, service: str, entries: Iterable[Entry]) -> None:
        """Keep those of some jobs, secrets hidden, that have ended for good and are whole.

        Parameters
        ----------
        service
            Its URL.
        entries
            From a listing of ended jobs or from what describes one of them: in the listing of active jobs a final
            status is provisional.
        """
        rows = [(service, str(entry["id"]), json.dumps(entry)) for entry in entries if _is_whole(entry)]
        if rows:
            self._use(lambda db: db.executemany("INSERT OR REPLACE INTO ended_jobs VALUES (?, ?, ?)", rows))

    def find(self, service: str, listed: Iterable[Mapping[str, Any]]) -> dict[str, Entry]:
        """Return the jobs that are kept, by id as text, as far as a listing agrees.

        A job in the listing is the one that is kept when id, name, status, createTime and endTime are the same: ids
        may begin afresh at one URL, as behind a tunnel.
        """
        marks = {str(entry["id"]): _mark(entry) for entry in listed if has_id(entry)}
        texts = self._use(lambda db: list(_texts(db, service, list(marks)))) if marks else []
        try:
            found = {str(entry["id"]): entry for entry in json.loads(b"[%b]" % b",".join(texts))}
        except (ValueError, TypeError, LookupError):  # not as it was written: asked for again, and replaced
            return {}
        return {key: entry for key, entry in found.items() if _is_whole(entry) and _mark(entry) == marks.get(key)}

    def has_any(self, service: str) -> bool:
        """Tell whether there are jobs of a service."""
        query = "SELECT 1 FROM ended_jobs WHERE service = ? LIMIT 1"
        return self._use(lambda db: db.execute(query, (service,)).fetchone()) is not None

    def count(self) -> int:
        """Return how many jobs are kept, of all services."""
        return int(self._use(lambda db: db.execute("SELECT count(*) FROM ended_jobs").fetchone())[0])

    def size(self) -> int:
        """Return the bytes on disk, those of other versions of this package too."""
        size = 0
        for path in self._files():
            with suppress(OSError):  # another kernel may have replaced it
                size += path.stat().st_size
        return size

    def clear(self) -> None:
        """Forget all jobs, those too that other versions of this package have kept.

        Raises
        ------
        CacheUnusable
            A file cannot be emptied, since it is in use or cannot be written.
        """
        if self._path is None:
            self._use(lambda db: db.execute("DELETE FROM ended_jobs"))
        for path in self._files():
            try:
                _empty(path)
            except (sqlite3.Error, OSError) as error:
                raise CacheUnusable(f"the cache {path} cannot be emptied ({error}); delete the file") from None

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(_FILES)) if self._folder else []

    def _use(self, action: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """Do something in one transaction: with the file, or in memory once the file could not be used."""
        with self._lock:
            if self._path is not None:
                try:
                    return _on_disk(self._path, action)
                except (sqlite3.Error, OSError) as error:
                    said = f"{self._path} cannot be used ({error}): ended jobs are kept until this session ends"
                    self._path = None
                    warnings.warn(said, CacheLeftOut, stacklevel=2)
            if self._memory is None:
                self._memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
                weakref.finalize(self, self._memory.close)
                self._memory.text_factory = bytes
                self._memory.execute(_TABLE)
            return action(self._memory)


def _folder_of_the_user() -> Path | None:
    try:
        return platformdirs.user_cache_path("prominence-jupyter")
    except RuntimeError:  # there is no home
        return None


def _on_disk(path: Path, action: Callable[[sqlite3.Connection], _Result]) -> _Result:
    """Do something with the file; if that is no database any more, with a new one."""
    try:
        with _opened(path) as db:
            return action(db)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if not _is_no_database(error):
            raise
    _remove(path)
    with _opened(path) as db:
        return action(db)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Give one transaction in the file, which is this user's alone; it is made with its folder where there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path, timeout=_PATIENCE_S)) as db:
        db.text_factory = bytes  # a row that is broken is that row's failure, not that of the file
        # Nothing is waited for until it is on the disk, which is slow in network folders: should the power fail, what
        # is broken is found out and asked for again.
        db.execute("PRAGMA synchronous = OFF")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'ended_jobs'").fetchone():
            db.execute(_TABLE)
        with db:
            yield db


def _texts(db: sqlite3.Connection, service: str, ids: list[str]) -> Iterator[bytes]:
    for start in range(0, len(ids), _IDS_AT_ONCE):
        some = ids[start : start + _IDS_AT_ONCE]
        marks = ",".join("?" * len(some))
        query = f"SELECT entry FROM ended_jobs WHERE service = ? AND id IN ({marks})"  # noqa: S608 - only "?" marks
        yield from (row[0] for row in db.execute(query, (service, *some)))


def _empty(path: Path) -> None:
    """Remove all rows of a file of whatever version, and give its room back; the file stays for those who use it."""
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE_S)) as db:
            db.execute("PRAGMA journal_mode = MEMORY")  # on a disk that is full there is no room for one
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            with db:
                for table in tables:
                    db.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a name out of the file itself
            db.execute("VACUUM")
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if not _is_no_database(error):
            raise
        _remove(path)


def _remove(path: Path) -> None:
    """Remove a file that is no database, and first its journal, which would be played into the next one."""
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _is_no_database(error: sqlite3.DatabaseError | UnicodeDecodeError) -> bool:
    is_unreadable = isinstance(error, UnicodeDecodeError)  # SQLite's own words quote what it cannot read
    return is_unreadable or getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _NO_DATABASE


def has_id(entry: Mapping[str, Any]) -> bool:
    """Tell whether a job can be told from others, and asked for."""
    job_id = entry.get("id")
    return isinstance(job_id, int | str) and not isinstance(job_id, bool)


def _is_whole(entry: Any) -> bool:
    if not isinstance(entry, dict) or not has_id(entry) or "resources" not in entry:
        return False
    return is_final(text(entry.get("status"))) and number(mapping(entry.get("events")).get("endTime")) is not None


def _mark(entry: Mapping[str, Any]) -> str:
    """Return what a listing and a kept job must agree in, as text, so that 1, 1.0 and true differ."""
    events = mapping(entry.get("events"))
    return repr((entry["id"], entry.get("name"), entry.get("status"), events.get("createTime"), events.get("endTime")))
