"""The record that stays in a saved notebook."""

import html.parser
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prominence_jupyter.panel.record import OUTPUT_LIMIT, record_html, record_text
from prominence_jupyter.panel.view import job_view
from prominence_jupyter.protocol.record import JobRecord

CONTRACT = Path(__file__).parents[1] / "contract"
OUR_TAGS = {"div", "p", "strong", "code", "table", "tr", "th", "td", "pre"}
WATCH = "%prominence watch 12"


class Reader(html.parser.HTMLParser):
    """What a page with every style stripped shows, and the tags it is made of."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = set(), set(), [], ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def finished(name="job-two-tasks"):
    answer = json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"][-1]["response"]["json"][0]
    return job_view(JobRecord.from_json(answer), ended=True)


def pending(**answer):
    record = JobRecord.from_json({"id": 12, "name": "calculate-pi", "status": "pending"} | answer)
    return job_view(record, as_of=1795552265)


def test_a_job_that_goes_on_is_one_dated_line():
    line = "○ pending · calculate-pi · job 12 · as of 2026-11-24 20:31:05 UTC — refresh with %prominence watch 12"
    assert record_text(pending(), b"ignored", total_bytes=7, refresh=WATCH) == line
    assert Reader(record_html(pending(), b"", total_bytes=0, refresh=WATCH)).text.strip() == line


def test_a_stale_record_says_so():
    view = job_view(JobRecord(id=12, status="running"), as_of=1795552265, stale="no connection")
    assert "no news since 20:31 UTC: no connection" in record_text(view, b"", total_bytes=0, refresh=WATCH)


def test_a_finished_job_as_text():
    assert record_text(finished(), b"one\ntwo\n", total_bytes=8, refresh=WATCH).splitlines() == [
        "✓ completed · two-tasks · job 17",
        "  queued  1 s",
        "  ran     0 s",
        "  ended   2026-11-23 17:26:04 UTC",
        "  site    Site-A",
        "  task  exit code  CPU time  wall time  peak memory  image and command",
        "  1     0          0.0012 s  0.021 s    106.8 MiB    busybox: echo one",
        "  2     0          0.0011 s  0.0044 s   106.8 MiB    busybox: echo two",
        "Output, 8 bytes:",
        "one",
        "two",
    ]


def test_the_html_says_the_same_with_every_style_stripped():
    text = Reader(record_html(finished(), b"one\ntwo\n", total_bytes=8, refresh=WATCH)).text
    plain = record_text(finished(), b"one\ntwo\n", total_bytes=8, refresh=WATCH)
    assert text.split() == plain.split()


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
    assert re.fullmatch(r"line \d+", output[0])
    assert 60_000 < len("\n".join(output)) <= OUTPUT_LIMIT


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>&\"'\u202e\x1b[31m"


@pytest.mark.parametrize("ended", [True, False])
def test_hostile_text_is_text(ended):
    answer = {"id": HOSTILE, "name": HOSTILE, "status": HOSTILE, "statusReason": HOSTILE}
    answer |= {"execution": {"site": HOSTILE}, "tasks": [{"image": HOSTILE, "cmd": HOSTILE}]}
    view = job_view(JobRecord.from_json(answer), ended=ended, stale=HOSTILE, url=HOSTILE)
    source = record_html(view, HOSTILE.encode(), total_bytes=100_000, refresh=HOSTILE)
    page = Reader(source)
    assert page.tags <= OUR_TAGS
    assert page.attributes == {"style"}
    assert "<script>alert(1)</script>" in page.text
    assert "\u202e" not in source


@settings(max_examples=200)
@given(st.binary(max_size=3000), st.text(max_size=300), st.integers(0, 10**30))
def test_any_bytes_and_any_name(tail, name, more):
    view = job_view(
        JobRecord.from_json({"id": name, "name": name, "statusReason": name, "status": "failed"}), ended=True
    )
    source = record_html(view, tail, total_bytes=len(tail) + more, refresh=name)
    text = record_text(view, tail, total_bytes=len(tail) + more, refresh="%prominence watch")
    assert source.encode().decode() == source
    assert text.encode().decode() == text
    assert set(re.findall(r"</?([^ >]*)", source)) <= OUR_TAGS
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", source)


@pytest.mark.parametrize("worst", [b"&", b"\xff", b"'", b"\r", b"\x1b", b"\n", b"<"])
def test_the_record_is_bounded(worst):
    tail = worst * 1_000_000
    escaped_at_most = 6
    assert (
        len(record_html(finished(), tail, total_bytes=len(tail), refresh=WATCH)) < escaped_at_most * OUTPUT_LIMIT + 8000
    )
    assert len(record_text(finished(), tail, total_bytes=len(tail), refresh=WATCH).encode()) < OUTPUT_LIMIT + 2000
