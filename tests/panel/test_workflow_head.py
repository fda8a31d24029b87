"""The Python side of the head of a workflow, without a browser: what it sends, what it does with what it is sent."""

import threading

import pytest
from ipywidgets import VBox

from prominence_jupyter.panel.outbox import Outbox
from prominence_jupyter.panel.views.workflows.workflow_view import workflow_view
from prominence_jupyter.panel.workflow_head import WorkflowActions, WorkflowHead
from tests.panel.views.workflows.made_up import NOW, workflow


def view(status="running"):
    return workflow_view(workflow(status), {}, url="http://127.0.0.1", stale="", now=NOW)


class Later(Outbox):
    """An outbox that sends when it is told to."""

    def __init__(self):
        super().__init__()
        self.waiting = {}

    def post(self, key, send):
        self.waiting[key] = send

    def drop(self, owner):
        self.waiting = {key: send for key, send in self.waiting.items() if key[0] != owner}

    def deliver(self):
        while self.waiting:
            self.waiting.pop(next(iter(self.waiting)))()


@pytest.fixture
def wired(monkeypatch):
    heads = []

    def make(**actions):
        outbox, sent = Later(), []
        head = WorkflowHead(view(), actions=WorkflowActions(**actions), outbox=outbox)
        monkeypatch.setattr(head, "send", sent.append)
        heads.append(head)
        return head, outbox, sent

    yield make
    for head in heads:
        head.close()


def test_what_is_there_at_creation_travels_in_the_state(wired):
    head, _, _ = wired(delete=lambda: "")
    state = head.get_state()
    assert (state["_view"]["title"], state["_can"]) == ("pi", ["delete"])
    assert repr(head) == "Head of workflow 7"
    box = VBox([head])
    assert box.children == (head,)
    box.close()


def test_of_several_updates_the_newest_is_shown(wired):
    head, outbox, _ = wired()
    threads = [threading.Thread(target=head.update, args=(view(status),)) for status in ("pending", "running")]
    for thread in threads:
        thread.start()
        thread.join()
    head.update(view("completed"))
    assert head.get_state()["_view"]["status"] == "running"
    assert len(outbox.waiting) == 1
    outbox.deliver()
    assert head.get_state()["_view"]["status"] == "completed"


def test_what_came_of_an_action_is_told(wired):
    def fail():
        raise ValueError("No job of this workflow failed;\nclone it")

    head, outbox, sent = wired(rerun=fail, delete=lambda: "x" * 1000)
    for action in ("rerun", "delete"):
        head._handle_custom_msg({"action": action}, [])
        outbox.deliver()
    assert sent[0] == {"kind": "problem", "action": "rerun", "text": "No job of this workflow failed; clone it"}
    assert (sent[1]["kind"], len(sent[1]["text"])) == ("done", 500)


@pytest.mark.parametrize(
    "content", [{}, {"action": "rerun"}, {"action": "close"}, {"action": ["delete"]}, {"action": None}]
)
def test_what_is_not_offered_does_nothing(wired, content):
    head, outbox, sent = wired(delete=lambda: pytest.fail("not asked for"))
    head._handle_custom_msg(content, [])
    outbox.deliver()
    assert sent == []


def test_once_it_is_closed_nothing_is_sent(wired):
    head, outbox, _ = wired()
    head.update(view("pending"))
    head.close()
    head.update(view("completed"))
    assert outbox.waiting == {}
