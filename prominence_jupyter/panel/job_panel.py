"""`JobPanel`: the live view of one job, as a widget.

Plain data in, callbacks out. Messages to the browser go through the kernel's outbox, from any thread; messages from it
wait until no cell runs. Messages sent before the browser has the widget's code may be lost, and a server under load may
drop more: so the end of each log travels with the widget's state, every later message says at which byte it belongs,
and the browser asks for what it misses.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

import anywidget
import traitlets

from prominence_jupyter.panel.attempt import attempt
from prominence_jupyter.panel.log_source import LogSource, Piece
from prominence_jupyter.panel.outbox import Outbox, shared_outbox
from prominence_jupyter.panel.views.view import JobView
from prominence_jupyter.protocol.paths import Stream
from prominence_jupyter.protocol.plain_text import one_line

TAIL_LIMIT: Final = 256 * 1024
"""Bytes of a log that travel with the widget's state, and of what is new in one message, at most."""

ANSWER_LIMIT: Final = 1024 * 1024
"""Bytes that one answer holds, at most."""

BEGUN_AFRESH: Final = "The job was started again: its output begins afresh."

_STATIC: Final = Path(__file__).parent / "static"
_FIRST_SHOWN: Final[frozenset[Stream]] = frozenset({"stdout"})


@dataclass(frozen=True, slots=True)
class PanelActions:
    """What a person can ask for in a panel; None: not offered. What they raise is shown there, as is what they return.

    Attributes
    ----------
    cancel
        Ends the job.
    clone
        Submits it again.
    save
        Writes a whole log into a file.
    show
        Called with the logs that someone looks at, whenever they change.
    read
        Called whenever someone begins to read (scrolls up, selects or searches), and when nobody does any more.
    """

    cancel: Callable[[], str] | None = None
    clone: Callable[[], str] | None = None
    save: Callable[[Stream], str] | None = None
    show: Callable[[frozenset[Stream]], None] | None = None
    read: Callable[[bool], None] | None = None


def _state_of_logs(_value: None, panel: JobPanel) -> dict[str, Any]:
    return panel.logs_state()


class JobPanel(anywidget.AnyWidget):
    """Status, times, tasks and logs of one job, with buttons that cancel it, submit it again and save a log.

    Parameters
    ----------
    view
        The job.
    logs
        Its logs; say `grown` when one of them has.
    description
        The job's description as JSON text, to be looked at.
    actions
        What a person can ask for.
    outbox
        Through which messages go; the kernel's own by default.
    """

    # Texts, not paths: of a path anywidget keeps each widget for ever.
    _esm: ClassVar[str] = (_STATIC / "job_panel.js").read_text("utf-8")
    _css: ClassVar[str] = (_STATIC / "job_panel.css").read_text("utf-8")

    _view = traitlets.Dict().tag(sync=True)
    _description = traitlets.Unicode().tag(sync=True)
    _can = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _output = traitlets.Any(None).tag(sync=True, to_json=_state_of_logs)

    def __init__(
        self,
        view: JobView,
        *,
        logs: Mapping[Stream, LogSource],
        description: str = "",
        actions: PanelActions | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        self._logs = dict(logs)
        self._actions = actions or PanelActions()
        self._outbox = outbox or shared_outbox()
        self._latest = view
        ends = {stream: log.tail(0) for stream, log in self._logs.items()}
        self._sent = {stream: (end.run, end.size, "") for stream, end in ends.items()}  # for the outbox's thread alone
        self._notices: dict[Stream, str] = {}
        self._pages: dict[str, frozenset[Stream]] = {"": _FIRST_SHOWN}  # until a page has said what it shows
        self._reading: set[str] = set()  # pages
        self._lock = threading.Lock()
        super().__init__(
            _view=view.to_json(),
            _description=description,
            _can=[name for name in ("cancel", "clone", "save") if getattr(self._actions, name)],
        )
        self._own_key = self.model_id
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"Live panel of job {self._latest.id}"

    def close(self) -> None:
        """Close the widget, and forget the messages that wait for it."""
        if self.comm is not None:
            self._outbox.drop(self._own_key)
        super().close()

    def _post(self, what: Hashable, send: Callable[[], None]) -> None:
        """Have something sent to the browser; nothing once the widget is closed, of which a thread may not know yet."""
        if self.comm is not None:
            self._outbox.post((self._own_key, what), send)

    def update(self, view: JobView, description: str | None = None) -> None:
        """Show a newer view of the job, and its description if it has just become known. From any thread."""
        self._latest = view
        self._post("view", self._send_view)
        if description is not None and description != self._description:
            self._post("description", lambda: self.set_trait("_description", description))

    def grown(self, stream: Stream) -> None:
        """Show what is new of a log that has grown or begun afresh; of much only the end. From any thread."""
        self._post(stream, lambda: self._send_news(stream))

    def set_notice(self, stream: Stream, text: str) -> None:
        """Say something below a log; empty for nothing. From any thread."""
        if text != self._notices.get(stream, ""):
            self._notices[stream] = text
            self.grown(stream)

    def logs_state(self) -> dict[str, Any]:
        """Return the end of each log as it is now, for a browser that opens the panel or opens it again."""
        tails = {stream: log.tail(TAIL_LIMIT) for stream, log in self._logs.items()}
        return {stream: self._about(stream, tail) | {"data": tail.data} for stream, tail in tails.items()}

    def _send_view(self) -> None:
        self._view = self._latest.to_json()

    def _send_news(self, stream: Stream) -> None:
        run, sent, noticed = self._sent[stream]
        tail = self._logs[stream].tail(TAIL_LIMIT)
        known = max(0, sent - tail.start) if tail.run == run else 0
        about = self._about(stream, tail) | {"start": tail.start + known, "stream": stream}
        self._sent[stream] = (tail.run, tail.size, about["notice"])
        if data := tail.data[known:]:
            self.send({"kind": "output", **about}, [data])
        elif (tail.run, about["notice"]) != (run, noticed):
            self.send({"kind": "log", **about})

    def _receive(self, _widget: JobPanel, content: Mapping[str, Any], _buffers: Sequence[memoryview]) -> None:
        """Do what the browser asks for; called when no cell runs. What is not understood is left alone."""
        match content:
            case {"action": "cancel" | "clone" as action}:
                self._act(action, getattr(self._actions, action))
            case {"action": "save", "stream": "stdout" | "stderr" as stream} if self._actions.save:
                self._act("save", lambda: self._actions.save and self._actions.save(stream))
            case {"ask": [int(start), int(stop)], "stream": "stdout" | "stderr" as stream} if stream in self._logs:
                self._post(("answer", stream, start), lambda: self._answer(stream, start, stop))
            case {"shown": [*streams], "page": str(page)}:
                self._note_shown(page, frozenset(stream for stream in self._logs if stream in streams))
            case {"reading": bool(reading), "page": str(page)}:
                (self._reading.add if reading else self._reading.discard)(page)
                if self._actions.read:
                    self._actions.read(bool(self._reading))

    def _act(self, action: str, do: Callable[[], str | None] | None) -> None:
        if do is not None:
            attempt(lambda: ("done", one_line(do(), 500)), partial(self._tell, action))

    def _tell(self, action: str, kind: str, text: str) -> None:
        content = {"kind": kind, "action": action, "text": text}
        self._post(action, lambda: self.send(content))

    def _answer(self, stream: Stream, start: int, stop: int) -> None:
        start = max(0, start)
        piece = self._logs[stream].piece(start, min(stop, start + ANSWER_LIMIT))
        self.send({"kind": "answer", "stream": stream, **self._about(stream, piece)}, [piece.data])

    def _about(self, stream: Stream, piece: Piece) -> dict[str, Any]:
        """Return where bytes belong, how long their log is, and what there is to say of it."""
        notices = [BEGUN_AFRESH if piece.run else "", self._notices.get(stream, "")]
        return {
            "run": piece.run,
            "start": piece.start,
            "size": piece.size,
            "lines": piece.lines,
            "notice": " · ".join(notice for notice in notices if notice),
        }

    def _note_shown(self, page: str, streams: frozenset[Stream]) -> None:
        with self._lock:
            self._pages.pop("", None)
            self._pages[page] = streams
            shown = frozenset[Stream]().union(*self._pages.values())
        if self._actions.show:
            self._actions.show(shown)
