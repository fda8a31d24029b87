"""The progress bar: in a kernel an output that is empty at the end, in a terminal a line that is cleared."""

import io
import os
import pty
import threading
from types import SimpleNamespace

import nbformat
import pyte
import pytest
from nbclient import NotebookClient

from prominence_jupyter.notebook import progress_bar
from prominence_jupyter.notebook.progress_bar import ProgressBar
from tests.panel.records.page import assert_only_a_record


class Publisher:
    """A shell with a kernel, and what it published: each display by its id, and how often."""

    kernel = object()

    def __init__(self):
        self.displays, self.count = {}, 0

    @property
    def display_pub(self):
        return self

    def publish(self, *, data, metadata, transient, update):
        assert metadata == {}
        assert update == (transient["display_id"] in self.displays)
        self.displays[transient["display_id"]] = data
        self.count += 1

    @property
    def shown(self):
        (data,) = self.displays.values()
        return data


class Terminal(io.StringIO):
    def isatty(self):
        return True

    @property
    def screen(self):
        screen = pyte.Screen(80, 3)
        pyte.Stream(screen).feed(self.getvalue())
        return [line.rstrip() for line in screen.display]


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets."""
    now = [100.0]
    monkeypatch.setattr(progress_bar, "monotonic", lambda: now[0])

    def after(seconds):
        now[0] = 100.0 + seconds

    return after


@pytest.fixture
def shell():
    return Publisher()


@pytest.fixture
def terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(progress_bar, "sys", SimpleNamespace(stderr=stream))  # pytest sets the real one anew
    monkeypatch.setenv("COLUMNS", "80")
    return stream


def test_what_is_done_soon_shows_nothing(clock, shell, terminal):
    for place in (shell, None):
        with ProgressBar(place) as progress:
            clock(0.49)
            progress(1, 2, "jobs")
    assert not shell.displays
    assert not terminal.getvalue()


def test_a_notebook_shows_how_far_it_is(clock, shell):
    with ProgressBar(shell) as progress:
        progress(0, 1000, "jobs")
        clock(4)
        progress(250, 1000, "jobs")
        assert shell.shown["text/plain"] == "250 of 1,000 jobs [#####...............] 25 % · about 12 s left"
        html = assert_only_a_record(shell.shown["text/html"])
        assert html.text.split() == "250 of 1,000 jobs 25 % · about 12 s left".split()  # noqa: SIM905 - as it reads
        assert any(" 25%," in style for style in html.styles)
    assert shell.shown == {"text/plain": ""}


def test_a_single_long_request_is_told_of(shell, monkeypatch):
    monkeypatch.setattr(progress_bar, "_FIRST_S", 0.01)
    published = threading.Event()
    publish = shell.publish
    monkeypatch.setattr(shell, "publish", lambda **bundle: (publish(**bundle), published.set()))
    with ProgressBar(shell) as progress:
        progress(0, None, "jobs")
        assert published.wait(30)
        assert shell.shown["text/plain"] == "asking for jobs"
    assert shell.shown == {"text/plain": ""}


def test_it_is_updated_five_times_a_second_at_most(clock, shell):
    with ProgressBar(shell) as progress:
        for hundredth in range(1000):
            clock(hundredth / 100)
            progress(hundredth, 1000, "jobs")
    assert 40 <= shell.count <= 50


def broken_off(shell, clock, error):
    with ProgressBar(shell) as progress:
        clock(1)
        progress(1, 2, "jobs")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_it_is_gone_after_an_interrupt_or_an_error(clock, shell, terminal, error):
    for place in (shell, None):
        clock(0)
        with pytest.raises(error):
            broken_off(place, clock, error)
    assert (shell.count, shell.shown) == (2, {"text/plain": ""})
    assert "1 of 2 jobs" in terminal.getvalue()
    assert terminal.screen == ["", "", ""]


def test_a_terminal_shows_one_line_and_clears_it(clock, terminal):
    with ProgressBar(None) as progress:
        progress(0, 4, "jobs")
        clock(1)
        progress(1, 4, "jobs with a long name")
        clock(2)
        progress(2, 4, "jobs")
        assert terminal.screen == ["2 of 4 jobs [##########..........] 50 %", "", ""]
        terminal.write("^C")  # as a terminal echoes an interrupt
    terminal.write("next")
    assert terminal.screen == ["next", "", ""]


def test_a_narrow_terminal_keeps_it_on_one_line(clock, terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    with ProgressBar(None) as progress:
        clock(1)
        progress(1, 4, "漢" * 30)
    assert "漢漢漢漢漢…" in terminal.getvalue()
    assert terminal.screen == ["", "", ""]


def test_what_is_no_terminal_gets_nothing(clock, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(progress_bar, "sys", SimpleNamespace(stderr=stream))
    with ProgressBar(None) as progress:
        clock(1)
        progress(1, 2, "jobs")
    assert not stream.getvalue()


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [
        (7, None, "7 jobs"),
        (7, 0, "7 jobs"),
        (0, 5, "0 of 5 jobs [....................] 0 %"),
        (9, 5, "9 of 5 jobs [####################] 100 %"),
    ],
)
def test_totals_that_are_not_known_or_not_kept(clock, shell, done, total, shown):
    with ProgressBar(shell) as progress:
        clock(1)
        progress(done, total, "jobs")
        assert shell.shown["text/plain"] == shown


def test_the_time_left_is_told_of_what_is_counted_now(clock, shell):
    with ProgressBar(shell) as progress:
        for seconds, done, words in [(0, 900, "jobs"), (10, 910, "jobs"), (20, 0, "files"), (21, 50, "files")]:
            clock(seconds)
            progress(done, 1000, words)
            said = shell.shown["text/plain"] if shell.displays else ""
            if seconds == 10:
                assert said.endswith("about 1 min 30 s left")  # of 90, at one a second: 900 were there before
        assert said.endswith("5 %")
        clock(24)
        progress(100, 1000, "files")
        assert shell.shown["text/plain"].endswith("about 36 s left")


def test_hostile_words_are_text(clock, shell):
    with ProgressBar(shell) as progress:
        clock(1)
        progress(1, 2, "<script>alert(1)</script> $x$\x1b[31m\u202e\n" + "x" * 1000)
        assert "<script>" in assert_only_a_record(shell.shown["text/html"]).text
        assert not set("\x1b\u202e\n") & set(shell.shown["text/plain"])
        assert len(shell.shown["text/plain"]) < 120


SLOW = """
import time
from prominence_jupyter.notebook.progress_bar import ProgressBar
print("before")
with ProgressBar(get_ipython()) as progress:
    for done in range(10):
        progress(done, 10, "jobs")
        time.sleep(0.1)
    {ending}
print("after")
"""


@pytest.mark.parametrize(("ending", "outputs"), [("pass", "before\nafter\n"), ("raise KeyboardInterrupt", "before\n")])
def test_an_executed_notebook_keeps_nothing_of_it(ending, outputs):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SLOW.format(ending=ending))])
    NotebookClient(notebook, kernel_name="python3", timeout=60, allow_errors=True).execute()
    (cell,) = notebook.cells
    assert "".join(output.text for output in cell.outputs if output.output_type == "stream") == outputs
    displays = [output for output in cell.outputs if output.output_type == "display_data"]
    assert [dict(output.data) for output in displays] == [{"text/plain": ""}]


def test_a_real_terminal_is_clean_at_the_end(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    controller, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stream, os.fdopen(controller, "rb") as screen:
        monkeypatch.setattr(progress_bar, "sys", SimpleNamespace(stderr=stream))
        with ProgressBar(object()) as progress:
            clock(1)
            progress(1, 2, "jobs")
        print("next", file=stream, flush=True)
        shown, cleared, then = screen.readline().decode().split("\r")[1:4]
    assert shown == "1 of 2 jobs [##########..........] 50 %"
    assert cleared == " " * 79
    assert then == "next"
