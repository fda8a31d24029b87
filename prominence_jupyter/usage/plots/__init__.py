"""Plots of what jobs did and used: each takes what `usage.jobs_frame` gives and returns a figure.

``timeline``, ``efficiency``, ``waiting``, ``sites`` and ``core_hours`` are found here when they are first used, so that
matplotlib loads with the first plot. A figure shows itself where it is the value of a cell; ``savefig`` writes it to
a file. pyplot is not needed and nothing of it is changed; styles (``plt.style.use``) are heeded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from prominence_jupyter.errors import UsageError

if TYPE_CHECKING:  # matplotlib is an extra, and slow to load
    from prominence_jupyter.usage.plots.drawing.figure import UsageFigure

    Plot = Callable[[pd.DataFrame], UsageFigure]

_KINDS: Final = ("timeline", "efficiency", "waiting", "sites", "core_hours")


class _Plots(Mapping[str, "Plot"]):
    """The plots by name; a module is loaded when its plot is looked up."""

    def __getitem__(self, kind: str) -> Plot:
        if kind not in _KINDS:
            raise KeyError(kind)
        try:
            module = import_module(f"{__name__}.{kind}_plot")  # not {kind}: that would take the function's place here
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "matplotlib":
                raise
            raise UsageError(
                "plots need matplotlib, which is not installed: pip install 'prominence-jupyter[plots]'"
            ) from None
        plot: Plot = getattr(module, kind)
        return plot

    def __iter__(self) -> Iterator[str]:
        return iter(_KINDS)

    def __len__(self) -> int:
        return len(_KINDS)

    def __contains__(self, kind: object) -> bool:
        return kind in _KINDS  # what Mapping offers would load the module


PLOTS: Final[Mapping[str, Plot]] = _Plots()
"""Name of a plot to its function. Looking one up raises `UsageError` where matplotlib is not installed."""

__all__ = ["PLOTS", "core_hours", "efficiency", "sites", "timeline", "waiting"]  # by __getattr__


def __getattr__(name: str) -> Any:
    if name in _KINDS:
        return PLOTS[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
