"""The panel around its logs in a real JupyterLab: clock, buttons, keys, sizes, several views of it."""

import pytest

from tests.browser.panel_page import GOES_ON, PanelPage

CANCELS = """
calls = []
display(new_panel(cancel=lambda: calls.append("cancelled")))
"""
TELL_CALLS = "write(str(calls).encode())"
FOCUS = """() => {
    const node = document.activeElement;
    const panel = node.closest('.prominence-job');
    return panel && (node.getAttribute('aria-label') ?? node.textContent);
}"""


def test_cancel_asks_first_and_calls_back(show_panel):
    panel = show_panel(CANCELS)
    panel.button("Cancel job").click()
    panel.button("No").click()
    panel.button("Cancel job").click()
    panel.button("Yes").click()
    panel.waits_for("Cancel requested")
    panel.run(TELL_CALLS)
    panel.log_holds("['cancelled']")


def test_cancel_with_the_keyboard_only(show_panel):
    panel = show_panel(CANCELS)
    keyboard = panel.page.keyboard
    panel.button("Cancel job").focus()
    keyboard.press("Enter")
    panel.root.get_by_role("group", name="Really cancel this job?").wait_for()
    keyboard.press("Escape")
    panel.button("Cancel job").wait_for()
    keyboard.press("Space")
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    panel.waits_for("Cancel requested")
    panel.run(TELL_CALLS)
    panel.log_holds("['cancelled']")


def test_what_cancel_raises_is_shown_and_it_can_be_tried_again(show_panel):
    panel = show_panel("""
def fail():
    raise RuntimeError("the service cannot be reached")

display(new_panel(cancel=fail))
""")
    panel.button("Cancel job").click()
    panel.button("Yes").click()
    panel.root.get_by_role("alert").get_by_text("the service cannot be reached").wait_for()
    panel.button("Cancel job").wait_for()


def test_a_cancel_that_waits_for_a_cell_names_the_ways_that_work_at_once(show_panel, done):
    panel = show_panel(CANCELS + GOES_ON.format(str(done)))
    panel.button("Cancel job").click()
    panel.button("Yes").click()
    said = panel.root.locator(".prominence-outcome")
    said.get_by_text("Waiting for the running cell").wait_for()
    for way in (
        "interrupt the cell",
        "%prominence delete 12 in another notebook",
        "prominence delete 12 in a terminal",
    ):
        assert way in said.inner_text()
    done.touch()
    panel.waits_for("Cancel requested")


def test_an_ended_job_has_no_cancel_button_and_is_announced(show_panel):
    panel = show_panel(CANCELS)
    panel.button("Cancel job").wait_for()
    panel.run("panel.update(view('completed', ended=True, execution={'tasks': [{'exitCode': 3}]}))")
    panel.root.get_by_role("status").get_by_text("calculate-pi: completed, exit code 3").wait_for(state="attached")
    assert panel.button("Cancel job").count() == 0
    assert panel.root.get_attribute("data-tone") == "bad"


def test_the_clock_ticks(show_panel):
    clock = show_panel(CANCELS).root.locator(".prominence-clock")
    first = clock.inner_text()
    assert first.startswith("total 1 min")
    clock.page.wait_for_function("([clock, first]) => clock.textContent !== first", arg=[clock.element_handle(), first])


def test_everything_is_reached_by_tab_and_nothing_holds_the_focus(show_panel):
    panel = show_panel("""
display(new_panel(cancel=print, clone=print, save=print))
write(numbered(0, 200))
write(b"words\\n", "stderr")
""")
    keyboard = panel.page.keyboard
    panel.sees("line 000199")
    panel.button("Cancel job").focus()
    reached = []
    while (name := panel.page.evaluate(FOCUS)) is not None:
        reached.append(name)
        keyboard.press("Tab")
    assert reached == [
        *("Cancel job", "Clone", "Tasks of job 12", "stdout", "Search", "Wrap", "Copy", "Save", "stdout of job 12")
    ]
    keyboard.press("Shift+Tab")
    assert panel.page.evaluate(FOCUS) == "stdout of job 12"
    for key in "dd":  # in the notebook they delete a cell
        keyboard.press(key)
    assert panel.page.locator(".jp-CodeCell").count() == 1
    panel.tab("stdout").focus()
    keyboard.press("ArrowRight")
    panel.sees("words")
    assert panel.page.evaluate("() => document.activeElement.getAttribute('aria-selected')") == "true"
    panel.log.focus()
    keyboard.press("Control+f")
    panel.root.get_by_label("Search this log").wait_for()
    for _ in range(4):
        keyboard.press("Tab")
    assert panel.page.evaluate(FOCUS) == "stderr of job 12"


def test_two_views_show_the_same_and_each_scrolls_on_its_own(show_panel):
    first = show_panel(
        """
display(VBox([new_panel(), panel]))
write(numbered(0, 200))
write(b"words\\n", "stderr")
""",
        height=1800,
    )
    second = PanelPage(first.notebook, 1)
    for one in (first, second):
        one.sees("line 000199")
    first.scroll(-400)
    first.button("Follow").wait_for()
    first.settle()
    seen = first.in_sight()
    first.run("write(numbered(200, 300))")
    second.sees("line 000299")
    first.button("Follow: 100 new lines").wait_for()
    assert first.in_sight() == seen
    second.tab("stderr").click()
    second.sees("words")
    assert first.tab("stdout").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_can_be_read_on_their_ground(show_panel, dark):
    panel = show_panel(CANCELS, dark=dark)
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
    assert min(ratios.values()) >= 4.5, ratios


def test_it_fits_in_300_pixels(show_panel):
    panel = show_panel("""
from ipywidgets import Layout
job = view("failed", name="a-name-that-has-no-place-to-break-" * 3, statusReason="No matching resources")
display(VBox([new_panel(job, cancel=print, clone=print, save=print)], layout=Layout(width="300px")))
write(b"x" * 400)
""")
    panel.button("Cancel job").click()
    panel.button("Search").click()
    sizes = panel.root.evaluate("""(root) => {
        const edge = root.getBoundingClientRect();
        const outside = [...root.querySelectorAll('*')].filter(node => {
            const box = node.getBoundingClientRect();
            const rolls = node.closest('.prominence-tasks table, .prominence-log-canvas, .prominence-log-probe');
            return box.width && !rolls && (box.left < edge.left || box.right > edge.right);
        });
        return [Math.round(edge.width), root.scrollWidth <= root.clientWidth, outside.map(node => node.className)];
    }""")
    assert sizes[0] <= 300
    assert sizes[1:] == [True, []]
