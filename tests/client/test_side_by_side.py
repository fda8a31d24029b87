import signal
import threading

import pytest

from prominence_jupyter.client.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_items():
    assert side_by_side(lambda n: n * n, range(20), at_once=3) == [n * n for n in range(20)]
    assert side_by_side(lambda n: n, [], at_once=3) == []


def test_so_many_go_on_at_once():
    together = threading.Barrier(4)
    assert side_by_side(lambda _: together.wait(10) >= 0, range(8), at_once=4) == [True] * 8


def test_an_error_is_raised_and_nothing_new_is_begun():
    begun = []

    def fail(n):
        begun.append(n)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        side_by_side(fail, range(10_000), at_once=1)
    assert len(begun) < 10_000


def test_an_interrupt_waits_for_nobody():
    go_on = threading.Event()

    def hang(_):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        go_on.wait(10)

    with pytest.raises(KeyboardInterrupt):
        side_by_side(hang, [1], at_once=1)
    assert all(one.daemon for one in threading.enumerate() if one.name == "prominence-side-by-side")
    go_on.set()
