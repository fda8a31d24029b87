"""`JobPanel`: the live view of one job, as a widget.

Plain data in, callbacks out. Messages to the browser go at once, from any thread; messages from it wait until no cell
runs. Messages sent before the browser has the widget's code may be lost, and a server under load may drop more: so what
is there at creation travels with the widget's state, every later message says at which byte it belongs, and the browser
asks for what it misses.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import anywidget
import traitlets

from prominence_jupyter.panel.tail import OutputTail
from prominence_jupyter.panel.view import JobView
from prominence_jupyter.protocol.plain_text import one_line

TAIL_LIMIT: Final = 256 * 1024
"""Bytes of output that travel with the widget's state, and in one message, at most."""

ANSWER_LIMIT: Final = 1024 * 1024
"""Bytes the browser keeps: it needs no more to be sent again."""

_STATIC: Final = Path(__file__).parent / "static"


def _state_of_output(_value: None, panel: JobPanel) -> dict[str, Any]:
    return panel.output_state()


class JobPanel(anywidget.AnyWidget):
    """Status, clock and output of one job, with a button that cancels it.

    Parameters
    ----------
    view
        The job.
    output
        Its output so far; offsets count from its start.
    on_cancel
        Called when a person confirmed that the job is to be cancelled; what it raises is shown in the panel.
        None: no button.
    read_output
        Called with a byte offset when the browser misses output; returns the output from there to its end.
        None: only the last 256 KB can be shown again.
    """

    _esm: ClassVar[Path] = _STATIC / "job_panel.js"
    _css: ClassVar[Path] = _STATIC / "job_panel.css"

    _view = traitlets.Dict().tag(sync=True)
    _can_cancel = traitlets.Bool().tag(sync=True)
    _output = traitlets.Any(None).tag(sync=True, to_json=_state_of_output)

    def __init__(
        self,
        view: JobView,
        *,
        output: bytes = b"",
        on_cancel: Callable[[], None] | None = None,
        read_output: Callable[[int], bytes] | None = None,
    ) -> None:
        self._lock = threading.RLock()  # order of offsets and messages; the state is read inside it
        self._tail = OutputTail(TAIL_LIMIT)
        self._tail.append(output)
        self._on_cancel = on_cancel
        self._read_output = read_output
        super().__init__(_view=view.to_json(), _can_cancel=on_cancel is not None)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Live panel of job {self._view['id']}"

    def update(self, view: JobView) -> None:
        """Show a newer view of the job. From any thread."""
        with self._lock:
            self._view = view.to_json()

    def append(self, data: bytes) -> None:
        """Continue the output. Only this goes to the browser, and of much only the end. From any thread."""
        if not data:
            return
        with self._lock:
            self._tail.append(data)
            end = data[-TAIL_LIMIT:]
            self._tell_browser("output", end, offset=self._tail.end - len(end))

    def restart_output(self, notice: str) -> None:
        """Clear the output, which starts afresh, and say why. From any thread."""
        with self._lock:
            self._tail.restart(one_line(notice))
            self._tell_browser("restart", notice=self._tail.notice)

    def output_state(self) -> dict[str, Any]:
        """Return the end of the output as it is now, for a browser that opens the panel or opens it again."""
        with self._lock:
            tail = self._tail
            return {"run": tail.run, "notice": tail.notice, "offset": tail.start, "data": tail.data}

    def _tell_browser(self, kind: str, data: bytes | None = None, **content: Any) -> None:
        self.send({"kind": kind, "run": self._tail.run, **content}, None if data is None else [data])

    def _receive(self, _widget: JobPanel, content: Mapping[str, Any], _buffers: Sequence[memoryview]) -> None:
        try:
            if content.get("cancel") is True and self._on_cancel is not None:
                self._on_cancel()
                self._tell_browser("cancelled")
            elif isinstance(content.get("ask"), int):
                self._answer(content["ask"])
        except Exception as problem:  # a callback's: it is told where the person looks
            self._tell_browser("problem", text=one_line(problem, 500) or type(problem).__name__)

    def _answer(self, asked: int) -> None:
        run = self._tail.run
        data = None if self._read_output is None else self._read_output(max(0, asked))  # slow: outside the lock
        with self._lock:
            if data is None or run != self._tail.run:
                offset, data = self._tail.since(asked)
            else:
                offset = max(0, asked)
            end = data[-ANSWER_LIMIT:]
            self._tell_browser("answer", end, offset=offset + len(data) - len(end))
