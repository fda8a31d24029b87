"""`Audience`: who is told of a set of jobs, and what they have been told."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from prominence_jupyter.watch.listener import tell
from prominence_jupyter.watch.sets.set_change import Entry, SetChange, SetListener
from prominence_jupyter.watch.sets.watched_workflow import WatchedWorkflow


class Audience:
    """Listeners of one set.

    Parameters
    ----------
    entries
        The jobs that the set begins with.
    workflow
        The workflow that it is about, if it is about one.
    """

    def __init__(self, entries: Mapping[str, Entry], workflow: WatchedWorkflow | None) -> None:
        self._workflow = workflow
        self._told: SetChange | None = None
        """That there is nothing new, as it was told last."""
        self._told_entries = dict(entries)
        self._told_workflow = self._state()
        self._listeners: list[SetListener] = []
        self._joining: list[SetListener] = []
        self._lock = threading.Lock()

    @property
    def is_joined(self) -> bool:
        """Whether someone waits for `let_in`."""
        return bool(self._joining)

    @property
    def is_there(self) -> bool:
        """Whether anyone has been let in."""
        return bool(self._listeners)

    def join(self, listener: SetListener) -> None:
        """Let a listener wait for `let_in`. From any thread."""
        with self._lock:
            self._joining.append(listener)

    def leave(self, listener: SetListener) -> bool:
        """Drop a listener; return whether none is left. From any thread."""
        with self._lock:
            for group in (self._listeners, self._joining):
                if listener in group:
                    group.remove(listener)
            return not self._listeners and not self._joining

    def let_in(
        self, known: Mapping[str, Entry] | None, stale_since: float | None, trouble: ProminenceError | None
    ) -> bool:
        """Tell new listeners what is known, unless that is None; return whether there were any."""
        with self._lock:
            joining, self._joining = self._joining, []
            self._listeners += joining
        if known is not None:
            change = SetChange.between({}, known, stale_since, trouble, self._state()[0])
            for listener in joining:
                if listener in self._listeners:
                    tell(listener, change)
        return bool(joining)

    def tell(self, entries: Mapping[str, Entry], stale_since: float | None, trouble: ProminenceError | None) -> bool:
        """Tell what differs from what was told before; return whether anything of jobs or workflow does."""
        state = self._state()
        is_same, described = state == self._told_workflow, state[0]
        change = SetChange.between(self._told_entries, entries, stale_since, trouble, None if is_same else described)
        nothing = SetChange({}, stale_since=stale_since, trouble=trouble)
        is_news = change != nothing or not is_same
        if is_news or self._told != nothing:
            self._told, self._told_entries, self._told_workflow = nothing, dict(entries), state
            for listener in [*self._listeners]:
                if listener in self._listeners:  # it may have left while others were told
                    tell(listener, change)
        return is_news

    def _state(self) -> tuple[WorkflowRecord | None, bool]:
        """Return what is said of the workflow, and whether that is all."""
        return (self._workflow.record, self._workflow.is_over) if self._workflow else (None, False)
