"""Steps of the calendar, and what falls into them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from prominence_jupyter.usage.plots.drawing.times import DAYS, FINE, date_axis, edges, instants, spread


def seconds(text):
    return pd.Timestamp(text, tz="UTC").timestamp()


def stamps(bounds):
    return [pd.Timestamp(bound, unit="s").isoformat(" ", "minutes") for bound in bounds]


@pytest.mark.parametrize(
    ("first", "last", "words", "begin", "end"),
    [
        ("2026-11-25 10:00:30", "2026-11-25 10:05:31", "5 s", "2026-11-25 10:00", "2026-11-25 10:05"),
        ("2026-11-25 10:01:30", "2026-11-25 10:50", "1 min", "2026-11-25 10:01", "2026-11-25 10:51"),
        ("2026-11-25 10:10", "2026-11-26 23:30", "1 h", "2026-11-25 10:00", "2026-11-27 00:00"),
        ("2026-10-02 10:10", "2026-11-26 23:30", "day", "2026-10-02 00:00", "2026-11-27 00:00"),
        ("2026-06-03 10:10", "2026-11-26 23:30", "week", "2026-06-01 00:00", "2026-11-30 00:00"),
        ("2023-06-03 10:10", "2026-11-26 23:30", "month", "2023-06-01 00:00", "2026-12-01 00:00"),
        ("1990-06-03 10:10", "2026-11-26 23:30", "year", "1990-01-01 00:00", "2027-01-01 00:00"),
        ("1990-06-03 10:10", "2200-11-26 23:30", "10 year", "1990-01-01 00:00", "2210-01-01 00:00"),
    ],
)
def test_steps_are_those_in_which_people_count_and_begin_where_the_calendar_does(first, last, words, begin, end):
    bounds, step = edges(seconds(first), seconds(last), DAYS, 62)

    assert step.words == words
    assert stamps([bounds[0], bounds[-1]]) == [begin, end]


times = st.floats(0, 253_402_300_799)


@given(times, times, st.sampled_from([DAYS, FINE]), st.integers(20, 200))
def test_steps_cover_what_they_are_asked_to(one, other, steps, most):
    first, last = sorted([one, other])
    bounds, _ = edges(first, last, steps, most)

    assert bounds[0] <= first
    assert last < bounds[-1]
    assert (np.diff(bounds) > 0).all()
    assert len(bounds) <= most + 3


def test_what_is_spread_falls_where_it_was():
    start, end = np.array([0.0, 15.0, 20.0]), np.array([30.0, 15.0, 20.5])
    weights = np.array([[3.0], [10.0], [100.0]])

    assert spread(start, end, weights, np.array([0.0, 10, 20, 30])).ravel() == pytest.approx([1, 11 + 50, 1 + 50])


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-10, 1e5), st.floats(0, 1e4)), min_size=1, max_size=20))
def test_nothing_is_lost_or_made_by_spreading(jobs):
    start, length, weights = (np.array(column) for column in zip(*jobs, strict=True))
    end = start + length
    bounds, _ = edges(min(start.min(), end.min()) - 1, end.max(), FINE, 150)

    parts = spread(start, end, weights[:, None], bounds)

    assert (parts >= 0).all()
    assert parts.sum() == pytest.approx(weights.sum(), rel=1e-6, abs=1e-6)


def test_instants_of_any_time_zone_are_the_same():
    column = pd.Series(pd.to_datetime(["2026-11-25 10:00", None], utc=True)).astype("datetime64[us, UTC]")

    for zone in ("UTC", "Europe/Prague"):
        assert instants(column.dt.tz_convert(zone)).tolist() == pytest.approx([1_795_600_800, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("first", "last", "ticks", "shared"),
    [
        ("2026-11-25 10:00", "2026-11-25 10:05", ["10:00", "10:01", "10:02", "10:03", "10:04", "10:05"], "25 Nov 2026"),
        (
            "2026-11-24 18:00",
            "2026-11-25 06:00",
            ["18:00", "20:00", "22:00", "25 Nov", "02:00", "04:00", "06:00"],
            None,
        ),
        ("2026-09-20", "2026-11-20", ["01 Oct", "15 Oct", "01 Nov", "15 Nov"], "2026"),
    ],
)
def test_ticks_name_the_day_once(first, last, ticks, shared):
    figure = Figure()
    axes = figure.subplots()
    date_axis(axes, seconds(first), seconds(last))
    figure.draw_without_rendering()

    assert [label.get_text() for label in axes.get_xticklabels()] == ticks
    assert shared is None or axes.xaxis.get_offset_text().get_text() == shared
    assert axes.get_xlabel() == "time (UTC)"


@pytest.mark.parametrize("exponent", range(11))
def test_every_stretch_of_time_has_a_few_ticks(exponent):
    for factor in np.linspace(1, 10, 40):
        axes = Figure().subplots()
        date_axis(axes, 1000.0, 1000.0 + factor * 10**exponent)  # a warning would raise here

        assert 3 <= len(axes.get_xticks()) <= 9
