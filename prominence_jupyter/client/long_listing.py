"""`long_listing`: jobs with detail, of which there may be more than should be held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.protocol import paths

LONGEST_LISTING_BYTES: Final = 128 * 1000 * 1000
"""Bytes of a listing with detail that are read: 200,000 jobs, or 100 with a megabyte of inputs each. To be read it is
held three times over."""
_LONGEST_LISTING_S: Final = 300.0
"""That is 4 Mbit/s for one of this length."""


def long_listing(
    transport: Transport, params: Mapping[str, str], *, attempts: int, longest_bytes: float
) -> list[Mapping[str, Any]]:
    """Return a listing of jobs that may take minutes.

    Raises
    ------
    AnswerTooLong
        It has more bytes than that.
    """
    return transport.get(
        paths.JOBS, params, attempts=attempts, longest_s=_LONGEST_LISTING_S, longest_bytes=longest_bytes
    ).json_list()
