"""From what groups of jobs used to what to ask for."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from prominence_jupyter.usage.judging.amounts import Flags, Numbers, ratio

TOLERANCE: Final = 1.05
"""Up to 5 % more than whole cores count as those cores: what starts and watches a program needs a little too."""

_WALLTIME_KEPT: Final = (0.75, 1.1)
"""A suggested walltime between these shares of the one asked for is not worth telling."""
_MINUTES_KEPT: Final = 5
"""Nor are so many minutes less."""
_OF_FIRST_NODE: Final = {"cpus", "memory_gb"}
"""What a service reports of the first node only; what the others used may be more."""
_MINUTES: Final = 5
"""Walltimes are suggested in steps of so many: a job that took 4 s may take a minute on another day."""


class Rules(NamedTuple):
    """What a user may choose about the advice."""

    margin: float
    fewest: int
    below_maximum: bool


def suggestions(found: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return what to ask for: `KINDS` as whole numbers in float64, a row a group; missing where nothing is suggested.

    Parameters
    ----------
    found
        A frame of `evidence`.
    rules
        How careful to be.
    """
    tell = can_tell(found, rules)
    cpus = _cpus(found, rules)
    suggested = {
        "cpus": cpus,
        "memory_gb": _memory(found, rules),
        "walltime_min": _walltime(found, rules, slower(found, cpus)),
    }
    told = {kind: np.where(tell, numbers, np.nan) for kind, numbers in suggested.items()}
    return pd.DataFrame(told, index=found.index)


def can_tell(found: pd.DataFrame, rules: Rules) -> Flags:
    """Tell for which groups there is reason to suggest anything."""
    told: Flags = (
        (found["killed_memory"] + found["killed_walltime"] > 0) | (found["judged"] >= rules.fewest)
    ).to_numpy()
    return told


def judges(found: pd.DataFrame, kind: str, rules: Rules) -> Flags:
    """Tell for which groups use decides about one of `KINDS`; it is kept as asked for otherwise."""
    enough = found[f"{kind}_known"] >= rules.fewest
    if kind in _OF_FIRST_NODE:
        enough &= found["nodes"] == 1
    if kind == "walltime_min":
        enough &= found["walltime_min_asked"].notna()
    return enough.to_numpy()


def slower(found: pd.DataFrame, cpus: Numbers) -> Numbers:
    """Return how many times as long jobs may take on so many cores; 1 where these are no fewer than asked for.

    As if a job had used either all its cores or one: its average tells for how long all.
    """
    asked = whole(_column(found, "cpus_asked"))
    phase = ratio(np.clip(_column(found, "cpus_max"), 1, asked) - 1, asked - 1)
    return np.where(cpus < asked, 1 - phase + phase * ratio(asked, cpus), 1)


def whole(values: Numbers) -> Numbers:
    """Return whole numbers, rounded up and at least 1; what is only there for lack of digits does not count."""
    return np.fmax(np.ceil(np.round(values, 9)), np.where(np.isnan(values), np.nan, 1))


def _cpus(found: pd.DataFrame, rules: Rules) -> Numbers:
    most = whole(_column(found, "cpus_max") / TOLERANCE)
    high = whole(_column(found, "cpus_p95") / TOLERANCE)
    kept = _kept(found, "cpus", most)
    return np.where(judges(found, "cpus", rules), high if rules.below_maximum else most, kept)


def _memory(found: pd.DataFrame, rules: Rules) -> Numbers:
    needed = _with_margin(found, "memory_gb", rules)
    kept = _kept(found, "memory_gb", whole(_column(found, "memory_gb_max")))
    # The peak counts files that the system keeps while there is room: what was enough is enough.
    had_enough = _column(found, "memory_gb_max") <= _column(found, "memory_gb_asked")
    needed = np.where(had_enough, np.fmin(needed, kept), needed)
    decided = np.where(judges(found, "memory_gb", rules), needed, kept)
    killed = whole(_column(found, "memory_gb_floor"))
    seen = whole(_column(found, "memory_gb_max"))
    return np.fmax(decided, np.where(np.isnan(killed), np.nan, np.fmax(killed, seen)))


def _walltime(found: pd.DataFrame, rules: Rules, slower: Numbers) -> Numbers:
    exactly = whole(_with_margin(found, "walltime_min", rules) * slower)
    needed = whole(exactly / _MINUTES) * _MINUTES
    asked = whole(_column(found, "walltime_min_asked"))
    kept = _kept(found, "walltime_min", whole(_column(found, "walltime_min_max") * slower))
    least, most = _WALLTIME_KEPT
    little = (exactly <= most * asked) & ((exactly >= least * asked) | (needed >= asked - _MINUTES_KEPT))
    decided = judges(found, "walltime_min", rules) & ~little
    return np.fmax(np.where(decided, needed, kept), whole(_column(found, "walltime_min_floor")))


def _with_margin(found: pd.DataFrame, kind: str, rules: Rules) -> Numbers:
    needed = _column(found, f"{kind}_p95") * (1 + rules.margin)
    return whole(needed if rules.below_maximum else np.fmax(needed, _column(found, f"{kind}_max")))


def _kept(found: pd.DataFrame, kind: str, most: Numbers) -> Numbers:
    """Return what was asked for, or what was used at most where that is more; missing where none was asked for."""
    asked = whole(_column(found, f"{kind}_asked"))
    return np.where(np.isnan(asked), np.nan, np.fmax(asked, most))


def _column(found: pd.DataFrame, name: str) -> Numbers:
    return found[name].to_numpy(dtype="float64")
