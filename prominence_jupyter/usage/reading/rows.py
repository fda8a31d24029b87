"""JSON objects, one a row, read a column at a time: jobs, and the tasks of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from operator import attrgetter
from types import NoneType
from typing import Any, Final

import msgspec
import numpy as np

from prominence_jupyter.protocol.record import entry_places, sequence

Path = tuple[str, ...]
"""Keys from the outermost object to a value."""


class _Misplaced:
    """Stands where a service sent something else than an object: nothing that belongs in it can be read."""

    def get(self, _key: str) -> _Misplaced:
        return self


_MISPLACED: Final = _Misplaced()
_NOTHING: Final[Mapping[str, Any]] = {}


class Rows:
    """Objects that may hold objects: as JSON has them, or of a type with fields (`entry_types`).

    Parameters
    ----------
    objects
        Under each path that reading starts from: a value a row, None where a row has none.
    """

    def __init__(self, objects: Mapping[Path, list[Any]]) -> None:
        self._objects = {path: _as_objects(values) for path, values in objects.items()}

    def values(self, path: Path) -> list[Any]:
        """Return the value of every row at a path, None where there is none."""
        key = path[-1]
        items = self.objects(path[:-1])
        if items and isinstance(items[0], msgspec.Struct):
            return list(map(attrgetter(key), items))
        return [item.get(key) for item in items]

    def objects(self, path: Path) -> list[Any]:
        """Return the object of every row at a path; there is something to ``get`` from in every row."""
        if path not in self._objects:
            self._objects[path] = _as_objects(self.values(path))
        return self._objects[path]


class TaskRows(Rows):
    """The tasks of jobs, a row each: described under ``tasks``, executed under ``execution``.

    Under ``first task`` there is a row a job, with the description of its first task.

    Attributes
    ----------
    owners
        The row of its job, a task.
    counts
        The number of tasks, a job.
    no_lists
        How many jobs had something else than a list under ``tasks`` and under ``execution.tasks``.
    """

    def __init__(self, jobs: Rows) -> None:
        described, odd_descriptions = _as_lists(jobs.values(("tasks",)))
        executed, odd_entries = _as_lists(jobs.values(("execution", "tasks")))
        self.no_lists = {"tasks": odd_descriptions, "execution": odd_entries}
        first = [some[0] if some else None for some in described]
        lengths = np.fromiter(map(len, described), np.intp), np.fromiter(map(len, executed), np.intp)
        for job in np.flatnonzero(lengths[0] != lengths[1]).tolist():
            described[job], executed[job] = _paired(described[job], executed[job])
        self.counts = np.maximum(*lengths)
        self.owners = np.repeat(np.arange(len(described)), self.counts)
        tasks, entries = list(chain.from_iterable(described)), list(chain.from_iterable(executed))
        super().__init__({("tasks",): tasks, ("execution",): entries, ("first task",): first})

    @property
    def starts(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The row of the first task, a job; of a job without tasks, where it would be."""
        return np.cumsum(self.counts) - self.counts

    @property
    def beside(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which tasks are sidecars."""
        return np.array([kind == "sidecar" for kind in self.values(("tasks", "type"))], dtype=bool)

    @property
    def places(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The place of a task among those of its job, from 0."""
        return np.arange(len(self.owners), dtype=np.int64) - self.starts[self.owners]


def _paired(tasks: list[Any], entries: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the tasks of a job and as many entries; None where there is none."""
    if not entries:  # it did not run
        return tasks, [None] * len(tasks)
    places = entry_places(Rows({(): tasks}).values(("type",)), len(entries))
    described = [*tasks, *[None] * (len(places) - len(tasks))]
    return described, [None if place is None else entries[place] for place in places]


def _as_objects(values: list[Any]) -> list[Any]:
    kinds = set(map(type, values))
    if kinds <= {dict}:
        return values
    typed = next((kind for kind in kinds if issubclass(kind, msgspec.Struct)), None)
    if typed is not None:  # a parser made them, and nothing else beside them
        return [typed() if value is None else value for value in values] if NoneType in kinds else values
    return [value if isinstance(value, Mapping) else _NOTHING if value is None else _MISPLACED for value in values]


def _as_lists(values: list[Any]) -> tuple[list[Any], int]:
    """Return lists, empty where there is none, and how often something else stood there."""
    if set(map(type, values)) <= {list, NoneType}:
        return [value or [] for value in values], 0
    found = [sequence(value) for value in values]
    return found, sum(not isinstance(value, list | NoneType) for value in values)
