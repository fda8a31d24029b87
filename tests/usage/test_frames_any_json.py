"""What holds of the frames whatever a service sends."""

import json
import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.usage import jobs_frame, read_entries, tasks_frame
from tests.usage.test_frames import JOBS_DTYPES, TASKS_DTYPES, answers, dtypes

pytestmark = pytest.mark.filterwarnings("ignore::prominence_jupyter.usage.UnreadableValues")

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([10**400, 2**64, "\ud800", "7", "1e400", -1, -0.0, "https://a:b@c/d?e", "//a@//b@c", "a\ud800b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def anything_in(*keys, **known):
    """Objects with these keys, some left out, each holding anything at all or what belongs there."""
    return st.fixed_dictionaries({}, optional={key: known.get(key, st.nothing()) | anything for key in keys})


numbers = st.integers(-2, 10**6) | st.floats(0, 1e6) | st.integers(0, 99).map(str) | st.just(2**70)
images = st.sampled_from(["busybox", "https://user:pass@host/image.sif?key=1", "docker://busybox@sha256:00"])
types = st.sampled_from(["basic", "sidecar", "openmpi"])
names = st.sampled_from(["a", "flow/job", "flow/job/1", "/x", "\ud800/b"])
free = st.dictionaries(st.sampled_from(["x", "url", "image", "a\x00", "a\x01"]) | st.text(), numbers | anything)


def numbers_in(*keys):
    return anything_in(*keys, **dict.fromkeys(keys, numbers))


executed = numbers_in(
    "exitCode", "retries", "imagePullTime", "wallTimeUsage", "cpuTimeUsage", "maxResidentSetSizeKB"
) | anything_in("imagePullStatus", imagePullStatus=st.sampled_from(["completed", "cached"]))
described = anything_in("image", "cmd", "type", image=images, type=types)
job_answers = anything_in(
    "id",
    "name",
    "status",
    "statusReason",
    "events",
    "execution",
    "resources",
    "tasks",
    "labels",
    "parameters",
    id=st.integers(1, 99),
    name=names,
    status=st.sampled_from(["completed", "running", "failed"]),
    events=anything_in("createTime", "startTime", "endTime", createTime=numbers),
    resources=numbers_in("nodes", "cpus", "memory", "memoryPerCpu", "disk", "walltime"),
    labels=free,
    parameters=free,
    tasks=st.lists(described | anything, max_size=3),
    execution=anything_in(
        "site",
        "retries",
        "maxMemoryUsageKB",
        "stageInTime",
        "provisionedResources",
        "tasks",
        provisionedResources=numbers_in("nodes", "cpus", "memory", "disk"),
        tasks=st.lists(executed | anything, max_size=3),
    ),
)
listings = st.lists(job_answers, max_size=4)


def frames(jobs):
    jobs = list(jobs)
    return jobs_frame(jobs, labels=True, parameters=True), tasks_frame(jobs)


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
        assert one.attrs == other.attrs


@given(listings)
def test_whatever_a_service_sends_gives_the_documented_columns(jobs):
    by_job, by_task = jobs_frame(jobs), tasks_frame(jobs)

    assert str(by_job["id"].dtype) in {"string", "Int64"}
    assert by_job["id"].dtype == by_task["job_id"].dtype
    assert dtypes(by_job.drop(columns="id")) == {k: v for k, v in JOBS_DTYPES.items() if k != "id"}
    assert dtypes(by_task.drop(columns="job_id")) == {k: v for k, v in TASKS_DTYPES.items() if k != "job_id"}
    assert len(by_job) == len(jobs)
    assert len(by_task) == by_job["tasks"].sum()


@given(listings)
def test_records_and_objects_and_bytes_give_equal_frames(jobs):
    expected = frames(jobs)

    assert_same(frames(JobRecord.from_json(job) for job in jobs), expected)
    assert_same(frames(read_entries(json.dumps(jobs).encode())), expected)
    assert_same(frames(read_entries(json.dumps(jobs[:2]).encode()) + jobs[2:]), expected)


@given(listings)
def test_a_row_says_of_success_what_the_record_says(jobs):
    records = [JobRecord.from_json(job) for job in jobs]
    found = jobs_frame(records)["succeeded"]

    assert [None if pd.isna(value) else value for value in found] == [record.succeeded for record in records]


@given(st.lists(job_answers, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_jobs_changes_only_the_order_of_rows(jobs, chance):
    order = list(range(len(jobs)))
    chance.shuffle(order)
    by_job, by_task = frames(jobs)
    other_by_job, other_by_task = frames(jobs[place] for place in order)

    pd.testing.assert_frame_equal(other_by_job, by_job.iloc[order].reset_index(drop=True))
    first = by_job["tasks"].fillna(0).cumsum().shift(fill_value=0)
    rows = [int(first[place]) + task for place in order for task in range(by_job["tasks"].fillna(0)[place])]
    pd.testing.assert_frame_equal(other_by_task, by_task.iloc[rows].reset_index(drop=True))


def test_more_jobs_than_are_read_at_a_time_are_read_in_order():
    recorded = answers("job-first-task-fails")[-1]
    jobs = [recorded | {"id": number, "events": {"createTime": 1 + number}} for number in range(4500)]
    by_job, by_task = jobs_frame(jobs), tasks_frame(jobs)

    assert list(by_job["id"]) == list(range(4500))
    assert by_job["created"].astype("int64").sum() == sum(1_000_000 * (1 + number) for number in range(4500))
    assert list(by_task["job_id"]) == [number for number in range(4500) for _ in range(2)]


@given(st.binary(max_size=40) | anything.map(lambda value: json.dumps(value).encode()))
def test_other_bytes_give_frames_or_one_clear_error(data):
    try:
        entries = read_entries(data)
    except UnexpectedAnswer as error:
        assert str(error).startswith("not a listing of jobs: ")  # noqa: PT017  # either outcome is right
    else:
        assert len(jobs_frame(entries)) == len(entries)


secrets = st.text("abcdefABCDEF0123456789", min_size=12, max_size=30).map("SECRET".__add__)


def with_secret(secret):
    """A job that has one secret in every place where a description or an answer may have one."""
    signed = f"https://store.example/bucket/file?X-Amz-Signature={secret}"
    return {
        "id": 1,
        "name": "job",
        "status": "completed",
        "statusReason": f"cannot stage out to https://other.example/out?X-Amz-Signature={secret}",
        "tasks": [
            {
                "image": f"https://user:{secret}@store.example/image.sif?sig={secret}#{secret}",
                "cmd": "true",
                "env": {"PASSWORD": secret},
                "imagePullCredential": {"username": "user", "token": secret},
            },
            {"image": f"//a@//b:{secret}@store.example/image", "imagePullCredential": secret},
        ],
        "execution": {"site": "Site-A", "token": secret, "tasks": [{"exitCode": 0, "url": signed}]},
        "inputs": [{"filename": "a.txt", "content": secret}],
        "storage": {"type": "webdav", "mountpoint": "/data", "webdav": {"url": signed, "password": secret}},
        "artifacts": [{"url": signed, "mountpoint": "a:/b"}],
        "outputFiles": [{"name": "a", "url": signed}],
        "outputDirs": [{"name": "b", "url": signed}],
        "labels": {"url": signed, "image": f"user:{secret}@//x?{secret}".partition("@")[2]},
        "parameters": {"url": f"https://u:{secret}@host/x"},
    }


def everything_in(*made):
    texts = [frame.to_csv() + repr(frame.attrs) + repr(list(frame.dtypes)) for frame in made]
    return "".join(texts) + repr([list(frame[name].cat.categories) for frame in made for name in categories(frame)])


def categories(frame):
    return [name for name, dtype in frame.dtypes.items() if dtype == "category"]


@given(secrets)
def test_no_secret_is_in_a_frame_whoever_gave_the_jobs(secret):
    job = with_secret(secret)
    by_object = frames([job])

    assert_same(frames([JobRecord.from_json(job)]), by_object)
    assert_same(frames(read_entries(json.dumps([job]).encode())), by_object)
    shown = everything_in(*by_object)
    assert "store.example/image.sif" in shown
    assert secret not in shown


def test_no_recorded_secret_is_in_a_frame():
    jobs = answers("secrets-come-back")
    random.Random(0).shuffle(jobs)

    for shown in (everything_in(*frames(jobs)), everything_in(*frames(read_entries(json.dumps(jobs).encode())))):
        assert "pull-secret" in shown
        assert "PULL-TOKEN-THAT-MUST-NOT-LEAK" not in shown
        assert "c2VjcmV0LWlucHV0" not in shown
