"""The record of what to ask for."""

import json

import pytest

from prominence_jupyter.panel.records.advice_record import (
    ADVICE_RECORD_LIMIT,
    GROUPS,
    AdviceAccount,
    advice_record_html,
    advice_record_text,
)
from prominence_jupyter.panel.records.columns import width
from prominence_jupyter.panel.records.markup import COLOURS
from prominence_jupyter.panel.views.words import UNKNOWN
from tests.panel.records.page import assert_only_a_record
from tests.panel.records.test_record import HOSTILE, LONG

BLOCK = {"cpus": 1, "memory": 1, "disk": 10, "walltime": 15}
MEASURED = ("cpus", "memory_gb", "walltime_min")


def group(name="sweep-*", verdict="ask for less", **fields):
    row = {"group": name, "verdict": verdict, "jobs": 42, "judged": 40, "killed_memory": 0, "killed_walltime": 0}
    row |= {"cpus_asked": 4, "cpus_median": 0.975, "cpus_p95": 0.99, "cpus_max": 1.0, "suggested_cpus": 1}
    row |= {"memory_gb_asked": 8.0, "memory_gb_median": 0.31, "memory_gb_p95": 0.32, "memory_gb_max": 0.32}
    row |= {"walltime_min_asked": 720.0, "walltime_min_median": 11.1, "walltime_min_p95": 11.8}
    row |= {"walltime_min_max": 11.8, "suggested_memory_gb": 1, "suggested_walltime_min": 15}
    row |= {"core_hours_saved": 22.1, "gb_hours_saved": 51.6, "why": "used at most 1 of 4 cores on average"}
    return row | {"resources": json.dumps(BLOCK)} | fields


MORE = group(
    "fit",
    "ask for more",
    killed_memory=3,
    killed_walltime=1,
    core_hours_saved=0.0,
    gb_hours_saved=-4.37,
    suggested_memory_gb=12,
)
UNJUDGED = group(
    "once",
    "too few jobs",
    jobs=1,
    judged=1,
    resources="",
    **dict.fromkeys((*(f"suggested_{name}" for name in MEASURED), "core_hours_saved", "gb_hours_saved")),
    **dict.fromkeys(f"{name}_{part}" for name in MEASURED for part in ("median", "p95", "max")),
)


def account(*rows, verdicts=None, saved=22.1):
    verdicts = {"ask for less": len(rows)} if verdicts is None else verdicts
    return AdviceAccount(rows, verdicts, {"core_hours_saved": saved, "gb_hours_saved": -4.4})


def test_a_group_as_text():
    lines = advice_record_text(account(group()), 120).splitlines()
    assert [line for line in lines if line][:7] == [
        "1 group of jobs · ask for less: 1 · would have saved 22.1 core-hours and would have held 4.40 GB-hours more",
        "sweep-* · ▼ ask for less · 40 of 42 jobs judged · would have saved 22.1 core-hours and 51.6 GB-hours",
        "  resource       asked for  used: median   p95  maximum  suggested",
        "  CPUs                   4          0.97  0.99     1.00          1",
        "  memory, GB             8          0.31  0.32     0.32          1",
        "  walltime, min        720          11.1  11.8     11.8         15",
        "  used at most 1 of 4 cores on average",
    ]
    assert lines[8] == f'  "resources": {json.dumps(BLOCK)}'


def test_what_was_killed_and_what_more_would_be_held_is_said():
    assert advice_record_text(account(MORE), 200).splitlines()[2] == (
        "fit · ▲ ask for more: memory; less: CPUs and walltime · 40 of 42 jobs judged · 3 killed for memory · "
        "1 killed for walltime · would have held 4.37 GB-hours more"
    )


def test_without_a_suggestion_there_is_no_block():
    text = advice_record_text(account(UNJUDGED), 120)
    assert f"once · {UNKNOWN} too few jobs · 1 of 1 job judged\n" in text
    assert text.count(UNKNOWN) == 13
    assert "resources" not in text
    assert "<pre" not in advice_record_html(account(UNJUDGED))


def test_html_says_the_same_with_every_style_stripped():
    groups = account(MORE, group(), UNJUDGED, verdicts={"ask for more": 1, "ask for less": 1, "too few jobs": 1})
    page = assert_only_a_record(advice_record_html(groups))
    assert page.text.split() == advice_record_text(groups, 500).split()
    assert {"bad", "running", "neutral"} == {
        tone for tone, colour in COLOURS.items() if any(f"solid {colour}" in style for style in page.styles)
    }


def test_the_block_can_be_pasted_into_a_job():
    page = assert_only_a_record(advice_record_html(account(group())))
    block = next(line for line in page.text.splitlines() if line.startswith('"resources"'))
    assert json.loads(f"{{{block}}}") == {"resources": BLOCK}


def test_what_is_left_out_is_counted():
    groups = account(*(group(f"g{number}") for number in range(30)), verdicts={"ask for less": 5000})
    assert f"\nand {5000 - GROUPS:,} more; the frame has all\n" in advice_record_text(groups, 120)
    assert "more; the frame has all" in assert_only_a_record(advice_record_html(groups)).text


@pytest.mark.parametrize("room", [80, 120])
def test_text_fits_a_terminal(room):
    groups = account(MORE, group("a name " * 20, why="many words " * 60), UNJUDGED)
    assert max(map(width, advice_record_text(groups, room).splitlines())) <= room


def test_no_groups():
    assert advice_record_text(account(saved=None, verdicts={}), 80).startswith("0 groups of jobs")


@pytest.mark.parametrize("hostile", [HOSTILE, LONG])
def test_hostile_text_is_text_and_bounded(hostile):
    texts = dict.fromkeys(("group", "verdict", "why", "resources"), hostile)
    groups = account(*(group() | texts for _ in range(30)))
    source = advice_record_html(groups)
    assert "<script>alert(1)</script>" in assert_only_a_record(source).text
    assert "\u202e" not in source
    assert len(source.encode()) <= ADVICE_RECORD_LIMIT
    assert len(advice_record_text(groups, 80).encode()) <= ADVICE_RECORD_LIMIT
