"""Reading a log in a real JupyterLab: to follow it, to scroll through all of it, to search and copy it."""

import re

LAST_OF_5_MB = 439_999
WHOLE_LINE = re.compile(r"line \d{6}")
MANY = f"""
display(new_panel())
for first in range(0, {LAST_OF_5_MB}, 20_000):
    write(numbered(first, first + 20_000))
"""
SHORT = """
display(new_panel())
write(numbered(0, 200))
"""
RESTS = """async (log) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    let [top, height] = [-1, -1];
    while (top !== log.scrollTop || height !== log.scrollHeight) {
        [top, height] = [log.scrollTop, log.scrollHeight];
        await frame();
        await frame();
    }
}"""


def walk(panel, to, last):
    """Scroll to an edge until a line is in sight; return the numbers of the lines seen there on the way."""
    seen = []
    while last not in seen:
        panel.log.evaluate(f"(log) => {{ log.scrollTop = {to}; }}")
        panel.log.evaluate(RESTS)
        whole = filter(WHOLE_LINE.fullmatch, panel.in_sight())  # what is held may begin amid a line
        rows = [int(row.removeprefix("line ")) for row in whole]
        assert rows == list(range(rows[0], rows[0] + len(rows)))
        seen += [rows[0], rows[-1]]
    return seen


def test_the_log_follows_its_end_until_a_person_scrolls_up_and_again_by_a_button(show_panel):
    panel = show_panel(SHORT)
    panel.is_at_end()
    panel.run("write(numbered(200, 250))")
    panel.sees("line 000249")
    panel.is_at_end()
    panel.scroll(-2)  # as the first step of a touchpad or of smooth scrolling
    panel.button("Follow").wait_for()
    panel.scroll(-400)
    panel.button("Follow").wait_for()
    panel.settle()
    seen = panel.in_sight()
    panel.run("write(numbered(250, 1250))")
    follow = panel.button("Follow: 1,000 new lines")
    follow.wait_for()
    panel.settle()
    assert panel.in_sight() == seen
    follow.focus()
    panel.page.keyboard.press("Enter")
    panel.sees("line 001249")
    panel.is_at_end()
    assert follow.count() == 0
    assert panel.log.evaluate("(log) => log === document.activeElement")
    panel.settle()  # earlier output that is asked for on the way would bring it to the end once more
    panel.page.keyboard.press("PageUp")
    panel.button("Follow").wait_for()
    panel.page.keyboard.press("End")
    panel.is_at_end()
    panel.settle()
    assert panel.button("Follow").count() == 0


def test_a_log_of_5_mb_is_read_back_to_its_first_byte_and_forward_again(show_panel):
    panel = show_panel(MANY)
    panel.sees(f"line {LAST_OF_5_MB}")
    panel.notebook.wait_idle()
    panel.foot.get_by_text("440,000 lines · 5.0 MB").wait_for()
    for to, first, last in (("0", LAST_OF_5_MB, 0), ("log.scrollHeight", 0, LAST_OF_5_MB)):
        seen = walk(panel, to, last)
        assert abs(seen[0] - first) < LAST_OF_5_MB / 4
        assert len(panel.held()) <= 1.1 * 1024 * 1024
        held = panel.held().splitlines()[:-1]  # the last may be cut
        number = int(held[0].removeprefix("line "))
        assert held == [f"line {number + i:06}" for i in range(len(held))]
    panel.is_at_end()
    assert panel.button("Follow").count() == 0


def test_a_search_counts_steps_and_ends_by_its_keys(show_panel):
    panel = show_panel(SHORT)
    panel.is_at_end()
    keyboard = panel.page.keyboard
    panel.log.focus()
    keyboard.press("Control+f")
    panel.root.get_by_label("Search this log").wait_for()
    keyboard.type("line 00001")
    found = panel.root.locator(".prominence-log-found")
    found.get_by_text("1 of 10", exact=True).wait_for()
    panel.sees("line 000010")
    keyboard.press("Enter")
    found.get_by_text("2 of 10", exact=True).wait_for()
    assert panel.root.locator("mark[data-current=true]").inner_text() == "line 00001"
    keyboard.press("Shift+Enter")
    keyboard.press("Shift+Enter")
    found.get_by_text("10 of 10", exact=True).wait_for()
    panel.button("Next match").click()
    found.get_by_text("1 of 10", exact=True).wait_for()
    panel.root.get_by_label("Search this log").fill("Line")
    found.get_by_text("none", exact=True).wait_for()
    panel.root.get_by_label("Search this log").press("Escape")
    assert not panel.root.get_by_label("Search this log").is_visible()
    assert panel.root.locator("mark").count() == 0
    assert panel.log.evaluate("(log) => log === document.activeElement")


def test_a_search_finds_what_comes_later_and_says_which_part_it_knows(show_panel):
    panel = show_panel(MANY)
    panel.sees(f"line {LAST_OF_5_MB}")
    panel.notebook.wait_idle()
    panel.foot.get_by_text("440,000 lines · 5.0 MB").wait_for()
    panel.is_at_end()
    panel.button("Search").click()
    found = panel.root.locator(".prominence-log-found")
    panel.page.keyboard.type("n")
    found.get_by_text("1 MB").or_(found.get_by_text(" KB")).wait_for()  # "line" has one
    panel.settle()
    panel.page.keyboard.type("eedle")
    found.get_by_text("none in the last").wait_for()
    panel.is_at_end()
    assert panel.button("Follow").count() == 0
    panel.run("write(b'a needle, two needles\\n')")
    found.get_by_text("of 2 in the last").wait_for()


def test_long_lines_are_wrapped_or_not(show_panel):
    panel = show_panel("""
display(new_panel())
write(b"first " + b"x" * 1000 + b" last\\nnext\\n")
""")
    panel.sees("last")
    assert panel.log.evaluate("(log) => log.scrollWidth <= log.clientWidth")
    assert len(panel.in_sight()) > 4
    assert "".join(panel.in_sight()) == "first " + "x" * 1000 + " lastnext"
    panel.button("Wrap").click()
    panel.page.wait_for_function("(log) => log.scrollWidth > log.clientWidth", arg=panel.log.element_handle())
    assert panel.in_sight() == ["first " + "x" * 1000 + " last", "next"]
    assert panel.button("Wrap").get_attribute("aria-pressed") == "false"


def test_a_line_of_a_megabyte_is_read_and_searched(show_panel):
    panel = show_panel("""
display(new_panel())
write(b"first " + b"x" * 1_000_000 + b" needle\\nnext\\n")
""")
    panel.sees("next")
    panel.notebook.wait_idle()
    panel.button("Search").click()
    panel.page.keyboard.type("needle")
    panel.root.locator(".prominence-log-found").get_by_text("1 of 1").wait_for()
    panel.goes_to_start("first")
    assert panel.log.locator(".prominence-log-row").count() < 60


def test_what_is_copied_is_the_text_of_the_log(show_panel):
    panel = show_panel("""
display(new_panel())
write(b"\\x1b[31mred\\x1b[0m and " + b"x" * 500 + b"\\n  second\\tline  \\nlast\\n")
""")
    text = "red and " + "x" * 500 + "\n  second        line  \nlast"
    panel.sees("last")
    panel.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.button("Copy").click()
    panel.button("Copied").wait_for()
    assert panel.page.evaluate("() => navigator.clipboard.readText()") == text
    rows = panel.log.locator(".prominence-log-row")
    ends = [rows.nth(number).bounding_box() for number in (1, rows.count() - 1)]
    panel.page.mouse.move(ends[0]["x"] - 4, ends[0]["y"] + 4)
    panel.page.mouse.down()
    panel.page.mouse.move(ends[1]["x"] + ends[1]["width"] - 1, ends[1]["y"] + 4, steps=4)
    panel.page.mouse.up()
    panel.page.keyboard.press("Control+c")
    copied = panel.page.evaluate("() => navigator.clipboard.readText()")
    assert copied == text[len(rows.nth(0).inner_text()) :]
