import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.record import JobRecord, TaskRecord, entry_places, has_ended, number, whole

CONTRACT = Path(__file__).parents[1] / "contract"


def last_answer(name):
    exchanges = json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"]
    return [e["response"]["json"] for e in exchanges if isinstance(e["response"].get("json"), list)][-1][0]


def test_a_recorded_job_gives_its_record():
    record = JobRecord.from_json(last_answer("job-two-tasks"))

    assert (record.id, record.name, record.status, record.status_reason) == (17, "two-tasks", "completed", None)
    assert (record.created, record.started, record.ended) == (1795454763, 1795454764, 1795454764)
    assert (record.site, record.max_memory_kb) == ("Site-A", 109348.5)
    assert record.resources == {"cpus": 1, "disk": 10, "memory": 1, "nodes": 1}
    assert record.tasks[1] == TaskRecord(
        image="busybox",
        cmd="echo two",
        exit_code=0,
        retries=0,
        image_pull_status="cached",
        image_pull_time_s=None,
        wall_time_s=0.004437923431396484,
        cpu_time_s=0.0011179999999999999,
        max_resident_set_kib=109348,
    )
    assert record.exit_codes == (0, 0)
    assert record.succeeded
    assert record.has_detail


@pytest.mark.parametrize(
    ("name", "codes", "succeeded"),
    [
        ("job-lifecycle", (0,), True),
        ("job-nonzero-exit", (3,), False),
        ("job-signal", (-9,), False),
        ("job-first-task-fails", (1,), False),
        ("job-imagepull", (), False),
        ("delete-idle", (), False),
    ],
)
def test_completed_does_not_mean_success(name, codes, succeeded):
    record = JobRecord.from_json(last_answer(name))

    assert (record.exit_codes, record.succeeded) == (codes, succeeded)


def test_a_plain_listing_has_no_detail():
    assert not JobRecord.from_json(last_answer("list-active")).has_detail


def test_an_empty_answer_gives_an_empty_record():
    assert JobRecord.from_json({}) == JobRecord()


@pytest.mark.parametrize("pull_time", [-1, -1.0, "-1", None, "soon", [1]])
def test_a_cached_image_has_no_pull_time(pull_time):
    record = JobRecord.from_json({"execution": {"tasks": [{"imagePullTime": pull_time}]}})

    assert record.tasks[0].image_pull_time_s is None


@pytest.mark.parametrize(
    ("types", "entries", "expected"),
    [
        (["basic", None], 2, [0, 1]),
        (["basic", None], 1, [0, None]),  # the second did not run
        (["sidecar", "basic", "openmpi"], 2, [None, 0, 1]),  # as the deployed service reports
        (["basic", "sidecar", "basic"], 1, [0, None, None]),
        (["sidecar", "basic"], 2, [0, 1]),  # an entry for every task
        (["sidecar"], 0, [None]),
        ([["sidecar"], {}], 3, [0, 1, 2]),
        ([], 0, []),
    ],
)
def test_entries_belong_to_the_tasks_that_are_no_sidecars_unless_there_are_more(types, entries, expected):
    assert entry_places(types, entries) == expected


def test_a_sidecar_has_no_exit_code_where_the_service_reports_none():
    record = JobRecord.from_json(
        {
            "status": "completed",
            "tasks": [{"image": "a", "type": "sidecar"}, {"image": "b"}],
            "execution": {"tasks": [{"exitCode": 0, "wallTimeUsage": 2.5}]},
        }
    )

    assert record.tasks == (TaskRecord(image="a"), TaskRecord(image="b", exit_code=0, wall_time_s=2.5))
    assert record.succeeded


STAYS = {"policies": {"leaveInQueue": True}}
ENDED = {"events": {"endTime": 1795454774}}


@pytest.mark.parametrize(
    ("answer", "listed_active", "expected"),
    [
        ({"status": "completed"}, False, True),
        ({"status": "failed"}, False, True),
        ({"status": "deleted"}, False, True),
        ({"status": "killed"}, False, True),
        # no matching resources yet, or held: it may still run
        ({"status": "failed"}, True, False),
        ({"status": "failed"} | ENDED, True, False),
        # for a moment a finished job is listed twice
        ({"status": "completed"} | ENDED, True, False),
        ({"status": "completed"} | STAYS, True, False),
        ({"status": "completed"} | STAYS | ENDED, True, True),
        ({"status": "failed"} | STAYS | ENDED, True, True),
        ({"status": "completed"} | STAYS, False, True),
        ({"status": "completed", "policies": {"leaveInQueue": "true"}} | ENDED, True, False),
        # left the listing and not final: the record is old
        ({"status": "running"}, False, False),
        ({"status": "running"} | STAYS | ENDED, True, False),
        ({"status": "idle"}, True, False),
        ({"status": "paused-by-moon"}, False, False),
        ({}, False, False),
        ({"status": ["completed"]}, False, False),
    ],
)
def test_when_a_job_has_ended(answer, listed_active, expected):
    assert has_ended(JobRecord.from_json(answer), listed_active=listed_active) is expected


@pytest.mark.parametrize("name", ["job-held", "job-noresources"])
def test_recorded_provisional_failures_have_not_ended(name):
    record = JobRecord.from_json(last_answer(name))

    assert record.status == "failed"
    assert not has_ended(record, listed_active=True)
    assert has_ended(record, listed_active=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        ("3", 3),
        (-9.0, -9),
        (3.5, None),
        (True, None),
        ("x", None),
        (None, None),
        (float("inf"), None),
        ([], None),
    ],
)
def test_whole_numbers(value, expected):
    assert whole(value) == expected


@pytest.mark.parametrize("value", [10**400, "1e400", float("nan"), "nan", {}, False, ""])
def test_what_is_no_finite_number_is_missing(value):
    assert number(value) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([10**400, "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["id", "name", "status", "events", "execution", "resources", "labels", "tasks", "policies", "site"]
)
objects = st.dictionaries(keys | st.text(), anything | st.dictionaries(keys, anything), max_size=8)


@given(objects, st.booleans())
def test_any_json_object_gives_a_record(answer, listed_active):
    record = JobRecord.from_json(answer)

    assert record.id is None or isinstance(record.id, int | str)
    assert all(text is None or isinstance(text, str) for text in (record.name, record.status, record.site))
    assert all(isinstance(task, TaskRecord) for task in record.tasks)
    assert has_ended(record, listed_active=listed_active) in {True, False}
