"""`JobsTable`: the live table of many jobs, as a widget.

Plain rows in, callbacks out. The rows at creation, and after the page was loaded anew, travel with the widget's state;
later only those that changed, in one message, at the pace of the outbox. A message may be lost, so each one says from
which news to which it leads; the browser asks for what it misses. What a person asks for comes here when no cell runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

import anywidget
import traitlets

from prominence_jupyter.panel.attempt import attempt
from prominence_jupyter.panel.outbox import Outbox, shared_outbox
from prominence_jupyter.panel.views.job_row import COLUMNS
from prominence_jupyter.panel.views.workflows.node_row import MOST_PARAMETERS
from prominence_jupyter.protocol.plain_text import one_line

_STATIC: Final = Path(__file__).parent / "static"
_PROBLEMS_TOLD: Final = 3
_NAME_LIMIT: Final = 60
_JOB: Final = COLUMNS.index("job")

MOST_COLUMNS: Final = 6
"""As many parameters have a column of their own; of others the search and the tooltip of the name know."""


def _state_of_table(_value: None, table: JobsTable) -> dict[str, Any]:
    return table.state()


class JobsTable(anywidget.AnyWidget):
    """Many jobs: counted by status, filtered, sorted, searched; one is opened, several are cancelled.

    Parameters
    ----------
    rows
        The jobs, as `job_row` or `node_row` makes them. The key of a row is its ``id``.
    parameters
        What the values under ``parameters`` of the rows are called. The first `MOST_COLUMNS` have a column each.
    worst_first
        Sort by status at first, what has failed before the rest; else by key.
    on_select
        Called with the key of the job whose log a person wants to see, with None to close it. A row without a job is
        not opened. None: no job is opened.
    on_cancel
        Called with the keys of the jobs that a person confirmed to cancel; returns the problem of each that could
        not be, by key. What it raises is shown. None: no job is cancelled.
    on_shown
        Called with whether any page shows the table, when that changes. Until a page has spoken, one does.
    outbox
        Through which messages go; the kernel's own by default.
    """

    # Texts, not paths: of a path anywidget keeps each widget for ever.
    _esm: ClassVar[str] = (_STATIC / "jobs_table.js").read_text("utf-8")
    _css: ClassVar[str] = (_STATIC / "jobs_table.css").read_text("utf-8")

    _can = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _table = traitlets.Any(None).tag(sync=True, to_json=_state_of_table)

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        parameters: Sequence[str] = (),
        worst_first: bool = False,
        on_select: Callable[[str | None], None] | None = None,
        on_cancel: Callable[[list[str]], Mapping[str, str] | None] | None = None,
        on_shown: Callable[[bool], None] | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        self._lock = threading.Lock()
        self._rows = {row["id"]: _values(row) for row in rows}
        self._parameters = _names(parameters)
        self._worst_first = worst_first
        self._named = 0  # likewise of the parameters
        self._changed = dict.fromkeys(self._rows, 0)  # the news that told of it last
        self._news = 0
        self._wanted = 0  # the browser has all news up to this one
        self._stale = ""
        self._selected: str | None = None
        self._on_select = on_select
        self._on_cancel = on_cancel
        self._on_shown = on_shown
        self._pages: set[str] = set()
        self._is_shown = True
        self._outbox = outbox or shared_outbox()
        can = {"select": on_select, "cancel": on_cancel}
        super().__init__(_can=[name for name, callback in can.items() if callback is not None])
        self._own_key = self.model_id
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Live table of {len(self._rows)} jobs"

    def close(self) -> None:
        """Close the widget, and forget the messages that wait for it."""
        if self.comm is not None:
            self._outbox.drop(self._own_key)
        super().close()

    def _post(self, what: Hashable, send: Callable[[], None]) -> None:
        """Have something sent to the browser; nothing once the widget is closed, of which a thread may not know yet."""
        if self.comm is not None:
            self._outbox.post((self._own_key, what), send)

    def update(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Show rows that are new or have changed; of the others there is no need to speak. From any thread."""
        values = [_values(row) for row in rows]
        with self._lock:
            changed = [row for row in values if self._rows.get(row[0]) != row]
            self._rows.update((row[0], row) for row in changed)
            self._changed.update((row[0], self._news + 1) for row in changed)
        if changed:
            self._post_news()

    def name_parameters(self, parameters: Sequence[str]) -> None:
        """Say what the parameters are called, where that was not known at first. From any thread."""
        names = _names(parameters)
        with self._lock:
            if is_new := names != self._parameters:
                self._parameters, self._named = names, self._news + 1
        if is_new:
            self._post_news()

    def set_stale(self, text: str) -> None:
        """Say why what is shown may be old; empty when it is not. From any thread."""
        with self._lock:
            same, self._stale = text == self._stale, text
        if not same:
            self._post_news()

    def state(self) -> dict[str, Any]:
        """Return all there is to show now, for a page that opens the table or opens it again."""
        with self._lock:
            return {
                "columns": COLUMNS,
                "parameters": self._parameters,
                "worst_first": self._worst_first,
                "rows": list(self._rows.values()),
                "seq": self._news,
                "stale": self._stale,
                "selected": self._selected,
            }

    def _post_news(self) -> None:
        self._post("rows", self._send_news)

    def _send_news(self) -> None:
        with self._lock:
            after, self._news = self._wanted, self._news + 1
            self._wanted = self._news
            rows = [row for row in self._rows.values() if self._changed[row[0]] > after]
            news = {"kind": "rows", "after": after, "seq": self._news, "rows": rows, "stale": self._stale}
            self.send(news | {"parameters": self._parameters} if self._named > after else news)

    def _tell(self, action: str, kind: str, text: str) -> None:
        content = {"kind": kind, "action": action, "text": text, "selected": self._selected}
        self._post(action, lambda: self.send(content))

    def _receive(self, _widget: JobsTable, content: Mapping[str, Any], _buffers: Sequence[memoryview]) -> None:
        if isinstance(seq := content.get("resync"), int):
            self._resync(seq)
        elif "select" in content and self._on_select is not None:
            attempt(lambda: self._select(content["select"]), partial(self._tell, "select"))
        elif isinstance(ids := content.get("cancel"), list) and self._on_cancel is not None:
            attempt(lambda: self._cancel(ids), partial(self._tell, "cancel"))
        elif isinstance(shown := content.get("shown"), bool) and isinstance(page := content.get("page"), str):
            self._note_shown(page, shown=shown)

    def _resync(self, seq: int) -> None:
        with self._lock:
            behind = 0 <= seq < self._news
            self._wanted = min(self._wanted, seq) if behind else self._wanted
        if behind:
            self._post_news()

    def _note_shown(self, page: str, *, shown: bool) -> None:
        (self._pages.add if shown else self._pages.discard)(page)
        before, self._is_shown = self._is_shown, bool(self._pages)
        if self._on_shown is not None and self._is_shown != before:
            self._on_shown(self._is_shown)

    def _select(self, asked: Any) -> tuple[str, str]:
        key = asked if isinstance(asked, str) and self._has_job(asked) else None
        if self._on_select is not None:
            self._on_select(key)
        self._selected = key
        return "done", ""

    def _cancel(self, asked: list[Any]) -> tuple[str, str]:
        keys = [key for key in dict.fromkeys(map(str, asked)) if self._has_job(key)]
        problems = (self._on_cancel(keys) if keys and self._on_cancel is not None else None) or {}
        told = {self._rows[key][_JOB] if key in self._rows else key: text for key, text in problems.items()}
        return ("problem" if problems else "done"), _outcome(len(keys), told)

    def _has_job(self, key: str) -> bool:
        return key in self._rows and self._rows[key][_JOB] != ""


def _names(parameters: Sequence[str]) -> list[str]:
    return [one_line(name, _NAME_LIMIT) for name in parameters[:MOST_PARAMETERS]]


def _values(row: Mapping[str, Any]) -> list[Any]:
    return [row[column] for column in COLUMNS]


def _outcome(count: int, problems: Mapping[str, str]) -> str:
    """Return "3 cancelled" or "3 cancelled, 1 could not be: 17: there is no such job"."""
    done = f"{count - len(problems)} cancelled"
    if not problems:
        return done
    told = [f"{one_line(job_id, 40)}: {one_line(text)}" for job_id, text in list(problems.items())[:_PROBLEMS_TOLD]]
    more = [f"and {len(problems) - _PROBLEMS_TOLD} more"] if len(problems) > _PROBLEMS_TOLD else []
    return f"{done}, {len(problems)} could not be: {'; '.join([*told, *more])}"
