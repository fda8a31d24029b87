"""`LiveTable`: the table of many jobs, with the panel of the one that a person has selected below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ipywidgets import VBox

from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.notebook.live_panel import LivePanel
from prominence_jupyter.panel.jobs_table import JobsTable


class LiveTable:
    """A table of jobs.

    Attributes
    ----------
    widget
        What to display.
    when_unused
        Called when a person has closed the log that was open.
    """

    def __init__(self, jobs: JobSet, rows: Iterable[Mapping[str, Any]]) -> None:
        self._jobs = jobs
        self._selected: LivePanel | None = None
        self.when_unused: Callable[[], None] | None = None
        self._table = JobsTable(rows, on_select=self._select, on_cancel=self._cancel)
        self.widget = VBox([self._table])

    @property
    def is_in_use(self) -> bool:
        """Whether a person has a log open."""
        return self._selected is not None

    def show(self, rows: Iterable[Mapping[str, Any]], stale: str) -> None:
        """Show rows that have changed, and why there is no newer news. From any thread."""
        self._table.update(rows)
        self._table.set_stale(stale)

    def _select(self, job_id: str | None) -> None:
        if self._selected:
            self._selected.close()
        self._selected = None if job_id is None else LivePanel(self._jobs.job(job_id))
        self.widget.children = [self._table, self._selected.panel] if self._selected else [self._table]
        if not self._selected and self.when_unused:
            self.when_unused()

    def _cancel(self, job_ids: list[str]) -> dict[str, str]:
        return {str(job_id): str(error) for job_id, error in self._jobs.delete(job_ids).items()}
