"""The record that stays in a saved notebook."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.records.record import (
    ERRORS_LIMIT,
    RECORD_LIMIT,
    TEXT_OUTPUT_LIMIT,
    record_html,
    record_text,
)
from prominence_jupyter.panel.views.view import job_view
from prominence_jupyter.protocol.record import JobRecord
from tests.panel.records.page import Page, assert_only_a_record

CONTRACT = Path(__file__).parents[2] / "contract"
WATCH = "%prominence watch 12"


def finished(name="job-two-tasks"):
    answer = json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"][-1]["response"]["json"][0]
    return job_view(JobRecord.from_json(answer), ended=True)


def pending(**answer):
    record = JobRecord.from_json({"id": 12, "name": "calculate-pi", "status": "pending"} | answer)
    return job_view(record, as_of=1795552265)


def test_a_job_that_goes_on_is_one_dated_line():
    line = "○ pending · calculate-pi · job 12 · as of 2026-11-24 20:31 UTC · refresh with %prominence watch 12"
    assert record_text(pending(), b"ignored", total_bytes=7, refresh=WATCH) == line
    assert Page(record_html(pending(), b"", total_bytes=0, refresh=WATCH)).text == line


def test_a_job_without_a_name_is_not_named():
    said = record_text(pending(name=None), b"", total_bytes=0, refresh=WATCH)
    assert said.startswith("○ pending · job 12 · as of")


def test_the_bar_is_as_wide_as_that_of_a_long_job():
    source = record_html(finished(), b"", total_bytes=0, refresh=WATCH)  # its phases took 0.04 s in all
    assert sum(map(float, re.findall(r"flex:([\d.]+)", source))) == pytest.approx(1, abs=0.001)


def test_a_stale_record_says_so():
    view = job_view(JobRecord(id=12, status="running"), as_of=1795552265, stale="no connection")
    assert "no news since 20:31 UTC: no connection" in record_text(view, b"", total_bytes=0, refresh=WATCH)


def test_a_finished_job_as_text():
    assert record_text(finished(), b"one\ntwo\n", total_bytes=8, refresh=WATCH).splitlines() == [
        "✓ completed · two-tasks · job 17",
        "  queued  1 s",
        "  ran     0 s (image pull: 0.02 s, task 1: 0.021 s, task 2: 0.0044 s)",
        "  ended   2026-11-23 17:26:04 UTC",
        "  memory  109.3 MB at its peak",
        "  site    Site-A",
        "  task       exit code  CPU time  wall time  peak memory  image and command",
        "  1          0          0.0012 s  0.021 s    112.0 MB     busybox: echo one",
        "  2          0          0.0011 s  0.0044 s   112.0 MB     busybox: echo two",
        "  asked for             1 CPU                1 GB         10 GB disk, 1 node",
        "Output, 8 bytes:",
        "one",
        "two",
    ]


@pytest.mark.parametrize("job", ["job-two-tasks", "job-nonzero-exit", "job-signal", "job-noresources", "job-memory"])
def test_the_html_says_the_same_with_every_style_stripped(job):
    log = b"\x1b[31mone\x1b[0m\n\n 50%\r100%\n"
    account = {"total_bytes": len(log), "refresh": WATCH, "errors": b"\x1b[1mno\x1b[m\n"}
    page = assert_only_a_record(record_html(finished(job), log, **account))
    assert page.text.split() == record_text(finished(job), log, **account).split()


def test_output_keeps_its_colours_and_is_as_a_terminal_shows_it_at_the_end():
    log = b"\x1b[1mINFO\x1b[0m start\n 10%|#   |\r100%|####|\n"
    source = record_html(finished(), log, total_bytes=len(log), refresh=WATCH)
    assert '<span style="font-weight:bold">INFO</span> start\n100%|####|</span></pre>' in source


def test_what_a_failed_job_said_last():
    errors = b"noise\n" * 10_000 + b"\x1b[31mValueError\x1b[0m: <no>\n"
    source = record_html(finished("job-nonzero-exit"), b"", total_bytes=0, refresh=WATCH, errors=errors)
    text = record_text(finished("job-nonzero-exit"), b"", total_bytes=0, refresh=WATCH, errors=errors)
    said = text.partition("The end of its standard error:\n")[2]
    assert said.endswith("noise\nValueError: <no>")
    assert len(said) <= ERRORS_LIMIT
    assert "</span>: &lt;no&gt;</span></pre>" in source


@pytest.mark.parametrize(
    ("tail", "total", "line"),
    [
        (b"", 0, "No output."),
        (b"x\n", 2, "Output, 2 bytes:"),
        (b"alf\nwhole\n", 5_000_000, "Output, the last 6 bytes of 4.8 MB (all of it: %prominence stdout 17):"),
        (b"", 5_000, "Output, 5 KB (all of it: %prominence stdout 17)"),
    ],
)
def test_it_says_what_is_left_out_of_the_output(tail, total, line):
    assert line in record_text(finished(), tail, total_bytes=total, refresh=WATCH).splitlines()


def test_long_output_is_cut_at_a_line():
    tail = b"".join(b"line %d\n" % i for i in range(20_000))
    text = record_text(finished(), tail, total_bytes=len(tail), refresh=WATCH)
    output = text.partition("stdout 17):\n")[2].splitlines()
    assert output[-1] == "line 19999"
    assert output[0] in {f"line {i}" for i in range(20_000)}
    assert 15_000 < len("\n".join(output)) <= TEXT_OUTPUT_LIMIT


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>&\"'\u202e\x1b[31m $x$ \\(y\\) [a](javascript:b)\n\n# c"
LONG = HOSTILE + "x" * 1_000_000


@pytest.mark.parametrize("hostile", [HOSTILE, LONG])
@pytest.mark.parametrize("ended", [True, False])
def test_hostile_text_is_text(ended, hostile):
    answer = {"id": hostile, "name": hostile, "status": hostile, "statusReason": hostile, "labels": {hostile: hostile}}
    answer |= {"execution": {"site": hostile}, "tasks": [{"image": hostile, "cmd": hostile}] * 30}
    view = job_view(JobRecord.from_json(answer), ended=ended, stale=hostile, url=hostile)
    log = hostile.encode() + b"\xff\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"
    source = record_html(
        view, log, total_bytes=10**7, refresh=hostile, output_trouble=hostile, errors=hostile[:1000].encode()
    )
    page = assert_only_a_record(source)
    assert "<script>alert(1)</script>" in page.text
    assert "\u202e" not in source
    assert "http://x" not in source
    assert len(source.encode()) <= RECORD_LIMIT


@given(st.binary(max_size=3000), st.text(max_size=300), st.integers(0, 10**30))
def test_any_bytes_and_any_name(tail, name, more):
    view = job_view(
        JobRecord.from_json({"id": name, "name": name, "statusReason": name, "status": "failed"}), ended=True
    )
    source = record_html(view, tail, total_bytes=len(tail) + more, refresh=name, errors=tail)
    text = record_text(view, tail, total_bytes=len(tail) + more, refresh="%prominence watch", errors=tail)
    assert text.encode().decode() == text
    assert source.encode().decode() == source
    assert_only_a_record(source)
    assert not any(ord(c) < 32 and c != "\n" for c in source + text)


@pytest.mark.parametrize(
    "worst",
    [b"&", b"\xff", b"'", b"\r", b"\x1b", b"\n", b"<", b"&\n", b"\x1b[31mx", b"\x1b[31m&\x1b[42m\xff\n", b"\tx"],
)
def test_the_record_is_bounded(worst):
    tail = worst * 200_000
    account = {"total_bytes": len(tail), "refresh": WATCH, "errors": tail}
    assert len(record_html(finished(), tail, **account).encode()) <= RECORD_LIMIT
    assert len(record_text(finished(), tail, **account).encode()) < TEXT_OUTPUT_LIMIT + 8000
