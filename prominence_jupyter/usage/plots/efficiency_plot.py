"""CPU and memory used, against what was held and asked for."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator, PercentFormatter

from prominence_jupyter.usage.efficiency import efficiency as measure
from prominence_jupyter.usage.judging.amounts import killed_for_memory
from prominence_jupyter.usage.plots.drawing.clouds import FEW, Cloud, draw
from prominence_jupyter.usage.plots.drawing.figure import UsageFigure
from prominence_jupyter.usage.plots.drawing.labels import PLAIN, count, percent
from prominence_jupyter.usage.plots.drawing.times import Numbers
from prominence_jupyter.usage.plots.drawing.uses import numbers, on_several_nodes

_HIGHEST: Final = 2.0
"""CPU efficiencies above 200 % are drawn there: one wrong number must not flatten the others."""
_CELL: Final = 0.025
"""Height of a cell of CPU efficiency; 100 % is the bound of one."""
_CELLS: Final = 40
_BESIDE: Final = 7
"""So many groups of cores have names in one line."""
_LEAST_GB: Final = 1e-9
"""One byte. The axes of memory are logarithmic: less is no memory that is known."""


def efficiency(jobs: pd.DataFrame) -> UsageFigure:
    """Return CPU efficiency against the cores held, and peak memory against the memory asked for.

    A mark is a job; more than 1,000 are counted in cells. What is above 100 % is marked, and has a shape or a colour
    scale of its own. How the efficiencies are worked out stands at `usage.efficiency.efficiency`.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    """
    figure = UsageFigure("CPU and memory used", len(jobs), height=5.0, width=10.0)
    measured = measure(jobs)
    asked, peak = numbers(measured["memory_gb"]), numbers(measured["peak_memory_gb"])
    cpu = numbers(measured["cpu_efficiency"])
    memory = np.where(np.fmin(asked, peak) > _LEAST_GB, numbers(measured["memory_efficiency"]), np.nan)
    if np.isnan(cpu).all() and np.isnan(memory).all():
        return figure.say("no job here has metrics of a run of a second or longer.")
    left, right = figure.panels(1, 2)
    clouds = _cpu(left, numbers(measured["cores"]), cpu), _memory(right, asked, peak, memory)
    draw(figure, [cloud for cloud in clouds if cloud])
    figure.note(*_notes(jobs, cpu, memory))
    return figure


def _cpu(axes: Axes, cores: Numbers, share: Numbers) -> Cloud | None:
    """Prepare the CPU's axes; cores are in groups of 1, 2, 3 to 4, 5 to 8 and so on, side by side."""
    axes.set_ylabel("CPU efficiency")
    axes.set_xlabel("cores held")
    known = ~np.isnan(share)
    if not known.any():
        _nothing(axes, "no job with CPU metrics")
        return None
    powers, places = np.unique(np.ceil(np.log2(cores[known])), return_inverse=True)
    top = max(1.1, min(1.05 * float(share[known].max()), _HIGHEST))
    between = "\N{EN DASH}" if len(powers) <= _BESIDE else "\N{EN DASH}\n"
    axes.set_xticks(range(len(powers)), [_group(int(power), between) for power in powers], **PLAIN)
    axes.set_xlim(-0.6, max(len(powers), 2) - 0.4)
    axes.set_ylim(0, top)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.axhline(1.0, color=axes.yaxis.label.get_color(), linewidth=1.2, linestyle="--")
    sides = np.arange(len(powers))[:, None] + np.array([-0.4, 0.4])  # cells have a gap between the groups
    return Cloud(
        axes=axes,
        across=places + _apart(len(places)),
        up=np.minimum(share[known], top),
        above=share[known] > 1,
        cells=(sides.ravel(), _CELL * np.arange(np.ceil(top / _CELL) + 1)),
    )


def _memory(axes: Axes, asked: Numbers, peak: Numbers, share: Numbers) -> Cloud | None:
    axes.set_ylabel("peak memory, GB a node")
    axes.set_xlabel("memory asked for, GB a node")
    known = ~np.isnan(share)
    if not known.any():
        _nothing(axes, "no job with memory metrics")
        return None
    x, y = asked[known], peak[known]
    reach = float(x.min()) / 1.6, float(x.max()) * 1.6
    height = min(float(y.min()) / 1.6, reach[0]), max(float(y.max()) * 1.6, reach[1])
    axes.set(xscale="log", yscale="log", xlim=reach, ylim=height)
    axes.xaxis.set_major_locator(LogLocator(2, numticks=8))
    axes.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5), numticks=8))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.3g}"))
        axis.set_minor_locator(NullLocator())
    axes.plot(reach, reach, color=axes.yaxis.label.get_color(), linewidth=1.2, linestyle="--")
    columns = np.arange(np.floor(2 * np.log2(reach[0])), np.ceil(2 * np.log2(reach[1])) + 1)
    return Cloud(
        axes=axes,
        across=x * 2 ** (0.5 * _apart(len(x))),
        up=y,
        above=share[known] > 1,
        cells=(2 ** ((columns - 0.5) / 2), _heights(*height)),  # round numbers of GB are amid columns
    )


def _heights(low: float, high: float) -> Numbers:
    """Return bounds of cells from `low` to `high`: 1, 2, 4, … GB are among them: 100 % of those divides none."""
    each = max(1, round(_CELLS / np.log2(high / low)))  # from one power of two to the next
    return np.asarray(2.0 ** (np.arange(np.floor(each * np.log2(low)), np.ceil(each * np.log2(high)) + 1) / each))


def _nothing(axes: Axes, words: str) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, words, ha="center", va="center", transform=axes.transAxes, **PLAIN)


def _group(power: int, between: str) -> str:
    high = 2**power
    low = high // 2 + 1
    return f"{high:,}" if low >= high else f"{low:,}{between}{high:,}"


def _apart(number: int) -> Numbers:
    """Return small distances, evenly spread, the same each time, so that equal jobs do not hide each other.

    A few need less room, and those counted in cells none.
    """
    room = 0.0 if number > FEW else 0.5 * min(1.0, number / 100)
    return np.asarray((np.arange(number) * 0.6180339887) % 1 - 0.5) * room  # the golden ratio fills any length evenly


def _notes(jobs: pd.DataFrame, cpu: Numbers, memory: Numbers) -> list[str]:
    said = []
    for words, shares in (("CPU", cpu), ("Memory", memory)):
        known = shares[~np.isnan(shares)]
        middle = f"median {percent(float(np.median(known)))}, " if len(known) else ""
        said.append(f"{words}: {middle}known of {len(known):,} of {count(len(shares), 'job')}.")
    high = int((cpu > _HIGHEST).sum())
    killed = int((killed_for_memory(jobs) & np.isnan(memory)).sum())
    nodes = on_several_nodes(jobs)
    return [
        *said,
        f"{count(high, 'job')} above {percent(_HIGHEST)} CPU drawn at the top." if high else "",
        f"{count(killed, 'job')} killed for using too much memory reported no peak." if killed else "",
        f"{count(nodes, 'job')} on several nodes: only the first node's use is known." if nodes else "",
    ]
