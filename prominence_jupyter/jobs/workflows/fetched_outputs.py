"""`FetchedOutputs`: the standard outputs of jobs that have ended, each fetched once, in one temporary file."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Iterable
from io import SEEK_END
from typing import IO, Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.exchange import in_this_thread
from prominence_jupyter.client.http.transport import ATTEMPTS
from prominence_jupyter.client.side_by_side import side_by_side
from prominence_jupyter.errors import (
    TOKEN_TROUBLES,
    FunctionalityDisabled,
    ProminenceError,
    ServiceError,
    ServiceFailed,
    Unreachable,
)
from prominence_jupyter.history.ended_jobs import Progress
from prominence_jupyter.protocol.paths import JobId

LONGEST: Final = 64 * 1000**2
"""Bytes of an output that are read."""
_BUFFER: Final = 256 * 1024
_AT_ONCE: Final = 16
_FIRST_PAUSE_S: Final = 0.3
_LONGEST_PAUSE_S: Final = 10.0
_FAILURES_IN_A_ROW: Final = 16
"""A service that fails so often does not fail for the sake of one job: no more is asked for then."""
_OF_ALL: Final = (*TOKEN_TROUBLES, FunctionalityDisabled, Unreachable)
"""Errors that any other request would give as well."""

_Place = tuple[int, int]
"""Offset and length of some bytes in the file."""


class OutputTooLong(ProminenceError):
    """An output is longer than what is read."""


class FetchedOutputs:
    """The outputs that have come so far. Safe to use from several threads.

    They are in a file that has no name and is gone with the process, or with this object.

    Parameters
    ----------
    client
        Asks for them.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        self._end, self._is_at_end = 0, False
        self._places: dict[str, list[_Place]] = {}
        self._too_long: set[str] = set()
        self._under_way: dict[str, threading.Event] = {}
        self._failures = 0
        self._failed: set[str] = set()
        """Those for which it failed the last time: they are asked for after all others."""
        self._given_up: ServiceFailed | None = None

    def fetch(self, job_ids: Iterable[JobId], progress: Progress) -> dict[str, ProminenceError]:
        """Fetch what has not come yet, several at a time; an interrupt keeps what has.

        Parameters
        ----------
        job_ids
            Of jobs that have ended.
        progress
            Called from this thread.

        Returns
        -------
        dict
            Why, for each job whose output cannot be had, by its id as text.

        Raises
        ------
        TokenError, ServiceError, Unreachable
            No other output would have come either. That a service fails again and again shows this only where none
            has ever come.
        """
        ids = [job_id for job_id in job_ids if str(job_id) not in self._places]
        ids.sort(key=lambda job_id: str(job_id) in self._failed)
        self._failures, self._given_up = 0, None
        progress(0, len(ids), "outputs")
        failures = side_by_side(
            self._failure, ids, at_once=_AT_ONCE, done=lambda count: progress(count, len(ids), "outputs")
        )
        return {str(job_id): failure for job_id, failure in zip(ids, failures, strict=True) if failure is not None}

    def text(self, job_id: JobId) -> str | None:
        """Return an output decoded as UTF-8, what is none as U+FFFD; None where it has not come."""
        with self._lock:
            places = self._places.get(str(job_id))
            if places is None:
                return None
            pieces = [self._read(place) for place in places]
        return b"".join(pieces).decode("utf-8", "replace")

    def _failure(self, job_id: JobId) -> ProminenceError | None:
        """Fetch an output and return what keeps it from coming; raise what would keep all others too."""
        if given_up := self._given_up:
            return _not_asked(given_up)
        try:
            self._fetch_once(job_id)
        except _OF_ALL:
            raise
        except (ServiceError, OutputTooLong) as error:
            self._note(job_id, error)
            return error
        self._failures = 0
        self._failed.discard(str(job_id))
        return None

    def _note(self, job_id: JobId, error: ProminenceError) -> None:
        """Count a failure; after too many in a row, give up, or raise it where nothing has ever come."""
        if not isinstance(error, ServiceFailed):
            self._failures = 0
            return
        self._failures += 1
        self._failed.add(str(job_id))
        if self._failures >= _FAILURES_IN_A_ROW:
            self._given_up = error
            if not self._places:
                raise error

    def _fetch_once(self, job_id: JobId) -> None:
        """Fetch an output, unless another thread does: one that an interrupt has left may still be at it."""
        key, mine = str(job_id), threading.Event()
        while (other := self._claimed(key, mine)) is not None:
            other.wait()
        try:
            if key not in self._places:
                self._fetch(job_id)
        finally:
            del self._under_way[key]
            mine.set()

    def _claimed(self, key: str, mine: threading.Event) -> threading.Event | None:
        with self._lock:
            other = self._under_way.setdefault(key, mine)
        return None if other is mine else other

    def _fetch(self, job_id: JobId) -> None:
        if str(job_id) in self._too_long:
            raise _too_long(job_id)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._places[str(job_id)] = self._kept(job_id)
            except (Unreachable, ServiceFailed) as error:
                asked_s = error.retry_after_s if isinstance(error, ServiceFailed) else None
                pause_s = _FIRST_PAUSE_S * 2.0 ** (attempt - 1) if asked_s is None else asked_s
                if attempt == ATTEMPTS or pause_s > _LONGEST_PAUSE_S:
                    raise
                self._client.transport.pause(pause_s)
            else:
                return

    def _kept(self, job_id: JobId) -> list[_Place]:
        """Write an output into the file as it comes; return where it is."""
        places: list[_Place] = []
        count = 0
        with in_this_thread(), self._client.output_pieces(job_id, "stdout") as pieces:
            for piece in pieces:
                places.append(self._write(piece))
                count += len(piece)
                if count > LONGEST:
                    self._too_long.add(str(job_id))
                    raise _too_long(job_id)
        return places

    def _write(self, piece: bytes) -> _Place:
        with self._lock:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=_BUFFER)  # noqa: SIM115 - closed when this object goes
                weakref.finalize(self, self._file.close)
            if not self._is_at_end:  # a search of many would cost more than what is written
                self._end, self._is_at_end = self._file.seek(0, SEEK_END), True
            place = self._end, len(piece)
            self._file.write(piece)
            self._end += len(piece)
        return place

    def _read(self, place: _Place) -> bytes:
        assert self._file is not None  # noqa: S101 - there are places in it
        offset, length = place
        self._is_at_end = False
        self._file.seek(offset)
        return self._file.read(length)


def _not_asked(error: ServiceFailed) -> ServiceFailed:
    often = f"the service failed {_FAILURES_IN_A_ROW} times in a row"
    return ServiceFailed(f"not asked for, since {often} ({error})", error.status)


def _too_long(job_id: JobId) -> OutputTooLong:
    size = f"{LONGEST / 1e6:.0f} MB"
    return OutputTooLong(f"the output is longer than {size} and was not read: session.job({job_id!r}).stdout() has it")
