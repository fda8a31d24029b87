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


@pytest.mark.parametrize("value", ["2026-07-01", "2026-07-01T00:00", date(2026, 7, 1), datetime(2026, 7, 1)])  # noqa: DTZ001 - none is meant
def test_without_a_zone_it_is_this_machine_s(value):
    assert moment(value) == datetime(2026, 7, 1).astimezone()
    assert moment(value).utcoffset() == timedelta()


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
