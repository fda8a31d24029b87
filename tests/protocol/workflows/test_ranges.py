"""Values of a parameter as one writes them after ``--sweep``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.workflows.ranges import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10,20,30", [10, 20, 30]),
        ("10, 20 ,30", [10, 20, 30]),
        ("7", [7]),
        ("-1.5,1e-5,+2,0.10", [-1.5, 1e-05, 2, 0.1]),
        ("fast,slow", ["fast", "slow"]),
        ("007,1_000,1e999,0x10", ["007", "1_000", "1e999", "0x10"]),
        ("docker:alpine,a:b:c", ["docker:alpine", "a:b:c"]),
        ("python:3.11,python:3.12", ["python:3.11", "python:3.12"]),
        *((text, [text]) for text in ("host:8080", "8080:host", "0:n", "a:", ":")),
        ("12:15", [12, 13, 14]),
        ("0:4", [0, 1, 2, 3]),
        ("0:10:3", [0, 3, 6, 9]),
        ("4:0:-1", [4, 3, 2, 1]),
        ("0:1:0.25", [0.0, 0.25, 0.5, 0.75]),
        ("0:1:0.1", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
        ("1:0:-.25", [1.0, 0.75, 0.5, 0.25]),
        ("1e-3:4e-3:1e-3", [0.001, 0.002, 0.003]),
        ("-2 : 2", [-2, -1, 0, 1]),
        ("12345678901234567890", [12345678901234567890]),
    ],
)
def test_values(text, expected):
    read = values(text)
    assert read == expected
    assert [type(value) for value in read] == [type(value) for value in expected]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a value is missing; a list is written 10,20,30"),
        ("1,,2", "a value is missing; a list is written 10,20,30"),
        ("nan", "nan is no value that a job could be given"),
        ("1,None", "None is no value that a job could be given"),
        ("1:3,5", "the range 1:3 stands in a list; a range is written a:b or a:b:step, and stands alone"),
        ("0:", "a number is missing; a range is written a:b or a:b:step"),
        (":4", "a number is missing; a range is written a:b or a:b:step"),
        ("08:30", "08 is no number; a range is written a:b or a:b:step"),
        ("::2", "a number is missing; a range is written a:b or a:b:step"),
        ("1:2:3:4", "there are too many colons; a range is written a:b or a:b:step"),
        ("0:4:0", "a step of 0 leads nowhere"),
        ("4:0", "4:0 is empty: it makes no job; downwards a step is negative: 4:0:-1"),
        ("4:4", "4:4 is empty: it makes no job"),
        ("0:4:-1", "0:4:-1 is empty: it makes no job"),
        ("0:1000000000", "0:1000000000 makes 1,000,000,000 jobs; a workflow has at most 100,000"),
        ("0:1:1e-30", "0:1:1e-30 makes far too many jobs; a workflow has at most 100,000"),
        ("0:1e99:1", "0:1e99:1 makes far too many jobs; a workflow has at most 100,000"),
    ],
)
def test_what_cannot_be_read(text, said):
    with pytest.raises(ValueError, match=r".") as error:
        values(text)
    assert str(error.value) == said


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-9, 9).filter(bool))
def test_whole_ranges_are_those_of_python(start, stop, step):
    expected = [*range(start, stop, step)]
    if expected:
        assert values(f"{start}:{stop}:{step}") == expected
    else:
        with pytest.raises(ValueError, match="is empty"):
            values(f"{start}:{stop}:{step}")


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-9, 9).filter(bool))
def test_decimals_are_as_one_writes_them(start, stop, step):
    expected = [float(f"{tenth / 10:.1f}") for tenth in range(start, stop, step)]
    if expected:
        assert values(f"{start / 10:.1f}:{stop / 10:.1f}:{step / 10:.1f}") == expected
