"""What each job asked for, held and used: one number a row of `jobs_frame`, in plain units.

All are float arrays in the order of the rows. What is missing, negative or beyond all measure is NaN, never 0: a
service may send any number. Source of what is said of the deployed service:
github.com/prominence-eosc/prominence (``promlet.py``, ``backend/list_jobs.py``, ``backend/create_htcondor_job.py``).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

SHORTEST_S: Final = 1.0
"""A job that ran shorter is not judged: starting its container weighs more than what it did."""

_MOST: Final = 1e15
"""No job used so many seconds or kilobytes; sums and products of less stay finite."""

_LEAST: Final = 1e-9
"""Nothing is measured finer than this."""

_MOST_ASKED: Final = 1e9
"""No job held so many nodes, cores, GB or minutes; a product of two that are less fits 64 bits."""


def amounts(values: pd.Series) -> Numbers:
    """Return a column of amounts as floats: 0 and more."""
    found = values.to_numpy(dtype="float64", na_value=np.nan)
    return np.where((found >= 0) & (found < _MOST), found, np.nan)


def counts(values: pd.Series) -> Numbers:
    """Return a column of nodes, cores, GB or minutes asked for: there is no asking for 0."""
    found = amounts(values)
    return np.where((found > 0) & (found < _MOST_ASKED), found, np.nan)


def seconds(values: pd.Series) -> Numbers:
    """Return a column of durations in seconds; negative ones are missing: the clocks of a service disagreed."""
    return amounts(durations(values).dt.total_seconds())


def durations(values: pd.Series) -> pd.Series:
    """Return a column of durations, also where a file made text of them."""
    return pd.to_timedelta(values)


def ratio(part: Numbers, whole: Numbers) -> Numbers:
    """Return `part` / `whole`, NaN where either is missing or the whole is nothing."""
    shares: Numbers = np.full(len(part), np.nan)
    np.divide(part, whole, out=shares, where=whole >= _LEAST)
    return shares


def either(first: Numbers, second: Numbers) -> Numbers:
    """Return the first where it is known, else the second."""
    return np.where(np.isnan(first), second, first)


def nodes(jobs: pd.DataFrame) -> Numbers:
    """Return the nodes a job held: given, else asked for, else 1, which is what the service takes then."""
    return either(either(counts(jobs["provisioned_nodes"]), counts(jobs["nodes"])), np.ones(len(jobs)))


def nodes_asked(jobs: pd.DataFrame) -> Numbers:
    """Return the nodes asked for; given, where cores on any number of them were asked for."""
    return either(counts(jobs["nodes"]), nodes(jobs))


def cpus(jobs: pd.DataFrame) -> Numbers:
    """Return the cores a job held on each node: given, else asked for."""
    return either(counts(jobs["provisioned_cpus"]), counts(jobs["cpus"]))


def cpus_asked(jobs: pd.DataFrame) -> Numbers:
    """Return the cores asked for, a node; given, where a range or options were asked for."""
    return either(counts(jobs["cpus"]), counts(jobs["provisioned_cpus"]))


def memory_asked_gb(jobs: pd.DataFrame) -> Numbers:
    """Return the memory asked for, a node: ``memory``, else ``memoryPerCpu`` x the cores asked for."""
    return either(counts(jobs["memory_gb"]), counts(jobs["memory_per_cpu_gb"]) * cpus_asked(jobs))


def peak_memory_gb(jobs: pd.DataFrame) -> Numbers:
    """Return the peak of all processes of the job together, on the node that reports; 1 GB = 10^9 bytes."""
    return amounts(jobs["max_memory_kb"]) * 1000 / 1e9


def held_s(jobs: pd.DataFrame) -> Numbers:
    """Return how long a job held its nodes: from its (last) start to its end.

    Never less than its tasks ran: the service's times of day are whole seconds.
    """
    return np.fmax(seconds(jobs["run_time"]), amounts(jobs["wall_time_s"]))


def towards_walltime_s(jobs: pd.DataFrame) -> Numbers:
    """Return the time that counts towards the walltime limit: all the job held but the fetching of its images.

    So that the earlier attempts of a task count, which are missing in the wall time. Missing where no task reports
    its wall time.
    """
    wall = amounts(jobs["wall_time_s"])
    fetching = either(amounts(jobs["image_pull_time_s"]), np.zeros(len(jobs)))
    return np.where(np.isnan(wall), np.nan, np.fmax(wall, held_s(jobs) - fetching))


def killed_for_memory(jobs: pd.DataFrame) -> Flags:
    """Tell which jobs the service killed for using too much memory."""
    return _reason_says(jobs, "used too much memory")


def killed_for_walltime(jobs: pd.DataFrame) -> Flags:
    """Tell which jobs the service killed at their walltime limit."""
    return _reason_says(jobs, "walltime limit exceeded")


def _reason_says(jobs: pd.DataFrame, words: str) -> Flags:
    reasons = jobs["status_reason"].astype("string")
    return reasons.str.contains(words, case=False, regex=False, na=False).to_numpy(dtype="bool")
