"""What the frames take of a job's JSON, as types: a parser that knows them makes nothing else of it.

They come from the columns. Secrets, of which no column is made, are passed over unread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from prominence_jupyter.usage.reading.columns import JOB_COLUMNS, TASK_COLUMNS
from prominence_jupyter.usage.reading.rows import Path


def _object_type(name: str, paths: Iterable[Path], known: Mapping[Path, Any]) -> type[msgspec.Struct]:
    """Return a type of objects that have a value, or None, under each key that a path begins with."""
    below: dict[str, list[Path]] = {}
    for key, *rest in paths:
        below.setdefault(key, []).append(tuple(rest))
    fields = [(key, _field_type(key, rests, known), None) for key, rests in below.items()]
    return msgspec.defstruct(name, fields, gc=False)  # no cycles: nothing for the garbage collector


def _field_type(key: str, rests: list[Path], known: Mapping[Path, Any]) -> Any:
    if (key,) in known:
        return known[key,]
    if rests == [()]:
        return Any
    return _object_type(key, rests, {path[1:]: kind for path, kind in known.items() if path[0] == key}) | None


def _tasks_type(source: str) -> Any:
    paths = [column.path[1:] for column in TASK_COLUMNS if column.path[:1] == (source,)]
    return list[_object_type(source, paths, {}) | None] | None  # type: ignore[misc]  # made here, not declared


_LISTS: Final = {("tasks",): _tasks_type("tasks"), ("execution", "tasks"): _tasks_type("execution")}
_PATHS: Final = [column.path for column in JOB_COLUMNS if column.path]

JobEntry: Final = _object_type("JobEntry", [*_PATHS, *_LISTS, ("labels",), ("parameters",)], _LISTS)
"""One job of a listing."""
