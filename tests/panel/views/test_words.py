"""Numbers in words."""

import pytest

from prominence_jupyter.panel.views.words import (
    UNKNOWN,
    ago_text,
    amount_text,
    clock_time,
    duration_text,
    exit_code_text,
    memory_text,
    rough_text,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, UNKNOWN),
        (0, "0.00 s"),
        (0.00152, "0.0015 s"),
        (3.2, "3.20 s"),
        (9.96, "10.0 s"),
        (31.44, "31.4 s"),
        (59.96, "1 min 00 s"),
        (125, "2 min 05 s"),
        (11040, "3 h 04 min"),
        (1e300, "277777777 h 46 min"),
    ],
)
def test_durations(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (7200, "2 hours ago"),
        (86400, "1 day ago"),
        (1e300, "11574074 days ago"),
    ],
)
def test_how_long_ago(seconds, text):
    assert ago_text(seconds) == text


@pytest.mark.parametrize(
    ("memory_mb", "text"),
    [
        (None, UNKNOWN),
        (0.0005, "0.0 MB"),
        (313.7, "313.7 MB"),
        (999.96, "1.00 GB"),
        (1250, "1.25 GB"),
        (1e300, "1e+297 GB"),
    ],
)
def test_memory(memory_mb, text):
    assert memory_text(memory_mb) == text


def test_exit_codes():
    codes = (None, 0, 3, -9, -99, 10**300)
    assert [exit_code_text(code) for code in codes][:5] == [UNKNOWN, "0", "3", "-9 (SIGKILL)", "-99"]
    assert len(exit_code_text(codes[-1])) == 30


def test_amounts():
    assert [amount_text(value) for value in (None, 1.0, 0.5, 1e300)] == ["", "1", "0.5", "1e+300"]


def test_times():
    assert (clock_time(1795552265), clock_time(1e300)) == ("20:31", "?")


@pytest.mark.parametrize(
    ("seconds", "text"), [(59, "a moment"), (60, "1 minute"), (7199, "1 hour"), (30 * 86400, "30 days")]
)
def test_a_rough_duration_has_one_unit(seconds, text):
    assert rough_text(seconds).startswith(text)
