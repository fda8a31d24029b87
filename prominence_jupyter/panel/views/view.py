"""`JobView`: everything that is shown of a job, decided once for widget, HTML record and text record.

Pure: a record in, plain data out. All text in a view is one line without control characters, and of bounded length.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from prominence_jupyter.errors import TOKEN_TROUBLES, ProminenceError
from prominence_jupyter.panel.views.asked import Asked
from prominence_jupyter.panel.views.explanation import explanation
from prominence_jupyter.panel.views.phases import Phase, moment, phases
from prominence_jupyter.panel.views.task_view import TaskView
from prominence_jupyter.panel.views.tone import SHAPES, Tone, status_words
from prominence_jupyter.panel.views.words import clock_time, memory_text
from prominence_jupyter.protocol.labels import without_ours
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord, mapping
from prominence_jupyter.protocol.redaction import redact_url

__all__ = ["ON_THIS_MACHINE", "JobView", "job_view"]

_LOCAL_SITE: Final = "local"
"""The site of all jobs of the local service."""
ON_THIS_MACHINE: Final = "Runs on this machine, without isolation"

_TASKS_SHOWN: Final = 20
_LABELS_SHOWN: Final = 20
_KB_PER_MB: Final = 1000
_REQUEST: Final = re.compile(r"\A[A-Z]+ \S+: ")
"""What errors begin with. The panel says by itself where the job is, and has little room for what to do."""
_GOES_ON: Final = (
    "The job goes on, and with a new token this does too, by itself: %prominence login, or while a cell runs "
    "prominence login in a terminal"
)


@dataclass(frozen=True, slots=True)
class JobView:
    """One job as it is shown. Made by `job_view`."""

    id: str
    title: str
    status: str
    """The status in words: "completed, exit code 3" where that is what happened."""
    tone: Tone
    shape: str
    reason: str
    """Why, in the words of the service."""
    explanation: str
    """What is not plain from status and reason, in a sentence; empty where all is said."""
    site: str
    labels: tuple[tuple[str, str], ...]
    """The first 20, as (name, value)."""
    more_labels: int
    """How many are left out of `labels`; likewise `more_tasks`."""
    url: str
    created: float | None
    """Unix seconds, UTC; likewise `started`, `ended` and `as_of`."""
    started: float | None
    ended: float | None
    as_of: float
    """When the service said all this."""
    final: bool
    """Whether the job has ended for good."""
    asked: Asked
    peak_memory_mb: float | None
    """Of all its processes together, in units of 10**6 bytes."""
    tasks: tuple[TaskView, ...]
    """The first 20."""
    more_tasks: int
    phases: tuple[Phase, ...]
    note: str
    stale: str
    """Since when and why what is shown may be old; empty when it is not."""
    advice: str
    """What to do about that, or what happens by itself."""

    @property
    def headline(self) -> str:
        """Status and reason in one line."""
        return f"{self.status}: {self.reason}" if self.reason else self.status

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON for the browser: what tells an amount or an exit code is in words."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return plain | {
            "headline": self.headline,
            "labels": [list(label) for label in self.labels],
            "asked": asdict(self.asked),
            "peak_memory": memory_text(self.peak_memory_mb),
            "tasks": [task.to_json() for task in self.tasks],
            "phases": [phase.to_json() for phase in self.phases],
        }


def job_view(
    record: JobRecord,
    *,
    url: str = "",
    ended: bool = False,
    stale: str | ProminenceError | None = None,
    as_of: float | None = None,
    awaits_token: bool = True,
) -> JobView:
    """Decide what is shown of a job.

    Parameters
    ----------
    record
        What the service said last.
    url
        Base URL of that service; its user, password and query are not shown.
    ended
        Whether the job has ended for good (`protocol.record.has_ended`): until then ``failed`` is provisional.
    stale
        Why there is no newer news, None when there is. An error adds what to do about it.
    as_of
        When the service said it, Unix seconds; now by default.
    awaits_token
        Whether a new token is picked up by itself.
    """
    known_at = time.time() if as_of is None else as_of
    word, tone = status_words(record, ended=ended)
    job_id = one_line(record.id, 40)
    note = _note(record)
    given = without_ours(record.labels)
    labels = [(one_line(name, 60), one_line(value, 80)) for name, value in _first(given, _LABELS_SHOWN)]
    return JobView(
        id=job_id,
        title=one_line(record.name, 80) or "job",
        status=word,
        tone=tone,
        shape=SHAPES[tone],
        reason=one_line(record.status_reason),
        explanation=one_line(explanation(record, ended=ended)),
        site=one_line(record.site, 80),
        labels=tuple(labels),
        more_labels=max(0, len(given) - _LABELS_SHOWN),
        url=one_line(redact_url(url)),
        created=moment(record.created),
        started=moment(record.started),
        ended=moment(record.ended),
        as_of=known_at,
        final=ended,
        asked=Asked.of(record.resources),
        peak_memory_mb=None if record.max_memory_kb is None else record.max_memory_kb / _KB_PER_MB,
        tasks=tuple(TaskView.of(task) for task in record.tasks[:_TASKS_SHOWN]),
        more_tasks=max(0, len(record.tasks) - _TASKS_SHOWN),
        phases=phases(record, tone, ended=ended),
        note=note,
        stale=""
        if stale is None
        else one_line(f"no news since {clock_time(known_at)} UTC: {_REQUEST.sub('', str(stale), count=1)}"),
        advice=_advice(stale, job_id, awaits_token=awaits_token, is_here=bool(note)),
    )


def _note(record: JobRecord) -> str:
    """Say of a job of the local service what runs it; empty for others."""
    versions = mapping(record.execution.get("runtimeVersion"))
    if "host" in versions:
        return ON_THIS_MACHINE
    if record.site != _LOCAL_SITE or not versions:
        return ""
    name, version = next(iter(versions.items()))
    return f"Runs on this machine, in {one_line(name, 40)} {one_line(version, 60)}"


def _advice(stale: str | ProminenceError | None, job_id: str, *, awaits_token: bool, is_here: bool) -> str:
    if isinstance(stale, TOKEN_TROUBLES):
        return _GOES_ON if awaits_token else f"With a new token: %prominence watch {job_id}"
    if isinstance(stale, ProminenceError) and stale.transient:
        again = "The service is asked again by itself"
        return f"{again}." if is_here else f"{again}; the job is no worse for it."  # here it may end with its service
    return ""


def _first(labels: Mapping[str, Any], count: int) -> list[tuple[str, Any]]:
    return [item for item, _ in zip(labels.items(), range(count), strict=False)]
