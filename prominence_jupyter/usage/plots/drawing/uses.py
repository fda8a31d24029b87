"""What became of the core-hours of jobs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.plots.drawing.labels import amount, count
from prominence_jupyter.usage.plots.drawing.palette import USES
from prominence_jupyter.usage.plots.drawing.times import Numbers


def numbers(column: pd.Series) -> Numbers:
    """Return a column of numbers as floats, missing as NaN."""
    return np.asarray(column.to_numpy(dtype="float64", na_value=np.nan))


def uses(jobs: pd.DataFrame) -> Numbers:
    """Return core-hours, a row a job, a column for each of `palette.USES`; NaN for a job that held none that is known.

    The first three are together what the job held; the fourth is what it used beyond that, which should not be.
    """
    measured = efficiency(jobs)
    held, used = numbers(measured["core_hours"]), numbers(measured["core_hours_used"])
    return np.column_stack(
        [
            np.where(np.isnan(used), 0 * held, np.minimum(used, held)),
            np.where(np.isnan(used), 0 * held, np.maximum(held - used, 0)),
            np.where(np.isnan(used), held, 0 * held),
            np.where(np.isnan(used), 0 * held, np.maximum(used - held, 0)),
        ]
    )


def words_of(totals: Sequence[float]) -> list[str]:
    """Return what a legend says of each use: its name and how much it is."""
    return [f"{look.words}: {amount(total)}" for look, total in zip(USES, totals, strict=True)]


def left_out(unknown: int, several_nodes: int) -> tuple[str, str]:
    """Return the sentences about jobs without core-hours, and about those whose use is known in part only."""
    return (
        f"Left out: {count(unknown, 'job')} with no known time, end or cores (not started, not ended, no detail)."
        if unknown
        else "",
        f"{count(several_nodes, 'job')} on several nodes: only the first node's use is known." if several_nodes else "",
    )


def on_several_nodes(jobs: pd.DataFrame) -> int:
    """Return how many jobs held more than one node."""
    given = numbers(jobs["provisioned_nodes"])
    return int((np.where(np.isnan(given), numbers(jobs["nodes"]), given) > 1).sum())
