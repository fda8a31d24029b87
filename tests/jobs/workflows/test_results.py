"""The results of a workflow: a row a job, each output asked for once."""

import os
import re
import signal
import threading
import warnings
from contextlib import suppress

import pandas as pd
import pytest
import requests
import responses

from prominence_jupyter.client import workflow_client
from prominence_jupyter.errors import (
    AuthenticationFailed,
    OutputsUnread,
    ServiceFailed,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
)
from prominence_jupyter.jobs.workflows import fetched_outputs
from tests.jobs.workflows.workflow_service import WorkflowService, sweep

NONE = pd.NA
GOES_ON = pytest.mark.filterwarnings("ignore:.* jobs have not ended")


@pytest.fixture
def having():
    """Make a service with a workflow."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:

        def make(*jobs: str, **more: object) -> WorkflowService:
            service = WorkflowService(*jobs, **more)
            service.start(mock)
            return service

        yield make


def rows(frame: pd.DataFrame, *columns: str) -> list[list]:
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame[[*columns]].astype(object).to_numpy()]


def test_a_sweep_has_its_parameters_and_what_was_read(having):
    service = having("point", factories=[sweep([10, 20])], status="completed")
    for number in (1, 0):
        service.has(f"point/{number}", f'{{"pi": 3.{number}, "ok": true, "note": "a"}}\n')
    frame = service.handle().results("json")
    ours = ["id", "status", "exit_code", "queued", "run_time", "wall_time_s", "cpu_time_s", "max_memory_kb", "site"]
    assert [*frame.columns] == ["n", *ours, "pi", "ok", "note", "problem"]
    assert rows(frame, "n", "id", "status", "exit_code", "pi", "ok", "note", "problem") == [
        [10, 12, "completed", 0, 3.0, True, "a", None],
        [20, 11, "completed", 0, 3.1, True, "a", None],
    ]
    dtypes = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert dtypes["n"] == "int64"
    assert (dtypes["pi"], dtypes["ok"], dtypes["note"]) == ("float64", "bool", "string")
    assert (dtypes["id"], dtypes["exit_code"], dtypes["status"]) == ("Int64", "Int64", "category")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_reads_its_own_and_harms_nothing(having):
    service = having("point", factories=[sweep([*range(40)])], status="completed")
    for number in range(40):
        service.has(f"point/{number}", f'{{"v": {number}}}\n' if number < 20 else lambda: (403, {}, "{}"))
    workflow = service.handle()
    with pytest.warns(OutputsUnread):
        workflow.results("json")
    for job_id in [*service.says]:
        service.says[job_id] = f'{{"v": {job_id - 11}}}\n'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are threads: as multiprocessing does, with care
        child = os.fork()
    if not child:
        with suppress(BaseException):
            os._exit(workflow.results("json")["v"].tolist() != [*range(40)])
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert workflow.results("json")["v"].tolist() == [*range(40)]


def test_several_jobs_are_told_apart_by_name_and_number(having):
    service = having("first", "point", factories=[sweep([0.5, 1])], status="completed")
    for name in ("point/0", "point/1", "first"):
        service.has(name)
    frame = service.handle().results()
    assert rows(frame, "n", "job", "number", "id") == [
        [None, "first", None, 13],
        [0.5, "point", 0, 11],
        [1, "point", 1, 12],
    ]
    assert service.asked == {"jobs": 1}


@GOES_ON
def test_repetitions_are_told_apart_by_number_alone(having):
    service = having("point", factories=[{"name": "f", "type": "repeat", "jobs": ["point"], "number": 2}])
    service.has("point/1", "b")
    frame = service.handle().results(str)
    assert rows(frame, "number", "status", "result") == [[0, "waiting", None], [1, "completed", "b"]]
    assert "job" not in frame


def test_a_name_that_is_taken_gets_a_suffix(having):
    service = having("point", factories=[sweep([1], name="site")])
    service.has("point/0", '{"site": "x", "site_parameter": 2, "site_result": 3, "problem": 4, "\\u202en": 5}')
    frame = service.handle().results("json")
    assert next(iter(frame.columns)) == "site_parameter"
    assert [*frame.columns][-6:] == [
        "site_result",
        "site_parameter_result",
        "site_result_result",
        "problem_result",
        "\ufffdn",
        "problem",
    ]


def test_jobs_that_go_on_or_wait_or_ended_badly_are_rows_and_are_not_asked(having):
    service = having("point", factories=[sweep([1, 2, 3, 4, 5])])
    service.has("point/0", "x 1")
    service.has("point/1", "x 2", status="running", execution={})
    service.has("point/2", "x 3", exit_code=3)
    service.has("point/3", "x 4", status="killed", statusReason="Walltime limit exceeded")
    workflow = service.handle()
    with pytest.warns(OutputsUnread, match="2 of 5 jobs have not ended: nothing can be read of them yet"):
        frame = workflow.results(r"x (?P<x>\d+)")
    assert rows(frame, "n", "status", "exit_code", "x", "problem") == [
        [1, "completed", 0, 1, None],
        [2, "running", None, None, None],
        [3, "completed", 3, None, "exit code 3"],
        [4, "killed", 0, None, "killed: Walltime limit exceeded"],
        [5, "waiting", None, None, None],
    ]
    assert str(frame["x"].dtype) == "Int64"
    assert set(service.asked) == {"jobs", 11}
    service.jobs[0] |= {"status": "failed", "statusReason": "No matching resources"}
    service.jobs[0].pop("execution", None)
    assert rows(workflow.results(), "status", "problem")[3] == ["failed for now", None]
    service.workflow["status"] = "failed"
    assert rows(workflow.results(), "status", "problem")[3] == ["failed", "failed: No matching resources"]
    last = workflow.results().iloc[-1]
    assert (last["status"], last["problem"]) == ("not run", "it has no job in this workflow")


def test_only_the_last_attempt_counts_and_jobs_of_no_part_come_last(having):
    service = having("point", factories=[sweep([1])], status="completed")
    service.has("point/0", "old", status="failed")
    newest = service.has("point/0", "new")
    other = service.has("another/0", "other")
    frame = service.handle().results(str)
    assert rows(frame, "n", "job", "id", "result") == [
        [1, "point", newest, "new"],
        [None, "w/another/0", other, "other"],
    ]
    assert service.asked == {"jobs": 1, newest: 1, other: 1}


def test_jobs_of_other_workflows_are_no_results(having):
    """Of a service that gives whatever is active."""
    service = having("point", factories=[sweep([1])])
    service.has("point/0", "1")
    service.has("x", name="plain")
    with pytest.raises(UnexpectedAnswer, match="cannot list the jobs of a workflow by its id: it gave others"):
        service.handle().results()
    service.jobs = [service.jobs[0] | {"name": "other/point/0"}]
    with pytest.raises(UnexpectedAnswer, match="cannot list the jobs of a workflow by its id: it gave others"):
        service.handle().results()


@GOES_ON
def test_each_output_is_fetched_once_whatever_it_is_parsed_for_and_as_jobs_end(having):
    service = having("point", factories=[sweep([1, 2])])
    service.has("point/0", "1")
    second = service.has("point/1", "2", status="running")
    workflow, told = service.handle(), []
    assert rows(workflow.results("json", lambda *state: told.append(state)), "result") == [[1], [None]]
    service.jobs[0] |= {"status": "completed"}
    assert rows(workflow.results(r"(?P<x>.)"), "x") == [[1], [2]]
    assert rows(workflow.results(len), "result") == [[1], [1]]
    assert service.asked == {"jobs": 3, 11: 1, second: 1}
    assert told == [(0, 1, "outputs"), (1, 1, "outputs")]


def test_what_cannot_be_read_is_told_beside_its_job_and_counted(having):
    service = having("point", factories=[sweep([1, 2, 3])])
    for number, output in enumerate(["1.5", "x", ""]):
        service.has(f"point/{number}", output)
    said = "2 of 3 outputs could not be read, that of point/1 for one: ValueError: .*the column problem tells of each"
    with pytest.warns(OutputsUnread, match=said) as warned:
        frame = service.handle().results(float)
    assert warned[0].filename == __file__
    assert frame["result"].fillna(-1).tolist() == [1.5, -1, -1]
    assert frame["problem"].fillna("")[1] == "ValueError: could not convert string to float: 'x'"


def test_an_output_that_cannot_be_had_is_a_row_and_asked_for_again(having):
    service = having("point", factories=[sweep([1, 2])])
    refused = service.has("point/0", lambda: (403, {"Content-Type": "application/json"}, '{"error": "not yours"}'))
    service.has("point/1", "2")
    workflow = service.handle()
    with pytest.warns(OutputsUnread, match="not yours"):
        frame = workflow.results("json")
    assert rows(frame, "result") == [[None], [2]]
    service.says[refused] = "1"
    assert rows(workflow.results("json"), "result", "problem") == [[1, None], [2, None]]
    assert service.asked == {"jobs": 2, 11: 2, 12: 1}


def test_one_that_is_too_long_is_not_read_and_not_asked_for_again(having, monkeypatch):
    monkeypatch.setattr(fetched_outputs, "LONGEST", 10)
    service = having("point", factories=[sweep([1])])
    service.has("point/0", "x" * 11)
    workflow = service.handle()
    for _ in range(2):
        with pytest.warns(OutputsUnread, match=r"session\.job\(11\)\.stdout\(\) has it"):
            workflow.results(str)
    assert service.asked == {"jobs": 2, 11: 1}


@GOES_ON
@pytest.mark.parametrize(
    ("answer", "error", "times"),
    [
        (lambda: (401, {}, '{"error": "Authentication failure"}'), AuthenticationFailed, 1),
        (lambda: requests.ConnectionError("broken"), Unreachable, 4),
    ],
)
def test_what_keeps_all_from_coming_is_raised_and_what_came_stays(having, answer, error, times):
    service = having("point", factories=[sweep([*range(40)])])
    first = service.has("point/0", "1")
    workflow = service.handle()
    workflow.results("json")
    for number in range(1, 40):
        service.has(f"point/{number}", answer)
    with pytest.raises(error):
        workflow.results("json")
    assert max(service.asked[job["id"]] for job in service.jobs) == times
    service.says = dict.fromkeys(service.says, "2")
    assert workflow.results("json")["result"].tolist() == [1] + 39 * [2]
    assert service.asked[first] == 1


def test_a_service_that_fails_again_and_again_is_left_alone_and_what_came_is_given(having, monkeypatch):
    """What failed is asked for last, so that the next call comes to the others."""
    monkeypatch.setattr(fetched_outputs, "_AT_ONCE", 1)
    service = having("point", factories=[sweep([*range(100)])])
    for number in range(100):
        service.has(f"point/{number}", lambda: (503, {"Retry-After": "3600"}, ""))
    workflow = service.handle()
    with pytest.raises(ServiceFailed):
        workflow.results("json")
    assert sum(service.asked.values()) == 1 + 16
    service.says |= dict.fromkeys(range(41, 111), "1")
    for asked in (100, 16):
        service.asked.clear()
        with pytest.warns(OutputsUnread, match="30 of 100 outputs could not be read, that of point/0 for one: .*503"):
            frame = workflow.results("json")
        assert (frame["result"].count(), frame["problem"].count()) == (70, 30)
        assert sum(service.asked.values()) == 1 + asked
    assert frame["problem"].str.startswith("not asked for, since the service failed 16 times in a row").sum() == 14


def test_a_service_that_fails_for_a_moment_is_asked_again(having):
    service = having("point", factories=[sweep([1])])
    answers = iter([(503, {}, ""), (200, {}, "1")])
    service.has("point/0", lambda: next(answers))
    assert service.handle().results("json")["result"].tolist() == [1]


def test_an_interrupt_keeps_what_came_and_the_next_call_fetches_the_rest(having):
    """Each output is asked for once in all, also those that were under way."""
    service = having("point", factories=[sweep([*range(60)])], status="completed")
    goes_on, interrupts = threading.Event(), iter([True])

    def late(number: int):
        if next(interrupts, False):
            signal.raise_signal(signal.SIGINT)
        goes_on.wait(30)
        return 200, {}, str(number)

    for number in range(60):
        service.has(f"point/{number}", str(number) if number < 20 else lambda number=number: late(number))
    workflow = service.handle()
    with pytest.raises(KeyboardInterrupt):
        workflow.results("json")
    asked = sum(service.asked.values()) - 1
    assert 0 < asked <= 20 + 16
    goes_on.set()
    assert workflow.results("json")["result"].tolist() == [*range(60)]
    assert max(service.asked[job["id"]] for job in service.jobs) == 1


def test_what_cannot_be_parsed_for_is_refused_before_anything_is_fetched(having):
    service = having("point", factories=[sweep([1])])
    service.has("point/0", "1")
    with pytest.raises(UsageError, match="no named group"):
        service.handle().results("(x)")
    assert not service.asked[11]


@GOES_ON
def test_a_listing_that_is_too_long_is_had_without_detail_and_ended_jobs_one_by_one(having, monkeypatch):
    monkeypatch.setattr(workflow_client, "LONGEST_LISTING_BYTES", 1000)
    service = having("point", factories=[sweep([1, 2, 3])])
    service.has("point/0", "1", inputs=[{"filename": "f", "content": "x" * 1000}])
    service.has("point/1", "2", exit_code=4)
    service.has("point/2", status="running", execution={})
    workflow = service.handle()
    for _ in range(2):
        frame = workflow.results("json")
        assert rows(frame, "n", "id", "exit_code", "site", "result", "problem") == [
            [1, 11, 0, "Site-A", 1, None],
            [2, 12, 4, "Site-A", None, "exit code 4"],
            [3, 13, None, None, None, None],
        ]
    assert "inputs" not in workflow.job_records()[-1].raw
    assert service.asked == {"jobs": 4, "plain": 3, 11: 1, "/jobs/11": 1, "/jobs/12": 1}


def test_far_too_many_names_are_refused(having):
    service = having("point", factories=[sweep([1])])
    service.has("point/0", "{" + ", ".join(f'"{number}": 1' for number in range(1001)) + "}")
    with pytest.raises(UsageError, match=re.escape("the outputs have 1,001 names, too many for a column each")):
        service.handle().results("json")


def test_a_rerun_has_the_results_of_what_was_done_before(having):
    service = having("point", factories=[sweep([1, 2])], status="failed")
    service.has("point/0", "1")
    service.has("point/1", "2", exit_code=1)
    first = service.handle()
    again = type(first)(first.client, first.watcher, 1, reruns=first)
    done, failed = first.job_records()[::-1]
    assert [job.id for job in again.job_records()] == [done.id, failed.id, done.id]
    assert rows(again.results("json"), "result", "problem") == [[1, None], [None, "exit code 1"]]
