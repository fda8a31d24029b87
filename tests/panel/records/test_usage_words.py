"""Numbers and shares of usage, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.records.usage_words import (
    hours_text,
    judged,
    number,
    number_text,
    of_limit,
    percent_text,
    words,
)
from prominence_jupyter.panel.views.words import UNKNOWN


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((None, UNKNOWN), (0, "0.00"), (0.0123, "0.012"), (0.3, "0.30"), (1.234, "1.23"), (-2.5, "-2.50")),
        *((2.5e-06, "< 0.0001"), (0.00005, "< 0.0001"), (0.00059, "0.00059")),
        *((9.996, "10.0"), (12.34, "12.3"), (99.96, "100"), (1234.5, "1,234"), (1e9, "1e+09"), (1e300, "1e+300")),
    ],
)
def test_numbers(value, shown):
    assert number_text(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        *((None, UNKNOWN), (0, "0 %"), (0.0001, "< 0.1 %"), (0.004, "0.4 %"), (0.0096, "1 %"), (0.125, "12 %")),
        *((1, "100 %"), (12.34, "1,234 %"), (-0.2, "-20 %"), (1e9, "1e+11 %")),
    ],
)
def test_shares(share, shown):
    assert percent_text(share) == shown


@given(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)))
def test_no_number_fills_the_page(value):
    assert len(number_text(value)) <= 12
    assert len(percent_text(value)) <= 14


@pytest.mark.parametrize(
    ("share", "word", "tone"),
    [
        *((0.494, "low", "bad"), (0.5, "", "neutral"), (0.79, "", "neutral"), (0.8, "good", "good")),
        *((1.0, "good", "good"), (1.004, "good", "good"), (1.01, "over", "running")),
    ],
)
def test_a_share_is_judged_as_it_is_shown(share, word, tone):
    assert judged(share)[1:] == (word, share, tone)


def test_what_is_missing_is_not_judged():
    assert judged(None)[:3] == (UNKNOWN, "", None)


def test_of_a_limit_only_what_is_above_has_a_word():
    assert [of_limit(share)[:3] for share in (None, 0.02, 1.2)] == [
        (UNKNOWN, "", None),
        ("2 %", "", None),
        ("120 %", "over", None),
    ]


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), "12", object()])
def test_what_is_no_number_is_missing(value):
    assert number({"a": value}, "a") is None


def test_texts_are_one_line():
    assert words({"a": "x\n\u202ey"}, "a") == "x \ufffdy"
    assert words({}, "a") == ""


@pytest.mark.parametrize(
    ("held", "used", "wasted", "shown"),
    [
        (10, 4, 6, "10.0 held, 4.00 used, 6.00 wasted (60 %)"),
        (20, 4, 6, "20.0 held, 4.00 used, 6.00 wasted (60 % of known), 10.0 unknown"),
        (20, None, None, f"20.0 held, {UNKNOWN} used"),
        (None, None, None, ""),
    ],
)
def test_hours(held, used, wasted, shown):
    row = {"core_hours": held, "core_hours_used": used, "core_hours_wasted": wasted}
    assert hours_text(row, "core_hours", None if wasted is None else 0.4) == shown
