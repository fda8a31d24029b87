"""Clocks of the watch: one that goes on while the machine sleeps, and `AwakeTime`, which does not count that.

A pause is over when its time has passed, asleep or not: who opens a laptop wants news. Patience is another matter: an
hour asleep is not an hour in which a service did not answer.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

_LONGEST_GAP_S: Final = 90.0
"""What counts at most of the time between two looks at the clock: no request and no pause takes longer."""


def passed_s() -> float:
    """Return monotonic seconds that include those in which the machine slept; no one can set this clock."""
    if sys.platform == "win32":
        return time.monotonic()
    # Of Linux that is the time since it was booted; what macOS calls monotonic goes on in sleep, time.monotonic not.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class AwakeTime:
    """Seconds that passed while this process was looking at the clock.

    Parameters
    ----------
    clock
        Monotonic seconds, such as `passed_s`.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = clock()
        self._awake_s = 0.0

    def look(self) -> bool:
        """Look at the clock; return whether so much time has passed since the last look that the machine slept."""
        now = self._clock()
        gap_s, self._last = now - self._last, now
        self._awake_s += min(gap_s, _LONGEST_GAP_S)
        return gap_s > _LONGEST_GAP_S

    def __call__(self) -> float:
        """Return the seconds so far."""
        self.look()
        return self._awake_s
