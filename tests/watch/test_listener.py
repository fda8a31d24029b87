import asyncio
import logging

import pytest

from prominence_jupyter.watch.listener import tell


class Told:
    """One who listens, and fails."""

    def __init__(self):
        self.news = []

    def changed(self, news):
        self.news.append(news)
        raise ZeroDivisionError


class Unhashable(Told):
    __hash__ = None


def shown(caplog):
    return [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_an_error_in_a_callback_is_told_once_with_its_traceback(caplog):
    caplog.set_level(logging.DEBUG)
    one, other = Told(), Told()
    for number in range(3):
        tell(one.changed, number)
    tell(other.changed, 0)
    assert one.news == [0, 1, 2]
    assert len(shown(caplog)) == 2
    assert len(caplog.records) == 4
    assert all(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("callback", [lambda _: 1 / 0, Unhashable().changed, len])
def test_whatever_a_callback_is(callback, caplog):
    tell(callback, 0)
    assert len(shown(caplog)) == 1


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
def test_no_callback_ends_the_thread_that_watches_for_all(error, caplog):
    def callback(_):
        raise error

    tell(callback, 0)
    assert len(shown(caplog)) == 1
