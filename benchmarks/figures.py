"""A table of figures: what was measured, the limit, what a user would use instead, and the ratio of the two."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line. The ratio is the peer's figure divided by ours: above 1, ours is better."""

    what: str
    measured: float
    unit: str = ""
    limit: float | None = None
    peer: float | None = None


def show(title: str, figures: Iterable[Figure], peer: str = "peer") -> None:
    """Print a table."""
    print(f"\n{title}")
    print(f"  {'':52}{'measured':>12}{'limit':>10}        {peer:>26}{'ratio':>9}")
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:.6g}"
        over = "OVER" if figure.limit is not None and figure.measured > figure.limit else ""
        other = "" if figure.peer is None else f"{figure.peer:.3f}"
        ratio = "" if figure.peer is None or figure.measured <= 0 else f"{figure.peer / figure.measured:.1f}"
        label = f"{figure.what} [{figure.unit}]" if figure.unit else figure.what
        print(f"  {label:52}{figure.measured:12.3f}{limit:>10}  {over:4}  {other:>26}{ratio:>9}")


def agrees(what: str, same: bool) -> None:
    """Print whether two things that must be the same are."""
    print(f"  {what:52}{'yes' if same else 'NO':>12}")
