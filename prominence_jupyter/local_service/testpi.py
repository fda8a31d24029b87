"""The entry point of the image ``eoscprominence/testpi``: pi by three series, a line an iteration.

It runs as a script of its own and needs the standard library only.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from decimal import Decimal, localcontext
from itertools import accumulate, islice
from typing import Final

ITERATIONS: Final = 19
DECIMALS: Final = 24
PAUSE_S: Final = 0.2
_GUARD_DIGITS: Final = 20
_WIDTH: Final = DECIMALS + 2


def plouffe() -> Iterator[Decimal]:
    """Yield the terms of Bailey, Borwein and Plouffe (1997)."""
    n = 0
    while True:
        m = 8 * n
        terms = Decimal(4) / (m + 1) - Decimal(2) / (m + 4) - Decimal(1) / (m + 5) - Decimal(1) / (m + 6)
        yield terms / 16**n
        n += 1


def bellard() -> Iterator[Decimal]:
    """Yield the terms of Bellard (1997)."""
    parts = ((-32, 4, 1), (-1, 4, 3), (256, 10, 1), (-64, 10, 3), (-4, 10, 5), (-4, 10, 7), (1, 10, 9))
    n = 0
    while True:
        total = sum((Decimal(a) / (b * n + c) for a, b, c in parts), Decimal(0))
        yield (-1) ** n * total / (64 * Decimal(2) ** (10 * n))
        n += 1


def chudnovsky() -> Iterator[Decimal]:
    """Yield partial sums (not terms) of the brothers Chudnovsky (1988)."""
    total, k = Decimal(0), 0
    while True:
        top = (-1) ** k * math.factorial(6 * k) * (13591409 + 545140134 * k)
        total += Decimal(top) / (math.factorial(3 * k) * math.factorial(k) ** 3 * 640320 ** (3 * k))
        yield 426880 * Decimal(10005).sqrt() / total
        k += 1


def table() -> Iterator[str]:
    """Yield the lines of the table: a header and one line an iteration."""
    names = ("Plouffe", "Bellard", "Chudnovsky")
    yield " " * 22 + "".join(f"{name:<{_WIDTH + 3}}" for name in names).rstrip()
    columns = zip(accumulate(plouffe()), accumulate(bellard()), chudnovsky(), strict=False)
    for number, values in enumerate(islice(columns, ITERATIONS), start=1):
        yield f"Iteration number {number:>2}   " + "   ".join(f"{value:.{DECIMALS}f}" for value in values)


def main() -> None:
    """Print the table, slowly enough to be seen arriving."""
    with localcontext() as context:
        context.prec = DECIMALS + _GUARD_DIGITS
        for line in table():
            print(line, flush=True)  # noqa: T201 - printing is what the image does
            time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
