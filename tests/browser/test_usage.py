"""What jobs used, in a real JupyterLab and Notebook 7: tables and figures are there once, read well, and stay."""

import pytest
from axe_playwright_python.sync_playwright import Axe

JOBS = """
from prominence_jupyter import advice, efficiency, jobs_frame, plots, totals
from prominence_jupyter.notebook.usage_frame import UsageFrame


def entry(number, cores):
    begin = 1_795_454_700 + 60 * number
    used = {"exitCode": 0, "wallTimeUsage": 50.0, "cpuTimeUsage": 45.0 * cores, "retries": 0}
    return {
        "id": number,
        "name": f"fit-{number} <b>&amp; $x$",
        "status": "completed",
        "events": {"createTime": begin, "startTime": begin + 20, "endTime": begin + 75},
        "resources": {"cpus": 4, "memory": 2, "disk": 10, "nodes": 1},
        "execution": {"site": "Site-A", "maxMemoryUsageKB": 400_000 * number, "tasks": [used]},
        "tasks": [{"image": "busybox"}],
    }


jobs = jobs_frame([entry(number, number) for number in range(1, 6)] + [{"id": 6, "status": "failed"}])
"""
CELLS = [
    JOBS,
    "UsageFrame.of_jobs(efficiency(jobs))",
    "UsageFrame.of_groups(totals(efficiency(jobs), 'name'), 'name')",
    "UsageFrame.of_advice(advice(jobs))",
    *[f"plots.{kind}(jobs)" for kind in ("timeline", "efficiency", "waiting", "sites", "core_hours")],
]
PICTURES = 5


def findings(page):
    """What axe has against the outputs of a page, a line each."""
    results = Axe().run(page, context=".jp-OutputArea-output")
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in results.response["violations"]
        if violation["id"] != "image-alt"  # JupyterLab gives no picture of a cell a description
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(("app", "dark"), [("lab", False), ("lab", True), ("notebook", False)])
def test_tables_and_figures_are_shown_once_and_are_accessible(open_notebook, app, dark):
    notebook = open_notebook(CELLS, app=app, dark=dark, height=5000)
    notebook.run_all()
    notebook.wait_idle()
    outputs = notebook.page.locator(".jp-OutputArea-output")
    assert outputs.count() == len(CELLS) - 1
    assert outputs.locator("img").count() == PICTURES
    assert outputs.nth(0).get_by_text("fit-5 <b>&amp; $x$").count() == 1
    assert outputs.nth(2).get_by_text('"resources": {"nodes": 1').count() == 1
    assert findings(notebook.page) == []


def test_what_is_saved_reads_well_without_a_kernel(open_notebook):
    notebook = open_notebook(CELLS[:4])
    notebook.run_all()
    notebook.wait_idle()
    _, jobs, groups, advice = notebook.saved().cells
    for cell, words in ((jobs, "6 jobs"), (groups, "6 jobs in"), (advice, "groups of jobs")):
        (output,) = cell.outputs
        assert words in output["data"]["text/plain"]
        assert "<script" not in output["data"]["text/html"]
        assert output["data"].keys() == {"text/plain", "text/html"}
