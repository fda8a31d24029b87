"""The record of a set of jobs that stays in a saved notebook."""

import re

import pytest

from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.set_record import SET_RECORD_LIMIT, SetAccount, set_record_html, set_record_text
from prominence_jupyter.panel.views.job_row import job_row
from prominence_jupyter.panel.views.words import UNKNOWN
from prominence_jupyter.protocol.record import JobRecord
from tests.panel.records.page import assert_only_a_record
from tests.panel.records.test_record import HOSTILE, LONG


def record(number, status="completed", code=0, minutes=1, **fields):
    events = {"createTime": 1795552000, "startTime": 1795552010, "endTime": 1795552070 + 60 * minutes}
    if status in {"pending", "running"}:
        events.pop("endTime")
    if status in {"pending", "failed"}:
        events.pop("startTime")
    execution = {"site": "Site-A", "maxMemoryUsageKB": 250_000, "tasks": [{"exitCode": code, "cpuTimeUsage": 90}]}
    answer = {"id": number, "name": f"sweep-{number}", "status": status, "events": events, "tasks": [{}]}
    return JobRecord.from_json(answer | ({"execution": execution} if status == "completed" else {}) | fields)


def account(*records, **fields):
    ended = {"completed", "failed", "deleted"}
    rows = [job_row(job, ended=job.status in ended or "<" in job.status) for job in records]
    usage = {row["id"]: JobUsage.of(job) for row, job in zip(rows, records, strict=True)}
    commands = {"refresh": "%prominence watch 1 2", "listing": "%prominence list --completed --last 500"}
    return SetAccount(rows, as_of=1795552265, usage=usage, **(commands | fields))


def test_jobs_that_go_on_are_one_dated_line():
    going_on = account(record(1), record(2), record(3, code=3), record(4, "running"), record(5, "pending"))
    assert set_record_text(going_on) == (
        "5 jobs · ✓ 2 completed · ✗ 1 non-zero exit · ◐ 1 running · ○ 1 pending · "
        "as of 2026-11-24 20:31 UTC · refresh with %prominence watch 1 2"
    )
    assert assert_only_a_record(set_record_html(going_on)).text.split() == set_record_text(going_on).split()


def test_stale_news_say_so():
    assert "20:31 UTC · no connection · refresh" in set_record_text(
        account(record(1, "running"), stale="no connection")
    )


def test_the_end_is_a_summary_and_a_table_with_failures_first():
    jobs = account(
        record(1),
        record(2, code=-9, minutes=2),
        record(3, "failed", minutes=3, statusReason="No matching resources"),
    )
    assert set_record_text(jobs).splitlines() == [
        "3 jobs · ✓ 1 completed · ✗ 1 non-zero exit · ✗ 1 failed",
        "  submitted  2026-11-24 20:26 UTC",
        "  ended      2026-11-24 20:30 UTC",
        "  took       4 min 10 s",
        "  queued     10 s each",
        "  ran        2 min 30 s (median), 3 min 00 s at most",
        "  CPU time   3 min 00 s in all",
        "  job  name     status                               queued      ran         CPU time    peak memory  site",
        "  2    sweep-2  ✗ completed, exit code -9 (SIGKILL)  10 s        3 min 00 s  1 min 30 s  250.0 MB     Site-A",
        f"  3    sweep-3  ✗ failed: No matching resources      4 min 10 s  {UNKNOWN:12}{UNKNOWN:12}{UNKNOWN}",
        "  1    sweep-1  ✓ completed                          10 s        2 min 00 s  1 min 30 s  250.0 MB     Site-A",
    ]


def test_what_the_table_leaves_out_is_named():
    jobs = account(*(record(number) for number in range(1, 10_001)))
    assert set_record_text(jobs).endswith("  and 9,900 more: %prominence list --completed --last 500")
    shown = assert_only_a_record(set_record_html(jobs)).text
    left_out = re.search(r"and ([\d,]+) more: %prominence list --completed --last 500$", shown.rstrip())
    assert shown.count("sweep-") == 10_000 - int(left_out[1].replace(",", "")) > 50


def test_html_says_the_same_with_every_style_stripped():
    jobs = account(record(1), record(2, code=3), record(3, "failed", statusReason="No matching resources"))
    assert assert_only_a_record(set_record_html(jobs)).text.split() == set_record_text(jobs).split()


def test_a_set_without_jobs():
    assert set_record_text(account()) == "0 jobs"
    assert assert_only_a_record(set_record_html(account())).text.split() == ["0", "jobs"]


@pytest.mark.parametrize(("hostile", "count"), [(HOSTILE, 200), (LONG, 3)])
@pytest.mark.parametrize("going_on", [[], [record(1, "running")]])
def test_hostile_text_is_text_and_bounded(hostile, count, going_on):
    jobs = [
        record(
            f"{number}{hostile}", f"{number}{hostile}", name=hostile, statusReason=hostile, execution={"site": hostile}
        )
        for number in range(count)
    ]
    source = set_record_html(account(*jobs, *going_on, refresh=hostile, listing=hostile, stale=hostile))
    assert "<script>alert(1)</script>" in assert_only_a_record(source).text
    assert "\u202e" not in source
    assert len(source.encode()) <= SET_RECORD_LIMIT
    assert len(set_record_text(account(*jobs, *going_on)).encode()) <= 2 * SET_RECORD_LIMIT


def test_many_statuses_are_counted_together():
    jobs = account(*(record(number, f"<status {number}") for number in range(50)))
    assert set_record_text(jobs).splitlines()[0].endswith(" · 42 others")
