"""`LiveTable`: the table of many jobs, with the panel of the one that a person has selected below it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ipywidgets import DOMWidget, VBox

from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.notebook.one_job.live_panel import LivePanel
from prominence_jupyter.panel.jobs_table import JobsTable
from prominence_jupyter.protocol.paths import JobId


class LiveTable:
    """A table of jobs.

    Parameters
    ----------
    jobs
        The jobs.
    rows
        What is known of them.
    ids
        Gives the ids of the jobs by what stands for them in the table.
    on_shown
        Called with whether any page shows the table, when that changes.
    parameters, worst_first
        As for `JobsTable`.
    head
        A widget above the table, which is closed with it.

    Attributes
    ----------
    widget
        What to display.
    """

    def __init__(
        self,
        jobs: JobSet,
        rows: Iterable[Mapping[str, Any]],
        *,
        ids: Callable[[], Mapping[str, JobId]],
        on_shown: Callable[[bool], None],
        parameters: Sequence[str] = (),
        worst_first: bool = False,
        head: DOMWidget | None = None,
    ) -> None:
        self._jobs = jobs
        self._ids = ids
        self._lock = threading.Lock()
        self._selected: LivePanel | None = None
        self._when_unused: Callable[[], None] | None = None
        self._table = JobsTable(
            rows,
            parameters=parameters,
            worst_first=worst_first,
            on_select=self._select,
            on_cancel=self._cancel,
            on_shown=on_shown,
        )
        self._always = [self._table] if head is None else [head, self._table]
        self.widget = VBox(self._always)

    def when_unused(self, callback: Callable[[], None]) -> None:
        """Call back once nobody has a log open; at once if nobody has. From any thread."""
        with self._lock:
            self._when_unused = callback
            is_in_use = self._selected is not None
        if not is_in_use:
            callback()

    def name_parameters(self, parameters: Sequence[str]) -> None:
        """Say what the parameters are called, see `JobsTable.name_parameters`. From any thread."""
        self._table.name_parameters(parameters)

    def show(self, rows: Iterable[Mapping[str, Any]], stale: str) -> None:
        """Show rows that have changed, and why there is no newer news. From any thread."""
        self._table.update(rows)
        self._table.set_stale(stale)

    def close(self) -> None:
        """Stop: nobody looks any more."""
        with self._lock:
            selected, self._selected = self._selected, None
        if selected:
            selected.close()
        for widget in (*self._always, self.widget):
            widget.layout.close()
            widget.close()

    def _select(self, key: str | None) -> None:
        opened = None if key is None else LivePanel(self._jobs.job(self._ids()[key]))
        with self._lock:
            before, self._selected = self._selected, opened
            unused = self._when_unused if opened is None else None
        self.widget.children = [*self._always, opened.panel] if opened else self._always
        if before:
            before.close()
        if unused:
            unused()

    def _cancel(self, keys: list[str]) -> dict[str, str]:
        ids = self._ids()
        failures = self._jobs.delete(ids[key] for key in keys)
        return {key: str(failures[ids[key]]) for key in keys if ids[key] in failures}
