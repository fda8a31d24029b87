"""What the jobs of each group asked for and used: what advice rests on."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from prominence_jupyter.usage.judging import amounts
from prominence_jupyter.usage.judging.amounts import SHORTEST_S

KINDS: Final = ("cpus", "memory_gb", "walltime_min")
"""What is advised on: cores a node, GB a node, minutes."""

RAISE: Final = 1.5
"""A job that was killed at a limit gets this much more of it."""

_HIGH: Final = 0.95

Codes = np.ndarray[Any, np.dtype[np.integer[Any]]]
"""The number of each job's group, from 0."""


def evidence(jobs: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Return one row a group, in the order of its code.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    codes
        Its group, of each job.

    Returns
    -------
    DataFrame
        ``jobs``, ``judged``, ``measured`` (any with wall and CPU time), ``killed_memory``, ``killed_walltime``: counts;
        ``nodes``, ``disk_gb``: the most asked for, and ``_least``; ``memory_gb_floor``, ``walltime_min_floor``: what
        kills ask for, missing without; and for each of `KINDS` ``_asked`` (most), ``_asked_least``, ``_known`` (judged
        jobs that report it), ``_median``, ``_p95`` and ``_max`` (used by judged jobs; the most memory by any job).
    """
    frame = _per_job(jobs)
    counts = frame[["jobs", "judged", "measured", "killed_memory", "killed_walltime"]].groupby(codes).sum()
    most = frame[["nodes", "disk_gb", "memory_gb_floor", "walltime_min_floor"]].groupby(codes).max()
    least = frame[["nodes", "disk_gb"]].groupby(codes).min().add_suffix("_least")
    found = pd.concat([counts, most, least, *(_of_kind(frame, codes, kind) for kind in KINDS)], axis="columns")
    others = RAISE * found["memory_gb_asked"].where(found["killed_memory"] > 0)  # where nothing says what they had
    found = found.assign(memory_gb_floor=found["memory_gb_floor"].fillna(others))
    # a job that failed or was killed needed what it had reached, and perhaps more
    return found.assign(memory_gb_max=pd.Series(amounts.peak_memory_gb(jobs), index=jobs.index).groupby(codes).max())


def _of_kind(frame: pd.DataFrame, groups: Codes, kind: str) -> pd.DataFrame:
    asked, used = frame[f"{kind}_asked"].groupby(groups), frame[f"{kind}_used"].groupby(groups)
    return pd.DataFrame(
        {
            f"{kind}_asked": asked.max(),
            f"{kind}_asked_least": asked.min(),
            f"{kind}_known": used.count(),
            f"{kind}_median": used.median(),
            f"{kind}_p95": used.quantile(_HIGH),
            f"{kind}_max": used.max(),
        }
    )


def _per_job(jobs: pd.DataFrame) -> pd.DataFrame:
    wall, cpu_time = amounts.amounts(jobs["wall_time_s"]), amounts.amounts(jobs["cpu_time_s"])
    measured = ~np.isnan(wall) & ~np.isnan(cpu_time)
    succeeded = jobs["succeeded"].astype("boolean").to_numpy(dtype="bool", na_value=False)
    judged = measured & (wall >= SHORTEST_S) & succeeded
    used = {
        "cpus_used": amounts.ratio(cpu_time, wall),
        "memory_gb_used": amounts.peak_memory_gb(jobs),
        "walltime_min_used": amounts.towards_walltime_s(jobs) / 60,
    }
    memory, walltime = amounts.memory_asked_gb(jobs), amounts.counts(jobs["walltime_limit_min"])
    for_memory, for_walltime = amounts.killed_for_memory(jobs), amounts.killed_for_walltime(jobs)
    given = amounts.counts(jobs["provisioned_memory_gb"])
    reached_min = amounts.either(walltime, amounts.held_s(jobs) / 60)  # without a limit asked for: the service's own
    return pd.DataFrame(
        {
            "jobs": 1,
            "judged": judged,
            "measured": measured,
            "killed_memory": for_memory,
            "killed_walltime": for_walltime,
            "nodes": amounts.nodes_asked(jobs),
            "disk_gb": amounts.counts(jobs["disk_gb"]),
            "cpus_asked": amounts.cpus_asked(jobs),
            "memory_gb_asked": memory,
            "walltime_min_asked": walltime,
            "memory_gb_floor": np.where(for_memory, RAISE * amounts.either(memory, given), np.nan),
            "walltime_min_floor": np.where(for_walltime, RAISE * reached_min, np.nan),
        }
        | {name: np.where(judged, values, np.nan) for name, values in used.items()},
        index=jobs.index,
    )
