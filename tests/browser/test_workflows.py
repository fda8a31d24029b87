"""A sweep and a graph of jobs in a real JupyterLab: while they run, at their end, and in the saved notebook."""

from tests.browser.test_submission import shots
from tests.notebook.test_workflows import DAG, sweep

SLOW = "/bin/sh -c 'for i in 1 2 3 4 5 6 7 8 9; do echo word $i of $n; sleep 0.4; done; test $n-$seed != -1.5-2'"


def test_a_sweep_and_a_graph_are_shown_from_the_start_to_the_saved_notebook(open_notebook, start):
    notebook = open_notebook([start, sweep(SLOW) + "work", DAG + "work", "done = work.wait(60)"], height=1500)
    page = notebook.page
    notebook.run_all()
    table = page.locator(".prominence-jobs").first
    table.get_by_role("row").filter(has_text="sweep/4").get_by_text("-1.5").wait_for()
    table.get_by_text("sweep/4").click()  # its log opens below, once no cell runs
    log = page.locator(".prominence-job")
    log.get_by_text("word 4 of -1.5").wait_for()
    shots(notebook, "workflow-running")
    # It ends while a person reads: nothing is taken away until the log is closed.
    page.get_by_text("5 of 6 done, 1 failed").first.wait_for()
    log.get_by_text("word 9").wait_for()
    page.get_by_role("button", name="Run failed jobs again").first.wait_for()
    shots(notebook, "workflow-ended-while-read")
    table.get_by_text("sweep/4").click()
    table.wait_for(state="detached")
    records = page.locator(".jp-RenderedHTML").filter(has_text="took")
    records.filter(has_text="sweep · workflow").filter(has_text="1 non-zero exit").wait_for()
    records.filter(has_text="dag · workflow").filter(has_text="1 not run").wait_for()
    shots(notebook, "workflow-records")
    notebook.save()
    notebook.shut_down_kernel()
    page.reload()
    notebook.wait_ready()
    records.filter(has_text="dag · workflow").filter(has_text="1 not run").wait_for()
    assert page.locator(".prominence-workflow, .prominence-jobs").count() == 0
    shots(notebook, "workflow-reopened")
