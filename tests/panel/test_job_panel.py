"""The Python side of the panel, without a browser: what it sends, what it does with what it is sent."""

import threading
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets import VBox

from prominence_jupyter.panel.job_panel import ANSWER_LIMIT, TAIL_LIMIT, JobPanel, PanelActions
from prominence_jupyter.panel.outbox import Outbox
from prominence_jupyter.panel.views.view import job_view
from prominence_jupyter.protocol.record import JobRecord


def view(status="running", *, ended=False):
    return job_view(JobRecord(id=12, name="calculate-pi", status=status), ended=ended, as_of=0)


@dataclass
class Piece:
    run: int
    start: int
    data: bytes
    size: int
    lines: int


class Log:
    """A log in memory."""

    def __init__(self, data=b""):
        self.run, self.data = 0, data

    def piece(self, start, stop):
        return Piece(self.run, start, self.data[start:stop], len(self.data), self.data.count(b"\n"))

    def tail(self, count):
        return self.piece(max(0, len(self.data) - count), len(self.data))

    def restart(self, data=b""):
        self.run, self.data = self.run + 1, data


class AtOnce(Outbox):
    """An outbox that has no budget to keep."""

    def post(self, _key, send):
        send()


class Later(Outbox):
    """An outbox that sends when it is told to."""

    def __init__(self):
        super().__init__()
        self.waiting = {}

    def post(self, key, send):
        self.waiting[key] = send

    def send_all(self):
        while self.waiting:
            self.waiting.pop(next(iter(self.waiting)))()


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

    def make(log=None, *, outbox=None, errors=None, **actions):
        logs = {"stdout": log or Log(), "stderr": errors or Log()}
        panel = JobPanel(view(), logs=logs, actions=PanelActions(**actions), outbox=outbox or AtOnce())
        panels.append(panel)
        return panel, Wire(panel, monkeypatch)

    yield make
    for panel in panels:
        panel.close()


def output(start, size, lines, *, kind="output", run=0, stream="stdout", notice=""):
    where = {"run": run, "start": start, "size": size, "lines": lines, "notice": notice}
    return {"kind": kind, "stream": stream, **where}


def test_what_is_there_at_creation_travels_in_the_state(wired):
    panel, wire = wired(Log(b"hello\n"), cancel=lambda: "")
    state = panel.get_state()
    empty = {"run": 0, "notice": "", "start": 0, "size": 0, "lines": 0, "data": b""}
    assert state["_output"] == {"stdout": empty | {"size": 6, "lines": 1, "data": b"hello\n"}, "stderr": empty}
    assert state["_view"]["title"] == "calculate-pi"
    assert state["_can"] == ["cancel"]
    assert wire.sent == []


def test_only_what_is_new_is_sent_with_its_place(wired):
    log = Log(b"hello\n")
    panel, wire = wired(log)
    log.data += b"more\n"
    panel.grown("stdout")
    panel.grown("stdout")
    log.data += b"end\n"
    panel.grown("stdout")
    assert wire.sent == [(output(6, 11, 2), [b"more\n"]), (output(11, 15, 3), [b"end\n"])]


def test_what_grows_while_a_message_waits_goes_with_it(wired):
    log, outbox = Log(), Later()
    panel, wire = wired(log, outbox=outbox)
    for i in range(1000):
        log.data += b"%d\n" % i
        panel.grown("stdout")
    panel.update(view())
    outbox.send_all()
    assert wire.sent == [(output(0, len(log.data), 1000), [log.data])]


def test_of_much_only_the_end_is_sent(wired):
    log = Log()
    panel, wire = wired(log)
    log.data = bytes(10 * TAIL_LIMIT)
    panel.grown("stdout")
    assert wire.sent == [(output(9 * TAIL_LIMIT, 10 * TAIL_LIMIT, 0), [bytes(TAIL_LIMIT)])]
    assert len(panel.get_state()["_output"]["stdout"]["data"]) == TAIL_LIMIT


def test_a_log_that_begins_afresh_says_so(wired):
    log = Log(b"old\n")
    panel, wire = wired(log)
    log.restart()
    panel.grown("stdout")
    log.data = b"new\n"
    panel.grown("stdout")
    (empty, no_bytes), (fresh, buffers) = wire.sent
    assert empty["kind"] == "log"
    assert no_bytes is None
    assert "started again" in empty["notice"]
    assert fresh == output(0, 4, 1, run=1, notice=empty["notice"])
    assert buffers == [b"new\n"]


def test_both_logs_are_told_apart(wired):
    errors = Log()
    panel, wire = wired(Log(b"out\n"), errors=errors)
    errors.data = b"err\n"
    panel.grown("stderr")
    assert wire.sent == [(output(0, 4, 1, stream="stderr"), [b"err\n"])]


def test_what_is_asked_for_is_answered(wired):
    _panel, wire = wired(Log(b"0123456789"))
    wire.says(ask=[2, 5], stream="stdout", run=0)
    assert wire.sent == [(output(2, 10, 0, kind="answer"), [b"234"])]


def test_an_answer_has_a_limit(wired):
    _panel, wire = wired(Log(bytes(3 * ANSWER_LIMIT)))
    wire.says(ask=[10, 3 * ANSWER_LIMIT], stream="stdout", run=0)
    ((content, [data]),) = wire.sent
    assert content["start"] == 10
    assert len(data) == ANSWER_LIMIT


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"ask": "0"},
        {"ask": [0, "1"], "stream": "stdout"},
        {"ask": [0, 1], "stream": "other"},
        {"action": "cancel"},
        {"action": "save", "stream": "stdout"},
        {"action": "__init__"},
        {"shown": "stdout", "page": "p"},
        {"shown": ["stdout"], "page": 1},
        {"shown": [[1]], "page": "p"},
        {"reading": 1, "page": "p"},
        {"reading": True, "page": 1},
    ],
)
def test_what_is_no_message_of_ours_changes_nothing(wired, content):
    _panel, wire = wired()
    wire.says(**content)
    assert wire.sent == []


def test_a_view_is_sent_once_and_only_if_it_differs(wired):
    panel, _wire = wired()
    seen = []
    panel.observe(lambda change: seen.append(change["new"]["status"]), "_view")
    panel.update(view())
    panel.update(view("completed", ended=True))
    assert seen == ["completed"]


def test_the_description_follows_when_it_is_known(wired):
    panel, _wire = wired()
    panel.update(view(), '{"name": "pi"}')
    assert panel.get_state()["_description"] == '{"name": "pi"}'


def test_actions_say_what_became_of_them(wired):
    saved = []

    def save(stream):
        saved.append(stream)
        return "Saved as job-12-stderr.log"

    _panel, wire = wired(cancel=lambda: "", clone=lambda: "Submitted again as job 13", save=save)
    wire.says(action="cancel")
    wire.says(action="clone")
    wire.says(action="save", stream="stderr")
    assert [content for content, _ in wire.sent] == [
        {"kind": "done", "action": "cancel", "text": ""},
        {"kind": "done", "action": "clone", "text": "Submitted again as job 13"},
        {"kind": "done", "action": "save", "text": "Saved as job-12-stderr.log"},
    ]
    assert saved == ["stderr"]


def test_a_problem_of_an_action_is_shown(wired):
    def cancel():
        raise RuntimeError("job 12 has\nended already")

    _panel, wire = wired(cancel=cancel)
    wire.says(action="cancel")
    assert wire.sent == [({"kind": "problem", "action": "cancel", "text": "job 12 has ended already"}, None)]


def test_what_is_shown_is_what_any_page_shows(wired):
    shown = []
    _panel, wire = wired(show=shown.append)
    wire.says(shown=["stderr"], page="one")
    wire.says(shown=["stdout", "other"], page="two")
    wire.says(shown=[], page="one")
    wire.says(shown=[], page="two")
    assert shown == [{"stderr"}, {"stdout", "stderr"}, {"stdout"}, set()]


def test_it_is_read_while_any_page_reads(wired):
    reads = []
    _panel, wire = wired(read=reads.append)
    wire.says(reading=True, page="one")
    wire.says(reading=True, page="two")
    wire.says(reading=False, page="one")
    wire.says(reading=False, page="two")
    wire.says(reading=False, page="never seen")
    assert reads == [True, True, True, False, False]


def test_it_composes_like_any_widget(wired):
    panel, _wire = wired()
    box = VBox([panel])
    assert box.get_state()["children"] == [f"IPY_MODEL_{panel.model_id}"]
    box.close()


def test_its_text_says_what_it_is(wired):
    panel, _wire = wired()
    assert repr(panel) == "Live panel of job 12"


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=40), st.just("restart"), st.just("send")), max_size=30))
def test_what_a_browser_gets_is_the_log_in_order(steps):
    log, outbox = Log(), Later()
    panel = JobPanel(view(), logs={"stdout": log}, outbox=outbox)
    sent = []
    panel.send = lambda content, buffers=None: sent.append((content, buffers))
    for step in [*steps, "send"]:
        if step == "send":
            outbox.send_all()
        elif step == "restart":
            log.restart()
        else:
            log.data += step
        panel.grown("stdout")
    outbox.send_all()
    runs = {}
    for content, buffers in sent:
        assert content["run"] >= max(runs, default=0)
        held = runs.setdefault(content["run"], b"")
        if buffers:
            assert content["start"] == len(held)
            runs[content["run"]] += buffers[0]
    assert runs.get(log.run, b"") == log.data
    panel.close()


def test_many_threads_may_tell_at_once(wired):
    log = Log()
    panel, wire = wired(log, outbox=Outbox(messages_a_second=1000))
    done = threading.Event()

    def tell():
        for _ in range(200):
            panel.grown("stdout")

    log.data = b"x" * 100
    threads = [threading.Thread(target=tell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    panel._outbox.post(("last",), done.set)
    assert done.wait(10)
    assert wire.sent == [(output(0, 100, 0), [b"x" * 100])]


def test_a_notice_travels_alone_with_every_message_and_with_the_state(wired):
    log = Log(b"some\n")
    panel, wire = wired(log)
    panel.set_notice("stdout", "No room for more.")
    panel.set_notice("stdout", "No room for more.")
    log.restart(b"new\n")
    panel.grown("stdout")
    panel.set_notice("stdout", "")
    kinds = [(content["kind"], content["notice"]) for content, _ in wire.sent]
    again = "The job was started again: its output begins afresh."
    assert kinds == [("log", "No room for more."), ("output", f"{again} · No room for more."), ("log", again)]
    assert panel.get_state()["_output"]["stdout"]["notice"] == again


def test_an_interrupt_of_an_action_is_told_and_goes_on(wired):
    def cancel():
        raise KeyboardInterrupt

    panel, wire = wired(cancel=cancel)
    with pytest.raises(KeyboardInterrupt):
        panel._receive(panel, {"action": "cancel"}, [])
    ((content, _),) = wire.sent
    assert (content["kind"], content["action"]) == ("problem", "cancel")
    assert content["text"].startswith("Interrupted")
