"""Bytes of a listing to the jobs in it."""

import gc
import json

import pytest

from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.usage import jobs_frame, read_entries
from prominence_jupyter.usage.reading.entry_types import JobEntry
from prominence_jupyter.usage.reading.json_entries import collector_paused
from tests.usage.test_frames import answers


def test_a_recorded_listing_is_read_the_quick_way():
    jobs = answers("list-completed") + answers("secrets-come-back") + answers("job-walltime")
    entries = read_entries(json.dumps(jobs).encode())

    assert {type(entry) for entry in entries} == {JobEntry}
    assert [entry.id for entry in entries] == [job["id"] for job in jobs]
    assert "MUST-NOT-LEAK" not in repr(entries)


@pytest.mark.parametrize(
    "text", ['[{"id": 5, "status": NaN}]', '[{"id": 5, "name": "\\ud800"}]', '[{"id": 5, "events": "none"}]']
)
@pytest.mark.filterwarnings("ignore::prominence_jupyter.usage.UnreadableValues")
def test_what_the_quick_way_refuses_is_read_all_the_same(text):
    entries = read_entries(text.encode())

    assert type(entries[0]) is dict
    assert list(jobs_frame(entries)["id"]) == [5]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>", "it is not JSON that can be read"),
        (b'[{"name": "\xff"}]', "it is not JSON that can be read"),
        (b"[" * 100_000, "it is not JSON that can be read"),
        (b'[{"id": ' + b"9" * 5000 + b"]", "it is not JSON that can be read"),
        (b'{"error": "x"}', "a JSON list of objects was expected, not an object"),
        (b"null", "a JSON list of objects was expected, not null"),
        (b'[{"id": 1}, "x"]', "entry 1 is no JSON object but text"),
        (b"[1]", "entry 0 is no JSON object but a number"),
    ],
)
def test_what_is_no_listing_is_an_error(data, words):
    with pytest.raises(UnexpectedAnswer, match=f"not a listing of jobs: {words}"):
        read_entries(data)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_paused_and_left_as_it_was_found_after_an_error_too(enabled):
    def inside():
        with collector_paused():
            assert not gc.isenabled()
            raise ZeroDivisionError

    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError):
            inside()
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
