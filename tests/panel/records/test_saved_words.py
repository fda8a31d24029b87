"""Times and sizes in records."""

import pytest

from prominence_jupyter.panel.records.saved_words import date_text, size_text, span_text


def test_dates():
    assert date_text(1795552265) == "2026-11-24 20:31 UTC"
    assert date_text(1795552265, seconds=True) == "2026-11-24 20:31:05 UTC"
    assert date_text(1e30) == "?"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(0, 0, "0 s"), (10, 59, "49 s"), (0, 3600, "1 h 00 min"), (None, 1, ""), (1, None, ""), (2, 1, "")],
)
def test_spans(start, end, words):
    assert span_text(start, end) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 byte"), (1023, "1023 bytes"), (65536, "64 KB"), (1048576, "1.0 MB"), (5 * 10**9, "4,768.4 MB")],
)
def test_sizes(count, words):
    assert size_text(count) == words
