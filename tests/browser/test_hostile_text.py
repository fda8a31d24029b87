"""Text that would do harm, wherever a job can bring some, in a real JupyterLab: it is shown as text."""

HARM = r"""
from prominence_jupyter.panel.views.description import description_json

tag = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script><a href='javascript:window.hacked=1'>x</a>"
title, link = "\x1b]0;hacked\x07", "\x1b]8;;javascript:window.hacked=1\x07click\x1b]8;;\x07"
bad = tag + "\u202etxet\u2066" + title + link + "\x1b[31mred"
output = bad.encode() + b"\xff\xfe\xc3\n" + b"\x1bP1$r\x1b\\\x1b[2J\x9d0;hacked\x9c after\n"

def fail():
    raise RuntimeError(bad)

job = view(
    status=bad, name=bad + "n" * 1_000_000, statusReason=bad, id=bad, labels={bad: bad}, execution={
        "site": bad, "tasks": [{"exitCode": bad}]}, tasks=[{"image": bad, "cmd": bad}], resources={"walltime": bad})
new_panel(job, cancel=fail, save=lambda stream: bad)
panel._description = description_json(JobRecord.from_json({"name": bad, "tasks": [{"image": bad}], "resources": {}}))
display(panel)
write(output)
write(output, "stderr")
"""
MADE_ELEMENTS = """(root) => root.querySelectorAll('img, script, a, iframe, object, style, link').length"""


def is_harmless(panel):
    assert panel.root.evaluate(MADE_ELEMENTS) == 0
    assert panel.page.evaluate("() => window.hacked") is None
    assert "hacked" not in panel.page.title()
    assert not {*"\u202e\u2066\x1b\x07\x9d"} & {*panel.root.evaluate("(root) => root.textContent + root.ariaLabel")}


def test_hostile_text_is_text_wherever_it_comes_from(show_panel):
    panel = show_panel(HARM, height=1800)
    tag = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
    panel.sees("after")
    is_harmless(panel)
    panel.log_holds(
        f"{tag}<a href='javascript:window.hacked=1'>x</a>\ufffdtxet\ufffdclickred\ufffd\ufffd\ufffd\n"
        "\ufffd0;hacked\ufffd after"
    )
    for part in ("status", "title", "reason", "fact", "rows .prominence-command"):
        assert "<img" in panel.root.locator(f".prominence-{part}").last.inner_text()
    panel.tab("stderr").click()
    panel.sees("after")
    panel.button("Cancel job").click()
    panel.button("Yes").click()
    panel.root.get_by_role("alert").get_by_text("<img").wait_for()
    panel.button("Save").click()
    panel.foot.get_by_text("<img").wait_for()
    panel.root.get_by_text("Description", exact=True).click()
    panel.root.get_by_label("Description of the job").get_by_text("<img").wait_for()
    is_harmless(panel)


def test_a_search_for_hostile_text_marks_it_and_megabytes_without_an_end_leave_the_page_alive(show_panel):
    panel = show_panel(r"""
display(new_panel())
write(b"<script>window.hacked=1</script>\n" * 3)
""")
    panel.button("Search").click()
    panel.page.keyboard.type("<script>window.hacked=1</script>")
    panel.root.locator(".prominence-log-found").get_by_text("of 3").wait_for()
    assert panel.root.locator("mark").first.inner_text() == "<script>window.hacked=1</script>"
    is_harmless(panel)
    panel.page.keyboard.press("Escape")
    panel.run(r"""
write(b"\x1b]0;" + b"t" * 1_000_000)
write(b"\x1b[" + b"1;" * 500_000 + b"m")
write("\N{COMBINING ACUTE ACCENT}".encode() * 200_000 + b"\x1b[999999999Cfar\x1b[999999999B\n")
write(b"\x1b[31m.\x1b[0m." * 100_000)
write(b"\nalive\n")
""")
    panel.foot.get_by_text("6 lines · 3.3 MB").wait_for()  # all of it is in the page
    panel.root.get_by_role("button", name="Follow:").click()
    panel.sees("alive")
    is_harmless(panel)
