"""The head of a workflow: what it says, whatever the service says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.views.workflows.progress import progress_text
from prominence_jupyter.panel.views.workflows.workflow_view import workflow_view
from tests.panel.views.workflows.made_up import NOW, many, node, states, workflow


def view(record, known=None, **more):
    return workflow_view(record, known or {}, **{"url": "http://127.0.0.1", "stale": "", "now": NOW, **more})


def test_what_is_said_while_it_goes_on():
    record = workflow("running", events={"createTime": 100, "startTime": 110})
    shown = view(record, many("point", "completed", "completed", "failed", "running", None))
    assert (shown["id"], shown["title"], shown["status"], shown["tone"], shown["shape"]) == (
        *("7", "pi", "running", "running", "◐"),
    )
    assert shown["counts"] == [
        *(["completed", "good", "✓", 2], ["failed", "bad", "✗", 1], ["running", "running", "◐", 1]),
        ["waiting", "waiting", "○", 1],
    ]
    assert shown["progress"] == "2 of 5 done, 1 failed, 1 running, 1 waiting"
    assert (shown["created"], shown["started"], shown["ended"]) == (100, 110, None)
    assert shown["times"] == "submitted 1970-01-01 00:01 UTC"
    assert shown["here"] is True
    assert (shown["final"], shown["failed"], shown["graph"], shown["expected"]) == (False, False, None, "")


def test_what_is_said_at_the_end():
    shown = view(workflow("failed"), many("point", *["completed"] * 178, "failed", *["not run"] * 21))
    assert shown["progress"] == "178 of 200 done, 1 failed, 21 not run"
    assert (shown["status"], shown["tone"], shown["final"], shown["failed"]) == ("failed", "bad", True, True)


@pytest.mark.parametrize(
    ("status", "tone", "final", "failed"),
    [
        ("pending", "waiting", False, False),
        ("running", "running", False, False),
        ("completed", "good", True, False),
        ("failed", "bad", True, True),
        ("deleted", "neutral", True, True),
        ("no-such-word", "neutral", False, False),
        (None, "neutral", False, False),
    ],
)
def test_status_and_tone(status, tone, final, failed):
    shown = view(workflow(status), states(node("a", None, "completed")))
    assert (shown["tone"], shown["final"], shown["failed"]) == (tone, final, failed)


def test_completed_is_not_good_where_a_task_failed():
    shown = view(workflow("completed"), states(node("a", 0, "completed", code=0), node("a", 1, "completed", code=3)))
    assert (shown["status"], shown["tone"]) == ("completed, not all did their work", "bad")
    assert shown["progress"] == "1 of 2 done, 1 failed"
    assert shown["failed"] is False  # the service would not run it again


def test_the_service_is_believed_where_no_job_is_known():
    progress = {"total": 1200, "done": 1000, "failed": 2, "queued": 8, "waiting": 190}
    assert progress_text(workflow(progress=progress), []) == (
        "1,000 of 1,200 done, 2 failed, 8 queued or running, 190 waiting"
    )
    assert progress_text(workflow(progress={"total": 0}), []) == ""
    assert progress_text(workflow(), []) == ""


def test_an_expected_end_is_told_only_with_news():
    known = states(
        *(node("p", i, "completed", started=NOW - 100 + 10 * i, ended=NOW - 90 + 10 * i) for i in range(9)),
        node("p", 9, "running", started=NOW - 10),
        *(node("p", i) for i in range(10, 40)),
    )
    assert view(workflow(), known)["expected"] == "about 5 min left"
    stale = view(workflow(), known, stale="no news since 12:00 UTC")
    assert (stale["expected"], stale["stale"]) == ("", "no news since 12:00 UTC")


@given(st.text(), st.lists(st.text(), max_size=30))
def test_any_words_give_bounded_plain_data(name, words):
    record = workflow(name, {name: [name]}, name=name * 100, statusReason=name * 100, id=name)
    known = states(*(node(word, number, word) for number, word in enumerate(words)))
    text = json.dumps(view(record, known, stale=name * 100), ensure_ascii=False)
    assert len(text) < 6000
    assert not set(text) & set("\u202e\u2028\x1b\x00")
