"""Output on its way into a real JupyterLab: all of it, in order, whatever is lost or comes late."""

import time

import pytest

from tests.browser.panel_page import GOES_ON, MADE_UP, PanelPage

STREAMS = """
display(new_panel())
write(numbered(0, 20))

def later():
    for i in range(20, 80):
        time.sleep(0.02)
        write(numbered(i, i + 1))

thread = threading.Thread(target=later)
thread.start()
"""
FIRST_PROMPT = "() => window.jupyterapp.shell.currentWidget.content.widgets[0].promptNode.textContent"


def numbered(first, end):
    return "".join(f"line {number:06}\n" for number in range(first, end))


@pytest.mark.parametrize(
    ("app", "delay_s"), [("lab", 0), ("lab", 2), ("notebook", 0)], ids=["lab", "lab-slow-to-load", "notebook"]
)
def test_output_sent_at_once_and_while_the_cell_runs_is_all_there_in_order(open_notebook, done, app, delay_s):
    notebook = open_notebook([MADE_UP + STREAMS + GOES_ON.format(str(done))], app=app)

    def load_late(route):
        time.sleep(delay_s)  # the front end has no code for the widget while its first messages arrive
        route.continue_()

    notebook.page.route("**/anywidget/static/*", load_late)
    notebook.run_all()
    panel = PanelPage(notebook)
    panel.log.wait_for()
    panel.log_holds(numbered(0, 80))
    panel.is_at_end()
    assert panel.foot.inner_text() == "80 lines · 960 bytes"
    assert notebook.page.evaluate(FIRST_PROMPT) == "[*]:"
    done.touch()
    notebook.wait_idle()


def test_a_message_that_was_lost_is_fetched_once_no_cell_runs(show_panel, done):
    panel = show_panel(
        """
display(new_panel(outbox=AT_ONCE))
write(b"one\\n")
logs["stdout"].append(b"two\\n")
panel._sent["stdout"] = (0, 8, "")  # as if its message was lost
write(b"three\\n")
"""
        + GOES_ON.format(str(done))
    )
    panel.log_holds("three\n")
    panel.foot.get_by_text("Waiting for the running cell…").wait_for()
    done.touch()
    panel.log_holds("one\ntwo\nthree\n")
    assert panel.foot.inner_text() == "3 lines · 14 bytes"


def test_characters_may_be_cut_between_messages_and_controls_are_no_part_of_the_page(show_panel):
    panel = show_panel("""
display(new_panel(outbox=AT_ONCE))
for byte in "\u00fcn\u00ef \u2713 \U0001f680".encode() + b"\\xff\\n\\x1b[1mbold\\x1b[0m\\rb\\n":
    write(bytes([byte]))
""")
    panel.log_holds("\u00fcn\u00ef \u2713 \U0001f680\ufffd\nbold\n")


def test_output_that_begins_afresh_takes_the_place_of_the_old_and_says_so(show_panel):
    panel = show_panel("""
display(new_panel())
write(numbered(0, 300))
""")
    panel.is_at_end()
    panel.scroll(-1000)
    panel.button("Follow").wait_for()
    panel.run("logs['stdout'].clear(); panel.grown('stdout')")
    panel.log_holds("")
    panel.run("write(b'new\\n')")
    panel.log_holds("new\n")
    panel.foot.get_by_text("The job was started again: its output begins afresh.").wait_for()
    assert panel.button("Follow").count() == 0


def test_a_large_log_is_bounded_and_says_where_the_rest_is(show_panel):
    panel = show_panel("""
display(new_panel())
for first in range(0, 210_000, 7000):
    write(numbered(first, first + 7000))
""")
    panel.sees("line 209999")
    panel.notebook.wait_idle()
    panel.foot.get_by_text("210,000 lines · 2.4 MB").wait_for()
    panel.foot.get_by_text("Earlier output: scroll up").wait_for()
    lines = panel.held().splitlines()
    assert 5000 < len(lines) < 1.1 * 1024 * 1024 / 12
    assert lines == [f"line {n:06}" for n in range(210_000 - len(lines), 210_000)]
    assert panel.log.locator(".prominence-log-row").count() < 60


def test_a_page_loaded_again_while_a_cell_runs_has_the_whole_log_once_none_does(show_panel, done):
    panel = show_panel("""
display(new_panel())
write(numbered(0, 60_000))
""")
    panel.sees("line 059999")
    panel.notebook.wait_idle()
    panel.notebook.save()
    panel.page.evaluate(
        """(code) => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            kernel.requestExecute({code});
        }""",
        GOES_ON.format(str(done)),
    )
    panel.notebook.reload()
    done.touch()
    again = PanelPage(panel.notebook)
    again.sees("line 059999")
    again.run("write(b'live\\n')")
    again.sees("live")
    again.goes_to_start("line 000000")
    again.log_holds(numbered(0, 60_000) + "live\n")
