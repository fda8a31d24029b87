"""What was sent and could not be read: counted by column, and said once a frame."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Final

_COLUMNS_SHOWN: Final = 10


class UnreadableValues(UserWarning):
    """A service sent values that cannot be what their column says; they are missing in the frame.

    ``frame.attrs["unreadable"]`` has their number by column.
    """


def warn_of(unreadable: Mapping[str, int]) -> None:
    """Warn the caller of a frame's function once, if anything could not be read.

    Parameters
    ----------
    unreadable
        Number of values by column.
    """
    if not unreadable:
        return
    count = sum(unreadable.values())
    columns = [f"{name} ({number})" for name, number in list(unreadable.items())[:_COLUMNS_SHOWN]]
    more = ", …" if len(unreadable) > _COLUMNS_SHOWN else ""
    values = "1 value that is missing" if count == 1 else f"{count} values that are missing"
    warnings.warn(
        f"the service sent {values} in the frame, because they cannot be read: {', '.join(columns)}{more}",
        UnreadableValues,
        stacklevel=4,
    )
