"""`LoginDisplay`: a login that waits for a person, in place: the page, the code and how long it is good.

In a notebook the page and the code are an output that stays as it is: its link can be reached by keyboard, and the code
selected, while another one below counts down. In a terminal a line counts down. When the login is over, its end stands
there and no code any more.
"""

from __future__ import annotations

import math
import uuid
from html import escape
from types import TracebackType
from typing import Any, Final, Protocol, Self, TextIO

from prominence_jupyter.login.device_flow import Waiting
from prominence_jupyter.panel.records import markup
from prominence_jupyter.protocol.plain_text import one_line

_CODE: Final = "font-size:140%;letter-spacing:.08em;user-select:all"
_NOT_LOGGED_IN: Final = "Not logged in."
_MINUTE: Final = 60
_WIDTH: Final = 79
"""Of the line that counts down: it must not wrap."""


class LoginDisplay:
    """What there is to see of a login, for the length of a ``with`` block.

    Parameters
    ----------
    shell
        The IPython shell; one with a kernel has a front end that displays HTML.
    stream
        Where a terminal shows things.
    """

    def __init__(self, shell: Any, stream: TextIO) -> None:
        is_notebook = getattr(shell, "kernel", None) is not None
        self._place: _Place = _Output(shell.display_pub) if is_notebook else _Line(stream)
        self._has_ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if not self._has_ended:
            self._place.end(_NOT_LOGGED_IN)

    def waiting(self, waiting: Waiting) -> None:
        """Show where to go, what to enter there, and how long that is good."""
        self._place.show(waiting)

    def ended(self, words: str) -> None:
        """Show how it ended, in place of the code."""
        self._has_ended = True
        self._place.end(words)


class _Place(Protocol):
    def show(self, waiting: Waiting) -> None:
        """Show a login that waits."""

    def end(self, words: str) -> None:
        """Show some words in its place."""


class _Output:
    """Two outputs of the cell that runs now; the second is empty at the end."""

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        self._page_id, self._countdown_id = f"prominence-login-{uuid.uuid4()}", f"prominence-countdown-{uuid.uuid4()}"
        self._shown: dict[str, dict[str, str]] = {}

    def show(self, waiting: Waiting) -> None:
        code = waiting.code
        link = f'<a href="{escape(code.uri)}" target="_blank" rel="noopener noreferrer">{escape(code.uri)}</a>'
        page = link if code.may_be_link else markup.code(code.uri)
        lines = [
            markup.paragraph(f"To log in, open {page} and enter this code there:"),
            markup.paragraph(f'<strong style="{_CODE}">{escape(code.user_code)}</strong>'),
        ]
        self._publish(self._page_id, html="\n".join(lines), text=_asked(waiting))
        countdown = _countdown(waiting, "interrupt the cell to cancel")
        self._publish(self._countdown_id, html=markup.quiet(markup.text(countdown)), text=countdown)

    def end(self, words: str) -> None:
        self._publish(self._page_id, html=markup.paragraph(markup.text(words)), text=words)
        if self._countdown_id in self._shown:
            self._publish(self._countdown_id, html="", text="")

    def _publish(self, display_id: str, *, html: str, text: str) -> None:
        bundle = {"text/html": html, "text/plain": text} if html else {"text/plain": text}
        before, self._shown[display_id] = self._shown.get(display_id), bundle
        if bundle != before:
            self._publisher.publish(
                data=bundle, metadata={}, transient={"display_id": display_id}, update=before is not None
            )


class _Line:
    """Lines of a terminal; where the stream is none, nothing counts down."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._asked = False
        self._width = 0

    def show(self, waiting: Waiting) -> None:
        if not self._asked:
            self._asked = True
            self._stream.write(f"{_asked(waiting)}\n")
        if self._stream.isatty():
            self._replace(one_line(_countdown(waiting, "Ctrl-C cancels"), _WIDTH))
        self._stream.flush()

    def end(self, words: str) -> None:
        if self._width:
            self._replace("")
            self._stream.write("\r")
        self._stream.write(f"{words}\n")
        self._stream.flush()

    def _replace(self, line: str) -> None:
        rest, self._width = max(self._width - len(line), 0), len(line)
        self._stream.write(f"\r{line}{' ' * rest}")  # not each terminal knows how to clear a line


def _asked(waiting: Waiting) -> str:
    return f"To log in, open {waiting.code.uri} and enter the code {waiting.code.user_code}"


def _countdown(waiting: Waiting, cancel: str) -> str:
    minutes, seconds = divmod(math.ceil(waiting.left_s), _MINUTE)
    trouble = f"; the provider is asked again ({waiting.trouble})" if waiting.trouble else ""
    return f"The code is good for {minutes}:{seconds:02} more; {cancel}{trouble}"
