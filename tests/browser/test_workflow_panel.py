"""A workflow in a real JupyterLab: its head, its graph, its table with parameters. One page for all of it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.jupyter import CHANGE_THEME, open_in
from tests.browser.workflow_page import GALLERY, WORKFLOWS

SWEEP, GRAPH, OVER, NARROW, EVIL, STALE = range(6)
RESTART = (
    "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); return 1; }"
)
OUTSIDE = """(root) => {
    const edge = root.getBoundingClientRect();
    const inside = (node) => node.closest('svg') || node.className === 'prominence-said';
    return [...root.querySelectorAll('*')].filter(node => {
        const box = node.getBoundingClientRect();
        return box.width > 1 && !inside(node) && (box.left < edge.left || box.right > edge.right + 1);
    }).map(node => node.className);
}"""


@pytest.fixture(scope="module")
def notebook(browser, jupyter_server):
    notebook = open_in(browser, jupyter_server, [WORKFLOWS + GALLERY], height=4200)  # all of it in sight
    notebook.run_all()
    notebook.page.locator(".prominence-workflow").nth(STALE).wait_for()
    notebook.wait_idle()
    yield notebook
    notebook.page.context.close()
    jupyter_server.stop_kernels([notebook])


@pytest.fixture
def head(notebook):
    return notebook.page.locator(".prominence-workflow").nth


@pytest.fixture
def table(notebook):
    return notebook.page.locator(".prominence-jobs").nth


def first_names(table):
    names = table.get_by_role("grid").locator(".prominence-jobs-body .prominence-jobs-name")
    return names.all_inner_texts()[:3]


def hears(notebook, expected):
    assert notebook.value("[opened, asked]") == expected


def test_a_sweep_says_how_far_it_is_and_when_it_will_have_ended(head):
    sweep = head(SWEEP)
    sweep.get_by_text("30 of 60 done, 2 failed, 4 running, 20 waiting, 4 idle", exact=True).wait_for()
    sweep.get_by_text(re.compile(r"^about \d min left$")).wait_for()  # it comes nearer
    sweep.get_by_text("running 5 min").wait_for()
    assert sweep.get_by_role("img").count() == 0


def test_its_table_has_parameters_and_what_failed_first(notebook, table):
    sweep = table(SWEEP)
    grid = sweep.get_by_role("grid")
    heads = [text.split("\n")[0] for text in grid.get_by_role("columnheader").all_inner_texts()]
    assert heads[1:8] == ["status", "id", "name", "n", "seed", "x", "queued"]
    assert first_names(sweep) == ["point/30", "point/31", "point/32"]
    grid.get_by_role("button", name="x", exact=True).click()
    assert first_names(sweep) == ["point/59", "point/58", "point/57"]
    sweep.get_by_role("searchbox").fill("n=1000 no-such-job")
    sweep.get_by_text("No job is like that.").wait_for()
    sweep.get_by_role("searchbox").fill("n=1000 seed=2 running")
    sweep.get_by_text("1 of 60 jobs").wait_for()
    line = grid.locator("[data-id='node point/32']")
    line.get_by_text("point/32").click()
    line.get_by_role("checkbox").click()
    sweep.get_by_role("button", name="Cancel selected (1)…").click()
    sweep.get_by_role("button", name="Yes").click()
    sweep.get_by_text("1 cancelled").wait_for()
    sweep.get_by_role("button", name="Show all").click()
    waits = grid.locator("[data-id='node point/59']")
    waits.get_by_text("point/59").click()
    assert not waits.get_by_role("checkbox").is_visible()
    hears(notebook, [["node point/32"], [["node point/32"]]])
    notebook.run_code("opened.clear(); asked.clear()")


def test_a_job_keeps_its_line_when_it_comes(notebook, table):
    notebook.run_code(
        "swept.update([node_row(state('point', 59, 'running', 59, {'n': 7}), parameters=['n', 'seed', 'x'])])"
    )
    line = table(SWEEP).locator("[data-id='node point/59']")
    line.get_by_text("4159").wait_for()
    assert line.get_by_text("7", exact=True).count() == 1


def test_parameters_may_become_known_later(notebook, table):
    late = table(STALE)
    notebook.run_code("still.name_parameters(['number', 'seed', 'x'])")
    late.get_by_role("columnheader", name="number").wait_for()
    assert late.get_by_role("columnheader", name="n", exact=True).count() == 0
    late.get_by_role("searchbox").fill("number=100")
    late.get_by_text("1 of 2 jobs").wait_for()
    notebook.run_code("still.update([node_row(state('point', 1, 'failed', 1, {'n': 7}), parameters=['n'])])")
    late.get_by_text("0 of 2 jobs").wait_for()


def test_the_graph_has_a_text_and_a_box_for_each_job(head):
    graph = head(GRAPH).locator("svg[role='img']")
    told = graph.get_attribute("aria-label")
    assert "prepare: completed; " in told
    assert "point: 6 of 8 done, 1 failed, 1 running, after left, right" in told
    assert graph.locator(".prominence-graph-box").count() == 6
    assert graph.locator("[data-tone='bad'] .prominence-graph-counts").all_text_contents() == [
        "non-zero exit",
        "6 of 8",
    ]


def test_what_can_be_done_asks_first(notebook, head):
    over, going_on = head(OVER), head(GRAPH)
    assert over.get_by_role("button", name="Delete").count() == 0
    assert going_on.get_by_role("button", name="Run failed jobs again").count() == 0
    for answer in ("No", "Yes"):
        over.get_by_role("button", name="Run failed jobs again").click()
        group = over.get_by_role("group", name="Run what failed of this workflow again")
        group.get_by_role("button", name=answer).click()
    over.locator(".prominence-outcome").get_by_text("Runs again as workflow 4200").wait_for()
    hears(notebook, [[], ["rerun"]])
    going_on.get_by_role("button", name="Delete").click()
    going_on.get_by_role("button", name="Yes").click()
    going_on.get_by_role("alert").get_by_text("the service cannot be reached").wait_for()
    assert going_on.get_by_role("button", name="Delete").evaluate("(node) => node === document.activeElement")


def test_with_the_keyboard_only(notebook, head, table):
    keyboard = notebook.page.keyboard
    slim = head(NARROW)
    slim.get_by_role("button", name="Delete").focus()
    keyboard.press("Enter")
    keyboard.press("Escape")
    keyboard.press("Tab")
    assert slim.get_by_role("group", name="Graph of the workflow").evaluate("(node) => node === document.activeElement")
    keyboard.press("Tab")
    assert table(NARROW).get_by_role("searchbox").evaluate("(node) => node === document.activeElement")
    for _ in range(2):  # its one group, then the table
        keyboard.press("Tab")
    assert table(NARROW).get_by_role("grid").evaluate("(grid) => grid.contains(document.activeElement)")


def test_it_fits_in_half_a_page(head, table):
    for root in (head(NARROW), table(NARROW)):
        assert root.evaluate("(root) => root.getBoundingClientRect().width") <= 500
        assert root.evaluate("(root) => root.scrollWidth <= root.clientWidth")
        assert root.evaluate(OUTSIDE) == []
    graph = head(NARROW).get_by_role("group", name="Graph of the workflow")
    assert graph.evaluate("(node) => node.scrollWidth > node.clientWidth + 100")


def test_hostile_text_is_text(notebook, head):
    shown = "<img src=x onerror='window.hacked=1'>\ufffdgnp"
    assert head(EVIL).get_by_text(shown).count() >= 3
    assert notebook.page.locator(".prominence-workflow img, .prominence-jobs img").count() == 0
    assert notebook.page.evaluate("() => window.hacked === undefined")
    assert "\u202e" not in head(EVIL).inner_text()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing(notebook, theme):
    notebook.page.evaluate(CHANGE_THEME, theme)
    is_light = str("Light" in theme).lower()
    notebook.page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=is_light)
    for context in (".prominence-workflow", ".prominence-jobs"):
        found = Axe().run(notebook.page, context=context)
        assert found.violations_count == 0, found.generate_report()


def test_without_its_kernel_it_says_so(notebook, head):
    notebook.page.evaluate(RESTART)
    head(SWEEP).locator(".prominence-stale").get_by_text("This view has lost its kernel").wait_for()
    head(SWEEP).get_by_text("The workflow is no worse for it: %prominence watch workflow 4099").wait_for()
    assert notebook.page.get_by_role("button", name="Delete", exact=True).count() == 0
    assert head(OVER).get_by_text("lost its kernel").count() == 0
