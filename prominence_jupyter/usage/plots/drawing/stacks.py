"""Several kinds of a quantity, one on top of the other, over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from prominence_jupyter.usage.plots.drawing.figure import legend_above
from prominence_jupyter.usage.plots.drawing.labels import tick
from prominence_jupyter.usage.plots.drawing.palette import Look
from prominence_jupyter.usage.plots.drawing.times import Numbers, dates


def stack(axes: Axes, values: Numbers, bounds: Numbers, looks: Sequence[Look], words: Sequence[str]) -> None:
    """Draw steps on top of each other, one artist a kind, with a legend of the kinds that occur.

    Parameters
    ----------
    axes
        Where; its horizontal axis is one of dates.
    values
        A row a step, a column a kind; none is negative.
    bounds
        Of the steps, in seconds since 1970.
    looks, words
        How each kind looks, and what the legend says of it.
    """
    places = dates(bounds)
    bottom = np.zeros(len(values))
    occur = [kind for kind in range(len(looks)) if values[:, kind].any()]
    for kind in occur:
        top = bottom + values[:, kind]
        axes.stairs(top, places, baseline=bottom, fill=True, **looks[kind].area)
        bottom = top
    axes.set_ylim(0, 1.05 * bottom.max() if bottom.any() else 1)
    axes.yaxis.set_major_formatter(FuncFormatter(tick))
    axes.grid(visible=True, axis="y")
    legend_above(axes, [looks[kind].patch for kind in occur], [words[kind] for kind in occur])
