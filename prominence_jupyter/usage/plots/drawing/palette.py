"""Colours that colour-blind people tell apart, each with a hatch or a marker that says the same without colour.

They are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), seen on white and on black. Everything else that has
a colour takes it from the style.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import matplotlib as mpl
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb, to_rgba
from matplotlib.patches import Patch

GREY: Final = "#999999"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"


class Look(NamedTuple):
    """How one kind of thing looks."""

    words: str
    colour: str
    hatch: str = ""
    marker: str = "o"
    alpha: float = 1.0

    @property
    def area(self) -> dict[str, Any]:
        """Properties of a filled area; the hatch has the colour of the text."""
        edge = to_rgba(mpl.rcParams["text.color"], 0.5)
        return {"facecolor": to_rgba(self.colour, self.alpha), "edgecolor": edge, "hatch": self.hatch, "linewidth": 0}

    @property
    def patch(self) -> Patch:
        """What stands for it in a legend."""
        return Patch(**self.area)


QUEUED: Final = Look("queued", GREY, alpha=0.55)
RUNNING: Final = Look("running", SKY)

COMPLETED: Final = Look("completed", GREEN, "", "o")
NOT_ZERO: Final = Look("exit code not 0", PURPLE, "\\\\\\", "v")
FAILED: Final = Look("failed", VERMILLION, "///", "X")
KILLED: Final = Look("killed", ORANGE, "xxx", "s")
DELETED: Final = Look("deleted", BLUE, "...", "D")
OTHER: Final = Look("other status", GREY, "++", "P")
ENDS: Final = (COMPLETED, NOT_ZERO, FAILED, KILLED, DELETED, OTHER)
"""How jobs end."""

USED: Final = Look("used", BLUE)
WASTED: Final = Look("held, not used", ORANGE, "///")
NO_METRICS: Final = Look("held, use not known", GREY, "...", alpha=0.7)
BEYOND: Final = Look("used beyond what was held", VERMILLION, "xxx")
USES: Final = (USED, WASTED, NO_METRICS, BEYOND)
"""What became of core-hours."""

WITHIN: Final = Look("at most 100 %", BLUE, marker="o")
ABOVE: Final = Look("above 100 %", VERMILLION, marker="^")


def shades(colour: str) -> Colormap:
    """Return a scale of one colour, from faint towards the text's colour: it reads on light and on dark."""
    text = to_rgb(mpl.rcParams["text.color"])
    far = tuple(0.65 * own + 0.35 * other for own, other in zip(to_rgb(colour), text, strict=True))
    return LinearSegmentedColormap.from_list("shades", [to_rgba(colour, 0.25), to_rgba(colour, 1), (*far, 1.0)])
