"""What is shown of a job, from what the service really answered."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import AuthenticationFailed, FunctionalityDisabled, TokenExpired, Unreachable
from prominence_jupyter.panel.views.description import description_json
from prominence_jupyter.panel.views.tone import SHAPES
from prominence_jupyter.panel.views.view import job_view
from prominence_jupyter.panel.views.words import UNKNOWN
from prominence_jupyter.protocol.record import JobRecord

CONTRACT = Path(__file__).parents[2] / "contract"


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
    assert task.peak_memory_mb == pytest.approx(109348 * 1024 / 1e6)
    assert task.cpu_time_s == pytest.approx(0.001167)


def test_the_memory_of_the_job_counts_in_thousands():
    view = job_view(answered("job-two-tasks"), ended=True)
    assert view.peak_memory_mb == pytest.approx(109.3485)
    assert view.to_json()["peak_memory"] == "109.3 MB"


def test_tasks_go_to_the_browser_in_words():
    assert job_view(answered("job-signal"), ended=True).to_json()["tasks"] == [
        {
            "image": "busybox",
            "cmd": "/bin/sh -c 'kill -9 $$'",
            "tone": "bad",
            "exit_code": "-9 (SIGKILL)",
            "cpu_time": "0.0011 s",
            "wall_time": "0.021 s",
            "peak_memory": "111.3 MB",
        }
    ]


def test_a_task_that_did_not_run_has_no_numbers():
    ran, not_run = job_view(answered("job-first-task-fails"), ended=True).to_json()["tasks"]
    assert (ran["tone"], ran["exit_code"]) == ("bad", "1")
    assert (not_run["tone"], not_run["exit_code"], not_run["cpu_time"]) == ("neutral", UNKNOWN, UNKNOWN)


def test_a_task_whose_image_could_not_be_had_failed():
    assert job_view(answered("job-imagepull"), ended=True).tasks[0].tone == "bad"


def test_missing_is_missing():
    view = job_view(JobRecord(), as_of=0)
    assert (view.title, view.id, view.site, view.created, view.labels, view.phases) == ("job", "", "", None, (), ())
    assert (view.asked.words, view.peak_memory_mb, view.to_json()["peak_memory"]) == ("", None, UNKNOWN)


def test_labels():
    view = job_view(answered("clone"), ended=True)
    assert (view.labels, view.more_labels) == ((("grp", "g1"), ("idx", "0")), 0)
    ours = {"pjsubmission": "x", "pjcontent": "y"}
    assert job_view(JobRecord(labels=ours | {"a": "b"})).labels == (("a", "b"),)
    many = job_view(JobRecord(labels=ours | {f"label{i}": str(i) for i in range(25)}))
    assert (len(many.labels), many.more_labels) == (20, 5)


def test_what_was_asked_for():
    assert job_view(answered("job-two-tasks")).asked.words == "1 CPU, 1 GB memory, 10 GB disk, 1 node"


def test_a_job_on_this_machine_says_so():
    on_host = JobRecord.from_json({"id": 1, "execution": {"runtimeVersion": {"host": "1"}}})
    assert job_view(on_host).note == "Runs on this machine, without isolation"


def test_a_job_of_the_local_service_says_in_what_it_runs():
    execution = {"site": "local", "runtimeVersion": {"bubblewrap": "0.8.0, host files"}}
    record = JobRecord.from_json({"id": 1, "status": "running", "execution": execution})
    assert job_view(record).note == "Runs on this machine, in bubblewrap 0.8.0, host files"
    elsewhere = JobRecord.from_json({"id": 1, "status": "running", "execution": execution | {"site": "Site-A"}})
    assert job_view(elsewhere).note == ""
    assert job_view(answered("job-two-tasks")).note == ""


def test_stale_says_since_when_and_why():
    view = job_view(JobRecord(id=1, status="running"), stale="no connection", as_of=1795552265)
    assert view.stale == "no news since 20:31 UTC: no connection"
    assert (view.status, view.tone) == ("running", "running")
    assert job_view(JobRecord(), as_of=1e300, stale="x").stale == "no news since ? UTC: x"


def test_stale_says_what_happens_next():
    unreachable = job_view(JobRecord(id=12), stale=Unreachable("no connection"), as_of=0)
    assert unreachable.stale == "no news since 00:00 UTC: no connection"
    assert unreachable.advice == "The service is asked again by itself; the job is no worse for it."
    here = JobRecord.from_json({"id": 1, "execution": {"runtimeVersion": {"host": "1"}}})
    assert job_view(here, stale=Unreachable("no"), as_of=0).advice == "The service is asked again by itself."
    for refused in (TokenExpired("it expired; get a new one with %prominence login"), AuthenticationFailed("no")):
        assert "with a new token this does too, by itself" in job_view(JobRecord(id=12), stale=refused).advice
        fixed = job_view(JobRecord(id=12), stale=refused, awaits_token=False)
        assert fixed.advice == "With a new token: %prominence watch 12"
    assert job_view(JobRecord(id=12), stale=FunctionalityDisabled("off", 401)).advice == ""
    assert job_view(JobRecord(id=12), stale="gone").advice == job_view(JobRecord(id=12)).advice == ""


def test_the_url_shows_no_password():
    assert job_view(JobRecord(), url="https://me:secret@service/api/v1?token=secret").url == "https://service/api/v1"


def test_hostile_text_is_bounded_and_plain():
    long = "<img src=x onerror=alert(1)>\u202e" * 50_000
    tasks = [{"image": long, "cmd": long}] * 25
    answer = {"id": long, "name": long, "status": long, "statusReason": long, "execution": {"site": long}}
    answer |= {
        "labels": {f"{i}{long[:999]}": long for i in range(500)},
        "resources": {"cpus": long, "memory": "9" * 300},
    }
    view = job_view(JobRecord.from_json(answer | {"tasks": tasks}), stale=long, url=long)
    as_json = json.dumps(view.to_json())
    assert len(as_json) < 25_000
    assert "\\u202e" not in as_json
    assert (len(view.tasks), view.more_tasks) == (20, 5)


NO_PLAIN_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def texts(value):
    """All texts in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


TEXTS = st.builds(lambda text, times: text * times, st.text(max_size=9), st.sampled_from([1, 100]))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.just("9" * 320)
JSON = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)


def holding(*keys):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, JSON)) | JSON


TASKS = st.lists(
    holding("image", "cmd", "exitCode", "imagePullTime", "imagePullStatus", "cpuTimeUsage", "wallTimeUsage")
    | holding("maxResidentSetSizeKB", "exitCode"),
    max_size=8,
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("id", "name", "statusReason", "policies", "outputFiles", "outputDirs", "inputs"), JSON),
        "status": st.sampled_from(["idle", "running", "completed", "failed", "killed", "deleted"]) | JSON,
        "events": holding("createTime", "startTime", "endTime"),
        "labels": st.dictionaries(TEXTS, JSON, max_size=3) | JSON,
        "resources": holding("cpus", "cpusRange", "cpusOptions", "memory", "memoryPerCpu", "disk", "walltime", "nodes"),
        "tasks": TASKS | JSON,
        "execution": st.fixed_dictionaries(
            {},
            optional={
                "tasks": TASKS,
                **dict.fromkeys(("site", "stageInTime", "stageOutTime", "maxMemoryUsageKB"), JSON),
            },
        )
        | JSON,
    },
)


@given(answer=ANSWERS, ended=st.booleans(), stale=st.none() | st.text())
def test_any_answer_has_a_view_of_short_plain_lines(answer, ended, stale):
    record = JobRecord.from_json(answer)
    view = job_view(record, ended=ended, stale=stale).to_json()
    json.dumps(view, allow_nan=False)
    for text in texts(view):
        assert len(text) <= 265  # status and reason together
        assert not NO_PLAIN_TEXT.search(text)
    assert all(phase["seconds"] >= 0 for phase in view["phases"])
    assert len(description_json(record)) < 65_600


def test_the_view_is_frozen_and_goes_into_json():
    view = job_view(answered("job-signal"), ended=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        view.status = "running"
    shown = json.loads(json.dumps(view.to_json()))
    assert shown["headline"] == "completed, exit code -9 (SIGKILL)"
    assert shown["asked"]["memory"] == "1 GB"
    assert [phase["name"] for phase in shown["phases"]] == ["queued", "image pull", "task"]
