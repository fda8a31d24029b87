"""What stands around the log of a panel, in a real JupyterLab."""

import re

import pytest

from tests.browser.panels import PANELS


@pytest.fixture
def show(run_cell):
    """Return a function that shows a panel, given the arguments of `show` in a cell, and returns its locator."""

    def show_one(arguments, **options):
        panel = run_cell(f"{PANELS}\nshow({arguments})", **options).page.locator(".prominence-job")
        panel.wait_for()
        return panel

    return show_one


def cells(row):
    return [text.strip() for text in row.locator("th, td").all_inner_texts()]


def test_tasks_stand_above_what_was_asked_for(show):
    rows = show("'completed', 0, 3, ended=True").get_by_role("row")
    assert cells(rows.nth(1)) == ["1", "0", "29.0 s", "30.0 s", "307.2 MB", "busybox: pi --digits 1000"]
    assert cells(rows.nth(2))[:2] == ["2", "3"]
    assert cells(rows.last) == ["asked for", "", "1 CPU", "", "1 GB", "10 GB disk"]


def test_the_time_of_an_ended_job_in_words(show):
    panel = show("'completed', 0, ended=True")
    assert panel.get_by_role("listitem").all_inner_texts() == [
        *("queued 14 s", "image pull 4 s", "task 1 30 s", "other 27 s")
    ]
    panel.get_by_text("ran 1 min 01 s · total 1 min 15 s").wait_for()


def test_the_time_of_a_running_job_goes_on(show):
    panel = show("'running'")
    last = panel.get_by_role("listitem").last
    first = last.inner_text()
    assert re.fullmatch(r"running 1 min \d\d s", first)
    panel.page.wait_for_function("([item, first]) => item.innerText !== first", arg=[last.element_handle(), first])


def test_the_errors_of_a_job_that_said_nothing_else_are_open(show):
    panel = show("'completed', 3, ended=True, errors=b'Traceback\\n'")
    assert panel.get_by_role("tab", name="stderr").get_attribute("aria-selected") == "true"
    panel.get_by_text("Traceback").wait_for()


def test_the_errors_of_a_job_that_said_more_wait_behind_their_tab(show):
    panel = show("'completed', 3, ended=True, out=b'words\\n', errors=b'Traceback\\n'")
    panel.get_by_text("words").wait_for()
    assert panel.get_by_role("tab", name="stdout").get_attribute("aria-selected") == "true"


def test_the_description_opens_by_key(show):
    panel = show("'running'")
    text = panel.get_by_label("Description of the job")
    assert not text.is_visible()
    panel.locator("summary").focus()
    panel.page.keyboard.press("Enter")
    text.filter(has_text='"cmd": "pi --digits 1000"').wait_for()


def test_clone_asks_first_then_says_what_came_of_it(show):
    panel = show("'running', clone=lambda: 'Submitted again as job 14: %prominence watch 14'")
    for answer in ("No", "Yes"):
        panel.get_by_role("button", name="Clone").click()
        panel.get_by_role("group", name="Submit this job again?").get_by_role("button", name=answer).click()
    panel.locator(".prominence-outcome").get_by_text("Submitted again as job 14: %prominence watch 14").wait_for()
    assert panel.get_by_role("button", name="Clone").evaluate("(node) => node === document.activeElement")
    said = panel.get_by_role("status").filter(has_text="job 14")
    assert said.count() == 1


def test_a_clone_that_takes_its_time_says_what_it_waits_for(show):
    panel = show("'running', clone=lambda: time.sleep(3)")
    panel.get_by_role("button", name="Clone").click()
    panel.get_by_role("button", name="Yes").click()
    panel.get_by_text("Waiting for the running cell or the service", exact=True).first.wait_for()


def test_nothing_of_it_is_wider_than_a_narrow_cell(show):
    panel = show("'completed', 0, 3, ended=True, out=b'x' * 400, reason='because ' * 30", width=420)
    page = panel.page
    outside = panel.evaluate("""(root) => {
        const edge = root.getBoundingClientRect();
        const inside = (node) => node.closest('.prominence-tasks, .prominence-log');
        return [...root.querySelectorAll('*')].filter(node => {
            const box = node.getBoundingClientRect();
            return box.width > 1 && !inside(node) && (box.left < edge.left || box.right > edge.right + 1);
        }).map(node => node.className);
    }""")
    assert outside == []
    assert panel.evaluate("(root) => root.scrollWidth <= root.clientWidth")
    assert page.evaluate("() => document.querySelector('.prominence-job').getBoundingClientRect().width") < 320
