"""Many jobs as points of a plane: a mark each where they are few, cells with a count where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from prominence_jupyter.usage.plots.drawing.figure import UsageFigure, legend_above
from prominence_jupyter.usage.plots.drawing.labels import count
from prominence_jupyter.usage.plots.drawing.palette import ABOVE, WITHIN, Look, shades
from prominence_jupyter.usage.plots.drawing.times import Numbers

FEW: Final = 1000
"""So many jobs and fewer have a mark each."""


class Cloud(NamedTuple):
    """Jobs on one pair of axes."""

    axes: Axes
    across: Numbers
    up: Numbers
    above: npt.NDArray[np.bool_]
    """Which jobs are above 100 %."""
    cells: tuple[Numbers, Numbers]
    """Bounds of the cells, across and up."""


def draw(figure: UsageFigure, clouds: Sequence[Cloud]) -> None:
    """Draw clouds, with a legend each that counts what is above 100 %; one scale of counts for all of them."""
    many = max(len(cloud.up) for cloud in clouds) > FEW
    meshes = []
    for cloud in clouds:
        handles: list[Artist] = []
        words = []
        for look, which in ((WITHIN, ~cloud.above), (ABOVE, cloud.above)):
            if not which.any():
                continue
            words.append(f"{look.words}: {count(int(which.sum()), 'job')}")
            if many:
                meshes.append(_cells(cloud, which, look))
                handles.append(look.patch)
            else:
                handles.append(_marks(cloud, which, look))
        line = Line2D([], [], color=mpl.rcParams["axes.labelcolor"], linewidth=1.2, linestyle="--")
        cloud.axes.grid(visible=True)
        legend_above(cloud.axes, [*handles, line], [*words, "100 %"], columns=2)
    if many:
        _scale(figure, meshes, [cloud.axes for cloud in clouds])


def _marks(cloud: Cloud, which: npt.NDArray[np.bool_], look: Look) -> Artist:
    size = 26 if len(cloud.up) < FEW / 10 else 14
    return cloud.axes.scatter(
        cloud.across[which],
        cloud.up[which],
        s=size,
        c=look.colour,
        marker=look.marker,
        alpha=0.85,
        linewidths=0,
        clip_on=False,
    )


def _cells(cloud: Cloud, which: npt.NDArray[np.bool_], look: Look) -> QuadMesh:
    counts, *_ = np.histogram2d(cloud.across[which], cloud.up[which], bins=cloud.cells)
    filled = np.ma.masked_equal(counts.T, 0)
    return cloud.axes.pcolormesh(*cloud.cells, filled, cmap=shades(look.colour), rasterized=True)


def _scale(figure: UsageFigure, meshes: Sequence[QuadMesh], axes: Sequence[Axes]) -> None:
    most = max(mesh.get_clim()[1] or 1.0 for mesh in meshes)
    norm = LogNorm(1, max(most, 10))
    for mesh in meshes:
        mesh.set_norm(norm)
    options: dict[str, Any] = {"fraction": 0.05, "aspect": 40, "pad": 0.02}
    bar = figure.colorbar(meshes[0], ax=list(axes), **options)
    bar.set_label("jobs in a cell", size="small")
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    colour = mpl.rcParams["ytick.color"]
    bar.ax.tick_params(which="both", color=colour, labelcolor=colour, labelsize="small")
