"""`Listener`: one who watches a job, and `Snapshot`, what is told of it."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.protocol.paths import Stream
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.logs.spool import Spool

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a job at one moment.

    Attributes
    ----------
    record
        The last report, None before the first.
    ended
        The job has ended for good, and all of its followed output has arrived.
    gone
        The service knows nothing of the job any more.
    stale_since, trouble
        Since when (Unix seconds) and why there is no news; None while there is.
    output_troubles
        Why there is no news of a log, or why its end could not be had, for each stream where that is so.
    """

    record: JobRecord | None = None
    ended: bool = False
    gone: bool = False
    stale_since: float | None = None
    trouble: ProminenceError | None = None
    output_troubles: Mapping[Stream, ProminenceError] = field(default_factory=dict)

    @property
    def output_trouble(self) -> ProminenceError | None:
        """The trouble with standard output, if there is any."""
        return self.output_troubles.get("stdout")


@dataclass(frozen=True, slots=True, eq=False)
class Listener:
    """Callbacks of one who watches; they are called from the watcher's thread. No two listeners are equal.

    Attributes
    ----------
    changed
        Called with the new snapshot whenever it differs from the one before.
    output
        Called when a log that this listener follows has grown or begun afresh, with the stream and the spool: one
        reads from that as one likes. None if no output is wanted at all.
    follows
        The logs it follows to begin with; `WatchedJob.follow` changes that. The end of a job is told to one with
        `output` when what a record needs has been read, followed or not: standard output, and standard error if
        the job did not succeed.
    """

    changed: Callable[[Snapshot], None]
    output: Callable[[Stream, Spool], None] | None = None
    follows: frozenset[Stream] = frozenset({"stdout"})


_faulty: weakref.WeakSet[Any] = weakref.WeakSet()
"""Whose callbacks have failed, and were told of."""


def tell(callback: Callable[..., None], *news: Any) -> None:
    """Call back; an error there is the listener's own and must not stop the watch. Its traceback is logged once."""
    try:
        callback(*news)
    except BaseException:  # whatever a listener does wrong; `sys.exit` would end the thread for all, and silently
        level = logging.ERROR if _is_first(callback) else logging.DEBUG
        _log.log(level, "an error in a callback of one who watches jobs; the watch goes on", exc_info=True)


def _is_first(callback: Callable[..., None]) -> bool:
    owner = getattr(callback, "__self__", callback)  # a bound method is another object each time
    try:
        is_first = owner not in _faulty
        _faulty.add(owner)
    except TypeError:  # neither hashed nor referred to: told each time
        return True
    return is_first
