"""The panel in a real JupyterLab: a kernel that appends, a page that shows."""

import time

import pytest

SETUP = """
import threading, time
from IPython.display import display
from ipywidgets import VBox
from prominence_jupyter.panel.job_panel import JobPanel
from prominence_jupyter.panel.views.view import job_view
from prominence_jupyter.protocol.record import JobRecord

def view(status="running", ended=False, **more):
    answer = {"id": 12, "name": "calculate-pi", "status": status, "resources": {},
              "events": {"createTime": time.time() - 75, "startTime": time.time() - 61},
              "execution": {"site": "Site-A"}, "tasks": [{"image": "busybox", "cmd": "pi"}]} | more
    return job_view(JobRecord.from_json(answer), ended=ended)
"""

STREAMS = """
panel = JobPanel(view())
display(panel)
for i in range(20):
    panel.append(b"line %d\\n" % i)

def later():
    for i in range(20, 80):
        time.sleep(0.05)
        panel.append(b"line %d\\n" % i)

thread = threading.Thread(target=later)
thread.start()
"""

GOES_ON = """
import pathlib
while not pathlib.Path({!r}).exists():
    time.sleep(0.05)
"""

CANCELS = """
calls = []
panel = JobPanel(view(), on_cancel=lambda: calls.append("cancelled"))
display(panel)
"""

FIRST_PROMPT = "() => window.jupyterapp.shell.currentWidget.content.widgets[0].promptNode.textContent"


class Panel:
    """One panel in a page, by what a person sees of it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.root = notebook.page.locator(".prominence-job").nth(number)
        self.log = self.root.get_by_role("log")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def waits_for(self, text):
        self.root.get_by_text(text).first.wait_for()

    def log_holds(self, text):
        self.notebook.page.wait_for_function(
            "([log, text]) => log.querySelector('.prominence-text').textContent === text",
            arg=[self.log.element_handle(), text],
        )


@pytest.fixture
def done(tmp_path):
    """A file that ends a cell with the code GOES_ON, when the test has seen what it wants to see."""
    return tmp_path / "done"


@pytest.fixture
def show(open_notebook):
    """Return a function that shows what some code displays and returns the first panel."""

    def show_one(code, **options):
        notebook = open_notebook([SETUP + code], **options)
        notebook.run_all()
        panel = Panel(notebook)
        panel.log.wait_for()
        return panel

    return show_one


@pytest.mark.parametrize(
    ("app", "delay_s"), [("lab", 0), ("lab", 2), ("notebook", 0)], ids=["lab", "lab-slow-to-load", "notebook"]
)
def test_output_sent_at_once_and_while_the_cell_runs_is_all_there_in_order(open_notebook, done, app, delay_s):
    notebook = open_notebook([SETUP + STREAMS + GOES_ON.format(str(done))], app=app)

    def load_late(route):
        time.sleep(delay_s)  # the front end has no code for the widget while its first messages arrive
        route.continue_()

    notebook.page.route("**/anywidget/static/*", load_late)
    notebook.run_all()
    panel = Panel(notebook)
    panel.log_holds("".join(f"line {i}\n" for i in range(80)))
    assert notebook.page.evaluate(FIRST_PROMPT) == "[*]:"
    done.touch()
    notebook.wait_idle()


def test_a_gap_is_shown_and_filled_once_no_cell_runs(show, done):
    code = """
panel = JobPanel(view(), read_output=lambda offset: b"one\\ntwo\\nthree\\n"[offset:])
display(panel)
panel.append(b"one\\n")
panel._tail.append(b"two\\n")  # as if its message was lost
panel.append(b"three\\n")
"""
    panel = show(code + GOES_ON.format(str(done)))
    panel.log_holds("one\n… 4 bytes of output are missing here; they are asked for and come when no cell runs …three\n")
    done.touch()
    panel.log_holds("one\ntwo\nthree\n")


def test_characters_may_be_cut_between_messages(show):
    code = """
panel = JobPanel(view())
display(panel)
for byte in "\u00fcn\u00ef \u2713 \U0001f680".encode() + b"\\xff\\n":
    panel.append(bytes([byte]))
"""
    show(code).log_holds("\u00fcn\u00ef \u2713 \U0001f680\ufffd\n")


def test_cancel_asks_first_and_calls_back(show):
    panel = show(CANCELS)
    panel.button("Cancel job").click()
    panel.button("No").click()
    panel.button("Cancel job").click()
    panel.button("Yes").click()
    panel.waits_for("Cancel requested")
    panel.notebook.run_code("panel.append(str(calls).encode())")
    panel.log_holds("['cancelled']")


def test_cancel_with_the_keyboard_only(show):
    panel = show(CANCELS)
    keyboard = panel.notebook.page.keyboard
    panel.button("Cancel job").focus()
    keyboard.press("Enter")
    panel.root.get_by_role("group", name="Really cancel this job?").wait_for()
    keyboard.press("Escape")
    panel.button("Cancel job").wait_for()
    keyboard.press("Space")
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    panel.waits_for("Cancel requested")
    panel.notebook.run_code("panel.append(str(calls).encode())")
    panel.log_holds("['cancelled']")


def test_keys_in_the_log_scroll_it_and_do_not_edit_the_notebook(show):
    panel = show("""
panel = JobPanel(view(), output=b"".join(b"line %d\\n" % i for i in range(200)))
display(panel)
""")
    panel.log.focus()
    panel.notebook.page.keyboard.press("d")
    panel.notebook.page.keyboard.press("d")
    panel.notebook.page.keyboard.press("Home")
    panel.notebook.page.wait_for_function("(log) => log.scrollTop === 0", arg=panel.log.element_handle())
    assert panel.notebook.page.locator(".jp-CodeCell").count() == 1


def test_what_cancel_raises_is_shown_and_it_can_be_tried_again(show):
    panel = show("""
def fail():
    raise RuntimeError("the service cannot be reached")

display(JobPanel(view(), on_cancel=fail))
""")
    panel.button("Cancel job").click()
    panel.button("Yes").click()
    panel.root.get_by_role("alert").get_by_text("the service cannot be reached").wait_for()
    panel.button("Cancel job").wait_for()


def test_a_cancel_that_waits_for_a_cell_says_so(show, done):
    panel = show(CANCELS + GOES_ON.format(str(done)))
    panel.button("Cancel job").click()
    panel.button("Yes").click()
    panel.waits_for("Cancelling, when no cell runs")
    done.touch()
    panel.waits_for("Cancel requested")


def test_an_ended_job_has_no_cancel_button_and_is_announced(show):
    panel = show(CANCELS)
    panel.button("Cancel job").wait_for()
    panel.notebook.run_code("panel.update(view('completed', ended=True, execution={'tasks': [{'exitCode': 3}]}))")
    status = panel.root.get_by_role("status")
    status.get_by_text("calculate-pi: completed, exit code 3").wait_for(state="attached")
    assert status.get_attribute("aria-live") == "polite"
    assert panel.button("Cancel job").count() == 0
    assert panel.root.get_attribute("data-tone") == "bad"


def test_the_clock_ticks(show):
    panel = show(CANCELS)
    clock = panel.root.locator(".prominence-clock")
    first = clock.inner_text()
    assert first.startswith("running for 1 min")
    panel.notebook.page.wait_for_function(
        "([clock, first]) => clock.textContent !== first", arg=[clock.element_handle(), first]
    )


def test_output_that_starts_afresh_is_cleared_and_says_so(show):
    panel = show("""
panel = JobPanel(view(), output=b"old\\n")
display(panel)
""")
    panel.log_holds("old\n")
    panel.notebook.run_code("panel.restart_output('The job was evicted and starts again.'); panel.append(b'new\\n')")
    panel.log_holds("new\n")
    panel.waits_for("The job was evicted and starts again.")


def test_the_log_follows_its_end_unless_a_person_scrolled_up(show):
    panel = show("""
panel = JobPanel(view(), output=b"".join(b"line %d\\n" % i for i in range(200)))
display(panel)
""")
    page, log = panel.notebook.page, panel.log.element_handle()
    at_end = "(log) => log.scrollTop > 0 && log.scrollHeight - log.scrollTop - log.clientHeight < 2"
    page.wait_for_function(at_end, arg=log)
    panel.notebook.run_code("panel.append(b'more\\n' * 50)")
    panel.waits_for("more")
    page.wait_for_function(at_end, arg=log)
    panel.log.hover()
    page.mouse.wheel(0, -400)
    page.wait_for_function("(log) => log.scrollHeight - log.scrollTop - log.clientHeight > 300", arg=log)
    place = page.evaluate("(log) => log.scrollTop", log)
    panel.notebook.run_code("panel.append(b'last\\n')")
    panel.waits_for("last")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    assert page.evaluate("(log) => log.scrollTop", log) == place


def test_a_large_log_is_bounded_and_says_what_is_not_shown(show):
    panel = show("""
panel = JobPanel(view())
display(panel)
for i in range(30):
    panel.append(b"".join(b"line %08d\\n" % n for n in range(i * 7000, (i + 1) * 7000)))
""")
    panel.waits_for("line 00209999")
    panel.waits_for("Earlier output is not shown: %prominence stdout 12 has all of it.")
    text = panel.root.locator(".prominence-text").text_content()
    assert 900_000 < len(text) < 1_200_000
    assert text.startswith("line ")
    lines = text.splitlines()
    assert lines == [f"line {n:08}" for n in range(210_000 - len(lines), 210_000)]


def test_two_views_of_one_panel_show_the_same(show):
    panel = show("""
panel = JobPanel(view(), output=b"start\\n")
display(VBox([panel, panel]))
""")
    panel.notebook.run_code("panel.append(b'more\\n')")
    for number in (0, 1):
        Panel(panel.notebook, number).log_holds("start\nmore\n")


def test_a_page_loaded_again_shows_what_it_had(show):
    panel = show("""
whole = b"".join(b"line %05d\\n" % i for i in range(30_000))
panel = JobPanel(view(), output=whole, read_output=lambda offset: whole[offset:])
display(panel)
""")
    whole = "".join(f"line {i:05}\n" for i in range(30_000))
    panel.log_holds(whole)
    panel.notebook.wait_idle()
    panel.notebook.save()
    panel.notebook.reload()
    again = Panel(panel.notebook)
    again.log.wait_for()
    again.log_holds(whole)
    again.notebook.run_code("panel.append(b'live\\n')")
    again.log_holds(whole + "live\n")


def test_hostile_text_is_text(show):
    panel = show("""
bad = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
display(JobPanel(
    view(status=bad, name=bad, statusReason=bad, id=bad, execution={"site": bad}, tasks=[{"image": bad, "cmd": bad}]),
    output=bad.encode(),
))
""")
    panel.log_holds("<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>")
    assert panel.root.locator("img, script").count() == 0
    assert panel.notebook.page.evaluate("() => window.hacked === undefined")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_can_be_read_on_their_ground(show, dark):
    panel = show(CANCELS, dark=dark)
    contrast = """(root) => {
        const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const light = (colour) => {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(
                v => v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = light(getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor);
        return Object.fromEntries(['status', 'title', 'id', 'clock', 'button', 'fact', 'label'].map(name => {
            const text = light(getComputedStyle(root.querySelector(`.prominence-${name}`)).color);
            return [name, (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)];
        }));
    }"""
    ratios = panel.root.evaluate(contrast)
    assert min(ratios.values()) > 3, ratios


def test_it_fits_in_300_pixels(show):
    panel = show("""
from ipywidgets import Layout
panel = JobPanel(
    view("failed", name="a-name-that-has-no-place-to-break-" * 3, statusReason="No matching resources"),
    output=b"x" * 400, on_cancel=print)
display(VBox([panel], layout=Layout(width="300px")))
""")
    panel.button("Cancel job").click()
    sizes = panel.root.evaluate("""(root) => {
        const edge = root.getBoundingClientRect();
        const outside = [...root.querySelectorAll('*')].filter(node => {
            const box = node.getBoundingClientRect();
            return box.width && (box.left < edge.left || box.right > edge.right);
        });
        return [Math.round(edge.width), root.scrollWidth <= root.clientWidth, outside.map(node => node.className)];
    }""")
    assert sizes[0] <= 300
    assert sizes[1:] == [True, []]
