"""Many jobs in a real kernel, on a real local service: tables, records, lines."""

import re

import pytest

from tests.notebook.test_kernel import job, texts, value

START = "import prominence_jupyter\nsession = prominence_jupyter.local()\njobs = []"
SUBMIT = """
for n in range({count}):
    description = {{"name": f"part-{{n}}", "labels": {{"sweep": "{sweep}"}},
                    "resources": {{"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}},
                    "tasks": [{{"image": "busybox", "cmd": {cmd!r}}}]}}
    jobs.append(session.submit(description))
"""
WAIT = "done = session.watch(jobs).wait(60)"


def submit(kernel, count, cmd, sweep="none"):
    kernel.run(START)
    kernel.run(SUBMIT.format(count=count, cmd=cmd, sweep=sweep))
    return value(kernel, "[job.id for job in jobs]")


def records(kernel):
    return [account for account in kernel.displays.values() if "text/html" in account]


def record_with(kernel, words):
    """The record, once it says something: the notebook's own session watches at its own pace."""
    for _ in range(100):
        (account,) = records(kernel)
        if words in account["text/plain"]:
            return account["text/plain"]
        kernel.run("import time\ntime.sleep(0.2)")
    raise AssertionError(account["text/plain"])


def error(outputs):
    (shown,) = [output for output in outputs if output["output_type"] == "error"]
    return shown


def test_several_ids_are_one_table_and_one_record(kernel):
    ids = submit(kernel, 3, "/bin/sh -c 'sleep 2; exit 2'")
    shown = kernel.run(f"%prominence watch {' '.join(map(str, ids))}")
    live, record = [output["data"] for output in shown if output["output_type"] == "display_data"]
    assert "application/vnd.jupyter.widget-view+json" in live
    assert "3 jobs" in record["text/plain"]
    kernel.run(WAIT)
    account = record_with(kernel, "took")
    assert "3 non-zero exit" in account
    for number in ids:
        assert re.search(rf"^ *{number} +part-\d +✗ completed, exit code 2", account, re.MULTILINE)
    assert {"text/plain": ""} in kernel.displays.values()  # the table is gone
    again = kernel.run(f"%prominence watch {' '.join(map(str, ids))}")[0]["data"]
    kernel.run("import time\ntime.sleep(1.5)")
    assert again in kernel.displays.values()  # that of ended jobs was asked for, and stays


def test_a_label_finds_jobs_that_have_ended_too(kernel):
    ids = submit(kernel, 2, "true", sweep="labelled")
    kernel.run(WAIT)
    kernel.run("%prominence watch --constraint sweep=labelled")
    account = record_with(kernel, "took")
    assert "2 completed" in account
    assert all(re.search(rf"^ *{number} ", account, re.MULTILINE) for number in ids)
    assert error(kernel.run("%prominence watch --constraint sweep=nosuch"))["ename"] == "NoSuchJob"


def test_a_set_that_goes_on_is_dated_and_says_how_to_see_it_again(kernel):
    ids = submit(kernel, 2, "sleep 100")
    kernel.run(f"%prominence watch {ids[0]} {ids[1]}")
    (account,) = records(kernel)
    assert re.search(r"as of \d{4}-\d\d-\d\d \d\d:\d\d UTC", account["text/plain"])
    assert f"%prominence watch {ids[0]} {ids[1]}" in account["text/plain"]
    kernel.run("session.watch(jobs).delete()")
    assert "refresh" not in record_with(kernel, "2 deleted")


def test_new_jobs_come_to_the_live_list(kernel):
    kernel.run("%prominence list --live")
    submit(kernel, 1, "sleep 2")
    record_with(kernel, " running")  # of other tests too
    account = record_with(kernel, "completed")
    assert "%prominence list --live" in account  # others may come: it has no end


def test_a_set_at_the_end_of_a_cell_is_shown(kernel):
    submit(kernel, 2, "true")
    shown = kernel.run("session.watch(jobs)")
    assert [output["output_type"] for output in shown] == ["display_data", "display_data"]
    assert "2 jobs" in shown[1]["data"]["text/plain"]


def test_a_name_among_the_ids_that_is_none_is_called_so(kernel):
    shown = error(kernel.run("%prominence watch 1 nosuch"))
    assert shown["ename"] == "NoSuchJob"
    assert "there is no variable nosuch that holds a job" in shown["evalue"]


@pytest.mark.parametrize("line", ["watch", "watch 1 --constraint a=b", "list --live --completed"])
def test_what_does_not_go_together_is_said(kernel, line):
    assert error(kernel.run(f"%prominence {line}"))["ename"] == "UsageError"


def test_a_clone_is_shown_as_a_job_of_its_own(kernel):
    kernel.run(f"%%prominence_job one --wait\n{job('echo again')}")
    shown = kernel.run("%prominence clone one")
    number = int(re.search(r"Submitted again as job (\d+)", texts(shown))[1])
    assert number > value(kernel, "one.id")
    kernel.run(f"%prominence wait {number}")
    assert texts(kernel.run(f"%prominence stdout {number}")).strip() == "again"


def test_without_the_panel_there_is_the_record_alone(kernel):
    ids = submit(kernel, 2, "true")
    kernel.run("%config ProminenceMagics.panel = False")
    shown = kernel.run(f"%prominence watch {ids[0]} {ids[1]}")
    assert [output["output_type"] for output in shown] == ["display_data"]


def test_waiting_for_several_completes_the_record_before_the_cell_ends(kernel):
    ids = submit(kernel, 2, "sleep 1")
    kernel.run(f"%prominence wait {ids[0]} {ids[1]}")
    (account,) = records(kernel)
    assert "2 completed" in account["text/plain"]
    assert "took" in account["text/plain"]


def test_waiting_for_several_is_an_error_that_names_those_that_failed(kernel):
    kernel.run(f"%%prominence_job good\n{job('true')}")
    exits = job("/bin/sh -c 'exit 2'")
    kernel.run(f"%%prominence_job bad\n{exits}")
    shown = error(kernel.run("%prominence wait good bad"))
    number = value(kernel, "bad.id")
    assert shown["ename"] == "JobFailed"
    assert f"1 of 2 jobs did not succeed: {number}; errors of one: %prominence stderr {number}" in shown["evalue"]


def test_an_interrupt_of_the_waiting_says_that_the_jobs_go_on(kernel):
    ids = submit(kernel, 2, "sleep 60")
    shown = error(kernel.run(f"%prominence wait {ids[0]} {ids[1]}", interrupt_when="2 running"))
    assert shown["ename"] == "KeyboardInterrupt"
    assert f"the jobs go on: return with %prominence watch {ids[0]} {ids[1]}" in shown["evalue"]
    kernel.run("session.watch(jobs).delete()")


def test_a_time_limit_is_named_as_it_was_typed(kernel):
    ids = submit(kernel, 2, "sleep 60")
    one, both = (error(kernel.run(f"%prominence wait {line} --timeout 0.5")) for line in (ids[0], f"{ids[0]} {ids[1]}"))
    assert (one["ename"], both["ename"]) == ("WaitTimeout", "WaitTimeout")
    assert "after 0.5 s" in one["evalue"]
    assert "2 of 2 jobs had not ended after 0.5 s" in both["evalue"]
    kernel.run("session.watch(jobs).delete()")


TABLES = """
from prominence_jupyter.panel.jobs_table import JobsTable
from ipywidgets.widgets import widget as widgets
watcher = get_ipython().magics_manager.registry["ProminenceMagics"]._commands._local.watcher

def say(shown, which=slice(None)):
    tables = [widget for widget in widgets._instances.values() if isinstance(widget, JobsTable)]
    for number, table in enumerate(tables[which]):
        table._handle_custom_msg({"shown": shown, "page": str(number)}, [])
"""


def test_jobs_are_watched_while_a_page_shows_their_table(kernel):
    kernel.run(TABLES)
    for _ in range(3):
        kernel.run("%prominence list --live")
    assert value(kernel, "len(watcher._sets.current())") == 3  # no page has said anything
    kernel.run("say(True)\nsay(False, slice(2))")
    assert value(kernel, "len(watcher._sets.current())") == 1
    kernel.run("say(True, slice(1))")
    assert value(kernel, "len(watcher._sets.current())") == 2


def test_numbers_of_other_libraries_are_ids_too(kernel):
    kernel.run(f"%%prominence_job one --wait\n{job('echo hello')}")
    (shown,) = kernel.run("import numpy\nnumber = numpy.int64(one.id)\n%prominence stdout number")
    assert shown["data"]["text/plain"].strip() == "hello"
