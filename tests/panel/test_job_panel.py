"""The Python side of the panel, without a browser: what it sends, what it does with what it is sent."""

import threading

import pytest
from ipywidgets import VBox

from prominence_jupyter.panel.job_panel import ANSWER_LIMIT, TAIL_LIMIT, JobPanel
from prominence_jupyter.panel.view import job_view
from prominence_jupyter.protocol.record import JobRecord


def view(status="running", *, ended=False):
    return job_view(JobRecord(id=12, name="calculate-pi", status=status), ended=ended, as_of=0)


class Wire:
    """Stands where the browser is."""

    def __init__(self, panel, monkeypatch):
        self.panel, self.sent = panel, []
        monkeypatch.setattr(panel, "send", lambda content, buffers=None: self.sent.append((content, buffers)))

    def says(self, **content):
        self.panel._handle_custom_msg(content, [])


@pytest.fixture
def wired(monkeypatch):
    panels = []

    def make(**options):
        panel = JobPanel(view(), **options)
        panels.append(panel)
        return panel, Wire(panel, monkeypatch)

    yield make
    for panel in panels:
        panel.close()


def test_what_is_there_at_creation_travels_in_the_state(wired):
    panel, wire = wired(output=b"hello\n", on_cancel=lambda: None)
    state = panel.get_state()
    assert state["_output"] == {"run": 0, "notice": "", "offset": 0, "data": b"hello\n"}
    assert state["_view"]["title"] == "calculate-pi"
    assert state["_can_cancel"] is True
    assert wire.sent == []


def test_only_the_delta_is_sent_with_its_offset(wired):
    panel, wire = wired(output=b"hello\n")
    panel.append(b"more\n")
    panel.append(b"")
    panel.append(b"end\n")
    assert wire.sent == [
        ({"kind": "output", "run": 0, "offset": 6}, [b"more\n"]),
        ({"kind": "output", "run": 0, "offset": 11}, [b"end\n"]),
    ]


def test_the_state_follows_the_output_for_a_page_that_is_loaded_again(wired):
    panel, _ = wired(output=b"hello\n")
    panel.append(b"x" * TAIL_LIMIT)
    assert panel.get_state("_output")["_output"] == {"run": 0, "notice": "", "offset": 6, "data": b"x" * TAIL_LIMIT}


def test_of_much_output_only_the_end_is_sent(wired):
    panel, wire = wired()
    panel.append(b"x" * (3 * TAIL_LIMIT))
    [(content, [data])] = wire.sent
    assert (content["offset"], len(data)) == (2 * TAIL_LIMIT, TAIL_LIMIT)


def test_a_newer_view_replaces_the_old_one(wired):
    panel, _ = wired()
    panel.update(view("completed", ended=True))
    assert panel.get_state("_view")["_view"]["status"] == "completed"


def test_output_that_starts_afresh(wired):
    panel, wire = wired(output=b"old\n")
    panel.restart_output("The job was evicted and starts again.\n")
    panel.append(b"new\n")
    assert wire.sent == [
        ({"kind": "restart", "run": 1, "notice": "The job was evicted and starts again."}, None),
        ({"kind": "output", "run": 1, "offset": 0}, [b"new\n"]),
    ]


def test_an_ask_is_answered_by_the_reader(wired):
    whole = b"0123456789"
    panel, wire = wired(output=whole, read_output=lambda offset: whole[offset:])
    wire.says(ask=4, run=0)
    assert wire.sent == [({"kind": "answer", "run": 0, "offset": 4}, [b"456789"])]
    assert panel.output_state()["data"] == whole


def test_an_ask_without_a_reader_is_answered_with_what_is_left(wired):
    panel, wire = wired()
    panel.append(b"x" * (TAIL_LIMIT + 5))
    wire.sent.clear()
    wire.says(ask=0, run=0)
    [(content, [data])] = wire.sent
    assert (content["offset"], len(data)) == (5, TAIL_LIMIT)


def test_an_answer_is_bounded(wired):
    _, wire = wired(read_output=lambda _offset: b"x" * (ANSWER_LIMIT + 7))
    wire.says(ask=0, run=0)
    [(content, [data])] = wire.sent
    assert (content["offset"], len(data)) == (7, ANSWER_LIMIT)


def test_output_that_started_afresh_while_it_was_read_is_not_mixed(wired):
    def read(_offset):
        panel.restart_output("again")
        return b"old"

    panel, wire = wired(output=b"old", read_output=read)
    wire.says(ask=0, run=0)
    assert wire.sent[-1] == ({"kind": "answer", "run": 1, "offset": 0}, [b""])


def test_cancel_calls_back(wired):
    calls = []
    _, wire = wired(on_cancel=lambda: calls.append(1))
    wire.says(cancel=True)
    assert calls == [1]
    assert wire.sent == [({"kind": "cancelled", "run": 0}, None)]


@pytest.mark.parametrize("error", [RuntimeError("no\nconnection"), ValueError()])
def test_what_cancel_raises_is_shown(wired, error):
    def fail():
        raise error

    _, wire = wired(on_cancel=fail)
    wire.says(cancel=True)
    text = "no connection" if error.args else "ValueError"
    assert wire.sent == [({"kind": "problem", "run": 0, "text": text}, None)]


@pytest.mark.parametrize("content", [{}, {"cancel": "yes"}, {"ask": "0"}, {"cancel": True}, {"other": 1}])
def test_odd_messages_do_nothing(wired, content):
    _, wire = wired()
    wire.says(**content)
    assert wire.sent == []


def test_threads_append_without_a_gap(wired):
    panel, wire = wired()
    threads = [threading.Thread(target=lambda: [panel.append(b"line\n") for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [content["offset"] for content, _ in wire.sent] == list(range(0, 4000, 5))


def test_it_composes_like_any_widget(wired):
    panel, _ = wired()
    box = VBox([panel])
    assert box.children == (panel,)
    box.close()
