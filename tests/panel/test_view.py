"""What is shown of a job, from what the service really answered."""

import dataclasses
import json
from pathlib import Path

import pytest

from prominence_jupyter.panel.view import SHAPES, job_view
from prominence_jupyter.protocol.record import JobRecord

CONTRACT = Path(__file__).parents[1] / "contract"


def answered(name, index=-1):
    exchange = json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"][index]
    return JobRecord.from_json(exchange["response"]["json"][0])


@pytest.mark.parametrize(
    ("name", "ended", "headline", "tone"),
    [
        ("job-two-tasks", True, "completed", "good"),
        ("job-nonzero-exit", True, "completed, exit code 3", "bad"),
        ("job-signal", True, "completed, exit code -9 (SIGKILL)", "bad"),
        ("job-walltime", True, "killed: Walltime limit exceeded", "bad"),
        ("job-imagepull", True, "failed: Container image pull failed", "bad"),
        ("job-noresources", False, "failed for now: No matching resources", "waiting"),
        ("job-noresources", True, "failed: No matching resources", "bad"),
        ("job-held", False, "failed for now", "waiting"),
    ],
)
def test_recorded_answers(name, ended, headline, tone):
    view = job_view(answered(name), ended=ended)
    assert (view.headline, view.tone, view.shape, view.final) == (headline, tone, SHAPES[tone], ended)


@pytest.mark.parametrize(
    ("status", "word", "tone"),
    [
        ("pending", "pending", "waiting"),
        ("idle", "idle", "waiting"),
        ("deploying", "deploying", "waiting"),
        ("running", "running", "running"),
        ("deleted", "deleted", "neutral"),
        ("hibernating", "hibernating", "neutral"),
        (None, "unknown", "neutral"),
    ],
)
def test_statuses(status, word, tone):
    view = job_view(JobRecord(id=1, status=status))
    assert (view.status, view.tone) == (word, tone)


def test_every_tone_has_a_shape_of_its_own():
    assert len(set(SHAPES.values())) == len(SHAPES) == 5


def test_metrics_have_their_units():
    task = job_view(answered("job-two-tasks"), ended=True).tasks[0]
    assert (task.image, task.cmd, task.exit_code) == ("busybox", "echo one", 0)
    assert task.peak_memory_mib == pytest.approx(109348 / 1024)
    assert task.cpu_time_s == pytest.approx(0.001167)


def test_missing_is_missing():
    view = job_view(JobRecord(), as_of=0)
    assert (view.title, view.id, view.site, view.created, view.facts) == ("job", "", "", None, ())


def test_facts():
    facts = dict(job_view(answered("job-two-tasks"), ended=True).facts)
    assert facts == {"site": "Site-A", "exit codes": "0, 0", "image": "busybox", "commands": "echo one ; echo two"}


def test_a_job_on_this_machine_says_so():
    on_host = JobRecord.from_json({"id": 1, "execution": {"runtimeVersion": {"host": "1"}}})
    assert job_view(on_host).note == "Runs on this machine, without isolation"
    assert job_view(answered("job-two-tasks")).note == ""


def test_stale_says_since_when_and_why():
    view = job_view(JobRecord(id=1, status="running"), stale="no connection", as_of=1795552265)
    assert view.stale == "no news since 20:31 UTC: no connection"
    assert (view.status, view.tone) == ("running", "running")
    assert job_view(JobRecord(), as_of=1e300, stale="x").stale == "no news since ? UTC: x"


def test_the_url_shows_no_password():
    assert job_view(JobRecord(), url="https://me:secret@service/api/v1?token=secret").url == "https://service/api/v1"


def test_hostile_text_is_bounded_and_plain():
    long = "<img src=x onerror=alert(1)>\u202e" * 50_000
    tasks = [{"image": long, "cmd": long}] * 500
    answer = {"id": long, "name": long, "status": long, "statusReason": long, "execution": {"site": long}}
    view = job_view(JobRecord.from_json(answer | {"tasks": tasks}), stale=long, url=long)
    as_json = json.dumps(view.to_json())
    assert len(as_json) < 20_000
    assert "\\u202e" not in as_json
    assert (len(view.tasks), view.more_tasks) == (20, 480)


def test_the_view_is_frozen_and_goes_into_json():
    view = job_view(answered("job-signal"), ended=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        view.status = "running"
    shown = json.loads(json.dumps(view.to_json()))
    assert shown["headline"] == "completed, exit code -9 (SIGKILL)"
    assert ["site", "Site-A"] in shown["facts"]
