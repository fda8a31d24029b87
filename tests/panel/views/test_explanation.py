"""What status and reason leave unsaid."""

import json
from pathlib import Path

import pytest

from prominence_jupyter.panel.views.explanation import explanation
from prominence_jupyter.protocol.record import JobRecord

CONTRACT = Path(__file__).parents[2] / "contract"
NEAR = "Its memory peaked at 1.96 GB, of 2 GB asked for."


def answered(name):
    exchange = json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"][-1]
    return JobRecord.from_json(exchange["response"]["json"][0])


@pytest.mark.parametrize(
    ("name", "ended", "words"),
    [
        ("job-two-tasks", True, ""),
        ("job-nonzero-exit", True, ""),
        ("job-first-task-fails", True, "Task 1 of 2 ended with exit code 1."),
        ("job-walltime", True, ""),
        ("job-signal", True, ""),
        ("job-memory", True, ""),
        ("job-noresources", False, "The service still lists it as active: it may yet run."),
        ("job-noresources", True, ""),
    ],
)
def test_recorded_answers(name, ended, words):
    assert explanation(answered(name), ended=ended) == words


def killed(code, *, peak_kib=0, job_kb=0, **resources):
    return JobRecord.from_json(
        {
            "status": "completed",
            "resources": {"memory": 2} | resources,
            "tasks": [{}],
            "execution": {
                "maxMemoryUsageKB": job_kb,
                "tasks": [{"exitCode": code, "maxResidentSetSizeKB": peak_kib}],
            },
        }
    )


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (killed(-9, job_kb=1_960_000), NEAR),
        (killed(137, peak_kib=1_914_063), NEAR),
        (killed(-9, job_kb=1_700_000), ""),
        (killed(1, job_kb=1_960_000), ""),
        (killed(-9, job_kb=1_960_000, nodes=2), ""),
        (killed(-9, job_kb=1_960_000, memory=None), ""),
    ],
)
def test_memory_near_what_was_asked_for_is_told_of_a_killed_task(record, words):
    assert explanation(record, ended=True) == words


def test_completed_without_exit_code_says_so():
    record = JobRecord.from_json({"status": "completed", "tasks": [{}]})
    assert explanation(record, ended=True) == "The service told no exit code."
    assert explanation(record, ended=False) == ""
