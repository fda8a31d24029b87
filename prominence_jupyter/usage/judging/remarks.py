"""What has to be said beside the efficiency of a job, in a few words each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from prominence_jupyter.protocol import status
from prominence_jupyter.usage.judging import amounts
from prominence_jupyter.usage.judging.amounts import Flags

NO_METRICS: Final = "no metrics"
INSUFFICIENT: Final = "insufficient data"
FIRST_NODE: Final = "CPU time of the first only"

_SEPARATOR: Final = "; "


def remarks(jobs: pd.DataFrame, numbers: pd.DataFrame, shortest_s: float) -> pd.Series:
    """Return the remarks on each job as one text, "" for most.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    numbers
        The numbers of `efficiency` for the same rows.
    shortest_s
        Jobs that ran shorter were not judged.
    """
    texts: np.ndarray[Any, np.dtype[np.object_]] = np.full(len(jobs), "", dtype=object)
    _say_what_happened(jobs, numbers, texts)
    _say_what_limits(jobs, numbers, shortest_s, texts)
    return pd.Series(texts, index=jobs.index, dtype="string")


def _say_what_happened(jobs: pd.DataFrame, numbers: pd.DataFrame, texts: np.ndarray[Any, np.dtype[np.object_]]) -> None:
    final = jobs["status"].isin(status.FINAL).to_numpy()
    unheld = numbers["held_s"].isna().to_numpy()
    clocks = _negative(jobs["run_time"]) | _negative(jobs["queued"])
    unstarted = unheld & jobs["started"].isna().to_numpy() & jobs["created"].notna().to_numpy()
    _add(texts, ~final & jobs["status"].notna().to_numpy(), "not ended")
    _add(texts, final & unstarted, "never started")
    _add(texts, amounts.killed_for_walltime(jobs), "killed: walltime")
    _add(texts, amounts.killed_for_memory(jobs), "killed: memory")
    _add(texts, clocks, "clocks disagree")
    _add(texts, ~unheld & numbers["cpu_time_s"].isna().to_numpy(), NO_METRICS)


def _say_what_limits(
    jobs: pd.DataFrame, numbers: pd.DataFrame, shortest_s: float, texts: np.ndarray[Any, np.dtype[np.object_]]
) -> None:
    wall = amounts.amounts(jobs["wall_time_s"])
    nodes, given, asked = amounts.nodes(jobs), amounts.cpus(jobs), amounts.cpus_asked(jobs)
    measured = numbers["cpu_time_s"].notna().to_numpy()
    _add(texts, wall < shortest_s, lambda row: f"{INSUFFICIENT}: ran {wall[row]:.3g} s")
    for column, words in (("cpu", "CPU"), ("memory", "memory"), ("time", "walltime")):
        _add(texts, numbers[f"{column}_efficiency"].to_numpy() > 1, f"{words} above 100 %")
    _add(texts, amounts.amounts(jobs["task_retries"]) > 0, "retried: last attempt only")
    _add(texts, amounts.amounts(jobs["retries"]) > 0, "began again: last start only")
    _add(texts, measured & (nodes > 1), lambda row: f"{nodes[row]:.0f} nodes: {FIRST_NODE}")
    _add(texts, given > asked, lambda row: f"{given[row]:.0f} cores a node given, {asked[row]:.0f} asked for")


def _add(texts: np.ndarray[Any, np.dtype[np.object_]], where: Flags, words: str | Callable[[int], str]) -> None:
    for row in np.flatnonzero(where).tolist():
        said = words if isinstance(words, str) else words(row)
        texts[row] = f"{texts[row]}{_SEPARATOR}{said}" if texts[row] else said


def _negative(values: pd.Series) -> Flags:
    return (amounts.durations(values) < pd.Timedelta(0)).to_numpy(dtype="bool")
