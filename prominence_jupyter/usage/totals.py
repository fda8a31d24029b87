"""Sums and shares of groups of jobs."""

from __future__ import annotations

from typing import Final

import pandas as pd

from prominence_jupyter.usage.groups import group_of
from prominence_jupyter.usage.judging.remarks import FIRST_NODE, INSUFFICIENT, NO_METRICS

_KINDS: Final = ("core_hours", "gb_hours")
_HOURS: Final = [f"{kind}{part}" for kind in _KINDS for part in ("", "_used", "_wasted")]
_SUMS: Final = [*_HOURS[:3], "core_hours_failed", *_HOURS[3:]]
_COUNTS: Final = ["jobs", "succeeded", "failed", "no_metrics", "insufficient", "first_node"]


def totals(efficiency_frame: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Return the sums of each group of jobs and the share that it used: a row a group, by name; none without jobs.

    A sum takes in what is known, and is missing where nothing is. So where some jobs have no metrics, used and
    wasted add up to less than was held.

    Parameters
    ----------
    efficiency_frame
        A frame of `efficiency`.
    by
        What makes a group: see `group_of`. None takes all jobs together, as the group ``all``.

    Returns
    -------
    DataFrame
        ================== ======== =========== ==============================================================
        column             dtype    unit        meaning
        ================== ======== =========== ==============================================================
        group              string               missing for jobs that have no such thing; the last row
        jobs               Int64    jobs        all of the group
        succeeded          Int64    jobs        that did their work
        failed             Int64    jobs        that did not; of the rest it is open
        no_metrics         Int64    jobs        that ran, and whose CPU time was not reported
        insufficient       Int64    jobs        that ran too short to be judged
        first_node         Int64    jobs        on several nodes, whose CPU time is that of the first: where there
                                                are any, what was used is more, and what was wasted less
        core_hours         float64  core hours  sum of what was held
        core_hours_used    float64  core hours  sum
        core_hours_wasted  float64  core hours  sum, over the jobs where held and used are known
        core_hours_failed  float64  core hours  sum of what jobs held that did not do their work
        gb_hours           float64  GB hours    sum of what was held
        gb_hours_used      float64  GB hours    sum
        gb_hours_wasted    float64  GB hours    sum, over the jobs where held and used are known
        cpu_efficiency     float64  fraction    sum of core_hours_used / sum of core_hours, over the jobs where
                                                both are known; image pull and staging count as held here
        memory_efficiency  float64  fraction    sum of gb_hours_used / sum of gb_hours, likewise
        ================== ======== =========== ==============================================================

    Raises
    ------
    UsageError
        `by` is nothing that jobs can be grouped by.
    """
    succeeded = efficiency_frame["succeeded"].astype("boolean")  # a file may have made objects of it
    failed = ~succeeded.fillna(value=True)
    held = efficiency_frame["core_hours"]
    frame = efficiency_frame[_HOURS].assign(
        group="all" if by is None else group_of(efficiency_frame, by),
        jobs=1,
        succeeded=succeeded.fillna(value=False),
        failed=failed,
        core_hours_failed=held.where(failed.to_numpy(dtype="bool") | held.isna(), 0.0),
        no_metrics=efficiency_frame["remarks"].str.contains(NO_METRICS, regex=False),
        insufficient=efficiency_frame["remarks"].str.contains(INSUFFICIENT, regex=False),
        first_node=efficiency_frame["remarks"].str.contains(FIRST_NODE, regex=False),
        **{f"known_{kind}": _known(efficiency_frame, kind) for kind in _KINDS},
    )
    sums = frame.groupby("group", dropna=False)[[*_COUNTS, *_SUMS, *(f"known_{kind}" for kind in _KINDS)]]
    result = sums.sum(min_count=1).reset_index().astype({"group": "string"} | dict.fromkeys(_COUNTS, "Int64"))
    for efficiency, kind in (("cpu_efficiency", "core_hours"), ("memory_efficiency", "gb_hours")):
        held = result.pop(f"known_{kind}")
        result[efficiency] = ((held - result[f"{kind}_wasted"]) / held).where(held > 0)
    return result


def _known(frame: pd.DataFrame, kind: str) -> pd.Series:
    """Return what was held where it is known too what was used."""
    return frame[kind].where(frame[f"{kind}_wasted"].notna())
