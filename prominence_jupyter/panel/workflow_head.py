"""`WorkflowHead`: what a workflow is and how far it is, as a widget, with buttons that run it again and delete it.

Plain data in, callbacks out. Messages to the browser go through the kernel's outbox, from any thread; messages from it
wait until no cell runs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

import anywidget
import traitlets

from prominence_jupyter.panel.attempt import attempt
from prominence_jupyter.panel.outbox import Outbox, shared_outbox
from prominence_jupyter.protocol.plain_text import one_line

_STATIC: Final = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class WorkflowActions:
    """What a person can ask for in the head; None: not offered. What they raise is shown there, as is what they return.

    Attributes
    ----------
    rerun
        Runs what failed, and what waited for it, in a new workflow.
    delete
        Ends the workflow and its jobs.
    """

    rerun: Callable[[], str] | None = None
    delete: Callable[[], str] | None = None


class WorkflowHead(anywidget.AnyWidget):
    """Status, progress, times and graph of a workflow.

    Parameters
    ----------
    view
        The workflow, as `workflow_view` gives it.
    actions
        What a person can ask for.
    outbox
        Through which messages go; the kernel's own by default.
    """

    # Texts, not paths: of a path anywidget keeps each widget for ever.
    _esm: ClassVar[str] = (_STATIC / "workflow_head.js").read_text("utf-8")
    _css: ClassVar[str] = (_STATIC / "workflow_head.css").read_text("utf-8")

    _view = traitlets.Dict().tag(sync=True)
    _can = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self, view: Mapping[str, Any], *, actions: WorkflowActions | None = None, outbox: Outbox | None = None
    ) -> None:
        self._actions = actions or WorkflowActions()
        self._outbox = outbox or shared_outbox()
        self._latest = dict(view)
        can = [name for name in ("rerun", "delete") if getattr(self._actions, name)]
        super().__init__(_view=self._latest, _can=can)
        self._own_key = self.model_id
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Head of workflow {self._latest['id']}"

    def close(self) -> None:
        """Close the widget, and forget the messages that wait for it."""
        if self.comm is not None:
            self._outbox.drop(self._own_key)
        super().close()

    def update(self, view: Mapping[str, Any]) -> None:
        """Show a newer view of the workflow. From any thread."""
        self._latest = dict(view)
        self._post("view", self._send_view)

    def _send_view(self) -> None:
        self._view = self._latest

    def _post(self, what: Hashable, send: Callable[[], None]) -> None:
        """Have something sent to the browser; nothing once the widget is closed, of which a thread may not know yet."""
        if self.comm is not None:
            self._outbox.post((self._own_key, what), send)

    def _receive(self, _widget: WorkflowHead, content: Mapping[str, Any], _buffers: Sequence[memoryview]) -> None:
        """Do what the browser asks for; called when no cell runs. What is not understood is left alone."""
        action = content.get("action")
        if action not in self._can:
            return
        do: Callable[[], str] = getattr(self._actions, action)
        attempt(lambda: ("done", one_line(do(), 500)), partial(self._tell, action))

    def _tell(self, action: str, kind: str, text: str) -> None:
        content = {"kind": kind, "action": action, "text": text}
        self._post(action, lambda: self.send(content))
