"""The table of many jobs in a real JupyterLab: a kernel that updates, a page that shows."""

import re

import pytest

SETUP = """
import time
from IPython.display import display
from ipywidgets import Layout, VBox
from prominence_jupyter.panel.views.job_row import job_row
from prominence_jupyter.panel.jobs_table import JobsTable
from prominence_jupyter.protocol.record import JobRecord

NOW = time.time()
KINDS = ["completed"] * 5 + ["non-zero", "failed"] + ["running"] * 2 + ["idle"] * 11

def row(number, kind=None, **more):
    kind = kind or KINDS[number * 7 % 20]
    status = "completed" if kind == "non-zero" else kind
    ended = kind in ("completed", "non-zero", "failed")
    started = None if kind in ("idle", "failed") else NOW - 7200 + number % 600
    answer = {"id": 20000 + number, "name": f"sweep-{number:05}", "status": status,
              "statusReason": "No matching resources currently available" if kind == "failed" else "",
              "events": {"createTime": NOW - 7900, "startTime": started,
                         "endTime": NOW - 3000 + number % 2000 if ended else None},
              "execution": {"site": ["Site-A", "Site-B"][number % 2],
                            "tasks": [{"exitCode": {"completed": 0, "non-zero": 3}.get(kind)}]},
              "tasks": [{"image": "busybox", "cmd": "pi"}]} | more
    return job_row(JobRecord.from_json(answer), ended=ended)

def cancel(ids):
    asked.append(ids)
    return problems

asked, opened, problems = [], [], {}
"""

SHOWS = """
table = JobsTable([row(number) for number in range(10_000)], on_select=opened.append, on_cancel=cancel)
display(table)
"""

FEW = """
table = JobsTable([row(number, "running") for number in range(6)], on_select=opened.append, on_cancel=cancel)
display(table)
"""

GOES_ON = """
import pathlib
while not pathlib.Path({!r}).exists():
    time.sleep(0.05)
"""

PLACE = """([grid, id]) => {
    const line = grid.querySelector(`[data-id="${id}"]`);
    return line && Math.round(line.getBoundingClientRect().top - grid.getBoundingClientRect().top);
}"""


class Table:
    """One table in a page, by what a person sees of it."""

    def __init__(self, notebook, number=0):
        self.notebook = notebook
        self.page = notebook.page
        self.root = self.page.locator(".prominence-jobs").nth(number)
        self.grid = self.root.get_by_role("grid")
        self.search = self.root.get_by_role("searchbox")

    def button(self, name):
        return self.root.get_by_role("button", name=name)

    def line(self, job_id):
        return self.grid.locator(f"[data-id='{job_id}']")

    def box(self, job_id):
        return self.line(job_id).get_by_role("checkbox")

    def head(self, name):
        return self.grid.get_by_role("columnheader", name=name)

    def says(self, text):
        self.root.get_by_text(text).first.wait_for()

    def first(self, job_id):
        """Wait until a job stands below the head."""
        self.grid.locator(f"[aria-rowindex='2'][data-id='{job_id}']").wait_for()

    def place(self, job_id):
        return self.page.evaluate(PLACE, [self.grid.element_handle(), str(job_id)])

    def scroll(self, top):
        self.grid.evaluate(
            "(grid, top) => new Promise(done => { grid.scrollTop = top; requestAnimationFrame(() => "
            "requestAnimationFrame(() => done())); })",
            top,
        )

    def focused(self):
        """Return the job and the column that have the focus."""
        return self.page.evaluate("""() => {
            const cell = document.activeElement.closest('[aria-colindex]');
            return cell && [cell.parentNode.dataset.id ?? 'head', Number(cell.getAttribute('aria-colindex'))];
        }""")

    def hears(self, name, value):
        """Wait until a variable of the kernel has a value, though no cell shows it."""
        code = f"assert {name} == {value!r}, {name}"
        for _ in range(40):
            answer = self.page.evaluate(
                """async (code) => {
                    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                    return (await kernel.requestExecute({code}).done).content.evalue ?? '';
                }""",
                code,
            )
            if not answer:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(answer)


@pytest.fixture
def done(tmp_path):
    """A file that ends a cell with the code GOES_ON, when the test has seen what it wants to see."""
    return tmp_path / "done"


@pytest.fixture
def show(run_cell):
    """Return a function that shows what some code displays and returns the first table."""

    def show_one(code, **options):
        table = Table(run_cell(SETUP + code, **options))
        table.grid.wait_for()
        return table

    return show_one


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_ten_thousand_jobs_are_there_and_few_are_in_the_page(show, app):
    table = show(SHOWS, app=app)
    table.says("10,000 jobs")
    table.first("20000")
    assert table.grid.get_attribute("aria-rowcount") == "10001"
    for top in (0, 140_000, 280_000):
        table.scroll(top)
        assert table.grid.get_by_role("row").count() < 40
    table.line("29999").wait_for()
    assert table.line("29999").get_attribute("aria-rowindex") == "10001"
    indexes = table.grid.locator("[data-id]").evaluate_all("lines => lines.map(line => +line.ariaRowIndex)")
    assert indexes[1:] == list(range(indexes[1], 10_002))  # the first one is where the Tab key comes in
    assert indexes[0] == 2


def test_filter_sort_and_search(show):
    table = show(SHOWS)
    table.button("failed 500").click()
    table.says("500 of 10,000 jobs")
    assert table.button("failed 500").get_attribute("aria-pressed") == "true"
    table.button("non-zero exit 500").click()
    table.says("1,000 of 10,000 jobs")
    table.head("name").get_by_role("button").click()
    table.head("name").get_by_role("button").click()
    assert table.head("name").get_attribute("aria-sort") == "descending"
    assert table.head("id").get_attribute("aria-sort") == "none"
    table.first("29998")
    table.search.fill("sweep-0001 resources")
    table.says("1 of 10,000 jobs")
    table.first("20018")
    table.search.fill("nowhere")
    table.says("No job is like that.")
    table.button("Show all").click()
    table.says("10,000 jobs")
    table.first("29999")


def test_updates_move_nothing_that_is_looked_at(show):
    table = show(SHOWS)
    table.scroll(140_014)  # in the middle of a line
    line = table.line("25003")
    line.get_by_role("gridcell").nth(2).click()
    assert line.get_attribute("aria-selected") == "true"
    place = table.place(25003)
    table.notebook.run_code("table.update([row(number, 'failed') for number in range(4800, 5300) if number != 5003])")
    table.line("25004").get_by_text("failed").wait_for()
    assert table.place(25003) == place
    assert line.get_attribute("aria-selected") == "true"
    table.head("status").get_by_role("button").click()
    table.scroll(140_014)
    seen = table.grid.locator("[data-id]").nth(12).get_attribute("data-id")
    place = table.place(seen)
    number = int(seen) - 20000
    table.notebook.run_code(f"table.update([row(n, 'failed') for n in range(5300, 5800) if n != {number}])")
    table.button("failed 1,4").wait_for()
    assert table.place(seen) == place
    assert table.focused()[0] == "head"


def test_with_the_keyboard_only(show):
    table = show(SHOWS)
    keyboard = table.page.keyboard
    table.search.focus()
    for _ in range(6):  # five groups, then the table
        keyboard.press("Tab")
    assert table.focused() == ["20000", 2]
    for key, place in [
        *[("PageDown", ["20014", 2]), ("ArrowDown", ["20015", 2]), ("ArrowRight", ["20015", 3])],
        *[("End", ["29999", 3]), ("ArrowDown", ["29999", 3]), ("PageUp", ["29985", 3]), ("Home", ["20000", 3])],
        *[("ArrowUp", ["head", 3]), ("Enter", ["head", 3]), ("ArrowDown", ["29999", 3])],
    ]:
        keyboard.press(key)
        assert table.focused() == place, key
    assert table.head("id").get_attribute("aria-sort") == "descending"
    keyboard.press("Enter")
    table.hears("opened", ["29999"])
    assert table.line("29999").get_attribute("aria-selected") == "true"
    open_jobs = table.grid.locator("[data-tone='waiting']")
    job = open_jobs.first.get_attribute("data-id")
    for _ in range(29999 - int(job)):
        keyboard.press("ArrowDown")
    keyboard.press("Space")
    assert table.box(job).is_checked()
    keyboard.press("ArrowLeft")
    keyboard.press("ArrowLeft")
    keyboard.press("Space")
    assert not table.box(job).is_checked()
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.press("Enter")
    table.root.get_by_role("group", name="Cancel 1 job?").wait_for()
    keyboard.press("Escape")
    keyboard.press("Enter")
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    table.says("1 cancelled")
    table.hears("asked", [[job]])
    keyboard.press("Shift+Tab")
    keyboard.press("d")
    keyboard.press("d")
    keyboard.press("Escape")
    assert table.page.evaluate("() => Boolean(document.activeElement.closest('.jp-Notebook'))")
    assert table.focused() is None
    assert table.page.locator(".jp-CodeCell").count() == 1


def test_cancelling_several_asks_first_and_tells_what_came_of_it(show):
    table = show(FEW)
    assert table.button("Cancel selected…").get_attribute("aria-disabled") == "true"
    table.notebook.run_code("problems['20002'] = 'there is no such job'")
    table.box("20001").click()
    table.box("20004").click(modifiers=["Shift"])
    table.button("Cancel selected (4)…").click()
    table.says("Cancel 4 jobs?")
    table.search.fill("20001")
    table.says("Cancel 4 jobs, 3 of them not shown?")
    table.button("No").click()
    table.button("Cancel selected (4)…").click()
    table.button("Yes").click()
    table.says("3 cancelled, 1 could not be: 20002: there is no such job")
    table.hears("asked", [["20001", "20002", "20003", "20004"]])
    table.search.fill("")
    table.notebook.run_code("table.update([row(number, 'completed') for number in range(5)])")
    table.says("Cancel selected…")
    assert table.box("20001").count() == 0
    assert table.grid.get_by_role("checkbox", name="Select all jobs shown").is_enabled()


def test_what_waits_for_a_cell_says_so(show, done):
    table = show(FEW + GOES_ON.format(str(done)))
    table.line("20001").get_by_text("sweep-00001").click()
    table.says("The log of job 20001 opens when no cell runs.")
    table.grid.get_by_role("checkbox", name="Select all jobs shown").click()
    table.button("Cancel selected (6)…").click()
    table.button("Yes").click()
    table.says("Cancelling 6 jobs, when no cell runs. At once, in a terminal: prominence delete ID")
    done.touch()
    table.says("6 cancelled")
    table.hears("opened", ["20001"])


def test_rows_sent_at_once_or_lost_are_shown_in_the_end(show):
    table = show(FEW + "table.update([row(0, 'failed')])")
    table.button("failed 1").wait_for()
    table.notebook.run_code("""
import threading
send, gone = table.send, threading.Event()
table.send = lambda content: gone.set()
table.update([row(1, 'failed')])
assert gone.wait(10)
table.send = send
table.update([row(2, 'failed')])
""")
    table.button("failed 3").wait_for()


def test_a_page_loaded_again_shows_the_jobs_as_they_are_now(show):
    table = show(FEW)
    table.line("20003").get_by_text("sweep-00003").click()
    table.hears("opened", ["20003"])
    table.notebook.wait_idle()
    table.notebook.save()
    table.notebook.run_code("table.update([row(1, 'failed')])")
    table.notebook.reload()
    again = Table(table.notebook)
    again.button("failed 1").wait_for()
    assert again.line("20003").get_attribute("aria-selected") == "true"
    again.notebook.run_code("table.update([row(2, 'failed')])")
    again.button("failed 2").wait_for()


def test_two_views_share_the_jobs_and_not_the_search(show):
    table = show(FEW + "display(VBox([table]))")
    other = Table(table.notebook, 1)
    other.grid.wait_for()
    table.search.fill("20003")
    table.says("1 of 6 jobs")
    table.box("20003").click()
    assert other.box("20003").is_checked()
    other.says("6 jobs")


def test_stale_rows_say_so_and_running_times_tick(show):
    table = show(FEW)
    ran = table.line("20000").get_by_role("gridcell").nth(5)
    table.notebook.run_code("table.update([row(0, 'running', events={'createTime': NOW - 60, 'startTime': NOW - 5})])")
    ran.get_by_text(re.compile(r"^\d+ s$")).wait_for()
    before = ran.inner_text()
    table.page.wait_for_function("([cell, before]) => cell.textContent !== before", arg=[ran.element_handle(), before])
    table.notebook.run_code("table.set_stale('no news since 12:00 UTC: the token has expired')")
    table.says("no news since 12:00 UTC: the token has expired")


def test_without_its_kernel_it_says_so(show):
    table = show(FEW)
    table.notebook.wait_idle()
    table.notebook.page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    table.says("This table has lost its kernel. The jobs are no worse for it: %prominence list")
    assert table.button("Cancel selected").count() == 0


def test_hostile_text_is_text(show):
    table = show("""
bad = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>\\u202egnp\\x1b]0;t\\x07"
rows = [row(0, "running", id=bad, name=bad, status=bad, statusReason=bad, execution={"site": bad}),
        row(1, "running", name="x" * 1_000_000)]
display(JobsTable(rows, on_select=opened.append, on_cancel=lambda ids: dict.fromkeys(ids, bad)))
""")
    shown = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>\ufffdgnp"
    table.grid.get_by_role("gridcell").get_by_text(shown).first.wait_for()
    table.grid.get_by_role("checkbox", name="Select all jobs shown").click()
    table.button("Cancel selected").click()
    table.button("Yes").click()
    table.says("could not be")
    assert table.root.locator("img, script").count() == 0
    assert table.page.evaluate("() => window.hacked === undefined")
    assert "\u202e" not in table.root.inner_text()
    assert len(table.root.inner_text()) < 2000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_can_be_read_on_their_ground(show, dark):
    table = show(SHOWS, dark=dark)
    contrast = """(root) => {
        const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const light = (colour) => {
            canvas.clearRect(0, 0, 1, 1);
            for (const layer of [getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor, colour]) {
                canvas.fillStyle = layer;
                canvas.fillRect(0, 0, 1, 1);
            }
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(
                v => v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = light('transparent');
        const nodes = [...root.querySelectorAll('*')].filter(
            node => node.getClientRects().length && [...node.childNodes].some(child => child.nodeType === 3));
        return Object.fromEntries(nodes.map(node => {
            const text = light(getComputedStyle(node).color);
            return [`${node.className} ${node.textContent}`,
                    (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)];
        }));
    }"""
    ratios = table.root.evaluate(contrast)
    assert len(ratios) > 20
    assert not {name: ratio for name, ratio in ratios.items() if ratio < 3}


@pytest.mark.parametrize("width", [300, 560, 800])
def test_it_fits_and_keeps_what_matters(show, width):
    table = show(f"""
table = JobsTable([row(n, name="a-name-that-has-no-place-to-break-" * 3) for n in range(40)], on_cancel=cancel)
display(VBox([table], layout=Layout(width="{width}px")))
""")
    table.box("20001").click()
    table.button("Cancel selected (1)…").click()
    sizes = table.root.evaluate("""(root) => {
        const edge = root.getBoundingClientRect();
        const outside = [...root.querySelectorAll('*')].filter(node => {
            const box = node.getBoundingClientRect();
            return box.width && (box.left < edge.left || box.right > edge.right);
        });
        return [Math.round(edge.width), root.scrollWidth <= root.clientWidth, outside.map(node => node.className)];
    }""")
    assert sizes[0] <= width
    assert sizes[1:] == [True, []]
    shown = {300: ["status", "id", "name"], 560: ["status", "id", "name", "ran"]}
    heads = [head for head in table.grid.get_by_role("columnheader").all_inner_texts() if head.strip()]
    assert [head.split("\n")[0].strip(" ▴") for head in heads] == shown.get(
        width, ["status", "id", "name", "queued", "ran", "exit code, reason"]
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(show, dark):
    from axe_playwright_python.sync_playwright import Axe

    table = show(SHOWS, dark=dark)
    table.button("failed 500").click()
    table.head("status").get_by_role("button").click()
    table.grid.get_by_role("gridcell").first.click()
    found = Axe().run(table.page, context=".prominence-jobs")
    assert found.violations_count == 0, found.generate_report()
