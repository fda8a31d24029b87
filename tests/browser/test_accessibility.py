"""Every state of a panel, looked at by axe-core in a real JupyterLab: light and dark, with and without a kernel."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.panels import PANELS

GALLERY = """
lines = b"".join(b"\\x1b[3%dmline\\x1b[0m %d of the log\\n" % (i % 8, i) for i in range(300))
show("idle", started=False)
show("running", out=lines)
show("completed", 0, 0, ended=True, out=lines)
show("completed", 0, 3, ended=True, errors=b"Traceback\\n")
show("failed", reason="Container image pull failed", ended=True)
show("failed", reason="No matching resources", started=False)
show("running", stale=TokenExpired("the access token expired"), out=lines)
"""
STATES = ("idle", "running", "completed", "exit code 3", "failed", "failed for now", "no news since")
RESTART = (
    "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); return 1; }"
)


def findings(page):
    """What axe has against the panels of a page, a line each."""
    results = Axe().run(page, context=".prominence-job")
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_a_panel(open_notebook, dark):
    notebook = open_notebook(
        [PANELS + GALLERY], dark=dark, height=4000
    )  # all of it in sight: JupyterLab drops what is not
    notebook.run_all()
    notebook.wait_idle()
    page, panels = notebook.page, notebook.page.locator(".prominence-job")
    for number, state in enumerate(STATES):
        panels.nth(number).get_by_text(state).first.wait_for()
    panels.nth(3).get_by_text("Traceback").wait_for()  # the tab of stderr is open
    panels.nth(1).get_by_role("button", name="Search").click()
    page.keyboard.type("line")
    panels.nth(1).locator(".prominence-log-found").get_by_text("of 300").wait_for()
    panels.nth(6).get_by_role("log").hover()
    page.mouse.wheel(0, -200)
    panels.nth(6).get_by_role("button", name="Follow").wait_for()
    panels.nth(0).get_by_text("Description", exact=True).click()
    panels.nth(0).get_by_label("Description of the job").wait_for()
    panels.nth(1).get_by_role("button", name="Cancel job").click()
    panels.nth(2).get_by_role("button", name="Clone").click()
    panels.nth(2).get_by_role("button", name="Yes").click()
    panels.nth(2).get_by_role("alert").get_by_text("the service cannot be reached").wait_for()
    assert findings(page) == []
    page.evaluate(RESTART)
    panels.nth(1).locator(".prominence-stale").get_by_text("This panel has lost its kernel").wait_for()
    assert findings(page) == []
