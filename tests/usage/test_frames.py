"""What the frames say about recorded, specified and impossible answers."""

import gc
import inspect
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.usage import UnreadableValues, both_frames, jobs_frame, tasks_frame

CONTRACT = Path(__file__).parents[1] / "contract"

JOBS_DTYPES = {
    "id": "Int64",
    "name": "string",
    "workflow": "category",
    "status": "category",
    "status_reason": "string",
    "site": "category",
    "created": "datetime64[us, UTC]",
    "started": "datetime64[us, UTC]",
    "ended": "datetime64[us, UTC]",
    "queued": "timedelta64[us]",
    "run_time": "timedelta64[us]",
    "nodes": "Int64",
    "cpus": "Int64",
    "memory_gb": "float64",
    "memory_per_cpu_gb": "float64",
    "disk_gb": "float64",
    "walltime_limit_min": "float64",
    "provisioned_nodes": "Int64",
    "provisioned_cpus": "Int64",
    "provisioned_memory_gb": "float64",
    "provisioned_disk_gb": "float64",
    "tasks": "Int64",
    "image": "string",
    "exit_code": "Int64",
    "succeeded": "boolean",
    "retries": "Int64",
    "task_retries": "Int64",
    "wall_time_s": "float64",
    "cpu_time_s": "float64",
    "image_pull_time_s": "float64",
    "stage_in_time_s": "float64",
    "stage_out_time_s": "float64",
    "max_memory_kb": "float64",
    "max_resident_set_kib": "float64",
}
TASKS_DTYPES = {
    "job_id": "Int64",
    "task": "int64",
    "name": "string",
    "image": "string",
    "cmd": "string",
    "type": "category",
    "exit_code": "Int64",
    "retries": "Int64",
    "image_pull_status": "category",
    "image_pull_time_s": "float64",
    "wall_time_s": "float64",
    "cpu_time_s": "float64",
    "max_resident_set_kib": "float64",
}
# Section 7.1.2 of the PROMINENCE documentation, "Using the API": a completed job.
SPECIFIED = {
    "events": {"createTime": 1612684304, "endTime": 1612684626, "startTime": 1612684595},
    "execution": {
        "maxMemoryUsageKB": 242814,
        "site": "OpenStack-UNIV-LILLE",
        "tasks": [
            {
                "cpuTimeUsage": 0.5480000000000012,
                "exitCode": 0,
                "imagePullStatus": "completed",
                "imagePullTime": 26.14915418624878,
                "maxResidentSetSizeKB": 63044,
                "retries": 0,
                "wallTimeUsage": 0.6737308502197266,
            }
        ],
    },
    "id": 1181,
    "name": "calculate-pi",
    "resources": {"cpus": 1, "disk": 10, "memory": 1, "nodes": 1},
    "status": "completed",
    "tasks": [{"image": "eoscprominence/testpi", "runtime": "singularity"}],
}


def answers(name):
    """Every job in the answers of one contract file, in order."""
    exchanges = json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"]
    bodies = [exchange["response"].get("json") for exchange in exchanges]
    return [job for body in bodies if isinstance(body, list) for job in body]


def records(*jobs):
    return [JobRecord.from_json(job) for job in jobs]


def frames(*jobs):
    return jobs_frame(records(*jobs)), tasks_frame(records(*jobs))


def last_row(name):
    """The row of a job as its contract file leaves it, missing values as None."""
    return plain(jobs_frame(records(answers(name)[-1])))[0]


def plain(frame):
    return [
        {key: None if pd.isna(value) else value for key, value in row.items()}
        for row in frame.to_dict(orient="records")
    ]


def dtypes(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def utc(text):
    return pd.Timestamp(text, tz="UTC")


def test_the_specified_job_gives_its_row():
    jobs, tasks = frames(SPECIFIED)

    assert plain(jobs) == [
        {
            "id": 1181,
            "name": "calculate-pi",
            "workflow": None,
            "status": "completed",
            "status_reason": None,
            "site": "OpenStack-UNIV-LILLE",
            "created": utc("2021-02-07 07:51:44"),
            "started": utc("2021-02-07 07:56:35"),
            "ended": utc("2021-02-07 07:57:06"),
            "queued": pd.Timedelta(seconds=291),
            "run_time": pd.Timedelta(seconds=31),
            "nodes": 1,
            "cpus": 1,
            "memory_gb": 1.0,
            "memory_per_cpu_gb": None,
            "disk_gb": 10.0,
            "walltime_limit_min": None,
            "provisioned_nodes": None,
            "provisioned_cpus": None,
            "provisioned_memory_gb": None,
            "provisioned_disk_gb": None,
            "tasks": 1,
            "image": "eoscprominence/testpi",
            "exit_code": 0,
            "succeeded": True,
            "retries": None,
            "task_retries": 0,
            "wall_time_s": 0.6737308502197266,
            "cpu_time_s": 0.5480000000000012,
            "image_pull_time_s": 26.14915418624878,
            "stage_in_time_s": None,
            "stage_out_time_s": None,
            "max_memory_kb": 242814.0,
            "max_resident_set_kib": 63044.0,
        }
    ]
    assert plain(tasks) == [
        {
            "job_id": 1181,
            "task": 0,
            "name": "calculate-pi",
            "image": "eoscprominence/testpi",
            "cmd": None,
            "type": None,
            "exit_code": 0,
            "retries": 0,
            "image_pull_status": "completed",
            "image_pull_time_s": 26.14915418624878,
            "wall_time_s": 0.6737308502197266,
            "cpu_time_s": 0.5480000000000012,
            "max_resident_set_kib": 63044.0,
        }
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "job-lifecycle",
            {
                "status": "completed",
                "site": "Site-A",
                "created": utc("2026-11-23 17:25:36"),
                "queued": pd.Timedelta(seconds=1),
                "run_time": pd.Timedelta(seconds=2),
                "provisioned_cpus": 1,
                "provisioned_memory_gb": 1.0,
                "exit_code": 0,
                "succeeded": True,
                "wall_time_s": 2.0108234882354736,
                "cpu_time_s": 0.002038,
                "max_memory_kb": 107940.5,
                "max_resident_set_kib": 107940.0,
            },
        ),
        (
            "job-two-tasks",
            {
                "tasks": 2,
                "exit_code": 0,
                "succeeded": True,
                "wall_time_s": 0.020927906036376953 + 0.004437923431396484,
                "cpu_time_s": 0.0011669999999999999 + 0.0011179999999999999,
                "max_resident_set_kib": 109348.0,
            },
        ),
        ("job-first-task-fails", {"tasks": 2, "exit_code": 1, "succeeded": False, "cpu_time_s": 0.001057}),
        ("job-nonzero-exit", {"status": "completed", "exit_code": 3, "succeeded": False, "cpu_time_s": 0.00121}),
        ("job-signal", {"status": "completed", "exit_code": -9, "succeeded": False}),
        ("job-walltime", {"status": "killed", "exit_code": -9, "succeeded": False}),
        (
            "delete-idle",
            {
                "status": "deleted",
                "status_reason": "Job deleted by user",
                "site": None,
                "started": None,
                "ended": None,
                "queued": None,
                "run_time": None,
                "exit_code": None,
                "succeeded": False,
                "provisioned_cpus": None,
                "cpu_time_s": None,
            },
        ),
        ("delete-running", {"status": "deleted", "run_time": pd.Timedelta(seconds=1), "cpu_time_s": None}),
        (
            "job-imagepull",
            {
                "status": "failed",
                "status_reason": "Container image pull failed",
                "exit_code": None,
                "succeeded": False,
                "max_memory_kb": 0.5,
                "max_resident_set_kib": None,
                "wall_time_s": None,
            },
        ),
        (
            "job-memory",
            {"status": "killed", "status_reason": "Job used too much memory", "max_memory_kb": None, "exit_code": None},
        ),
        ("job-noresources", {"status": "failed", "status_reason": "No matching resources", "started": None}),
        # without detail nothing tells whether it succeeded
        ("list-completed", {"id": 19, "exit_code": 0, "succeeded": True}),
        ("list-active", {"id": 23, "status": "running", "cpus": None, "exit_code": None, "succeeded": None}),
    ],
)
def test_recorded_jobs_give_their_row(name, expected):
    row = last_row(name)

    assert {key: row[key] for key in expected} == expected


def test_a_completed_job_without_detail_is_not_called_a_success():
    jobs, _ = frames(answers("list-completed")[0])

    assert plain(jobs[["status", "exit_code", "succeeded"]]) == [
        {"status": "completed", "exit_code": None, "succeeded": None}
    ]


def test_each_task_has_its_own_row():
    _, tasks = frames(*answers("job-two-tasks"), *answers("job-first-task-fails"))

    columns = ["job_id", "task", "cmd", "exit_code", "image_pull_status", "image_pull_time_s", "cpu_time_s"]
    assert [list(row.values()) for row in plain(tasks[columns])] == [
        [17, 0, "echo one", 0, "completed", 0.020010652280780153, 0.0011669999999999999],
        [17, 1, "echo two", 0, "cached", None, 0.0011179999999999999],
        [18, 0, "false", 1, "completed", plain(tasks)[2]["image_pull_time_s"], 0.001057],
        [18, 1, "echo second", None, None, None, None],
    ]


def test_frames_of_nothing_have_every_column_and_dtype():
    jobs, tasks = jobs_frame([]), tasks_frame([])

    assert (len(jobs), dtypes(jobs)) == (0, JOBS_DTYPES)
    assert (len(tasks), dtypes(tasks)) == (0, TASKS_DTYPES)


@pytest.mark.parametrize(("function", "expected"), [(jobs_frame, JOBS_DTYPES), (tasks_frame, TASKS_DTYPES)])
def test_every_column_is_documented_with_its_dtype(function, expected):
    rows = re.findall(r"^ {4}(\w+) +(\w+(?:\[[\w,]+\])?)(?: or string)?  ", inspect.getdoc(function), re.MULTILINE)

    documented = {name: dtype.replace(",", ", ") for name, dtype in rows if name != "column"}
    assert documented == expected


def test_string_ids_make_both_columns_text():
    jobs, tasks = frames({"id": "a1b2", "tasks": []}, {"id": 7, "tasks": [{"image": "busybox"}]}, {"id": None})

    assert str(jobs["id"].dtype) == str(tasks["job_id"].dtype) == "string"
    assert list(jobs["id"].fillna("missing")) == ["a1b2", "7", "missing"]
    assert jobs.merge(tasks, left_on="id", right_on="job_id")["task"].to_list() == [0]


def test_an_id_beyond_64_bits_is_kept_as_text():
    jobs, _ = frames({"id": 2**63}, {"id": 1})

    assert list(jobs["id"]) == ["9223372036854775808", "1"]


def test_jobs_of_a_workflow_tell_its_name():
    jobs, _ = frames(*answers("workflow-jobs"), {"id": 1, "name": "alone"}, {"id": 2, "name": "/odd"}, {"id": 3})

    names = dict(zip(jobs["name"].fillna("none"), plain(jobs[["workflow"]]), strict=True))
    assert {name: row["workflow"] for name, row in names.items()} == {
        "dag": None,
        "dag/first": "dag",
        "dag/second": "dag",
        "alone": None,
        "/odd": None,
        "none": None,
    }


def test_a_job_sums_up_its_tasks():
    done = [
        {"exitCode": 0, "retries": 2, "imagePullTime": 1.5, "wallTimeUsage": 3, "maxResidentSetSizeKB": 7},
        {"exitCode": 2, "retries": "1", "imagePullTime": -1, "wallTimeUsage": 4, "maxResidentSetSizeKB": 9},
        {"exitCode": 5, "imagePullTime": 2, "maxResidentSetSizeKB": None},
    ]
    given = {"nodes": 2, "cpus": 4, "memory": 8, "disk": 20}
    used = {"retries": 3, "stageInTime": 1.25, "stageOutTime": 2, "provisionedResources": given, "tasks": done}
    jobs, _ = frames({"id": 1}, {"id": 2, "resources": {"memoryPerCpu": 2}, "execution": used}, {"id": 3})

    expected = {
        "memory_per_cpu_gb": 2.0,
        "provisioned_nodes": 2,
        "provisioned_cpus": 4,
        "provisioned_memory_gb": 8.0,
        "provisioned_disk_gb": 20.0,
        "tasks": 3,
        "exit_code": 2,
        "retries": 3,
        "task_retries": 3,
        "wall_time_s": 7.0,
        "cpu_time_s": None,
        "image_pull_time_s": 3.5,
        "stage_in_time_s": 1.25,
        "stage_out_time_s": 2.0,
        "max_resident_set_kib": 9.0,
    }
    assert plain(jobs[list(expected)]) == [dict.fromkeys(expected), expected, dict.fromkeys(expected)]


def test_what_a_service_reports_belongs_to_the_tasks_that_are_no_sidecars():
    described = [{"cmd": "serve", "type": "sidecar"}, {"cmd": "one", "type": "basic"}, {"cmd": "two"}]
    reported = [{"exitCode": 0, "cpuTimeUsage": 1.0}, {"exitCode": 3, "cpuTimeUsage": 2.0}]
    deployed = {"id": 1, "tasks": described, "execution": {"tasks": reported}}
    lists_all = {"id": 2, "tasks": described, "execution": {"tasks": [{"exitCode": -15}, *reported]}}
    _, tasks = frames(deployed, lists_all)

    columns = ["job_id", "task", "cmd", "type", "exit_code", "cpu_time_s"]
    assert [list(row.values()) for row in plain(tasks[columns])] == [
        [1, 0, "serve", "sidecar", None, None],
        [1, 1, "one", "basic", 0, 1.0],
        [1, 2, "two", None, 3, 2.0],
        [2, 0, "serve", "sidecar", -15, None],
        [2, 1, "one", "basic", 0, 1.0],
        [2, 2, "two", None, 3, 2.0],
    ]


def test_a_sidecar_takes_no_time_of_its_own_and_its_cpu_time_counts():
    described = [{"type": "sidecar"}, {"type": "basic"}, {}]
    reported = [{"wallTimeUsage": wall, "cpuTimeUsage": 1.0} for wall in (30.0, 10.0, 20.0)]
    jobs, tasks = frames({"id": 1, "tasks": described, "execution": {"tasks": reported}})

    assert plain(jobs[["wall_time_s", "cpu_time_s"]]) == [{"wall_time_s": 30.0, "cpu_time_s": 3.0}]
    assert tasks["wall_time_s"].tolist() == [30.0, 10.0, 20.0]


@pytest.mark.parametrize("seconds", [1e18, -1, 0, 1.7e12, "soon", True, None, [1], float("nan"), 10**400])
@pytest.mark.filterwarnings("ignore::prominence_jupyter.usage.UnreadableValues")
def test_an_impossible_time_is_missing(seconds):
    jobs, _ = frames({"id": 1, "events": {"createTime": seconds, "startTime": 1612684595, "endTime": 1612684626.25}})

    row = plain(jobs)[0]
    assert (row["created"], row["queued"], row["started"]) == (None, None, utc("2021-02-07 07:56:35"))
    assert row["run_time"] == pd.Timedelta(seconds=31.25)
    assert jobs.attrs["unreadable"] == ({} if seconds is None else {"created": 1})


ODD = (
    {"id": 1, "resources": {"cpus": "4", "memory": "2", "nodes": 1.5, "disk": [10], "walltime": {}}},
    {"id": 2, "resources": {"cpus": 10**30, "memory": 10**400, "nodes": True, "cpusRange": [1, 2]}},
    {"id": 3, "resources": "none", "execution": [], "tasks": "x"},
)


@pytest.mark.filterwarnings("ignore::prominence_jupyter.usage.UnreadableValues")
def test_numbers_as_text_count_and_odd_ones_are_missing():
    jobs, _ = frames(*ODD)

    columns = ["cpus", "memory_gb", "nodes", "disk_gb", "walltime_limit_min", "tasks"]
    assert [list(row.values()) for row in plain(jobs[columns])] == [
        [4, 2.0, None, None, None, None],
        [None, None, None, None, None, None],
        [None, None, None, None, None, None],
    ]


def test_what_cannot_be_read_is_counted_and_said_once():
    with pytest.warns(UnreadableValues, match=r"sent 11 values .*nodes \(2\), cpus \(1\)") as said:
        jobs = jobs_frame((*ODD[:2], {"id": True, "events": 5}, {"id": None, "name": None, "tasks": [{"image": 1}]}))

    assert len(said) == 1
    assert said[0].filename == __file__
    assert jobs.attrs["unreadable"] == {
        "id": 1,
        "created": 1,
        "started": 1,
        "ended": 1,
        "nodes": 2,
        "cpus": 1,
        "memory_gb": 1,
        "disk_gb": 1,
        "walltime_limit_min": 1,
        "image": 1,
    }


def test_what_cannot_be_read_of_tasks_is_counted_too():
    done = {"exitCode": "zero", "retries": 10**30, "imagePullTime": -1}
    with pytest.warns(UnreadableValues):
        jobs = jobs_frame([{"id": 1, "execution": {"tasks": [done, done]}}, {"id": 2, "execution": {"tasks": {}}}])
    with pytest.warns(UnreadableValues):
        tasks = tasks_frame([{"id": 1, "tasks": [5], "execution": {"tasks": [done]}}])

    assert jobs.attrs["unreadable"] == {
        "exit_code": 3,
        "task_retries": 3,
        "wall_time_s": 1,
        "cpu_time_s": 1,
        "image_pull_time_s": 1,
        "max_resident_set_kib": 1,
    }
    assert tasks.attrs["unreadable"] == {"image": 1, "cmd": 1, "type": 1, "exit_code": 1, "retries": 1}


def test_a_job_that_no_service_has_reported_yet_has_its_row():
    jobs = jobs_frame([JobRecord(id=7, name="new", status="submitted")])

    assert plain(jobs[["id", "name", "status", "succeeded"]]) == [
        {"id": 7, "name": "new", "status": "submitted", "succeeded": None}
    ]


@pytest.mark.parametrize("function", [jobs_frame, tasks_frame])
def test_what_is_no_job_is_refused(function):
    with pytest.raises(TypeError, match="a JobRecord or a JSON object, not int"):
        function([{"id": 1}, 7])


def test_equal_text_is_held_once():
    jobs = jobs_frame([json.loads('{"id": 1, "tasks": [{"image": "busybox"}]}') for _ in range(3)])

    assert len({id(image) for image in jobs["image"].array}) == 1


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(enabled):
    seen = []
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        jobs_frame(seen.append(gc.isenabled()) or {"id": number} for number in range(2))
        with pytest.raises(TypeError):
            tasks_frame([7])
        assert (gc.isenabled(), seen) == (enabled, [False, False])
    finally:
        (gc.enable if before else gc.disable)()


def test_the_order_of_records_does_not_change_values():
    jobs = [answers(name)[-1] for name in ("job-lifecycle", "job-signal", "delete-idle", "job-memory")]
    forwards, backwards = frames(*jobs)[0], frames(*reversed(jobs))[0]

    pd.testing.assert_frame_equal(forwards, backwards.iloc[::-1].reset_index(drop=True))


def test_one_pass_over_an_iterator_is_enough():
    jobs = [answers("job-signal")[-1], SPECIFIED]

    pd.testing.assert_frame_equal(jobs_frame(iter(records(*jobs))), jobs_frame(records(*jobs)))
    pd.testing.assert_frame_equal(tasks_frame(iter(records(*jobs))), tasks_frame(records(*jobs)))


def test_no_secret_reaches_a_frame():
    jobs, tasks = frames(*answers("secrets-come-back"))

    shown = jobs.to_csv() + tasks.to_csv() + repr(jobs.attrs) + repr(tasks.attrs)
    assert "pull-secret" in shown
    assert "PULL-TOKEN-THAT-MUST-NOT-LEAK" not in shown
    assert "c2VjcmV0LWlucHV0" not in shown


@pytest.mark.filterwarnings("ignore::prominence_jupyter.usage.UnreadableValues")
def test_both_frames_at_once_are_those_that_each_function_gives():
    jobs = [SPECIFIED, *answers("list-completed"), *answers("job-two-tasks"), *ODD]
    by_job, by_task = both_frames(jobs, labels=True, parameters=["x"])

    pd.testing.assert_frame_equal(by_job, jobs_frame(jobs, labels=True, parameters=["x"]))
    pd.testing.assert_frame_equal(by_task, tasks_frame(jobs))
