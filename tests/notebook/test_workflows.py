"""Workflows in a real kernel, on a real local service: the panel, the record, what a restart leaves."""

import json
import re

from tests.notebook.test_kernel import error, value

START = """
import prominence_jupyter
session = prominence_jupyter.local()
resources = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}
def job(name, cmd):
    return {"name": name, "resources": resources, "tasks": [{"image": "busybox", "cmd": cmd}]}
"""
DAG = START + (
    "jobs = [job('first', 'true'), job('bad', \"/bin/sh -c 'exit 3'\"), job('last', 'true')]\n"
    "work = session.submit_workflow({'name': 'dag', 'jobs': jobs, "
    "'dependencies': {'first': ['bad'], 'bad': ['last']}})\n"
)
LONG = "/bin/sh -c 'sleep 60; echo $n $seed'"
SLOW = "/bin/sh -c 'sleep $seed; test $n-$seed != -1.5-2'"


def sweep(cmd):
    return f"{START}work = session.sweep(job('sweep', {cmd!r}), {{'n': [1, -1.5], 'seed': range(3)}})\n"


WIDGETS = """
from ipywidgets.widgets import widget as widgets
def the(name):
    return [widget for widget in widgets._instances.values() if type(widget).__name__ == name][-1]
"""


def records(kernel):
    return [account for account in kernel.displays.values() if "text/html" in account]


def record_with(kernel, words):
    """The last record, once it says something."""
    for _ in range(100):
        account = records(kernel)[-1]["text/plain"]
        if words in account:
            return account
        kernel.run("import time\ntime.sleep(0.2)")
    raise AssertionError(account)


def says(kernel, widget, **content):
    """Let a widget hear what a browser would send."""
    kernel.run(f"{WIDGETS}the('{widget}')._handle_custom_msg({content!r}, [])")


def rows(kernel):
    """What the table shows, by columns."""
    return value(
        kernel, "[dict(zip(the('JobsTable').state()['columns'], row)) for row in the('JobsTable')._rows.values()]"
    )


def test_a_workflow_at_the_end_of_a_cell_is_shown_until_its_record_takes_its_place(kernel):
    live, record = kernel.run(sweep(SLOW) + "work")
    assert "application/vnd.jupyter.widget-view+json" in live["data"]
    assert re.search(r"sweep · workflow \d+ · . (submitted|running|idle|pending)", record["data"]["text/plain"])
    kernel.run(WIDGETS)
    assert value(kernel, "the('JobsTable').state()['parameters']") == ["n", "seed"]
    assert [row["parameters"] for row in rows(kernel)][3] == ["-1.5", "0"]
    kernel.run("done = work.wait(60)")
    account = record_with(kernel, "took")
    assert "6 jobs · ✓ 5 completed · ✗ 1 non-zero exit" in account
    assert re.search(r"^ *job +name +n +seed +status", account, re.MULTILINE)
    assert re.search(r"^ *\d+ +sweep/5 +-1\.5 +2 +✗ completed, exit code 1", account, re.MULTILINE)
    assert {"text/plain": ""} in kernel.displays.values()  # the panel is gone


def test_the_record_is_final_when_the_cell_that_waits_has_ended(kernel):
    body = json.dumps(
        {
            "name": "w",
            "jobs": [
                {
                    "name": "a",
                    "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1},
                    "tasks": [{"image": "busybox", "cmd": "true"}],
                }
            ],
        }
    )
    kernel.run(f"%%prominence_workflow w --wait\n{body}")
    (account,) = records(kernel)
    assert "✓ 1 completed" in account["text/plain"]
    assert "took" in account["text/plain"]


def test_jobs_whose_turn_never_came_were_not_run(kernel):
    kernel.run(DAG + "work")
    kernel.run("done = work.wait(60)")
    account = record_with(kernel, "took")
    assert "✓ 1 completed · ✗ 1 non-zero exit · \N{EN DASH} 1 not run" in account
    assert re.search("^ *last +bad +\N{EN DASH} not run", account, re.MULTILINE)


def test_a_restart_shows_all_of_it_again(new_kernel):
    before = new_kernel()
    before.run(sweep(SLOW) + "work")
    number = value(before, "work.id")
    before.manager.shutdown_kernel(now=True)
    kernel = new_kernel()
    kernel.run(f"%prominence watch workflow {number}")
    assert "6 jobs · ✓ 5 completed · ✗ 1 non-zero exit" in record_with(kernel, "took")
    shown = kernel.run(f"%prominence watch workflow {number}")
    kernel.run("import time\ntime.sleep(1)")
    assert shown[0]["data"] in kernel.displays.values()  # the panel of what had ended stays: it has the logs
    assert [(row["name"], row["group"]) for row in (kernel.run(WIDGETS), rows(kernel))[1]][-1] == (
        "sweep/5",
        "non-zero exit",
    )


def test_what_is_asked_for_in_the_panel_is_done(kernel):
    kernel.run(sweep(LONG) + "work")
    record_with(kernel, "6 running")
    kernel.run(WIDGETS)
    first, second = rows(kernel)[:2]
    says(kernel, "JobsTable", select=first["id"])
    assert value(kernel, "the('JobPanel')._view['id']") == first["job"]
    says(kernel, "JobsTable", select=None)
    says(kernel, "JobsTable", cancel=[second["id"]])
    record_with(kernel, "1 deleted")
    says(kernel, "WorkflowHead", action="delete")
    assert "6 deleted" in record_with(kernel, "took")
    assert value(kernel, "work.status") == "deleted"


def test_what_failed_runs_again_in_a_new_workflow(kernel):
    kernel.run(DAG + "work")
    kernel.run(
        "done = work.wait(60)\ntold = []\nfrom prominence_jupyter.panel.workflow_head import WorkflowHead\n"
        "WorkflowHead._tell = lambda self, *words: told.append(words)"
    )
    number = value(kernel, "work.id")
    kernel.run(f"%prominence watch workflow {number}")
    says(kernel, "WorkflowHead", action="rerun")
    ((action, kind, text),) = value(kernel, "told")
    again = re.search(r"Runs again as workflow (\d+): %prominence watch workflow \1", text)[1]
    assert (action, kind) == ("rerun", "done")
    assert int(again) > number
    kernel.run(f"%prominence wait workflow {again}")
    assert f"workflow {again}" in record_with(kernel, "took")


def test_an_interrupt_says_that_the_workflow_goes_on(kernel):
    kernel.run(sweep(LONG))
    number = value(kernel, "work.id")
    shown = error(kernel.run(f"%prominence wait workflow {number}", interrupt_when="6 running"))
    assert shown["ename"] == "KeyboardInterrupt"
    assert f"workflow {number} goes on: return with %prominence watch workflow {number}" in shown["evalue"]
    kernel.run("work.delete()")
