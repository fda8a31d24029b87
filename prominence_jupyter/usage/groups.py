"""Groups of jobs that are alike: by name, image, workflow, site, status or label."""

from __future__ import annotations

from typing import Final

import pandas as pd

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.plain_text import one_line

BY: Final = ("name", "image", "workflow", "site", "status")
"""What jobs can be grouped by, besides ``label:KEY``."""

LABEL: Final = "label_"
"""How the columns of labels begin."""

_NUMBER: Final = r"[0-9]+(?:\.[0-9]+)*"
_PREFIX: Final = "label:"


def group_of(jobs: pd.DataFrame, by: str) -> pd.Series:
    """Return the group of each job.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame` or `efficiency`.
    by
        ``"name"``: each number in the name becomes ``*``, so that point-0001 and point-0002 are alike, and run-0.5
        is ``run-*``. ``"image"``, ``"workflow"``, ``"site"`` or ``"status"``: that column. ``"label:KEY"``: the column
        ``label_KEY`` of ``jobs_frame(..., labels=["KEY"])``.

    Returns
    -------
    Series
        ``string``, named ``group``, with the index of `jobs`; missing for a job that has no such thing.

    Raises
    ------
    UsageError
        `by` is none of these, or the frame has no column of that label.
    """
    if by.startswith(_PREFIX):
        column = _label_column(jobs, by.removeprefix(_PREFIX))
    elif by in BY:
        column = by
    else:
        raise UsageError(f'jobs cannot be grouped by "{one_line(by, 40)}"; possible: {", ".join(BY)}, label:KEY')
    groups = jobs[column].astype("string").rename("group")
    return groups.str.replace(_NUMBER, "*", regex=True) if by == "name" else groups


def _label_column(jobs: pd.DataFrame, key: str) -> str:
    column = f"{LABEL}{key}"
    if column not in jobs.columns:
        shown = one_line(key, 40)
        raise UsageError(f'the frame has no column of the label "{shown}"; ask for it with labels=["{shown}"]')
    return column
