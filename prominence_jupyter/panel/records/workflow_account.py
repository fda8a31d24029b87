"""The record of a workflow: the static account of it that stays in a saved notebook, as HTML and as text.

While it goes on it is one dated line. At the end it is a summary, a line for each described job where they wait for
each other, and a table with the parameters, failed jobs first (`ManyJobs`). As `record`, it reads well with every style
stripped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import columns
from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.many_jobs import ManyJobs, Row
from prominence_jupyter.panel.records.saved_words import date_text
from prominence_jupyter.protocol.plain_text import one_line

WORKFLOW_RECORD_LIMIT: Final = 64 * 1024
"""Bytes of HTML in a record, at most."""

_BELOW: Final = 4 * 1024
"""Bytes of HTML around and below the rows of the table, at most."""
_STEPS: Final = ("job", "waits for", "state")
_WAITS_FOR: Final = 1
_AGAIN: Final = "run what failed again"
_ERRORS: Final = "errors of the first that failed"
_AFTER_LIMIT: Final = 120


@dataclass(frozen=True, slots=True)
class WorkflowAccount:
    """What a record says of a workflow.

    Attributes
    ----------
    view
        The workflow, as `workflow_view` gives it: it says since when there is no newer news, too.
    rows
        Its jobs, as `node_row` gives them, in the order of the description.
    parameters
        What the values under ``parameters`` of the rows are called.
    refresh
        What to type for a newer record, for example ``%prominence watch workflow 12``.
    listing
        What to type for what the table leaves out, for example ``NAME.results()``.
    again
        What to type to run what failed once more, for example ``%prominence rerun 12``; told where something did.
    errors
        What to type to see why the first of the jobs that failed did, for example ``%prominence stderr 12 point 3``.
    usage
        What the jobs used, by the ``id`` of their rows; wanted at the end only.
    """

    view: Mapping[str, Any]
    rows: Sequence[Row]
    parameters: Sequence[str]
    refresh: str
    listing: str
    again: str = ""
    errors: str = ""
    usage: Mapping[str, JobUsage] = field(default_factory=dict)

    @property
    def final(self) -> bool:
        """Whether the workflow and all of its jobs have ended for good."""
        return self.view["final"] and all(row["final"] for row in self.rows)

    @property
    def offers_again(self) -> bool:
        """Whether there is something to run once more, and words for it."""
        return bool(self.view["failed"] and self.again)

    @property
    def advice(self) -> list[tuple[str, str]]:
        """What to type where not all is well, each with what that does."""
        offered = [(_ERRORS, self.errors), (_AGAIN, self.again if self.offers_again else "")]
        return [(what, one_line(typed)) for what, typed in offered if typed]

    @property
    def jobs(self) -> ManyJobs:
        """Its jobs, as records tell of them."""
        return ManyJobs(self.rows, self.usage, self.parameters, self.listing)


def workflow_record_html(account: WorkflowAccount) -> str:
    """Return the record as HTML with inline styles only."""
    if not account.final:
        return markup.quiet(f"{markup.text(_dated(account))} · refresh with {markup.code(one_line(account.refresh))}")
    jobs, view = account.jobs, account.view
    steps = [markup.table_row([*map(markup.text, step)], frozenset(), wide=_WAITS_FOR) for step in _steps(view)]
    title, *others = _title(view)
    above = [
        markup.paragraph(" · ".join([markup.strong(title), *map(markup.text, others)])),
        markup.paragraph(markup.text(view["reason"])) if view["reason"] else "",
        markup.paragraph(" · ".join(map(markup.text, [jobs.words, *jobs.counts]))) if account.rows else "",
        jobs.bar,
        markup.facts(jobs.summary(view["created"], view["ended"])),
        *(markup.paragraph(f"{what}: {markup.code(typed)}") for what, typed in account.advice),
        markup.table([markup.table_head(_STEPS, frozenset()), *steps]) if steps else "",
    ]
    room = WORKFLOW_RECORD_LIMIT - _BELOW - sum(len(part.encode()) for part in above)
    return markup.box(view["tone"], [*above, *jobs.table_html(room)])


def workflow_record_text(account: WorkflowAccount) -> str:
    """Return the record as plain text."""
    if not account.final:
        return f"{_dated(account)} · refresh with {one_line(account.refresh)}"
    jobs, view = account.jobs, account.view
    steps = _steps(view)
    parts = [
        " · ".join(_title(view)),
        view["reason"],
        " · ".join([jobs.words, *jobs.counts]) if account.rows else "",
        columns([(f"  {label}", value) for label, value in jobs.summary(view["created"], view["ended"])]),
        *(f"  {what}: {typed}" for what, typed in account.advice),
        columns([_STEPS, *steps], indent="  ") if steps else "",
        *jobs.table_text(),
    ]
    return "\n".join(part for part in parts if part)


def _title(view: Mapping[str, Any]) -> list[str]:
    return [view["title"], f"workflow {view['id']}", f"{view['shape']} {view['status']}"]


def _dated(account: WorkflowAccount) -> str:
    view = account.view
    known = [*_title(view), view["progress"], view["expected"], f"as of {date_text(view['as_of'])}", view["stale"]]
    return " · ".join(part for part in known if part)


def _steps(view: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each described job: its name, what it waits for, how many of its jobs are in which state."""
    if view["graph"] is None:
        return []
    boxes = view["graph"]["boxes"]
    before: dict[int, list[str]] = {i: [] for i in range(len(boxes))}
    for parent, child, _ in view["graph"]["edges"]:
        before[child].append(boxes[parent]["name"])
    return [
        [box["name"], one_line(", ".join(before[i]), _AFTER_LIMIT), f"{box['shape']} {box['words']}"]
        for i, box in enumerate(boxes)
    ]
