"""The record of what jobs used."""

import re

import pytest

from prominence_jupyter.panel.records.columns import width
from prominence_jupyter.panel.records.usage_record import (
    ROWS,
    USAGE_RECORD_LIMIT,
    UsageAccount,
    usage_record_html,
    usage_record_text,
)
from prominence_jupyter.panel.views.words import UNKNOWN
from tests.panel.records.page import assert_only_a_record
from tests.panel.records.test_record import HOSTILE, LONG

MANY = '  and 4,975 more; the frame has all: df.sort_values("core_hours_wasted", ascending=False)'


def job(number=1, **fields):
    row = {"id": number, "name": f"sweep-{number}", "status": "completed", "succeeded": True, "cores": 4}
    row |= {"cpu_efficiency": 0.37, "memory_gb": 2.0, "peak_memory_gb": 0.31, "memory_efficiency": 0.155}
    row |= {"time_efficiency": 0.02, "queue_share": 0.3, "core_hours_wasted": 1.5, "remarks": ""}
    return row | fields


KILLED = job(
    2,
    status="failed",
    succeeded=False,
    remarks="killed: walltime; no metrics",
    **dict.fromkeys(("cpu_efficiency", "memory_efficiency", "peak_memory_gb", "core_hours_wasted", "queue_share")),
)


def group(name="sweep-*", **fields):
    row = {"group": name, "jobs": 40, "failed": 2, "no_metrics": 1, "cpu_efficiency": 0.9, "memory_efficiency": 0.155}
    return row | {"core_hours": 15.0, "core_hours_wasted": 1.5, "gb_hours": 30.0, "gb_hours_wasted": 25.0} | fields


def account(*rows, count=None, **fields):
    totals = {"jobs": len(rows), "core_hours": 100.0, "core_hours_used": 37.0, "core_hours_wasted": 63.0}
    totals |= {"gb_hours": 50.0, "gb_hours_used": 5.0, "gb_hours_wasted": 5.0, "succeeded": 3, "failed": 1}
    totals |= {"cpu_efficiency": 0.37, "memory_efficiency": 0.5}
    return UsageAccount(totals, rows, len(rows) if count is None else count, **fields)


def shown(usage):
    """The text of the HTML, by words; the order of things is that of the text."""
    return assert_only_a_record(usage_record_html(usage)).text.split()


def test_jobs_as_text():
    jobs = account(
        job(), job(3, succeeded=False, cpu_efficiency=1.2, remarks="CPU above 100 %"), KILLED, noticed={"no metrics": 1}
    )
    *lines, last = usage_record_text(jobs, 140).splitlines()
    assert lines[:5] == [
        "3 jobs · CPU 37 % low · memory 50 %",
        "  ended       3 succeeded, 1 failed",
        "  core-hours  100 held, 37.0 used, 63.0 wasted (63 %)",
        "  GB-hours    50.0 held, 5.00 used, 5.00 wasted (50 % of known), 40.0 unknown",
        "  remarks     no metrics: 1",
    ]
    assert [re.sub(" {2,}", "|", line) for line in lines[5:9]] == [
        "|job|name|status|CPU|memory|core-h wasted|cores|peak, GB|walltime|queued|remarks",
        "|1|sweep-1|✓ completed|37 % low|16 % low|1.50|4|0.31 of 2|2 %|30 %",
        "|3|sweep-3|✗ non-zero exit|120 % over|16 % low|1.50|4|0.31 of 2|2 %|30 %|CPU above 100 %",
        "|2|sweep-2|✗ failed|-|-|-|4|- of 2|2 %|-|killed: walltime; no metrics".replace("|-", f"|{UNKNOWN}"),
    ]
    assert "memory: peak / asked for, a node; GB: 10⁹ bytes" in lines[9]
    assert last.endswith("over: above 100\N{NO-BREAK SPACE}%.")


def test_groups_as_text():
    groups = account(group(), group(None, jobs=1, cpu_efficiency=None), by="label:grp")
    head, *_, one, none, _units, _more = usage_record_text(groups, 120).splitlines()
    hours = ["1.50", "15.0", "2", "1", "30.0", "25.0"]
    assert head == "2 jobs in 2 groups by label:grp · CPU 37 % low · memory 50 %"
    assert one.split() == ["sweep-*", "40", "90", "%", "good", "16", "%", "low", *hours]
    assert none.split() == ["(no", "group)", "1", UNKNOWN, "16", "%", "low", *hours]


def test_html_says_the_same_with_every_style_stripped():
    for usage in (account(job(), KILLED, noticed={"no metrics": 1}), account(group(), by="name"), account()):
        assert shown(usage) == usage_record_text(usage, 200).split()


def test_groups_whose_names_differ_at_their_ends_are_told_apart():
    images = [
        f"registry.example.org/hydrology/catchment-model-with-openmpi-and-gcc:2026.{month}-rc1" for month in (10, 11)
    ]
    groups = account(*map(group, images), by="image")
    assert "registry.ex…026.10-rc1" in usage_record_text(groups, 80)
    assert "registry.ex…026.11-rc1" in usage_record_text(groups, 80)
    rows = re.findall(r"<tr.*</tr>", usage_record_html(groups))[-2:]
    assert [image in row for image, row in zip(images, rows, strict=True)] == [True, True]
    assert all("overflow-wrap:anywhere" in row for row in rows)  # and so do not push the numbers out of sight


@pytest.mark.parametrize("room", [80, 100, 120])
def test_text_fits_a_terminal(room):
    noticed = {"insufficient data": 480, "above 100 %": 58, "killed: memory": 70, "killed: walltime": 42}
    jobs = account(job(name="漢" * 40, remarks="x" * 300), KILLED, noticed=noticed, count=5000)
    for usage in (jobs, account(group("g" * 100), by="name")):
        assert max(map(width, usage_record_text(usage, room).splitlines())) <= room


def test_a_narrow_terminal_gets_what_matters_most():
    lines = usage_record_text(account(job(), KILLED), 80).splitlines()
    assert lines[4].split() == ["job", "name", "CPU", "memory", "core-h", "wasted", "remarks"]
    assert lines[6].endswith("killed: walltime; no metrics")


def test_heads_take_two_lines_rather_than_the_place_of_remarks():
    source = usage_record_html(account(job()))
    head = source[: source.index("<td", source.index("core-h wasted"))]
    assert "nowrap" not in head[head.rindex("<tr", 0, head.index(">job<")) :].partition("</tr>")[0]


def test_what_is_left_out_is_counted():
    jobs = account(*map(job, range(30)), count=5000)
    assert usage_record_text(jobs, 120).count("sweep-") == ROWS
    assert MANY in usage_record_text(jobs, 120)
    assert " ".join(MANY.split()) in " ".join(shown(jobs))


def test_no_jobs():
    nothing = UsageAccount({}, [], 0)
    assert usage_record_text(nothing, 80) == "0 jobs"
    assert shown(nothing) == ["0", "jobs"]


@pytest.mark.parametrize("hostile", [HOSTILE, LONG])
@pytest.mark.parametrize("by", ["", HOSTILE])
def test_hostile_text_is_text_and_bounded(hostile, by):
    texts = dict.fromkeys(("id", "name", "status", "remarks", "group"), hostile)
    huge = dict.fromkeys(("cores", "jobs", "cpu_efficiency", "memory_gb", "peak_memory_gb", "core_hours_wasted"), 1e300)
    usage = account(*(texts | huge for _ in range(30)), by=by, noticed={hostile: 7})
    source = usage_record_html(usage)
    page = assert_only_a_record(source)
    assert "<script>alert(1)</script>" in page.text
    assert "\u202e" not in source
    assert len(source.encode()) <= USAGE_RECORD_LIMIT
    assert max(map(width, usage_record_text(usage, 120).splitlines()[4:-4])) <= 400
    left_out = re.search(r"and (\d+) more", page.text)
    assert page.text.count("1e+302 % over") + int(left_out[1]) == 30
