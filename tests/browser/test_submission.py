"""The whole line in a real JupyterLab: the seed's cell, submitted to a real local service, watched and reopened."""

import os
import re

import pytest

from tests.notebook.test_kernel import SEED, job

LAST_LINE = "Iteration number 19"
STREAMS = """([first, last]) => {
    const text = document.querySelector(".prominence-job")?.innerText ?? "";
    return text.includes("running") && text.includes(first) && !text.includes(last);
}"""


def shots(notebook, name):
    """Keep a picture where one was asked for, for a person to look at."""
    if folder := os.environ.get("PROMINENCE_TEST_SHOTS"):
        notebook.page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_the_seeds_cell_streams_completes_and_is_told_by_the_saved_notebook(open_notebook, start, app):
    notebook = open_notebook([start, f"%%prominence_job pi\n{SEED}"], app=app)
    notebook.run_all()
    panel = notebook.page.locator(".prominence-job")
    notebook.page.wait_for_function(STREAMS, arg=["Iteration number  3", LAST_LINE])
    shots(notebook, f"seed-running-{app}")

    record = notebook.page.locator(".jp-RenderedHTML").filter(has_text=LAST_LINE).filter(has_text="completed")
    record.wait_for()
    panel.wait_for(state="detached")
    shots(notebook, f"seed-completed-{app}")

    outputs = notebook.saved().cells[1].outputs
    assert not any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs)
    account = outputs[-1]["data"]
    for words in ("calculate-pi", "completed", LAST_LINE):
        assert words in account["text/html"]
        assert words in account["text/plain"]

    notebook.shut_down_kernel()
    notebook.reload()
    notebook.page.locator(".jp-RenderedHTML").filter(has_text=LAST_LINE).wait_for()
    assert "model not found" not in notebook.page.inner_text("body").lower()
    shots(notebook, f"seed-reopened-{app}")


def test_a_job_is_cancelled_from_its_panel(open_notebook, start):
    notebook = open_notebook([start, f"%%prominence_job slow\n{job('sleep 300')}"])
    notebook.run_all()
    panel = notebook.page.locator(".prominence-job")
    panel.get_by_text("running").first.wait_for()
    panel.get_by_role("button", name=re.compile("cancel", re.IGNORECASE)).click()
    panel.get_by_role("button", name="Yes").click()
    notebook.page.locator(".jp-RenderedHTML").filter(has_text="deleted").wait_for()


def test_a_panel_whose_kernel_was_restarted_says_so_and_offers_nothing(open_notebook, start):
    notebook = open_notebook([start, f"%%prominence_job slow\n{job('sleep 300')}"])
    notebook.run_all()
    panel = notebook.page.locator(".prominence-job")
    panel.get_by_text("running").first.wait_for()
    notebook.page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel(); return 1; }"
    )
    panel.locator(".prominence-stale").get_by_text("This panel has lost its kernel").wait_for()
    for name in ("Cancel job", "Clone", "Save"):
        assert panel.get_by_role("button", name=name, exact=True).count() == 0
    shots(notebook, "lost-kernel")


def test_a_command_with_dollars_is_no_mathematics_in_the_record(open_notebook, start):
    cmd = "/bin/sh -c 'for i in $(seq 1 2); do echo tock $i; done; exit 1'"
    notebook = open_notebook([start, f"%%prominence_job one\n{job(cmd)}"])
    notebook.run_all()
    record = notebook.page.locator(".jp-RenderedHTML").filter(has_text="exit code 1").filter(has_text="tock 2")
    record.wait_for()
    assert "for i in $(seq 1 2); do echo tock $i; done" in record.inner_text()
    assert record.locator("mjx-container").count() == 0
    shots(notebook, "record-failed")
