"""`expected_end`: when a workflow will have ended, as far as it can be told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import mean, pstdev
from typing import Final

from prominence_jupyter.panel.views.workflows.node_row import NodeState
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.record import JobRecord, mapping
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

_FEWEST: Final = 5
"""Of fewer runs nobody can tell how long they take."""
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_LONGEST: Final = 100 * _DAY


def expected_end(record: WorkflowRecord, states: Mapping[str, NodeState], *, now: float) -> float | None:
    """Return when a workflow will have ended, Unix seconds; None where it cannot be told.

    It is told from the pace so far: since the first job began, so much work is done, and what is left will take as much
    longer as it is more. Work is counted in jobs; one that runs counts as the part of it that is done, given how long
    those that have ended took. So the pace has in it how many run side by side, and how long they wait for their turn.

    It is only told while the workflow and at least one of its jobs run, at least 5 jobs have run to their end, and all
    do the same: there is one described job, or no job waits for another. And only while there is reason to believe it:
    not when the runs so far differ by more than they are long (standard deviation above the mean), nor when all that is
    left already runs, and one of those for longer than any before.

    Parameters
    ----------
    record
        The workflow, with its description.
    states
        What is known of each of its jobs.
    now
        Unix seconds.
    """
    if record.status != status.RUNNING or (mapping(record.raw.get("dependencies")) and _described(states) > 1):
        return None
    open_records = [state.record for state in states.values() if not state.final]
    closed = [state.record for state in states.values() if state.final and state.record is not None]
    runs = [run for known in closed if (run := _ran(known, known.ended)) is not None]
    running = [_ran(known, now) for known in open_records if known is not None and known.status == status.RUNNING]
    elapsed = [run for run in running if run is not None]
    if len(runs) < _FEWEST or not elapsed:
        return None
    one_run = mean(runs)  # once: it is exact, which takes its time
    if pstdev(runs) > one_run:
        return None
    if len(elapsed) == len(open_records) and max(elapsed) > max(runs):
        return None
    began = min(known.started for known in closed if known.started is not None)
    if now <= began:  # by a clock that is not the service's
        return None
    done = len(closed) + sum(min(1.0, run / (one_run or 1.0)) for run in elapsed)
    left = (now - began) * (len(states) - done) / done
    one_more = 0.0 if len(elapsed) < len(open_records) else min(elapsed)  # done by now of what the last job takes
    return now + max(left, one_run - one_more)


def left_text(seconds: float | None) -> str:
    """Return how long it is still, as roughly as it is known: "about 4 min left"; empty for None."""
    if seconds is None or not 0 <= seconds < _LONGEST:
        return ""
    if seconds < _MINUTE:
        return "less than a minute left"
    if seconds < _HOUR:
        return f"about {math.ceil(seconds / _MINUTE)} min left"
    if seconds < _DAY:
        quarters = math.ceil(seconds / _HOUR * 4)
        return f"about {quarters // 4} h{f' {quarters % 4 * 15} min' if quarters % 4 else ''} left"
    return f"about {math.ceil(seconds / _DAY)} days left"


def _described(states: Mapping[str, NodeState]) -> int:
    return len({state.node.job for state in states.values()})


def _ran(record: JobRecord, until: float | None) -> float | None:
    return None if record.started is None or until is None else max(0.0, until - record.started)
