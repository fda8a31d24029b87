"""The record of a job: the static account of it that stays in a saved notebook, as HTML and as text.

While a job goes on it is one dated line. At the end it is a summary and the end of the output. It must read well with
every style stripped (an untrusted notebook, GitHub), so all structure is in the text and in table, p and pre.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from prominence_jupyter.panel.view import JobView, TaskView, clock_time, exit_code_text
from prominence_jupyter.protocol.plain_text import last_lines, one_line, plain_output

OUTPUT_LIMIT: Final = 64 * 1024
"""Bytes of output kept in a notebook, at most."""

ERRORS_LIMIT: Final = 4 * 1024
"""Bytes of the standard error kept of a job that failed, at most."""
_ERRORS: Final = "The end of its standard error:"

_TASK_HEADS: Final = ("task", "exit code", "CPU time", "wall time", "peak memory", "image and command")
_UNKNOWN: Final = "\N{EN DASH}"
_MINUTE: Final = 60
_HUNDREDTHS: Final = 0.1
"""Below this many seconds two decimals say too little."""
_FOREVER: Final = 1e12
"""No honest number is larger; a hostile one shall not fill the page."""
_KB: Final = 1024

_BAR: Final = {"good": "#2e9e5b", "bad": "#d9534f"}
"""Seen on white and on black alike; the glyph says the same."""

_BOX: Final = "border-left:3px solid {bar};padding:2px 0 2px 12px;margin:2px 0;line-height:1.5"
_TABLE: Final = "border-collapse:collapse;border:none;margin:6px 0;font-size:inherit;font-variant-numeric:tabular-nums"
_ROW: Final = "background:none;border:none"
_LABEL: Final = "text-align:left;padding:1px 16px 1px 0;opacity:.65;font-weight:normal;border:none;vertical-align:top"
_CELL: Final = "text-align:left;padding:1px 16px 1px 0;border:none;vertical-align:top;overflow-wrap:anywhere"
_NUMBER: Final = "text-align:right;padding:1px 16px 1px 0;border:none;vertical-align:top;white-space:nowrap"
_PLAIN: Final = "background:none;color:inherit;font-size:inherit;padding:0"
_PRE: Final = (
    "max-height:24em;overflow:auto;margin:4px 0;padding:6px 10px;border:1px solid rgba(128,128,128,.35);"
    "border-radius:3px;background:none;color:inherit;white-space:pre"
)


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
    bar = _BAR.get(view.tone, "rgba(128,128,128,.5)")
    head = f"<strong>{_html(_status(view))}</strong>{_html(_whose(view))}"
    if not view.final:
        return _box(
            bar, f'<p style="margin:0">{head}{_html(_as_of(view))} — refresh with {_code(one_line(refresh))}</p>'
        )
    shown = _shown(tail, total_bytes)
    parts = [
        f'<p style="margin:0">{head}</p>',
        _facts_table(_summary(view)),
        _tasks_table(_task_rows(view)) if view.tasks else "",
        f'<p style="margin:6px 0 0">{_html(_output_line(view, len(shown), total_bytes, output_trouble))}</p>',
        f'<pre style="{_PRE}">{_html(_tidy(shown))}</pre>' if shown else "",
        f'<p style="margin:6px 0 0">{_ERRORS}</p>\n<pre style="{_PRE}">{_html(_end(errors))}</pre>' if errors else "",
    ]
    return _box(bar, "\n".join(part for part in parts if part))


def record_text(
    view: JobView, tail: bytes, *, total_bytes: int, refresh: str, output_trouble: str = "", errors: bytes = b""
) -> str:
    """Return the record as plain text. Parameters as for `record_html`."""
    head = _status(view) + _whose(view)
    if not view.final:
        return f"{head}{_as_of(view)} — refresh with {one_line(refresh)}"
    shown = _shown(tail, total_bytes)
    parts = [
        head,
        _columns([(f"  {label}", value) for label, value in _summary(view)]),
        _columns([_TASK_HEADS, *_task_rows(view)], indent="  ") if view.tasks else "",
        _output_line(view, len(shown), total_bytes, output_trouble),
        _tidy(shown),
        f"{_ERRORS}\n{_end(errors)}" if errors else "",
    ]
    return "\n".join(part for part in parts if part)


def _status(view: JobView) -> str:
    return f"{view.shape} {view.headline}"


def _whose(view: JobView) -> str:
    return f" · {view.title}" + (f" · job {view.id}" if view.id else "")


def _as_of(view: JobView) -> str:
    stale = f" · {view.stale}" if view.stale else ""
    return f" · as of {_date(view.as_of)}{stale}"


def _summary(view: JobView) -> list[tuple[str, str]]:
    known = [
        ("queued", _span(view.created, view.ended if view.started is None else view.started)),
        ("ran", _span(view.started, view.ended)),
        ("ended", "" if view.ended is None else _date(view.ended)),
        ("site", view.site),
        ("service", view.url),
        ("note", view.note),
    ]
    return [(label, value) for label, value in known if value]


def _task_rows(view: JobView) -> list[tuple[str, ...]]:
    rows = [_task_row(number, task) for number, task in enumerate(view.tasks, 1)]
    if view.more_tasks:
        rows.append(("…", "", "", "", "", f"{view.more_tasks} more"))
    return rows


def _task_row(number: int, task: TaskView) -> tuple[str, ...]:
    return (
        str(number),
        _UNKNOWN if task.exit_code is None else exit_code_text(task.exit_code),
        _seconds(task.cpu_time_s),
        _seconds(task.wall_time_s),
        _memory(task.peak_memory_mib),
        ": ".join(part for part in (task.image, task.cmd) if part),
    )


def _output_line(view: JobView, shown: int, total_bytes: int, trouble: str) -> str:
    if trouble:
        return f"Output, as far as it could be had ({one_line(trouble)}):"
    if not total_bytes:
        return "No output."
    if shown >= total_bytes:
        return f"Output, {_size(total_bytes)}:"
    whole = f"all of it: %prominence stdout {view.id}"
    return (
        f"Output, the last {_size(shown)} of {_size(total_bytes)} ({whole}):"
        if shown
        else f"Output, {_size(total_bytes)} ({whole})"
    )


def _shown(tail: bytes, total_bytes: int) -> bytes:
    return last_lines(tail, OUTPUT_LIMIT, complete=len(tail) >= total_bytes)


def _tidy(shown: bytes) -> str:
    plain = plain_output(shown).encode()  # U+FFFD takes three bytes where one stood
    return last_lines(plain, OUTPUT_LIMIT, complete=True).decode().rstrip("\n")


def _end(errors: bytes) -> str:
    return plain_output(last_lines(errors, ERRORS_LIMIT, complete=True)).rstrip("\n")


def _box(bar: str, inner: str) -> str:
    return f'<div style="{_BOX.format(bar=bar)}">\n{inner}\n</div>'


def _facts_table(rows: Iterable[tuple[str, str]]) -> str:
    body = "\n".join(
        f'<tr style="{_ROW}"><th style="{_LABEL}">{_html(label)}</th> <td style="{_CELL}">{_html(value)}</td></tr>'
        for label, value in rows
    )
    return f'<table style="{_TABLE}">\n{body}\n</table>' if body else ""


def _tasks_table(rows: Iterable[Sequence[str]]) -> str:
    heads = "".join(f'<th style="{_LABEL};white-space:nowrap">{_html(head)}</th> ' for head in _TASK_HEADS)
    styles = (_CELL, *[_NUMBER] * 4, f"{_CELL};min-width:12em")
    body = "\n".join(f'<tr style="{_ROW}">{_cells(row, styles)}</tr>' for row in rows)
    table = f'<table style="{_TABLE}">\n<tr style="{_ROW}">{heads}</tr>\n{body}\n</table>'
    return f'<div style="overflow-x:auto">\n{table}\n</div>'


def _cells(row: Sequence[str], styles: Sequence[str]) -> str:
    """Return the cells of a task; its command in code, where a front end makes no mathematics of $."""
    *values, command = map(_html, row)
    shown = [*values, f'<code style="{_PLAIN}">{command}</code>']
    return "".join(f'<td style="{style}">{value}</td> ' for style, value in zip(styles, shown, strict=True))


def _columns(rows: Sequence[Sequence[str]], indent: str = "") -> str:
    if not rows:
        return ""
    widths = [max(len(value) for value in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        indent + "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _html(text: str) -> str:
    return escape(text, quote=True)


def _code(text: str) -> str:
    return f"<code>{_html(text)}</code>"


def _date(seconds: float) -> str:
    return clock_time(seconds, "%Y-%m-%d %H:%M:%S UTC")


def _span(start: float | None, end: float | None) -> str:
    return "" if start is None or end is None or end < start else _whole_seconds(end - start)


def _seconds(duration_s: float | None) -> str:
    """Return "0.0015 s", "3.20 s", "2 min 05 s" or "3 h 04 min"."""
    if duration_s is None:
        return _UNKNOWN
    if duration_s < _MINUTE:
        return f"{duration_s:.2g} s" if 0 < duration_s < _HUNDREDTHS else f"{duration_s:.2f} s"
    minutes, seconds = divmod(round(min(duration_s, _FOREVER)), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s"


def _whole_seconds(duration_s: float) -> str:
    return f"{duration_s:.0f} s" if duration_s < _MINUTE else _seconds(duration_s)


def _memory(mib: float | None) -> str:
    if mib is None:
        return _UNKNOWN
    return f"{mib:,.1f} MiB" if mib < _FOREVER else f"{mib:.3g} MiB"


def _size(count: int) -> str:
    if count < _KB:
        return "1 byte" if count == 1 else f"{count} bytes"
    return f"{count / _KB:.0f} KB" if count < _KB**2 else f"{count / _KB**2:,.1f} MB"
