"""`JobView`: everything that is shown of a job, decided once for widget, HTML record and text record.

Pure: a record in, plain data out. All text in a view is one line without control characters, and of bounded length.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord, TaskRecord, mapping
from prominence_jupyter.protocol.redaction import redact_url

Tone = Literal["waiting", "running", "good", "bad", "neutral"]

SHAPES: Final[dict[Tone, str]] = {"waiting": "○", "running": "◐", "good": "✓", "bad": "✗", "neutral": "\N{EN DASH}"}
"""A glyph for each tone, so that nothing is said by colour alone."""

ON_THIS_MACHINE: Final = "Runs on this machine, without isolation"

_SIGNALS: Final = {2: "SIGINT", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}
"""As Linux numbers them, where jobs run, whatever this machine is."""

_TASKS_SHOWN: Final = 20
_KIB_PER_MIB: Final = 1024


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task: what it was and what it used. None where the service does not say."""

    image: str
    cmd: str
    exit_code: int | None
    cpu_time_s: float | None
    wall_time_s: float | None
    peak_memory_mib: float | None
    """Of its largest process."""


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
    site: str
    url: str
    created: float | None
    """Unix seconds, UTC; likewise `started`, `ended` and `as_of`."""
    started: float | None
    ended: float | None
    as_of: float
    """When the service said all this."""
    final: bool
    """Whether the job has ended for good."""
    exit_codes: tuple[int, ...]
    tasks: tuple[TaskView, ...]
    """The first 20."""
    more_tasks: int
    """How many are left out of `tasks`."""
    note: str
    stale: str
    """Why what is shown may be old; empty when it is not."""

    @property
    def headline(self) -> str:
        """Status and reason in one line."""
        return f"{self.status}: {self.reason}" if self.reason else self.status

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Short facts as (label, text), those that are known."""
        codes = ", ".join(exit_code_text(code) for code in self.exit_codes[:_TASKS_SHOWN])
        images = _distinct(task.image for task in self.tasks)
        commands = _distinct(task.cmd for task in self.tasks)
        known = (
            ("site", self.site),
            ("exit code" if len(self.exit_codes) == 1 else "exit codes", codes),
            ("image" if len(images) == 1 else "images", ", ".join(images)),
            ("command" if len(commands) == 1 else "commands", " ; ".join(commands)),
        )
        return tuple((label, one_line(value)) for label, value in known if value)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON for the browser."""
        return asdict(self) | {"headline": self.headline, "facts": [list(fact) for fact in self.facts]}


def job_view(
    record: JobRecord, *, url: str = "", ended: bool = False, stale: str | None = None, as_of: float | None = None
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
        Why there is no newer news, None when there is.
    as_of
        When the service said it, Unix seconds; now by default.
    """
    known_at = time.time() if as_of is None else as_of
    word, tone = _status(record, ended=ended)
    return JobView(
        id=one_line(record.id, 40),
        title=one_line(record.name, 80) or "job",
        status=word,
        tone=tone,
        shape=SHAPES[tone],
        reason=one_line(record.status_reason),
        site=one_line(record.site, 80),
        url=one_line(redact_url(url)),
        created=record.created,
        started=record.started,
        ended=record.ended,
        as_of=known_at,
        final=ended,
        exit_codes=record.exit_codes,
        tasks=tuple(_task(task) for task in record.tasks[:_TASKS_SHOWN]),
        more_tasks=max(0, len(record.tasks) - _TASKS_SHOWN),
        note=ON_THIS_MACHINE if "host" in mapping(record.execution.get("runtimeVersion")) else "",
        stale="" if stale is None else one_line(f"no news since {clock_time(known_at)} UTC: {stale}"),
    )


def _status(record: JobRecord, *, ended: bool) -> tuple[str, Tone]:
    word = one_line(record.status, 60) or "unknown"
    if record.status == status.COMPLETED:
        code = next((code for code in record.exit_codes if code), 0)
        return (f"{word}, exit code {exit_code_text(code)}", "bad") if code else (word, "good")
    if record.status == status.FAILED and not ended:
        return "failed for now", "waiting"
    if record.status == status.RUNNING:
        return word, "running"
    if record.status in status.WAITING:
        return word, "waiting"
    return word, "bad" if record.status in {status.FAILED, status.KILLED} else "neutral"


def exit_code_text(code: int) -> str:
    """Return an exit code, with the name of the signal when a signal ended the task: "-9 (SIGKILL)"."""
    signal = _SIGNALS.get(-code)
    return one_line(f"{code} ({signal})" if signal else code, 30)


def _task(task: TaskRecord) -> TaskView:
    kib = task.max_resident_set_kib
    return TaskView(
        image=one_line(task.image, 120),
        cmd=one_line(task.cmd),
        exit_code=task.exit_code,
        cpu_time_s=task.cpu_time_s,
        wall_time_s=task.wall_time_s,
        peak_memory_mib=None if kib is None else kib / _KIB_PER_MIB,
    )


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def clock_time(seconds: float, form: str = "%H:%M") -> str:
    """Return a time in UTC as text; what is no possible time is "?"."""
    try:
        return time.strftime(form, time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):  # which one depends on the platform
        return "?"
