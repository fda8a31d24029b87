"""How jobs ended, or that they have not."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from prominence_jupyter.protocol import status
from prominence_jupyter.usage.plots.drawing import palette

_BY_STATUS: Final = {
    status.COMPLETED: palette.COMPLETED,
    status.FAILED: palette.FAILED,
    status.KILLED: palette.KILLED,
    status.DELETED: palette.DELETED,
}


def has_ended(jobs: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell of each job whether it has ended: by its status, or because it has a time of end."""
    final: npt.NDArray[np.bool_] = jobs["status"].isin(list(status.FINAL)).to_numpy(dtype=bool)
    return final | jobs["ended"].notna().to_numpy(dtype=bool)


def outcomes(jobs: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return the place in `palette.ENDS` of how each job ended, -1 for one that goes on.

    A job whose status is completed with an exit code other than 0 is a kind of its own.
    """
    words = jobs["status"].astype(object)
    place = {word: palette.ENDS.index(look) for word, look in _BY_STATUS.items()}
    ends = words.map(place).fillna(palette.ENDS.index(palette.OTHER)).to_numpy(dtype=np.intp)
    unsuccessful = jobs["succeeded"].eq(False).fillna(value=False).to_numpy(dtype=bool)
    completed = ends == palette.ENDS.index(palette.COMPLETED)
    ends = np.where(completed & unsuccessful, palette.ENDS.index(palette.NOT_ZERO), ends)
    return np.where(has_ended(jobs), ends, -1)
