"""Efficiencies worked out by hand in worked_examples.md, against those of the frames."""

import ast
import json
import math
import operator
import re
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from prominence_jupyter.usage import jobs_frame
from prominence_jupyter.usage.efficiency import efficiency

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
SECTION = re.compile(r"^## (.+?)\n.*?^```json\n(.+?)^```\n(.+?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
EXAMPLES = {
    title: (json.loads(record), [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.strip().split("\n")])
    for title, record, table in SECTION.findall(Path(__file__).with_name("worked_examples.md").read_text("utf-8"))
}
TAKEN_OVER = {"id", "name", "workflow", "status", "succeeded", "site", "ended", "image"}  # nothing to work out


def fraction(text: str) -> Fraction:
    """The exact value of sums, differences, products and quotients of decimal numbers."""
    numbers = iter(re.findall(r"[0-9.]+", text))

    def value(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        assert isinstance(node, ast.Constant)
        return Fraction(next(numbers))

    return value(ast.parse(text.replace("\N{MULTIPLICATION SIGN}", "*"), mode="eval").body)


def values(title: str) -> tuple[pd.Series, list[list[str]]]:
    record, table = EXAMPLES[title]
    return efficiency(jobs_frame([record])).iloc[0], table[2:]


def test_there_are_examples_of_what_is_hard():
    assert len(EXAMPLES) == Path(__file__).with_name("worked_examples.md").read_text("utf-8").count("\n## ") == 14


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_column_is_worked_out(title):
    row, table = values(title)

    assert [column for column, _, _ in table] == [name for name in row.index if name not in TAKEN_OVER]


@pytest.mark.parametrize("title", EXAMPLES)
def test_the_results_are_what_the_arithmetic_gives(title):
    for column, arithmetic, result in values(title)[1]:
        sign, _, digits = result.partition(" ")
        if column == "remarks" or result == "missing":
            continue
        exact = fraction(arithmetic)
        decimals = len(digits.partition(".")[2])
        assert sign == ("=" if exact == Fraction(digits) else "≈"), column
        assert abs(exact - Fraction(digits)) <= Fraction(1, 2 * 10**decimals), column


@pytest.mark.parametrize("title", EXAMPLES)
def test_the_frame_says_the_same_to_the_digit(title):
    row, table = values(title)

    for column, arithmetic, result in table:
        if column == "remarks":
            assert row[column] == ("" if result == "none" else result)
        elif result == "missing":
            assert pd.isna(row[column]), column
        else:
            exact = fraction(arithmetic)
            assert math.isclose(row[column], exact, rel_tol=1e-14), column
            decimals = len(result.partition(".")[2])
            assert f"{row[column]:.{decimals}f}" == result.split()[1], column
