import time
from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import UsageError
from prominence_jupyter.history.moments import moment

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "ago"),
    [
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        (" 7 d ", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("1.5h", timedelta(minutes=90)),
        (timedelta(days=1), timedelta(days=1)),
        (pd.Timedelta("1D"), timedelta(days=1)),
        (timedelta(), timedelta()),
    ],
)
def test_a_time_ago(value, ago):
    assert moment(value, now=NOW) == NOW - ago


@pytest.mark.parametrize(
    ("value", "utc"),
    [
        ("2026-11-01T14:30Z", datetime(2026, 11, 1, 14, 30, tzinfo=UTC)),
        ("2026-11-01 14:30+02:00", datetime(2026, 11, 1, 12, 30, tzinfo=UTC)),
        (datetime(2026, 11, 1, 14, tzinfo=timezone(timedelta(hours=1))), datetime(2026, 11, 1, 13, tzinfo=UTC)),
        (pd.Timestamp("2026-11-01", tz="UTC"), datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_zone(value, utc):
    assert moment(value, now=NOW) == utc


@pytest.mark.parametrize(
    "value",
    ["2026-07-01", "2026-07-01T00:00", date(2026, 7, 1), datetime(2026, 7, 1), pd.Timestamp("2026-07-01")],  # noqa: DTZ001 - none is meant
)
def test_without_a_zone_it_is_this_machine_s(value):
    assert moment(value) == datetime(2026, 7, 1).astimezone()
    assert moment(value).utcoffset() == timedelta()


@pytest.fixture
def zone(monkeypatch):
    """Return a function that sets the time zone of this machine."""

    def set_zone(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone is not set so there")
@pytest.mark.parametrize(
    ("name", "value", "utc"),
    [
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00"),  # there is no midnight: 23:59 is followed by 1:00
        ("America/Havana", "2026-11-01", "2026-11-01 04:00"),  # there are two midnights
        ("Europe/Zurich", "2026-03-29T02:30", "2026-03-29 01:30"),  # left out
        ("Europe/Zurich", "2026-10-25T02:30", "2026-10-25 00:30"),  # twice
    ],
)
def test_a_date_begins_with_its_first_instant_where_clocks_are_changed(zone, name, value, utc):
    zone(name)
    assert f"{moment(value):%Y-%m-%d %H:%M}" == utc


@pytest.mark.parametrize(
    "value",
    [
        "", "yesterday", "7", "7y", "-7d", "2026-13-01", "999999999w", 7, None, pd.NaT, timedelta(-1), date.min,
        "x" * 10_000, "\x1b[2J",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_said_in_one_line(value):
    with pytest.raises(UsageError, match='is no moment; it looks like "7d"') as caught:
        moment(value, now=NOW)
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


@given(st.text() | st.from_regex(r"[0-9]{1,12}(\.[0-9]{1,3})?[mhdw]") | st.datetimes().map(str))
def test_any_text_is_a_moment_in_utc_or_an_error(text):
    try:
        found = moment(text, now=NOW)
    except UsageError:
        return
    assert found.utcoffset() == timedelta()
