"""What is to be seen of a login: in place, as HTML and as lines of a terminal."""

import io

import pyte

from prominence_jupyter.client.access.token import Hidden
from prominence_jupyter.login.device_code import DeviceCode
from prominence_jupyter.login.device_flow import Waiting
from prominence_jupyter.notebook.login_display import LoginDisplay
from tests.notebook.test_progress_bar import Publisher, Terminal


def code(uri="https://provider.test/device", user_code="WXYZ-2345"):
    return DeviceCode(uri, user_code, Hidden("device-code"), 5, 600)


def page_of(shell):
    page, _ = shell.displays.values()
    return page


def test_in_a_notebook_it_counts_down_below_the_code_and_ends_without_one():
    shell = Publisher()
    with LoginDisplay(shell, io.StringIO()) as display:
        display.waiting(Waiting(code(), 599.2))
        page, countdown = shell.displays.values()
        assert "WXYZ-2345" in page["text/html"]
        assert "good for 10:00 more; interrupt the cell to cancel" in countdown["text/html"]
        display.waiting(Waiting(code(), 59.5, "no answer: ReadTimeout"))
        _, countdown = shell.displays.values()
        assert "good for 1:00 more" in countdown["text/plain"]
        assert "the provider is asked again (no answer: ReadTimeout)" in countdown["text/plain"]
        assert shell.count == 3  # what has not changed keeps its selection and its focus
        display.ended("Logged in as <b>")
    end, countdown = shell.displays.values()
    assert end["text/plain"] == "Logged in as <b>"
    assert "<b>" not in end["text/html"]
    assert countdown == {"text/plain": ""}


def test_what_ends_before_there_is_a_code_is_one_output():
    shell = Publisher()
    with LoginDisplay(shell, io.StringIO()):
        pass
    assert shell.shown["text/plain"] == "Not logged in."


def test_what_the_provider_says_is_text_and_only_a_private_page_is_a_link():
    shell = Publisher()
    with LoginDisplay(shell, io.StringIO()) as display:
        display.waiting(Waiting(code("https://x.test/?a=\"onclick='x'&b=<i>", "<script>"), 60))
        html = page_of(shell)["text/html"]
        assert "<script>" not in html
        assert "<i>" not in html
        assert 'href="https://x.test/?a=&quot;onclick=&#x27;x&#x27;&amp;b=&lt;i&gt;"' in html
        display.waiting(Waiting(code("http://x.test/device"), 60))
        assert "href" not in page_of(shell)["text/html"]
        assert "http://x.test/device" in page_of(shell)["text/html"]


def test_whatever_ends_it_the_code_is_gone():
    shell = Publisher()
    display = LoginDisplay(shell, io.StringIO())
    display.waiting(Waiting(code(), 60))
    display.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert [data["text/plain"] for data in shell.displays.values()] == ["Not logged in.", ""]


def test_in_a_terminal_a_line_counts_down_in_place():
    terminal, shell = Terminal(), object()
    with LoginDisplay(shell, terminal) as display:
        for left_s in (61, 60, 9.5):
            display.waiting(Waiting(code(), left_s))
        first, second, _ = terminal.screen
        assert first == "To log in, open https://provider.test/device and enter the code WXYZ-2345"
        assert second == "The code is good for 0:10 more; Ctrl-C cancels"
        display.waiting(Waiting(code(), 9, "x" * 200))
        assert terminal.screen[2] == ""
        display.ended("Logged in.")
    screen = pyte.Screen(80, 4)
    pyte.Stream(screen).feed(terminal.getvalue().replace("\n", "\r\n"))
    assert [line.rstrip() for line in screen.display[1:]] == ["Logged in.", "", ""]


def test_where_there_is_no_terminal_nothing_counts_down():
    stream = io.StringIO()
    with LoginDisplay(object(), stream) as display:
        for left_s in (3, 2, 1):
            display.waiting(Waiting(code(), left_s))
        display.ended("Logged in.")
    assert stream.getvalue().splitlines() == [
        "To log in, open https://provider.test/device and enter the code WXYZ-2345",
        "Logged in.",
    ]
