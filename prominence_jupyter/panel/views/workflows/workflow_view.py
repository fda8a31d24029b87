"""`workflow_view`: what the head of a workflow shows, as plain data of bounded size. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from prominence_jupyter.panel.views.job_row import row_id
from prominence_jupyter.panel.views.tone import SHAPES, Tone, status_words
from prominence_jupyter.panel.views.words import clock_time
from prominence_jupyter.panel.views.workflows.expected_end import expected_end, left_text
from prominence_jupyter.panel.views.workflows.node_row import NodeState
from prominence_jupyter.panel.views.workflows.progress import ORDER, Counted, progress_text
from prominence_jupyter.panel.views.workflows.workflow_graph import workflow_graph
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

_THIS_MACHINE: Final = {"127.0.0.1", "::1", "localhost"}
_GROUPS: Final = 12
"""A service may send any number of words."""


def workflow_view(
    record: WorkflowRecord, states: Mapping[str, NodeState], *, url: str, stale: str, now: float
) -> dict[str, Any]:
    """Return what the head of a workflow shows.

    Parameters
    ----------
    record
        What the service said last of the workflow.
    states
        What is known of each of its jobs, by their names within it; empty where nobody can tell which there are.
    url
        Base URL of the service, without credentials.
    stale
        Why there is no newer news; empty when there is.
    now
        When all this was so, Unix seconds.

    Returns
    -------
    dict
        Plain data that JSON can hold. ``counts`` has a list ``[words, tone, glyph, number]`` for each group of jobs, as
        the table counts them; ``progress`` the same in words; ``expected`` when it will have ended, as far as that can
        be told ("about 4 min left"), ``expected_end`` that as Unix seconds or None; ``graph`` that of `workflow_graph`
        or None; ``here`` whether the service is on this machine; ``failed`` whether it has ended and the service can
        run a part of it again.
    """
    counted = [state.counted for state in states.values()]
    word, tone = workflow_status(record, counted)
    end = None if stale else expected_end(record, states, now=now)
    return {
        "id": row_id(record.id),
        "title": one_line(record.name, 120) or "workflow",
        "status": word,
        "tone": tone,
        "shape": SHAPES[tone],
        "reason": one_line(record.status_reason),
        "here": urlsplit(url).hostname in _THIS_MACHINE,
        "times": _times(record),
        "created": record.created,
        "started": record.started,
        "ended": record.ended,
        "counts": _counts(counted),
        "progress": progress_text(record, counted),
        "expected": "" if end is None else left_text(end - now),
        "expected_end": end,
        "graph": workflow_graph(record, states),
        "final": record.has_ended,
        "failed": record.has_ended and record.status != status.COMPLETED,
        "stale": one_line(stale, 500),
        "as_of": now,
    }


def workflow_status(record: WorkflowRecord, counted: Sequence[Counted]) -> tuple[str, Tone]:
    """Return the status of a workflow in words, and its tone.

    It is good only if all of its jobs did their work: a service may call a workflow completed in which a task has
    exited with another code than 0.
    """
    word, tone = status_words(JobRecord(status=record.status), ended=record.has_ended)
    if record.status == status.COMPLETED and any(tone == "bad" for _, _, tone in counted):
        return f"{word}, not all did their work", "bad"
    return word, tone


def _times(record: WorkflowRecord) -> str:
    known = [("submitted", record.created), ("ended", record.ended)]
    told = [(word, clock_time(moment, "%Y-%m-%d %H:%M UTC")) for word, moment in known if moment is not None]
    return ", ".join(f"{word} {text}" for word, text in told)


def _counts(counted: Sequence[Counted]) -> list[list[Any]]:
    groups = Counter((group, tone) for _, group, tone in counted).most_common(_GROUPS)
    groups.sort(key=lambda group: (ORDER[group[0][1]], -group[1]))
    return [[one_line(group, 60), tone, SHAPES[tone], count] for (group, tone), count in groups]
