"""What is said of a workflow that did not succeed, where some of what it makes has no job in it."""

import pytest
import responses

from prominence_jupyter.errors import JobFailed, UsageError
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.magics.line.options import line_parser
from prominence_jupyter.magics.verbs.outcomes import raise_unless_workflow_succeeded
from prominence_jupyter.magics.verbs.workflow_verbs import WorkflowVerbs
from prominence_jupyter.protocol.record import JobRecord
from tests.jobs.workflows.workflow_service import WorkflowService, sweep


@pytest.fixture
def service():
    service = WorkflowService("point", factories=[sweep([1, 2, 3])], status="failed")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        service.start(mock)
        yield service


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        ({"total": 3, "done": 0, "failed": 1}, "did not succeed, and 2 did not run: point/1"),
        ({"total": 3, "done": 1, "failed": 1}, "did not succeed, and 2 have no job in this workflow: point/1"),
        ({}, "did not succeed, and 2 have no job in this workflow: point/1"),
    ],
)
def test_jobs_that_are_not_there_did_not_run_unless_they_were_done_before(service, progress, said):
    service.workflow["progress"] = progress
    service.has("point/1", exit_code=1)
    workflow = service.handle()
    with pytest.raises(JobFailed, match=said):
        raise_unless_workflow_succeeded(workflow, workflow.record)


def test_what_was_done_in_the_workflow_that_is_rerun_is_known(service, monkeypatch):
    service.workflow["progress"] = {"total": 3, "done": 1, "failed": 1}
    service.has("point/1", exit_code=1)
    again, before = service.handle(), service.handle()
    done = JobRecord.from_json({"id": 7, "name": "w/point/0", "status": "completed"})
    monkeypatch.setattr(before, "job_records", lambda: [done])
    again = Workflow(again.client, again.watcher, 1, reruns=before)
    with pytest.raises(JobFailed, match=r"1 of 3 jobs of workflow 1 did not succeed, and 1 did not run: point/1"):
        raise_unless_workflow_succeeded(again, again.record)


@pytest.mark.parametrize(("status", "said"), [("failed", "this workflow$"), ("running", "this workflow yet$")])
def test_no_turn_comes_after_the_end(service, status, said):
    service.workflow["status"] = status
    options = line_parser().parse_line("stdout 1 point 2")
    options.workflow = service.handle()
    with pytest.raises(UsageError, match=f"workflow 1: point/2 has no job in {said}"):
        WorkflowVerbs().workflow_stdout(options)
