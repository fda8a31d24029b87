"""A panel in a page, by what a person sees of it, and code for a cell that shows one with logs to write to."""

MADE_UP = """
import threading, time
from types import SimpleNamespace
from IPython.display import display
from ipywidgets import VBox
from prominence_jupyter.panel.job_panel import JobPanel, PanelActions
from prominence_jupyter.panel.views.view import job_view
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.logs.spool import Spool

logs = {"stdout": Spool(), "stderr": Spool()}
# an outbox that puts nothing together
AT_ONCE = SimpleNamespace(post=lambda key, send: send(), drop=lambda owner: None)

def view(status="running", ended=False, **more):
    answer = {"id": 12, "name": "calculate-pi", "status": status, "resources": {},
              "events": {"createTime": time.time() - 75, "startTime": time.time() - 61},
              "execution": {"site": "Site-A"}, "tasks": [{"image": "busybox", "cmd": "pi"}]} | more
    return job_view(JobRecord.from_json(answer), ended=ended)

def new_panel(job=None, outbox=None, **actions):
    global panel
    panel = JobPanel(job or view(), logs=logs, actions=PanelActions(**actions), outbox=outbox)
    return panel

def write(data, stream="stdout"):
    logs[stream].append(data)
    panel.grown(stream)

def numbered(first, end):
    return b"".join(b"line %06d\\n" % number for number in range(first, end))
"""

GOES_ON = """
import pathlib, time
while not pathlib.Path({!r}).exists():
    time.sleep(0.05)
"""
"""A cell that runs until there is a file."""

HELD = """(log) => {
    const press = (key, more) => log.dispatchEvent(new KeyboardEvent('keydown', {key, ...more, bubbles: true}));
    const data = new DataTransfer();
    press('a', {ctrlKey: true});
    log.dispatchEvent(new ClipboardEvent('copy', {clipboardData: data, cancelable: true}));
    press('Escape');
    return data.getData('text/plain');
}"""
ROWS_IN_SIGHT = """(log) => {
    const edge = log.getBoundingClientRect();
    return [...log.querySelectorAll('.prominence-log-row')].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.bottom > edge.top + 1 && box.top < edge.bottom - 1;
    }).map((row) => row.textContent);
}"""
AT_END = "(log) => log.scrollTop > 0 && log.scrollHeight - log.scrollTop - log.clientHeight < 2"


class PanelPage:
    """One panel of a notebook."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = notebook.page.locator(".prominence-job").nth(number)

    @property
    def log(self):
        """The log that is shown."""
        return self.root.get_by_role("log")

    @property
    def foot(self):
        """What is said under the log."""
        return self.root.locator(".prominence-log-foot")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def tab(self, name):
        return self.root.get_by_role("tab", name=name)

    def waits_for(self, text):
        self.root.get_by_text(text).first.wait_for()

    def in_sight(self):
        """The rows of the log that a person sees."""
        return self.log.evaluate(ROWS_IN_SIGHT)

    def sees(self, text):
        """Wait for a row with this text."""
        self.page.wait_for_function(
            f"([log, text]) => ({ROWS_IN_SIGHT})(log).some((row) => row.includes(text))",
            arg=[self.log.element_handle(), text],
        )

    def log_holds(self, text):
        """Wait until the part of the log that the page has is this text."""
        self.page.wait_for_function(
            f"([log, text]) => ({HELD})(log) === text", arg=[self.log.element_handle(), text.removesuffix("\n")]
        )

    def held(self):
        """The part of the log that the page has."""
        return self.log.evaluate(HELD)

    def is_at_end(self):
        """Wait until the end of the log is in sight."""
        self.page.wait_for_function(AT_END, arg=self.log.element_handle())

    def scroll(self, pixels):
        """Turn the wheel over the log."""
        self.log.hover()
        self.page.mouse.wheel(0, pixels)

    def goes_to_start(self, text):
        """Press Home until a row with this text, the first one, is in sight: earlier parts come as one gets there."""
        self.log.focus()
        while not any(text in row for row in self.in_sight()):
            self.page.keyboard.press("Home")
            self.settle()

    def drags_to_height(self, pixels):
        """Drag the corner of the log until it is so high."""
        self.log.scroll_into_view_if_needed()
        box = self.log.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + pixels - 5, steps=4)
        self.page.mouse.up()

    def settle(self):
        """Wait for two frames: what was to be drawn is drawn."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def run(self, code):
        """Run code in the kernel, without a cell."""
        self.notebook.run_code(code)
