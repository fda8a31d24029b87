"""`Pace`: how long to wait before asking again. Fast first, then ever slower, up to a limit."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from prominence_jupyter.errors import ProminenceError, ServiceFailed

_LONGEST_ASKED_PAUSE_S: Final = 60.0
"""A service may ask for more patience; a watch that is silent for longer looks dead."""
_spread = random.Random()  # noqa: S311 - keeps no secret; its own, so that a user's seeded numbers stay as they are


@dataclass(slots=True)
class Pace:
    """The interval between two requests.

    Attributes
    ----------
    first_s, longest_s
        Bounds of the interval, in seconds.
    factor
        By which it grows each time nothing new is seen.
    """

    first_s: float = 0.5
    longest_s: float = 10.0
    factor: float = 1.25
    interval_s: float = 0.0

    def __post_init__(self) -> None:
        self.first_s = min(self.first_s, self.longest_s)
        self.interval_s = self.first_s

    def news(self) -> None:
        """Something changed: ask soon again."""
        self.interval_s = self.first_s

    def no_news(self) -> None:
        """Nothing changed: ask a little later."""
        self.interval_s = min(self.interval_s * self.factor, self.longest_s)

    def next_s(self) -> float:
        """Return the seconds to wait now: the interval, spread a little so that many clients do not ask at once."""
        return self.interval_s * _spread.uniform(0.9, 1.1)


def asked_pause_s(error: ProminenceError | None) -> float:
    """Return the seconds that a service asked to wait, as far as that is within reason; 0 if it did not ask."""
    asked_s = error.retry_after_s if isinstance(error, ServiceFailed) else None
    return min(asked_s or 0.0, _LONGEST_ASKED_PAUSE_S)
