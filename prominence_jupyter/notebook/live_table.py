"""`LiveTable`: the table of many jobs, with the panel of the one that a person has selected below it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ipywidgets import VBox

from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.notebook.live_panel import LivePanel
from prominence_jupyter.panel.jobs_table import JobsTable
from prominence_jupyter.panel.views.job_row import row_id
from prominence_jupyter.protocol.paths import JobId


class LiveTable:
    """A table of jobs.

    Parameters
    ----------
    jobs
        The jobs.
    rows
        What is known of them.
    on_shown
        Called with whether any page shows the table, when that changes.

    Attributes
    ----------
    widget
        What to display.
    """

    def __init__(self, jobs: JobSet, rows: Iterable[Mapping[str, Any]], on_shown: Callable[[bool], None]) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._selected: LivePanel | None = None
        self._when_unused: Callable[[], None] | None = None
        self._table = JobsTable(rows, on_select=self._select, on_cancel=self._cancel, on_shown=on_shown)
        self.widget = VBox([self._table])

    def when_unused(self, callback: Callable[[], None]) -> None:
        """Call back once nobody has a log open; at once if nobody has. From any thread."""
        with self._lock:
            self._when_unused = callback
            is_in_use = self._selected is not None
        if not is_in_use:
            callback()

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
        for widget in (self._table, self.widget):
            widget.layout.close()
            widget.close()

    def _select(self, key: str | None) -> None:
        opened = None if key is None else LivePanel(self._jobs.job(self._ids()[key]))
        with self._lock:
            before, self._selected = self._selected, opened
            unused = self._when_unused if opened is None else None
        self.widget.children = [self._table, opened.panel] if opened else [self._table]
        if before:
            before.close()
        if unused:
            unused()

    def _cancel(self, keys: list[str]) -> dict[str, str]:
        ids = self._ids()
        failures = self._jobs.delete(ids[key] for key in keys)
        return {row_id(job_id): str(error) for job_id, error in failures.items()}

    def _ids(self) -> dict[str, JobId]:
        """Return the ids of the jobs by what stands for them in the table."""
        return {row_id(job_id): job_id for job_id in self._jobs.ids}
