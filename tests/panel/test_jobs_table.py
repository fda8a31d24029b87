"""The Python side of the table, without a browser: what it sends, what it does with what it is sent."""

import json
import threading

import pytest
from ipywidgets import VBox

from prominence_jupyter.panel.jobs_table import JobsTable
from prominence_jupyter.panel.views.job_row import COLUMNS, job_row
from prominence_jupyter.panel.views.workflows.node_row import node_row
from prominence_jupyter.protocol.record import JobRecord
from tests.panel.views.workflows.made_up import node


def row(number, status="idle", *, ended=False):
    return job_row(JobRecord(id=number, name=f"job-{number}", status=status), ended=ended)


class HeldOutbox:
    """An outbox whose messages go when the test says so."""

    def __init__(self):
        self.waiting = {}
        self.lock = threading.Lock()

    def post(self, key, send):
        with self.lock:
            self.waiting[key] = send

    def drop(self, owner):
        with self.lock:
            self.waiting = {key: send for key, send in self.waiting.items() if key[0] != owner}

    def deliver(self):
        with self.lock:
            waiting, self.waiting = self.waiting, {}
        for send in waiting.values():
            send()


class Wire:
    """Stands where the browser is."""

    def __init__(self, table, outbox, monkeypatch):
        self.table, self.outbox, self.sent = table, outbox, []
        monkeypatch.setattr(table, "send", self.sent.append)

    def says(self, **content):
        self.table._handle_custom_msg(content, [])

    def delivered(self):
        """Let what waits go, and return it."""
        self.outbox.deliver()
        sent = self.sent.copy()
        self.sent.clear()
        return sent


@pytest.fixture
def wired(monkeypatch):
    tables = []

    def make(count=3, **options):
        outbox = HeldOutbox()
        table = JobsTable([row(number) for number in range(count)], outbox=outbox, **options)
        tables.append(table)
        return table, Wire(table, outbox, monkeypatch)

    yield make
    for table in tables:
        table.close()


def ids(message):
    return [values[0] for values in message["rows"]]


def test_what_is_there_at_creation_travels_in_the_state(wired):
    table, wire = wired(2, on_cancel=lambda _ids: None)
    state = table.get_state()
    assert state["_can"] == ["cancel"]
    assert state["_table"] == {
        "columns": COLUMNS,
        "parameters": [],
        "worst_first": False,
        "rows": [list(row(0).values()), list(row(1).values())],
        "seq": 0,
        "stale": "",
        "selected": None,
    }
    assert wire.delivered() == []


def test_only_rows_that_changed_are_sent_and_all_of_a_tick_in_one_message(wired):
    table, wire = wired(1000)
    table.update([row(7, "running"), row(8)])
    table.update([row(9, "running"), row(1000)])
    table.set_stale("no news since 12:00 UTC")
    [message] = wire.delivered()
    assert ids(message) == ["7", "9", "1000"]
    assert (message["kind"], message["after"], message["seq"]) == ("rows", 0, 1)
    assert message["stale"] == "no news since 12:00 UTC"
    assert len(json.dumps(message)) < 600
    table.update([row(7, "completed", ended=True)])
    [message] = wire.delivered()
    assert (ids(message), message["after"], message["seq"]) == (["7"], 1, 2)


def test_no_news_are_no_message(wired):
    table, wire = wired()
    table.update([row(0), row(1)])
    table.set_stale("")
    assert wire.delivered() == []


def test_a_page_that_is_loaded_again_gets_all_of_it_as_it_is_now(wired):
    table, wire = wired()
    table.update([row(1, "running")])
    wire.delivered()
    state = table.get_state("_table")["_table"]
    assert (state["seq"], [values[2] for values in state["rows"]]) == (1, ["idle", "running", "idle"])


def test_what_was_lost_is_sent_again(wired):
    table, wire = wired()
    table.update([row(0, "running")])
    table.update([row(1, "running")])
    wire.delivered()
    table.update([row(2, "running")])
    wire.delivered()
    wire.says(resync=1)
    [message] = wire.delivered()
    assert (ids(message), message["after"], message["seq"]) == (["2"], 1, 3)
    wire.says(resync=0)
    table.update([row(3)])
    [message] = wire.delivered()
    assert (ids(message), message["after"], message["seq"]) == (["0", "1", "2", "3"], 0, 4)
    table.update([row(4)])
    assert ids(wire.delivered()[0]) == ["4"]


@pytest.mark.parametrize("seq", [0, -1, 5, "1", None])
def test_who_has_all_news_gets_none(wired, seq):
    _, wire = wired()
    wire.says(resync=seq)
    assert wire.delivered() == []


def test_a_job_is_opened_and_closed(wired):
    opened = []
    table, wire = wired(on_select=opened.append)
    wire.says(select="1")
    assert wire.delivered() == [{"kind": "done", "action": "select", "text": "", "selected": "1"}]
    assert table.state()["selected"] == "1"
    wire.says(select=None)
    assert wire.delivered()[0]["selected"] is None
    wire.says(select="no-such-job")
    assert opened == ["1", None, None]


def test_what_opening_raises_is_shown_and_what_was_open_stays(wired):
    def fail(job_id):
        if job_id == "2":
            raise RuntimeError("no\nconnection")

    _, wire = wired(on_select=fail)
    wire.says(select="1")
    wire.delivered()
    wire.says(select="2")
    assert wire.delivered() == [{"kind": "problem", "action": "select", "text": "no connection", "selected": "1"}]


@pytest.mark.parametrize(
    ("problems", "kind", "text"),
    [
        (None, "done", "3 cancelled"),
        ({}, "done", "3 cancelled"),
        ({"1": "no such\njob"}, "problem", "2 cancelled, 1 could not be: 1: no such job"),
        (dict.fromkeys("012", "no"), "problem", "0 cancelled, 3 could not be: 0: no; 1: no; 2: no"),
    ],
)
def test_cancelling_calls_back_and_tells_what_came_of_it(wired, problems, kind, text):
    asked = []

    def cancel(job_ids):
        asked.append(job_ids)
        return problems

    _, wire = wired(on_cancel=cancel)
    wire.says(cancel=["0", "1", "2", "1", "no-such-job", 7])
    assert asked == [["0", "1", "2"]]
    assert wire.delivered() == [{"kind": kind, "action": "cancel", "text": text, "selected": None}]


def test_of_many_problems_the_first_are_told(wired):
    _, wire = wired(9, on_cancel=lambda job_ids: dict.fromkeys(job_ids, "no"))
    wire.says(cancel=[str(number) for number in range(9)])
    [message] = wire.delivered()
    assert message["text"] == "0 cancelled, 9 could not be: 0: no; 1: no; 2: no; and 6 more"


def test_what_cancelling_raises_is_shown(wired):
    def fail(_ids):
        raise ValueError

    _, wire = wired(on_cancel=fail)
    wire.says(cancel=["0"])
    assert wire.delivered() == [{"kind": "problem", "action": "cancel", "text": "ValueError", "selected": None}]


@pytest.mark.parametrize("content", [{}, {"select": "0"}, {"cancel": ["0"]}, {"cancel": "0"}, {"other": 1}])
def test_what_is_not_offered_does_nothing(wired, content):
    _, wire = wired()
    wire.says(**content)
    assert wire.delivered() == []


def test_threads_update_and_nothing_is_lost(wired):
    table, wire = wired(0)

    def many(start):
        for number in range(start, start + 200):
            table.update([row(number)])

    threads = [threading.Thread(target=many, args=(start,)) for start in range(0, 800, 200)]
    for thread in threads:
        thread.start()
    seen = set()
    while any(thread.is_alive() for thread in threads):
        seen.update(job_id for message in wire.delivered() for job_id in ids(message))
    seen.update(job_id for message in wire.delivered() for job_id in ids(message))
    assert seen == {str(number) for number in range(800)}


def test_it_composes_like_any_widget(wired):
    table, _ = wired()
    box = VBox([table])
    assert box.children == (table,)
    assert repr(table) == "Live table of 3 jobs"
    box.close()


def test_that_no_page_shows_it_any_more_is_told_when_it_changes(wired):
    told = []
    _, wire = wired(on_shown=told.append)
    wire.says(shown=True, page="one")
    wire.says(shown=True, page="two")
    wire.says(shown=False, page="one")
    assert told == []
    wire.says(shown=False, page="two")
    wire.says(shown=False, page="two")
    assert told == [False]
    wire.says(shown=True, page="three")
    wire.says(shown="no", page="three")
    wire.says(shown=False, page=3)
    assert told == [False, True]


def test_jobs_with_long_ids_that_begin_alike_stay_apart(wired):
    opened = []
    table, wire = wired(0, on_select=opened.append)
    long = ["x" * 60 + end for end in "ab"]
    table.update([row(job_id) for job_id in long])
    [message] = wire.delivered()
    assert ids(message) == long
    wire.says(select=long[1])
    assert opened == [long[1]]


def test_an_interrupt_is_told_and_goes_on(wired):
    def interrupted(_ids):
        raise KeyboardInterrupt

    table, wire = wired(on_cancel=interrupted)
    with pytest.raises(KeyboardInterrupt):
        table._receive(table, {"cancel": ["0"]}, [])
    [message] = wire.delivered()
    assert (message["kind"], message["action"]) == ("problem", "cancel")
    assert message["text"].startswith("Interrupted")


def test_a_job_whose_turn_has_not_come_is_neither_opened_nor_cancelled(monkeypatch):
    opened, asked = [], []

    def cancel(keys):
        asked.append(keys)
        return {"node p/1": "there is no such job"}

    outbox = HeldOutbox()
    rows = [node_row(node("p", 0)), node_row(node("p", 1, "running", n=7), parameters=["n"])]
    table = JobsTable(
        rows, parameters=["n"], worst_first=True, on_select=opened.append, on_cancel=cancel, outbox=outbox
    )
    wire = Wire(table, outbox, monkeypatch)
    state = table.state()
    assert (state["parameters"], state["worst_first"]) == (["n"], True)
    assert [values[-2:] for values in state["rows"]] == [["", []], ["101", ["7"]]]
    for key in ("node p/0", "node p/1"):
        wire.says(select=key)
    wire.says(cancel=["node p/0", "node p/1"])
    assert (opened, asked) == ([None, "node p/1"], [["node p/1"]])
    assert wire.delivered()[-1]["text"] == "0 cancelled, 1 could not be: 101: there is no such job"
    table.close()


def test_names_of_parameters_are_plain_text_and_not_too_many(wired):
    table, _ = wired(1, parameters=["<b>\u202e" + "x" * 100, *map(str, range(100))])
    names = table.state()["parameters"]
    assert (len(names), len(names[0]), names[0][:4]) == (20, 60, "<b>\ufffd")


def test_names_of_parameters_that_come_later_are_told_until_they_have_arrived(wired):
    table, wire = wired(1)
    table.name_parameters([])
    assert wire.delivered() == []
    table.name_parameters(["n"])
    assert table.state()["parameters"] == ["n"]
    table.update([row(5)])
    assert [message["parameters"] for message in wire.delivered()] == [["n"]]
    wire.says(resync=0)
    assert [message["parameters"] for message in wire.delivered()] == [["n"]]
    table.name_parameters(["n"])
    table.update([row(6)])
    assert ["parameters" in message for message in wire.delivered()] == [False]
