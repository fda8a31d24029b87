"""`LiveAndRecord`: the two outputs that a job or a set of jobs has in a cell.

The *live view* is a widget. The *record* is HTML and text that says the same in a saved notebook; it is dated while
something goes on and complete at the end, when it takes the place of the live view. Threads may update displays,
never make new ones: those would land in whatever cell runs then.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from prominence_jupyter.notebook.ended_views import view_ended


class LiveAndRecord:
    """Two outputs of the cell that runs now.

    The publisher is that of the cell: a later cell may capture what the shell publishes meanwhile.
    """

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        self._live_id, self._record_id = f"prominence-live-{uuid.uuid4()}", f"prominence-record-{uuid.uuid4()}"
        self._has_record = False
        self._close_live: Callable[[], None] | None = None

    def show_live(self, widget: Any, close: Callable[[], None]) -> None:
        """Display the live view; without words, since where they would stand for it the record says it all.

        Parameters
        ----------
        widget
            The live view.
        close
            Frees what it holds; called some time after its end.
        """
        from IPython.core.formatters import format_display_data  # noqa: PLC0415 - IPython, where there is one

        bundle, _ = format_display_data(widget)
        self._publish(bundle | {"text/plain": ""}, self._live_id, update=False)
        self._close_live = close

    def end_live(self) -> None:
        """Take the live view away: in a saved notebook a widget whose kernel is gone only says that it is missing."""
        close, self._close_live = self._close_live, None
        if close is not None:
            self._publish({"text/plain": ""}, self._live_id, update=True)
            view_ended(close)

    def record(self, *, html: str, text: str) -> None:
        """Display the record, or put a newer one in its place."""
        self._publish({"text/html": html, "text/plain": text}, self._record_id, update=self._has_record)
        self._has_record = True

    def _publish(self, bundle: dict[str, str], display_id: str, *, update: bool) -> None:
        self._publisher.publish(data=bundle, metadata={}, transient={"display_id": display_id}, update=update)
