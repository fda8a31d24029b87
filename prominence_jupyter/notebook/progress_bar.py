"""`ProgressBar`: how far something has come that a cell waits for; it is gone when the cell goes on.

In a notebook it is one output, HTML and text, replaced by an empty one at the end: no widget, which a saved notebook
would miss. In a terminal it is one line of the standard error. What is done within half a second shows nothing.
"""

from __future__ import annotations

import shutil
import sys
import uuid
from threading import Lock, Timer
from time import monotonic
from types import TracebackType
from typing import Any, Final, NamedTuple, Protocol, TextIO

from prominence_jupyter.history.ended_jobs import Progress
from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import cut, width
from prominence_jupyter.panel.views.words import duration_text
from prominence_jupyter.protocol.plain_text import one_line

_FIRST_S: Final = 0.5
"""What takes no longer needs no bar."""
_PAUSE_S: Final = 0.2
"""Between two updates, at least."""
_ESTIMATE_S: Final = 2.0
"""How long a part must have gone on before its rate tells anything."""
_WIDTH_EM: Final = 16
_TEXT_WIDTH: Final = 20
_WORDS: Final = 60


class ProgressBar:
    """A progress bar for the length of a ``with`` block, which gives the function that moves it.

    Call it from the thread that runs the cell, and from no other: another thread's output would land in whatever cell
    runs then. Only the first state is shown by a thread of its own, which the block waits for: of a single long request
    nothing is heard until it is answered.

    Parameters
    ----------
    shell
        The IPython shell; one with a kernel has a front end that displays HTML. None where there is none.
    """

    def __init__(self, shell: Any) -> None:
        self._place: _Place = _Output(shell.display_pub) if getattr(shell, "kernel", None) else _Line(sys.stderr)
        self._pace = _Pace()
        self._next = 0.0
        self._state: _State | None = None
        self._lock = Lock()
        self._first = Timer(_FIRST_S, self._show_first)
        self._first.daemon = True

    def __enter__(self) -> Progress:
        self._next = monotonic() + _FIRST_S
        self._first.start()
        return self._progress

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._first.cancel()
        with self._lock:
            self._state = None
            self._place.clear()

    def _progress(self, done: int, total: int | None, words: str) -> None:
        now = monotonic()
        left_s = self._pace.left_s(now, done, total, words)
        with self._lock:
            self._state = _State(done, total or None, one_line(words, _WORDS), left_s)
            if now >= self._next:
                self._next = now + _PAUSE_S
                self._first.cancel()
                self._place.show(self._state)

    def _show_first(self) -> None:
        with self._lock:
            if self._state is not None and not self._first.finished.is_set():
                self._place.show(self._state)


class _State(NamedTuple):
    """What a bar shows. There is no total of 0."""

    done: int
    total: int | None
    what: str
    left_s: float | None

    @property
    def share(self) -> float | None:
        return None if self.total is None else min(max(self.done / self.total, 0), 1)

    @property
    def counts(self) -> str:
        if self.total is None and not self.done:
            return f"asking for {self.what}"
        whole = "" if self.total is None else f" of {self.total:,}"
        return f"{self.done:,}{whole} {self.what}".rstrip()

    @property
    def rest(self) -> str:
        percent = "" if self.share is None else f"{100 * self.share:.0f} %"
        left = "" if self.left_s is None else f"about {_rounded(self.left_s)} left"
        return " · ".join(part for part in (percent, left) if part)


class _Pace:
    """How fast it goes: since it was first asked, or since something else began to be counted."""

    def __init__(self) -> None:
        self._since: tuple[float, int] | None = None
        self._last = (0, "")

    def left_s(self, now: float, done: int, total: int | None, words: str) -> float | None:
        """Return how many seconds are left, None where that cannot be told."""
        last_done, last_words = self._last
        self._last = done, words
        if self._since is None or words != last_words or done < last_done:
            self._since = now, done
        start, first = self._since
        if total is None or now - start < _ESTIMATE_S or done <= first:
            return None
        return (now - start) / (done - first) * max(total - done, 0)


class _Place(Protocol):
    def show(self, state: _State) -> None:
        """Show how far it is, in place of what was shown."""

    def clear(self) -> None:
        """Leave nothing."""


class _Output:
    """An output of the cell that runs now."""

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        self._id = f"prominence-progress-{uuid.uuid4()}"
        self._shown = False

    def show(self, state: _State) -> None:
        bar = "" if state.share is None else markup.meter(state.share, "running", width=_WIDTH_EM)
        html = markup.paragraph(f"{markup.text(state.counts)} {bar} {markup.text(state.rest)}")
        self._publish({"text/html": html, "text/plain": _line(state)})

    def clear(self) -> None:
        if self._shown:
            self._publish({"text/plain": ""})

    def _publish(self, bundle: dict[str, str]) -> None:
        update, self._shown = self._shown, True
        self._publisher.publish(data=bundle, metadata={}, transient={"display_id": self._id}, update=update)


class _Line:
    """A line of a terminal; nothing where the stream is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._width = 0

    def show(self, state: _State) -> None:
        if self._stream.isatty():
            line = cut(_line(state), _columns())
            rest, self._width = self._width - width(line), width(line)
            self._write(line + " " * rest)  # not each terminal knows how to clear a line

    def clear(self) -> None:
        if self._width:
            self._write(" " * _columns() + "\r")  # also the ^C of an interrupt

    def _write(self, line: str) -> None:
        self._stream.write(f"\r{line}")
        self._stream.flush()


def _columns() -> int:
    """Return how wide a line may be that leaves the cursor on it."""
    return shutil.get_terminal_size().columns - 1


def _line(state: _State) -> str:
    if state.share is None:
        return state.counts
    filled = round(state.share * _TEXT_WIDTH)
    return f"{state.counts} [{'#' * filled}{'.' * (_TEXT_WIDTH - filled)}] {state.rest}"


def _rounded(seconds: float) -> str:
    """Return a time left, which is a guess, in whole seconds."""
    return duration_text(seconds) if seconds >= 60 else f"{max(round(seconds), 1)} s"  # noqa: PLR2004 - of a minute
