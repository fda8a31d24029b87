"""Ask for many jobs one by one, several at once: for services that give no detail in listings."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.errors import (
    AuthenticationFailed,
    FunctionalityDisabled,
    NoSuchJob,
    ServiceError,
    ServiceFailed,
    UsageError,
)
from prominence_jupyter.history.cache import Entry, has_id
from prominence_jupyter.protocol.paths import JobId

_HOPELESS: Final = (AuthenticationFailed, FunctionalityDisabled)
_FAILURES_IN_A_ROW: Final = 32
"""A service that fails so often does not fail for the sake of one job."""
_LOOK_S: Final = 0.5
"""How long an answer is waited for before it is said that none came; some systems let no interrupt in meanwhile."""

Described = tuple[str, Entry | None, Exception | None]
"""A job's id as text, what the service says of it, and why it says nothing."""


@contextmanager
def described(client: Client, ids: Sequence[JobId], connections: int) -> Iterator[Iterator[Described | None]]:
    """Give what a service says of each job, in the order of its answers, for a ``with`` block; None while none comes.

    When the block is left no other job is asked for. What is under way then, and is tried again, is not waited for,
    and its threads do not keep Python from ending.

    Parameters
    ----------
    client
        Asks; from several threads at once.
    ids
        Of the jobs.
    connections
        How many are asked for at once.

    Raises
    ------
    ProminenceError
        The service would not answer for any other job either; a job that it does not describe is no error.
    """
    work: SimpleQueue[JobId] = SimpleQueue()
    answers: SimpleQueue[Described] = SimpleQueue()
    for job_id in ids:
        work.put(job_id)
    left = threading.Event()
    try:
        for _ in range(min(connections, len(ids))):  # daemons: an executor's threads are waited for when Python ends
            asking = (client, work, answers, left)
            threading.Thread(target=_ask, args=asking, name="prominence-history", daemon=True).start()
        yield _until_hopeless(answers, len(ids))
    finally:
        left.set()


def _ask(client: Client, work: SimpleQueue[JobId], answers: SimpleQueue[Described], left: threading.Event) -> None:
    while not left.is_set():
        try:
            job_id = work.get_nowait()
        except Empty:
            return
        try:
            entry = client.entry(job_id)
            is_it = entry is not None and has_id(entry) and str(entry["id"]) == str(job_id)
            answers.put((str(job_id), entry, None) if is_it else (str(job_id), None, NoSuchJob("it gave no such job")))
        except Exception as error:  # whatever it is, whoever waits for this answer is told
            if not _is_of_this_job(error):
                left.set()
            answers.put((str(job_id), None, error))


def _until_hopeless(answers: SimpleQueue[Described], count: int) -> Iterator[Described | None]:
    failed = 0
    while count:
        try:
            job_id, entry, error = answers.get(timeout=_LOOK_S)
        except Empty:
            yield None
            continue
        count -= 1
        failed = failed + 1 if isinstance(error, ServiceFailed | RequestLost) else 0
        if error is not None and (not _is_of_this_job(error) or failed >= _FAILURES_IN_A_ROW):
            raise error
        yield job_id, entry, error


def _is_of_this_job(error: Exception) -> bool:
    return isinstance(error, ServiceError | RequestLost | UsageError) and not isinstance(error, _HOPELESS)
