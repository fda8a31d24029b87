"""`Absence`: a job that a service does not give, and how long before it counts as gone."""

from __future__ import annotations

from typing import Final

from prominence_jupyter.watch.clocks import AwakeTime, passed_s

MISSES_BEFORE_GONE: Final = 10
"""Listings and answers in a row without a job before it counts as gone: it may be in neither for an instant."""
LEAST_S: float = 120.0
"""How long a job that the service has given before is missed at least: one that is started again may lose all for
a while. One that it never gave is more likely a slip of the pen."""


class Absence:
    """Answers in a row without a job."""

    def __init__(self) -> None:
        self._misses = 0
        self._missed_s = AwakeTime(passed_s)

    def goes_on(self, *, was_there: bool) -> bool:
        """Count one more; return whether the job counts as gone.

        Parameters
        ----------
        was_there
            Whether the service has given it before.
        """
        self._misses += 1
        missed_s = self._missed_s()
        least_s = LEAST_S if was_there else 0.0
        return self._misses >= MISSES_BEFORE_GONE and missed_s >= least_s
