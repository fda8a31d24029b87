"""The record of a workflow that stays in a saved notebook."""

import re
from dataclasses import replace

import pytest

from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.workflow_account import (
    WORKFLOW_RECORD_LIMIT,
    WorkflowAccount,
    workflow_record_html,
    workflow_record_text,
)
from prominence_jupyter.panel.views.words import UNKNOWN
from prominence_jupyter.panel.views.workflows.node_row import node_row
from prominence_jupyter.panel.views.workflows.workflow_view import workflow_view
from tests.panel.records.page import assert_only_a_record
from tests.panel.records.test_record import HOSTILE, LONG
from tests.panel.views.workflows.made_up import node, states, workflow

CREATED = 1795552000
DAG = {"prepare": ["point"], "point": ["summary"], "prepare-more": ["summary"]}


def account(record, *known, parameters=("n",), stale="", **commands):
    known = states(*known)
    view = workflow_view(record, known, url="http://127.0.0.1", stale=stale, now=CREATED + 265)
    rows = [node_row(state, parameters=parameters) for state in known.values()]
    usage = {row["id"]: JobUsage(90.0, 250.0) for row in rows if row["job"]}
    told = {"refresh": "%prominence watch workflow 7", "listing": "pi.results()", "again": "%prominence rerun 7"}
    return WorkflowAccount(view, rows, parameters, usage=usage, **(told | commands))


def ran(job, number=None, status="completed", **more):
    return node(job, number, status, started=CREATED + 10, ended=CREATED + 130, **more)


def ended(status, **more):
    return workflow(status, events={"createTime": CREATED, "startTime": CREATED, "endTime": CREATED + 250}, **more)


def test_one_that_goes_on_is_a_dated_line():
    known = [ran("point", i) for i in range(8)]
    going_on = account(workflow(), *known, node("point", 8, "running", started=CREATED + 200), node("point", 9))
    assert workflow_record_text(going_on) == (
        "pi · workflow 7 · ◐ running · 8 of 10 done, 1 running, 1 waiting · about 2 min left · "
        "as of 2026-11-24 20:31 UTC · refresh with %prominence watch workflow 7"
    )
    assert assert_only_a_record(workflow_record_html(going_on)).text.split() == workflow_record_text(going_on).split()


def test_stale_news_say_so():
    told = workflow_record_text(account(workflow(), node("a"), stale="no connection"))
    assert "20:31 UTC · no connection · refresh" in told


def test_it_is_over_when_its_jobs_are():
    assert "refresh with" in workflow_record_text(account(ended("failed"), node("a", None, "running")))
    assert "refresh with" in workflow_record_text(account(workflow("running"), ran("a")))


def test_the_end_of_a_sweep_is_a_summary_and_a_table_with_failures_first():
    sweep = account(
        ended("failed", status_reason=None),
        ran("point", 0, n=10),
        ran("point", 1, "failed", n=-1.5),
        node("point", 2, "not run", n=1000),
    )
    assert workflow_record_text(sweep).splitlines() == [
        "pi · workflow 7 · ✗ failed",
        f"3 jobs · ✓ 1 completed · ✗ 1 failed · {UNKNOWN} 1 not run",
        "  submitted  2026-11-24 20:26 UTC",
        "  ended      2026-11-24 20:30 UTC",
        "  took       4 min 10 s",
        "  ran        2 min 00 s each",
        "  CPU time   3 min 00 s in all",
        "  run what failed again: %prominence rerun 7",
        "  job  name     n     status       queued  ran         CPU time    peak memory  site",
        f"  101  point/1  -1.5  ✗ failed     {UNKNOWN}       2 min 00 s  1 min 30 s  250.0 MB",
        f"  {UNKNOWN}    point/2  1000  {UNKNOWN} not run    {UNKNOWN}       {UNKNOWN:12}{UNKNOWN:12}{UNKNOWN}",
        f"  100  point/0  10    ✓ completed  {UNKNOWN}       2 min 00 s  1 min 30 s  250.0 MB",
    ]


def test_jobs_that_wait_for_each_other_have_a_line_each():
    dag = account(
        ended("failed", dependencies=DAG, statusReason="2 jobs failed"),
        ran("prepare"),
        ran("prepare-more", status="failed"),
        *(ran("point", i) for i in range(7)),
        ran("point", 7, "failed"),
        node("summary", None, "not run"),
    )
    lines = workflow_record_text(dag).splitlines()
    assert lines[1] == "2 jobs failed"
    at = next(i for i, line in enumerate(lines) if "waits for" in line)
    assert lines[at : at + 5] == [
        "  job           waits for            state",
        "  prepare                            ✓ completed",
        "  prepare-more                       ✗ failed",
        "  point         prepare              ✗ 7 of 8 done, 1 failed",
        f"  summary       point, prepare-more  {UNKNOWN} not run",
    ]


def test_html_says_the_same_with_every_style_stripped():
    dag = account(
        ended("failed", dependencies=DAG, statusReason="a job failed"),
        *(ran("prepare"), ran("prepare-more", status="failed"), ran("point", 0, n=1), node("summary", None, "not run")),
        parameters=[f"p{i}" for i in range(8)],
    )
    assert workflow_record_text(dag).endswith("  and 2 more parameters: pi.results()")
    assert assert_only_a_record(workflow_record_html(dag)).text.split() == workflow_record_text(dag).split()


def test_what_the_table_leaves_out_is_named():
    many = account(ended("completed"), *(ran("point", i, n=i) for i in range(10_000)))
    assert workflow_record_text(many).endswith("  and 9,900 more: pi.results()")
    shown = assert_only_a_record(workflow_record_html(many)).text
    left_out = re.search(r"and ([\d,]+) more: pi\.results\(\)$", shown.rstrip())
    assert shown.count("point/") == 10_000 - int(left_out[1].replace(",", "")) > 50


def test_nothing_is_run_again_where_nothing_failed():
    assert "again" not in workflow_record_text(account(ended("completed"), ran("a")))
    assert "again" not in workflow_record_text(account(ended("failed"), ran("a", None, "failed"), again=""))


def test_a_workflow_of_which_no_job_is_known():
    assert workflow_record_text(account(ended("deleted"))).splitlines()[0] == f"pi · workflow 7 · {UNKNOWN} deleted"


@pytest.mark.parametrize(("hostile", "count"), [(HOSTILE, 200), (LONG, 3)])
@pytest.mark.parametrize("is_over", [True, False])
def test_hostile_text_is_text_and_bounded(hostile, count, is_over):
    jobs = [f"{i}{hostile}" for i in range(count)]
    record = (ended if is_over else workflow)(
        "failed" if is_over else "running",
        name=hostile,
        statusReason=hostile,
        dependencies={jobs[0]: jobs[1:20]},
    )
    names = [f"{i}{hostile}" for i in range(10)]
    for known in (jobs, jobs[:20]):
        told = account(
            *(
                record,
                *(replace(ran(job, None, hostile, **dict.fromkeys(names, hostile)), ended=is_over) for job in known),
            ),
            parameters=names,
            stale=hostile,
            refresh=hostile,
            listing=hostile,
            again=hostile,
        )
        assert told.final == is_over
        source = workflow_record_html(told)
        assert "<script>alert(1)</script>" in assert_only_a_record(source).text
        assert "\u202e" not in source
        assert len(source.encode()) <= WORKFLOW_RECORD_LIMIT
        assert len(workflow_record_text(told).encode()) <= 2 * WORKFLOW_RECORD_LIMIT
