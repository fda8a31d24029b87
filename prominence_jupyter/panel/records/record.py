"""The record of a job: the static account of it that stays in a saved notebook, as HTML and as text.

While a job goes on it is one dated line. At the end it is a summary, what its tasks used, and the end of the output. It
must read well with every style stripped (an untrusted notebook, GitHub), so all structure is in the text and in table,
p and pre.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import columns
from prominence_jupyter.panel.records.log_excerpt import html_excerpt, text_excerpt
from prominence_jupyter.panel.records.saved_words import date_text, size_text, span_text
from prominence_jupyter.panel.views.task_view import TaskView
from prominence_jupyter.panel.views.view import JobView
from prominence_jupyter.panel.views.words import UNKNOWN, duration_text, exit_code_text, memory_text
from prominence_jupyter.protocol.plain_text import last_lines, one_line

RAW_LIMIT: Final = 64 * 1024
"""Bytes of a log that are looked at, at most."""

OUTPUT_LIMIT: Final = 48 * 1024
"""Bytes of output in the HTML of a record, at most."""

TEXT_OUTPUT_LIMIT: Final = 16 * 1024
"""Bytes of output in its text, at most: a notebook holds both, and shall not grow by more than 100 KB a job."""

RECORD_LIMIT: Final = 72 * 1024
"""Bytes of HTML in a record, at most. Where colours would exceed it, the older lines of the output do without."""

ERRORS_LIMIT: Final = 4 * 1024
"""Bytes of the standard error kept of a job that failed, at most."""
_ERRORS_HTML_LIMIT: Final = 2 * ERRORS_LIMIT
_ERRORS: Final = "The end of its standard error:"

_TASK_HEADS: Final = ("task", "exit code", "CPU time", "wall time", "peak memory", "image and command")
_TASK_NUMBERS: Final = frozenset({1, 2, 3, 4})
_ASKED: Final = "asked for"
_WHAT: Final = 5
_AROUND_OUTPUT: Final = 2048
"""Bytes of HTML around the output, at most."""
_NOT_PARTS: Final = ("queued", "ran")
"""Phases that have a line of their own."""


def record_html(
    view: JobView, tail: bytes, *, total_bytes: int, refresh: str, output_trouble: str = "", errors: bytes = b""
) -> str:
    """Return the record as HTML with inline styles only.

    Parameters
    ----------
    view
        The job.
    tail
        Its output, or the end of it.
    total_bytes
        How long the whole output is.
    refresh
        What to type for a newer record, for example ``%prominence watch 12``.
    output_trouble
        Why the end of the output could not be had; empty if it was.
    errors
        The standard error of a job that failed, or the end of it.
    """
    if not view.final:
        return markup.quiet(f"{markup.text(_dated(view))} · refresh with {markup.code(one_line(refresh))}")
    before = [
        markup.paragraph(" · ".join([markup.strong(_status(view)), *map(markup.text, _whose(view))])),
        markup.paragraph(markup.text(view.explanation)) if view.explanation else "",
        markup.bar((phase.tone, phase.seconds) for phase in view.phases) if len(view.phases) > 1 else "",
        markup.facts(_summary(view)),
        _tasks_table(view) if view.tasks else "",
    ]
    after = _errors_html(errors)
    room = RECORD_LIMIT - len("\n".join(before + after).encode()) - _AROUND_OUTPUT
    excerpt = html_excerpt(_end_of(tail, total_bytes), OUTPUT_LIMIT, room)
    account = markup.text(_output_line(view, excerpt.size, total_bytes, output_trouble))
    output = [markup.paragraph(account, above=6), markup.output(excerpt.body) if excerpt.body else ""]
    return markup.box(view.tone, [*before, *output, *after])


def record_text(
    view: JobView, tail: bytes, *, total_bytes: int, refresh: str, output_trouble: str = "", errors: bytes = b""
) -> str:
    """Return the record as plain text. Parameters as for `record_html`."""
    if not view.final:
        return f"{_dated(view)} · refresh with {one_line(refresh)}"
    excerpt = text_excerpt(_end_of(tail, total_bytes), TEXT_OUTPUT_LIMIT)
    said = text_excerpt(_end_of(errors, len(errors)), ERRORS_LIMIT).body
    parts = [
        " · ".join([_status(view), *_whose(view)]),
        view.explanation,
        columns([(f"  {label}", value) for label, value in _summary(view)]),
        columns([_TASK_HEADS, *_task_rows(view)], indent="  ") if view.tasks else "",
        _output_line(view, excerpt.size, total_bytes, output_trouble),
        excerpt.body,
        f"{_ERRORS}\n{said}" if said else "",
    ]
    return "\n".join(part for part in parts if part)


def _status(view: JobView) -> str:
    return f"{view.shape} {view.headline}"


def _whose(view: JobView) -> list[str]:
    if not view.id:
        return [view.title]
    return [f"job {view.id}"] if view.title == "job" else [view.title, f"job {view.id}"]  # it may be without a name


def _dated(view: JobView) -> str:
    known = [_status(view), *_whose(view), f"as of {date_text(view.as_of)}", view.stale]
    return " · ".join(part for part in known if part)


def _summary(view: JobView) -> list[tuple[str, str]]:
    labels = ", ".join(f"{name}={value}" for name, value in view.labels)
    known = [
        ("queued", span_text(view.created, view.ended if view.started is None else view.started)),
        ("ran", _ran(view)),
        ("ended", "" if view.ended is None else date_text(view.ended, seconds=True)),
        ("memory", "" if view.peak_memory_mb is None else f"{memory_text(view.peak_memory_mb)} at its peak"),
        (_ASKED, "" if view.tasks else view.asked.words),
        ("site", view.site),
        ("labels", one_line(labels) + (f" and {view.more_labels} more" if view.more_labels else "")),
        ("service", view.url),
        ("note", view.note),
    ]
    return [(label, value) for label, value in known if value]


def _ran(view: JobView) -> str:
    known = [phase for phase in view.phases if phase.since is None and phase.name not in _NOT_PARTS]
    parts = ", ".join(f"{phase.name}: {duration_text(phase.seconds)}" for phase in known)
    return f"{span_text(view.started, view.ended)} ({parts})" if parts else span_text(view.started, view.ended)


def _task_rows(view: JobView) -> Iterator[tuple[str, ...]]:
    yield from (_task_row(number, task) for number, task in enumerate(view.tasks, 1))
    if view.more_tasks:
        yield "…", "", "", "", "", f"{view.more_tasks} more"
    if view.asked.words:
        also = ", ".join(part for part in (view.asked.disk and f"{view.asked.disk} disk", view.asked.nodes) if part)
        yield _ASKED, "", view.asked.cpus, view.asked.walltime, view.asked.memory, also


def _task_row(number: int, task: TaskView) -> tuple[str, ...]:
    return (
        str(number),
        exit_code_text(task.exit_code),
        duration_text(task.cpu_time_s),
        duration_text(task.wall_time_s),
        memory_text(task.peak_memory_mb),
        ": ".join(part for part in (task.image, task.cmd) if part) or UNKNOWN,
    )


def _tasks_table(view: JobView) -> str:
    rows = [markup.table_head(_TASK_HEADS, _TASK_NUMBERS)]
    for position, (*values, what) in enumerate(_task_rows(view)):
        is_task = position < len(view.tasks)
        cells = [*map(markup.text, values), markup.code(what) if is_task else markup.text(what)]
        rows.append(markup.table_row(cells, _TASK_NUMBERS, wide=_WHAT, quiet=not is_task))
    return markup.table(rows)


def _errors_html(errors: bytes) -> list[str]:
    excerpt = html_excerpt(_end_of(errors, len(errors)), ERRORS_LIMIT, _ERRORS_HTML_LIMIT)
    return [markup.paragraph(_ERRORS, above=6), markup.output(excerpt.body)] if excerpt.body else []


def _output_line(view: JobView, shown: int, total_bytes: int, trouble: str) -> str:
    if trouble:
        return f"Output, as far as it could be had ({one_line(trouble)}):"
    if not total_bytes:
        return "No output."
    if shown >= total_bytes:
        return f"Output, {size_text(total_bytes)}:"
    whole = f"all of it: %prominence stdout {view.id}"
    return (
        f"Output, the last {size_text(shown)} of {size_text(total_bytes)} ({whole}):"
        if shown
        else f"Output, {size_text(total_bytes)} ({whole})"
    )


def _end_of(log: bytes, total_bytes: int) -> bytes:
    """Return the last whole lines of a log as it came: of a progress bar, many bytes become one line."""
    return last_lines(log, RAW_LIMIT, complete=len(log) >= total_bytes)
