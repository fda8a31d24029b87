"""Records of workflows as a DataFrame: one row a workflow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from prominence_jupyter.usage.reading import arrays, values

_TIMES: Final = ("created", "started", "ended")
_COUNTS: Final = ("total", "done", "failed", "queued", "waiting")


def workflows_frame(workflows: Iterable[WorkflowRecord]) -> pd.DataFrame:
    """Return one row a workflow, in the order of the workflows. What a service did not report is missing, never 0.

    Returns
    -------
    DataFrame
        ===================== ================== ============================================================
        column                dtype              meaning
        ===================== ================== ============================================================
        id                    Int64 or string    string for all when any id is not an integer
        name                  string
        status                category
        created               datetime64[us,UTC]
        started               datetime64[us,UTC]
        ended                 datetime64[us,UTC]
        took                  timedelta64[us]    ended - created
        total                 Int64              jobs that it makes
        done                  Int64              those that are completed
        failed                Int64
        queued                Int64              those that wait for resources, or run
        waiting               Int64              those that wait for other jobs
        ===================== ================== ============================================================
    """
    records = [*workflows]
    times = {name: values.instants([getattr(record, name) for record in records])[0] for name in _TIMES}
    counts = {name: values.integers([getattr(record.progress, name) for record in records])[0] for name in _COUNTS}
    return pd.DataFrame(
        {
            "id": arrays.ids(values.ids([record.id for record in records])[0]),
            "name": arrays.texts(values.texts([record.name for record in records])[0]),
            "status": arrays.categories(values.words([record.status for record in records])[0]),
            **{name: arrays.instants(column) for name, column in times.items()},
            "took": times["ended"] - times["created"],
            **{name: arrays.integers(column) for name, column in counts.items()},
        },
        index=pd.RangeIndex(len(records)),
    )
