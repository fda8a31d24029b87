"""Records of workflows as a DataFrame: one row a workflow."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.workflow_record import WorkflowRecord

_COUNTS = ("total", "done", "failed", "queued", "waiting")
_LONGEST_NAME = 512


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
    ids = [record.id for record in records]
    is_numbered = all(isinstance(workflow_id, int | None) for workflow_id in ids)
    names = [None if record.name is None else one_line(record.name, _LONGEST_NAME) for record in records]
    statuses = [None if record.status is None else one_line(record.status) for record in records]
    times = {
        key: pd.Series(pd.to_datetime([getattr(record, key) for record in records], unit="s", utc=True)).dt.as_unit(
            "us"
        )
        for key in ("created", "started", "ended")
    }
    return pd.DataFrame(
        {
            "id": pd.array(ids if is_numbered else [*map(str, ids)], dtype="Int64" if is_numbered else "string"),
            "name": pd.array(names, dtype="string"),
            "status": pd.Categorical(statuses),
            **times,
            "took": times["ended"] - times["created"],
            **{
                count: pd.array([getattr(record.progress, count) for record in records], dtype="Int64")
                for count in _COUNTS
            },
        },
        index=pd.RangeIndex(len(records)),
    )
