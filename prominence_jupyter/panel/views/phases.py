"""`Phase`: one stretch of a job's time. Only what the service told, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from prominence_jupyter.panel.views.task_view import task_tone
from prominence_jupyter.panel.views.tone import Tone
from prominence_jupyter.panel.views.words import duration_text
from prominence_jupyter.protocol.record import JobRecord, TaskRecord, number

_MINUTE: Final = 60
_WHOLE_FROM_S: Final = 10
_TASKS_APART: Final = 6
"""More tasks than these make one phase together: a bar of slivers says nothing."""
_RESOLUTION_S: Final = 2
"""Two times that the service gives in whole seconds can be that far off: a shorter rest is none."""
_LONGEST_S: Final = 1e9
"""No job takes longer (31 years); what claims to is not shown."""
_END_OF_TIME_S: Final = 1e11
"""The year 5138: what claims to be later is no time."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a job's time."""

    name: str
    tone: Tone
    seconds: float
    """How long it took; of one that goes on, what is known before `since`: 0."""
    since: float | None = None
    """When it began, Unix seconds, if it goes on; None when it is over."""

    def to_json(self) -> dict[str, Any]:
        """Return it for the browser, its duration in words if it is over."""
        return {"name": self.name, "tone": self.tone, "seconds": self.seconds, "since": self.since, "text": self.text}

    @property
    def text(self) -> str:
        """How long it took, in words; empty of one that goes on. Whole seconds, and ten or more, get no decimals."""
        if self.since is not None:
            return ""
        seconds = round(self.seconds) if round(self.seconds, 1) >= _WHOLE_FROM_S else self.seconds
        return f"{seconds:.0f} s" if float(seconds).is_integer() and seconds < _MINUTE else duration_text(seconds)


def moment(seconds: float | None) -> float | None:
    """Return a time in Unix seconds, None if it can be none of a job."""
    return seconds if seconds is not None and 0 <= seconds < _END_OF_TIME_S else None


def phases(record: JobRecord, tone: Tone, *, ended: bool) -> tuple[Phase, ...]:
    """Return the phases of a job in their order.

    Parameters
    ----------
    record
        What the service said.
    tone
        What its status means: a job that waits has not begun, whatever else is known of an earlier attempt.
    ended
        Whether it has ended for good.
    """
    created, started, finished = map(moment, (record.created, record.started, record.ended))
    if tone == "waiting" or started is None:
        return tuple(_stretch("queued", "waiting", created, finished if ended else None, goes_on=not ended))
    queued = tuple(_stretch("queued", "waiting", created, started, goes_on=False))
    told = _told(record)
    known_s = sum(phase.seconds for phase in told)
    if tone == "running" or (finished is None and not ended):
        name = "running" if tone == "running" else "since its start"
        return (*queued, *told, Phase(name, tone, 0, since=started + known_s))
    if finished is None:
        return (*queued, *told)
    if not told:
        return (*queued, *_stretch("ran", "neutral", started, finished, goes_on=False))
    rest = finished - started - known_s
    other = (Phase("other", "neutral", rest),) if _RESOLUTION_S <= rest < _LONGEST_S else ()
    return (*queued, *told, *other)


def _stretch(name: str, tone: Tone, start: float | None, end: float | None, *, goes_on: bool) -> Iterator[Phase]:
    if start is None:
        return
    if goes_on:
        yield Phase(name, tone, 0, since=start)
    elif end is not None and 0 <= end - start < _LONGEST_S:
        yield Phase(name, tone, end - start)


def _told(record: JobRecord) -> tuple[Phase, ...]:
    """Return the phases whose duration the service told itself."""
    return (
        *_timed("stage-in", "neutral", number(record.execution.get("stageInTime"))),
        *(_tasks_apart if len(record.tasks) <= _TASKS_APART else _tasks_together)(record.tasks),
        *_timed("stage-out", "neutral", number(record.execution.get("stageOutTime"))),
    )


def _tasks_apart(tasks: tuple[TaskRecord, ...]) -> Iterator[Phase]:
    for i, task in enumerate(tasks, 1):
        yield from _timed("image pull", _pull_tone(task), task.image_pull_time_s)
        yield from _timed(f"task {i}" if len(tasks) > 1 else "task", task_tone(task), task.wall_time_s)


def _tasks_together(tasks: tuple[TaskRecord, ...]) -> Iterator[Phase]:
    yield from _timed("image pulls", _together(map(_pull_tone, tasks)), _sum(task.image_pull_time_s for task in tasks))
    yield from _timed(f"{len(tasks)} tasks", _together(map(task_tone, tasks)), _sum(task.wall_time_s for task in tasks))


def _pull_tone(task: TaskRecord) -> Tone:
    return "bad" if task.image_pull_status == "failed" else "neutral"


def _together(tones: Iterable[Tone]) -> Tone:
    found = set(tones)
    return "bad" if "bad" in found else "good" if found == {"good"} else "neutral"


def _sum(seconds: Iterable[float | None]) -> float | None:
    known = [value for value in seconds if value is not None]
    return sum(known) if known else None


def _timed(name: str, tone: Tone, seconds: float | None) -> Iterator[Phase]:
    if seconds is not None and 0 <= seconds < _LONGEST_S:
        yield Phase(name, tone, seconds)
