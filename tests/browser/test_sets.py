"""Many real jobs in a real JupyterLab: one table, the log of the one selected, a cancelled selection."""

from tests.browser.test_submission import shots
from tests.notebook.test_sets import START, SUBMIT

TALKS = "/bin/sh -c 'for n in 1 2 3 4 5 6 7 8; do echo word $n; sleep 0.5; done; exit 3'"


def test_a_job_of_a_table_is_opened_and_its_log_streams(open_notebook, start):
    submit = START + SUBMIT.format(count=6, cmd=TALKS, sweep="a")
    notebook = open_notebook([start, submit, "session.watch(jobs)"], height=1100)
    notebook.run_all()
    table = notebook.page.locator(".prominence-jobs")
    table.get_by_text("part-3").click()
    panel = notebook.page.locator(".prominence-job")
    panel.get_by_text("word 4").wait_for()
    shots(notebook, "set-opened")
    # It ends while a person reads: nothing is taken away until the log is closed.
    panel.get_by_text("completed, exit code 3").first.wait_for()
    panel.get_by_text("word 8").wait_for()
    record = notebook.page.locator(".jp-RenderedHTML").filter(has_text="6 non-zero exit").filter(has_text="took")
    record.wait_for()
    shots(notebook, "set-ended-while-read")
    table.get_by_text("part-3").click()
    table.wait_for(state="detached")
    shots(notebook, "set-record")


def test_a_selection_is_cancelled(open_notebook, start):
    submit = START + SUBMIT.format(count=3, cmd="sleep 300", sweep="a")
    notebook = open_notebook([start, submit, "session.watch(jobs)"])
    notebook.run_all()
    table = notebook.page.locator(".prominence-jobs")
    for name in ("part-0", "part-2"):
        table.get_by_role("row").filter(has_text=name).get_by_role("checkbox").click()
    table.get_by_role("button", name="Cancel selected").click()
    table.get_by_role("button", name="Yes").click()
    table.get_by_text("2 cancelled").wait_for()
    record = notebook.page.locator(".jp-RenderedHTML").filter(has_text="2 deleted").filter(has_text="1 running")
    record.wait_for()
    shots(notebook, "set-cancelled")
