"""A figure that shows itself in a notebook, with the title, legend and note that all plots of usage have."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple

from prominence_jupyter.usage.plots.drawing.labels import PLAIN, count, plain_legend, wrapped

_SHARPNESS: Final = 2
"""Pixels of the picture for each pixel of the page, a side: what screens of high resolution need."""
_CHARACTER: Final = 0.0062
"""Inches that a character of a note takes, on average, for each point of the font."""


class UsageFigure(Figure):
    """A plot of usage: a matplotlib Figure that no pyplot knows of.

    It is shown where it is the value of a cell, once, whether or not pyplot has told IPython how to show figures.
    Colours and sizes are those of the style (rcParams) that holds when it is made.
    """

    def __init__(self, title: str, jobs: int, *, height: float = 4.6, width: float = 9.0) -> None:
        super().__init__(figsize=(width, height), layout="constrained")
        self._jobs = jobs
        self.suptitle(f"{title} · {count(jobs, 'job')}", x=0.01, ha="left", size="large", weight="bold", **PLAIN)

    def __repr__(self) -> str:
        """Return in words what stands around the data: for terminals, and for people who do not see the picture."""
        return f"<{type(self).__name__}: {self._words()}>"

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        """Return the picture, its width and height on the page in pixels, and the words for those who do not see it."""
        sink = io.BytesIO()
        self.savefig(
            sink,
            format="png",
            dpi=_SHARPNESS * self.dpi,
            facecolor=self.get_facecolor(),
            edgecolor=self.get_edgecolor(),
        )
        width, height = self.get_size_inches() * self.dpi
        return sink.getvalue(), {"width": round(width), "height": round(height), "alt": self._words()}

    def _words(self) -> str:
        parts = [self.get_suptitle(), *map(_words_of, self.axes), self.get_supxlabel()]
        lines = [" ".join(part.split()).removesuffix(".") for part in parts]  # notes and labels have line breaks
        return " ".join(f"{line}." for line in lines if line)

    def panels(self, rows: int = 1, columns: int = 1, **options: Any) -> list[Axes]:
        """Return axes in the common look: no box around them, and ticks in the style's colours.

        Ticks are made when they are first drawn; without their colours written down they would take those of the
        style that holds then, not now.
        """
        made: list[Axes] = list(self.subplots(rows, columns, squeeze=False, **options).flat)
        for axes in made:
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_axisbelow(True)
            axes.tick_params(axis="x", which="both", **_ticks("xtick"))
            axes.tick_params(axis="y", which="both", **_ticks("ytick"))
            for axis in (axes.xaxis, axes.yaxis):
                axis.label.set(size="small", **PLAIN)
        return made

    def note(self, *parts: str) -> None:
        """Say what was left out, small, below the plot; empty parts are left out."""
        words = wrapped(parts, int(self.get_size_inches()[0] / (_CHARACTER * mpl.rcParams["font.size"])))
        if words:
            self.supxlabel(words, x=0.01, ha="left", size="small", alpha=0.75, **PLAIN)

    def say(self, words: str) -> UsageFigure:
        """Say in words that there is nothing to draw, and why; return the figure itself."""
        words = words if self._jobs else "there are no jobs."
        self.set_size_inches(self.get_size_inches()[0], 1.6)
        axes = self.subplots()  # a figure without axes is not shown by IPython's formatter
        axes.set_axis_off()
        axes.text(
            0.5,
            0.5,
            wrapped(["Nothing to draw:", words], 90),
            ha="center",
            va="center",
            transform=axes.transAxes,
            **PLAIN,
        )
        return self


def legend_above(
    axes: Axes, handles: Sequence[Artist | tuple[Artist, ...]], words: Sequence[str], *, columns: int = 7
) -> None:
    """Put a legend above the axes, where it covers no data; none when there is nothing to tell apart."""
    if not handles:
        return
    legend = axes.legend(
        handles,
        words,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=min(columns, len(handles)),
        frameon=False,
        fontsize="small",
        borderaxespad=0.2,
        columnspacing=1.4,
        handlelength=1.8,
        handler_map={tuple: HandlerTuple(ndivide=None)},
        labelcolor=mpl.rcParams["text.color"],
    )
    plain_legend(legend)


def _words_of(axes: Axes) -> str:
    """Return what axes say in words: their title or name with the legend, or why there is nothing on them."""
    if not axes.axison:
        return " ".join(text.get_text() for text in axes.texts)
    legend = axes.get_legend()
    told = "; ".join(text.get_text() for text in legend.get_texts()) if legend else ""
    name = axes.get_title(loc="left") or (axes.get_ylabel() or axes.get_xlabel() if told else "")
    return " - ".join(part for part in (name, told) if part)


def _ticks(kind: Literal["xtick", "ytick"]) -> dict[str, Any]:
    params: Mapping[Any, Any] = mpl.rcParams
    label = params[f"{kind}.labelcolor"]
    return {
        "color": params[f"{kind}.color"],
        "labelcolor": params[f"{kind}.color"] if label == "inherit" else label,
        "labelsize": "small",
        "grid_color": params["grid.color"],
        "grid_alpha": 0.25,
    }
