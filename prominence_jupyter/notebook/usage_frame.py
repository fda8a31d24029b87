"""`UsageFrame`: a DataFrame whose display is a record that people read; what is derived from it is a plain DataFrame.

Imported when one is made, since it needs pandas.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import pandas as pd
from pandas.api.types import is_numeric_dtype

from prominence_jupyter.panel.records.advice_record import (
    GROUPS,
    AdviceAccount,
    advice_record_html,
    advice_record_text,
)
from prominence_jupyter.panel.records.usage_record import (
    ROWS,
    UsageAccount,
    usage_record_html,
    usage_record_text,
)
from prominence_jupyter.usage.judging.remarks import FIRST_NODE
from prominence_jupyter.usage.totals import totals

_Kind = Literal["jobs", "groups", "advice"]

_NARROWEST, _WIDEST = 80, 120
"""Columns of a terminal; a notebook has no width of its own."""
_HOURS: Final = ("core_hours", "core_hours_used", "core_hours_wasted", "gb_hours", "gb_hours_used", "gb_hours_wasted")
_SAVED: Final = ("core_hours_asked", "core_hours_saved", "gb_hours_asked", "gb_hours_saved")
_COUNTS: Final = ("jobs", "succeeded", "failed", "no_metrics", "insufficient", "first_node")
_TEXTS: Final[Mapping[_Kind, frozenset[str]]] = {
    "jobs": frozenset({"id", "status", "remarks"}),
    "groups": frozenset({"group"}),
    "advice": frozenset({"group", "verdict"}),
}
_NUMBERS: Final[Mapping[_Kind, frozenset[str]]] = {
    "jobs": frozenset({"succeeded", *_HOURS}),
    "groups": frozenset({*_COUNTS, *_HOURS, "core_hours_failed"}),
    "advice": frozenset(_SAVED),
}
"""What a record cannot do without: it counts, sums and sorts by them."""
_REMARKS: Final = ("above 100 %", "killed: memory", "killed: walltime")
_FIRST: Final = ("ask for more", "ask for less", "about right")
"""The verdicts that are told first."""


class UsageFrame(pd.DataFrame):
    """What jobs used, or should ask for: data, displayed as a record in a notebook and in a terminal.

    Made by `of_jobs`, `of_groups` and `of_advice`. The record says the units and what is a share of what. Selecting,
    sorting, grouping and copying give plain DataFrames, as does any other method of pandas that returns a new frame.
    One that has lost what the record needs is displayed as pandas does.
    """

    _metadata = ["_kind", "_by"]  # noqa: RUF012 - as pandas wants it; what is pickled beside the data
    _kind: _Kind = "jobs"
    _by: str = ""

    @classmethod
    def of_jobs(cls, frame: pd.DataFrame) -> UsageFrame:
        """Return the frame of `usage.efficiency.efficiency`, one row a job, to be displayed."""
        return cls._of(frame, "jobs")

    @classmethod
    def of_groups(cls, frame: pd.DataFrame, by: str) -> UsageFrame:
        """Return the frame of `usage.totals.totals`, one row a group, to be displayed.

        Parameters
        ----------
        frame
            One row a group.
        by
            What the jobs of a group have in common, as it was given to `totals`: "name", "label:KEY", …
        """
        return cls._of(frame, "groups", by)

    @classmethod
    def of_advice(cls, frame: pd.DataFrame) -> UsageFrame:
        """Return the frame of `usage.advice.advice`, one row a group, to be displayed."""
        return cls._of(frame, "advice")

    @classmethod
    def _of(cls, frame: pd.DataFrame, kind: _Kind, by: str = "") -> UsageFrame:
        shown = cls(frame)
        shown.attrs = dict(frame.attrs)
        shown._kind, shown._by = kind, by
        return shown

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return pd.DataFrame

    def __repr__(self) -> str:
        """Return the record as text, as wide as the terminal."""
        if not self._is_whole:
            return super().__repr__()
        room = min(max(shutil.get_terminal_size((_WIDEST, 0)).columns, _NARROWEST), _WIDEST)
        if self._kind == "advice":
            return advice_record_text(_advice_account(self), room)
        return usage_record_text(_usage_account(self, self._kind, self._by), room)

    def _repr_html_(self) -> str | None:
        """Return the record as HTML."""
        if not self._is_whole:
            return super()._repr_html_()  # type: ignore[misc, no-any-return]  # which the types do not know
        if self._kind == "advice":
            return advice_record_html(_advice_account(self))
        return usage_record_html(_usage_account(self, self._kind, self._by))

    @property
    def _is_whole(self) -> bool:
        """Whether it still has what the record needs: whoever holds a frame may change it."""
        if not self.columns.is_unique or not _TEXTS[self._kind] | _NUMBERS[self._kind] <= set(self.columns):
            return False
        return all(is_numeric_dtype(self[name]) for name in _NUMBERS[self._kind])


def _usage_account(frame: pd.DataFrame, kind: _Kind, by: str) -> UsageAccount:
    frame = frame.reset_index(drop=True)  # whose name may be that of a column
    whole = _sum(frame) if kind == "groups" else next(iter(_rows(totals(frame))), {})
    noticed = {"no metrics": whole.get("no_metrics"), "insufficient data": whole.get("insufficient")}
    noticed[f"several nodes, {FIRST_NODE}"] = whole.get("first_node")
    if kind == "jobs":
        remarks = frame["remarks"].astype("string")
        noticed |= {remark: int(remarks.str.contains(remark, regex=False).sum()) for remark in _REMARKS}
    worst = frame.sort_values("core_hours_wasted", ascending=False, na_position="last", kind="stable").head(ROWS)
    if kind == "jobs":
        worst = worst.assign(first_node=remarks.str.contains(FIRST_NODE, regex=False).astype("Int64"))
    return UsageAccount(whole, _rows(worst), len(frame), by, {key: count for key, count in noticed.items() if count})


def _sum(groups: pd.DataFrame) -> dict[str, Any]:
    """Return the totals of all groups; what was used and wasted is known of the same jobs, so it gives efficiencies."""
    whole: dict[str, Any] = {name: groups[name].sum() for name in _COUNTS}
    whole |= {name: groups[name].astype("float64").sum(min_count=1) for name in (*_HOURS, "core_hours_failed")}
    for efficiency, hours in (("cpu_efficiency", "core_hours"), ("memory_efficiency", "gb_hours")):
        used, wasted = whole[f"{hours}_used"], whole[f"{hours}_wasted"]
        whole[efficiency] = used / (used + wasted) if used + wasted > 0 else None
    return whole


def _advice_account(frame: pd.DataFrame) -> AdviceAccount:
    verdicts = frame["verdict"].astype("string").fillna("").reset_index(drop=True)
    rank = verdicts.map({verdict: place for place, verdict in enumerate(_FIRST)}).fillna(len(_FIRST))
    saved = frame["core_hours_saved"].reset_index(drop=True)
    order = pd.DataFrame({"verdict": verdicts, "rank": rank, "costs": -saved}).sort_values(
        ["rank", "costs"], kind="stable"
    )
    counts = order["verdict"].value_counts(sort=False)  # in the order in which they are told
    return AdviceAccount(
        _rows(frame.iloc[order.index[:GROUPS]]),
        {str(verdict): int(count) for verdict, count in counts.items()},
        {name: frame[name].sum() for name in _SAVED},
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as mappings, None where a value is missing."""
    values = frame.astype(object)
    return [
        {str(key): value for key, value in row.items()} for row in values.where(values.notna(), None).to_dict("records")
    ]
