"""The outbox: everything is sent, in order, once, and never too much in a second."""

import threading
import time

import pytest

from prominence_jupyter.panel.outbox import Outbox, shared_outbox


def collected(count):
    """A list that is filled by `send` functions, and an event that is set when it holds `count` things."""
    sent, full = [], threading.Event()

    def sender(thing):
        def send():
            sent.append(thing)
            if len(sent) == count:
                full.set()

        return send

    return sent, full, sender


def test_messages_go_in_the_order_in_which_they_were_posted():
    sent, full, sender = collected(20)
    outbox = Outbox()
    for i in range(20):
        outbox.post(i, sender(i))
    assert full.wait(10)
    assert sent == list(range(20))


def test_no_second_holds_more_than_the_budget_and_nothing_is_dropped():
    sent, full, sender = collected(12)
    outbox = Outbox(messages_a_second=5)
    times = []

    def noted(send):
        def send_it():
            times.append(time.monotonic())
            send()

        return send_it

    for i in range(12):
        outbox.post(i, noted(sender(i)))
    assert full.wait(20)
    assert sent == list(range(12))
    # Of what is noted just after its turn, the first of six may be late and the last early by an instant.
    assert all(later - earlier > 0.9 for earlier, later in zip(times, times[5:], strict=False))


def test_a_newer_message_takes_the_place_of_one_that_waits():
    sent, full, sender = collected(3)
    outbox = Outbox(messages_a_second=1)
    outbox.post("first", sender("first"))  # the next one waits for a second
    began = threading.Event()
    outbox.post("begins", began.set)
    for i in range(100):
        outbox.post("a", sender(f"a{i}"))
        outbox.post("b", sender(f"b{i}"))
    assert full.wait(20)
    assert began.is_set()
    assert sent == ["first", "a99", "b99"]


def test_an_error_in_one_message_keeps_no_other_from_going(caplog):
    sent, full, sender = collected(1)
    outbox = Outbox()
    outbox.post("bad", lambda: 1 / 0)
    outbox.post("good", sender("good"))
    assert full.wait(10)
    assert sent == ["good"]
    assert "could not be sent" in caplog.text


def test_what_is_posted_while_a_message_is_sent_is_sent_too():
    sent, full, sender = collected(2)
    outbox = Outbox()

    def again():
        outbox.post("again", sender("second"))
        sender("first")()

    outbox.post("again", again)
    assert full.wait(10)
    assert sent == ["first", "second"]


def test_what_waits_for_a_closed_widget_is_dropped_and_the_thread_ends():
    sent, full, sender = collected(1)
    outbox, began, go_on = Outbox(), threading.Event(), threading.Event()
    outbox.post(("one", "first"), lambda: (began.set(), go_on.wait(20)))
    assert began.wait(20)
    for key in [("one", "view"), ("two", "view"), ("one", "rows")]:
        outbox.post(key, sender(key))
    thread = outbox._thread
    outbox.drop("one")
    outbox.drop("three")
    go_on.set()
    assert full.wait(20)
    assert sent == [("two", "view")]
    thread.join(20)
    assert not thread.is_alive()
    assert outbox._thread is None


@pytest.mark.parametrize("_", range(2))
def test_a_kernel_has_one_outbox(_):
    assert shared_outbox() is shared_outbox()


def test_where_no_thread_can_be_started_the_next_message_tries_again(monkeypatch, caplog):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    sent, full, sender = collected(2)
    outbox = Outbox()
    with monkeypatch.context() as limit:
        limit.setattr(threading.Thread, "start", refuse)
        outbox.post("first", sender("first"))
    assert "can't start new thread" in caplog.text
    outbox.post("second", sender("second"))
    assert full.wait(10)
    assert sent == ["first", "second"]
