"""The bytes of a listing to the jobs in it, quickly."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.usage.reading.entry_types import JobEntry

_DECODER: Final = msgspec.json.Decoder(list[JobEntry])  # type: ignore[valid-type]  # made of the columns, not declared


def read_entries(data: bytes) -> list[Any]:
    """Return the jobs of a listing, for `jobs_frame` and `tasks_frame`, which take nothing else of them.

    Parameters
    ----------
    data
        What a service answered, or a file of it: a JSON list of objects.

    Returns
    -------
    list
        Objects with the fields that the frames have columns of, `JobEntry`; or plain JSON objects, where a job has
        something in a place where it does not belong.

    Raises
    ------
    UnexpectedAnswer
        It is no JSON, or no list of objects.
    """
    with collector_paused():
        try:
            return _DECODER.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _plain_entries(data)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let no garbage be looked for while many objects are made, none of which is garbage.

    Each full collection visits all of them again. Afterwards the collector is as it was found.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _plain_entries(data: bytes) -> list[Any]:
    """Parse what the quick way refuses: NaN, halves of surrogate pairs, text where an object belongs."""
    try:
        entries = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnexpectedAnswer("not a listing of jobs: it is not JSON that can be read") from error
    if not isinstance(entries, list):
        raise UnexpectedAnswer(f"not a listing of jobs: a JSON list of objects was expected, not {_kind(entries)}")
    odd = next((place for place, entry in enumerate(entries) if not isinstance(entry, dict)), None)
    if odd is not None:
        raise UnexpectedAnswer(f"not a listing of jobs: entry {odd} is no JSON object but {_kind(entries[odd])}")
    return entries


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")
