"""Use by site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from prominence_jupyter.usage.plots.drawing.figure import UsageFigure, legend_above
from prominence_jupyter.usage.plots.drawing.labels import PLAIN, amount, count, shown, tick
from prominence_jupyter.usage.plots.drawing.outcomes import outcomes
from prominence_jupyter.usage.plots.drawing.palette import ENDS, RUNNING, USES, Look
from prominence_jupyter.usage.plots.drawing.times import Numbers
from prominence_jupyter.usage.plots.drawing.uses import left_out, on_several_nodes, uses, words_of

_MOST: Final = 12
_UNKNOWN: Final = "unknown"
_GOING: Final = RUNNING._replace(words="not ended")


def sites(jobs: pd.DataFrame) -> UsageFigure:
    """Return core-hours (used, and held without use) and the number of jobs by how they ended, for each site.

    The 12 sites with most core-hours have bars of their own, the rest is "others"; jobs that no site is known of, as
    those that never started, are "unknown".

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    """
    if jobs.empty:
        return UsageFigure("Use by site", 0).say("")
    parts = uses(jobs)
    known = ~np.isnan(parts[:, 0])
    looks = (*ENDS, _GOING)
    ended = np.eye(len(looks))[outcomes(jobs)]  # -1, not ended, is the last
    names, hours, ends = _by_site(jobs["site"], parts, ended)

    figure = UsageFigure("Use by site", len(jobs), height=2.2 + 0.32 * len(names), width=10.0)
    left, right = figure.panels(1, 2, sharey=True, width_ratios=[3, 2])
    _bars(left, hours, USES, words_of(np.nansum(hours, axis=0)), amount)
    _bars(right, ends, looks, [look.words for look in looks], lambda total: f"{total:,.0f}")
    left.set_yticks(range(len(names)), names, **PLAIN)
    left.set_ylim(len(names) - 0.5, -0.5)
    left.xaxis.set_major_locator(MaxNLocator(5))
    right.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    left.set_xlabel("core-hours")
    right.set_xlabel("jobs")
    figure.note(*left_out(int((~known).sum()), on_several_nodes(jobs)))
    return figure


def _by_site(column: pd.Series, hours: Numbers, ends: Numbers) -> tuple[list[str], Numbers, Numbers]:
    """Return the names of the bars, most core-hours first, and the sums of each."""
    known = column.astype("string").fillna("").str.strip() != ""  # an empty name would be a bar without one
    names = column.astype(object).where(known, _UNKNOWN)
    sums = pd.DataFrame(np.hstack([hours, ends])).groupby(names.to_numpy()).sum(min_count=1)
    weight = sums.iloc[:, : hours.shape[1]].sum(axis=1), sums.iloc[:, hours.shape[1] :].sum(axis=1)
    sums = sums.iloc[np.lexsort((-weight[1], -weight[0]))]
    first, rest = sums.iloc[:_MOST], sums.iloc[_MOST:]
    table, labels = first.to_numpy(), [shown(name, 22) for name in first.index]
    if len(rest):
        table = np.vstack([table, rest.sum(min_count=1).to_numpy()])
        labels.append(f"others ({count(len(rest), 'site')})")
    return labels, table[:, : hours.shape[1]], table[:, hours.shape[1] :]


def _bars(
    axes: Axes, values: Numbers, looks: Sequence[Look], words: Sequence[str], written: Callable[[float], str]
) -> None:
    known = (~np.isnan(values)).sum(axis=1) > 0
    values = np.nan_to_num(values)
    left = np.zeros(len(values))
    occur = [kind for kind in range(len(looks)) if values[:, kind].any()]
    for kind in occur:
        axes.barh(range(len(values)), values[:, kind], 0.7, left, **looks[kind].area)
        left = left + values[:, kind]
    for row, total in enumerate(left):
        axes.annotate(
            written(total) if known[row] else "not known",
            (total, row),
            (4, 0),
            textcoords="offset points",
            va="center",
            size="small",
            **PLAIN,
        )
    axes.set_xlim(0, 1.18 * left.max() if left.any() else 1)
    axes.xaxis.set_major_formatter(FuncFormatter(tick))
    axes.grid(visible=True, axis="x")
    legend_above(axes, [looks[kind].patch for kind in occur], [words[kind] for kind in occur], columns=2)
