"""`WatchedLog`: one log of a watched job: when it is asked for, and whether its end has been read."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.errors import (
    TOKEN_TROUBLES,
    FunctionalityDisabled,
    NoSuchJob,
    ProminenceError,
    RequestRefused,
    UnexpectedAnswer,
    Unreachable,
)
from prominence_jupyter.protocol.paths import Stream
from prominence_jupyter.watch.clocks import AwakeTime
from prominence_jupyter.watch.logs.follower import Follower
from prominence_jupyter.watch.logs.spool import Spool, SpoolFull
from prominence_jupyter.watch.pace import Pace, asked_pause_s

_LAST_LOOKS: Final = 6
"""How often the end of a log is asked for when there is less of it than before."""
_LAST_PATIENCE_S: Final = 300.0
"""How long the end of a log is asked for while the requests fail: a service that is started again needs minutes."""
_LAST_REFUSALS: Final = 3
"""How often a service may refuse the end of a log: for an instant it may not know a job that has just ended."""
_REST: Final = 4
"""Where each request gives the whole log, or not enough of it, how much longer than that takes it is left alone."""


class WatchedLog:
    """A log that is asked for at a pace of its own.

    Parameters
    ----------
    stream
        Which one it is.
    follower
        Reads it.
    pace
        Of the requests.

    Attributes
    ----------
    due
        When to ask next, in the seconds of the watcher's clock.
    trouble
        Why the last request brought nothing, or the end could not be had; None if all is well.
    is_complete
        Whether nothing more will be asked for.
    """

    def __init__(self, stream: Stream, follower: Follower, pace: Pace) -> None:
        self.stream = stream
        self.due = -math.inf
        self.trouble: ProminenceError | None = None
        self.is_complete = False
        self._follower = follower
        self._pace = pace
        self._last_looks = self._refusals = 0
        self._failing: AwakeTime | None = None
        """For how long nothing has come of the end, because requests fail or time is up too early."""

    @property
    def spool(self) -> Spool:
        """What has come so far."""
        return self._follower.spool

    def hurry(self) -> None:
        """Ask at once, and soon again."""
        self._pace.news()
        self.due = -math.inf

    @property
    def is_out_of_reach(self) -> bool:
        """Whether it could not be asked for, without a connection or a valid token: that says nothing of this log."""
        is_unreachable = isinstance(self.trouble, Unreachable) and not isinstance(self.trouble, RequestLost)
        return is_unreachable or isinstance(self.trouble, TOKEN_TROUBLES)

    def doubt(self) -> None:
        """Take note that the job may have been started again and nobody told."""
        self._follower.doubt()

    def restart(self) -> None:
        """Take note that the job was started again."""
        self.is_complete = False
        self._last_looks = self._refusals = 0
        self._failing = None
        self._follower.restart()
        self.hurry()

    def ask(self, clock: Callable[[], float], *, job_is_over: bool) -> bool:
        """Ask once; return whether the log has grown or begun afresh."""
        began = clock()
        self.due = began + self._pace.longest_s  # whatever happens now
        before = (self.spool.run, self.spool.size)
        error = self._poll()
        news = (self.spool.run, self.spool.size) != before
        self._note(error)
        now = clock()
        if news or self.is_out_of_reach:
            self._failing = None
        elif job_is_over:
            self._look_last(error, clock)
        if news:
            self._pace.news()
        else:
            self._pace.no_news()
        may_read_on = job_is_over or (self._follower.is_behind and not self._follower.reads_all_again)
        reads_on = news and error is None and may_read_on
        self.due = now if reads_on else now + self._pause_s(error, now - began)
        return news

    def _poll(self) -> ProminenceError | None:
        try:
            self._follower.poll()
        except SpoolFull as error:
            self.is_complete = not error.transient
            return error
        except ProminenceError as error:
            return error
        return None

    def _look_last(self, error: ProminenceError | None, clock: Callable[[], float]) -> None:
        """Judge a request that brought nothing after the end of the job."""
        if error is not None or self._follower.is_behind:
            self._failing = self._failing or AwakeTime(clock)
            self._refusals += isinstance(error, RequestRefused | NoSuchJob)
            is_refused = isinstance(error, FunctionalityDisabled) or self._refusals >= _LAST_REFUSALS
            self.is_complete = self.is_complete or is_refused or self._failing() >= _LAST_PATIENCE_S
            if self.is_complete and error is None:
                self.trouble = UnexpectedAnswer("the service gave it too slowly to read it to its end")
            return
        self._failing = None
        self._last_looks += 1
        is_doubtful = self._follower.is_doubtful
        self.is_complete = self._last_looks >= _LAST_LOOKS or (self._follower.is_certain and not is_doubtful)
        if is_doubtful and self.is_complete:
            self.trouble = UnexpectedAnswer("at the end less of it was there than before")
        elif not is_doubtful and not self.is_complete:
            self._follower.check()

    def _note(self, error: ProminenceError | None) -> None:
        if type(error) is not type(self.trouble):  # its words may name another request each time
            self.trouble = error

    def _pause_s(self, error: ProminenceError | None, took_s: float) -> float:
        rest_s = _REST * took_s if self._follower.reads_all_again or self._follower.is_behind else 0.0
        return max(self._pace.next_s(), asked_pause_s(error), rest_s)
