"""Workflows are submitted, copied and run again once at most, as jobs are."""

import signal
import threading

import pytest
import requests
import responses

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.client.workflow_client import WorkflowClient
from prominence_jupyter.errors import NoSuchWorkflow, RequestRefused, SubmissionUncertain
from prominence_jupyter.protocol.description import WorkflowDescription
from tests.client.submitting.label_service import LabelService, lose, never, take
from tests.conftest import TOKEN, URL
from tests.fault_proxy import fault_proxy, hang
from tests.standin import standin

DESCRIPTION = WorkflowDescription({"name": "x", "labels": {"study": "one"}, "jobs": []})
LOST = [requests.ConnectionError("broken"), (500, {}, "<title>500</title>"), (201, {}, "[]"), (201, {}, '{"id": 1')]


@pytest.fixture
def service():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = LabelService("/workflows")
        made.start(mock)
        yield made


@pytest.fixture
def client(transport):
    return WorkflowClient(transport)


@pytest.mark.parametrize("answer", LOST)
def test_one_whose_answer_was_lost_is_found_by_its_label(client, service, answer):
    service.submissions = [lose(answer)]
    assert client.submit(DESCRIPTION) == 1
    assert service.submitted == 1
    assert service.sent[1].startswith("GET /workflows?constraint=pjsubmission%3D")


def test_also_where_there_are_no_listings_by_label(client, service):
    service.understands = False
    service.has(name="y")
    service.submissions = [lose(requests.ReadTimeout("slow"))]
    assert client.submit(DESCRIPTION) == 2
    assert service.submitted == 1


def test_one_that_is_not_found_is_uncertain_and_how_to_look_is_said(client, service):
    service.submissions = [never(requests.ReadTimeout("slow"))]
    said = (
        r"the workflow may or may not have been submitted. It was not sent again; a workflow with its label "
        r"pjsubmission=\w+ was not found. Look with %prominence list workflows --all --constraint pjsubmission=\w+; "
    )
    with pytest.raises(SubmissionUncertain, match=said):
        client.submit(DESCRIPTION)
    assert service.submitted == 1


@pytest.mark.parametrize("copy", ["clone", "rerun"])
@pytest.mark.parametrize("answer", LOST)
def test_a_copy_whose_answer_was_lost_is_what_was_not_there_before(client, service, copy, answer):
    client.submit(DESCRIPTION)
    client.clone(1)
    service.submissions = [lose(answer)]
    assert getattr(client, copy)(1) == 3
    assert service.submitted == 3
    assert service.jobs[2]["labels"] == service.jobs[0]["labels"]


@pytest.mark.parametrize("copy", ["clone", "rerun"])
def test_a_copy_that_nothing_tells_apart_is_uncertain(client, service, copy):
    client.submit(DESCRIPTION)

    def with_another(service, description):
        take(service, description)
        service.has(**description)
        raise requests.ReadTimeout("slow")

    service.submissions = [with_another]
    with pytest.raises(SubmissionUncertain, match="a workflow with its label"):
        getattr(client, copy)(1)
    assert service.submitted == 2


@responses.activate
@pytest.mark.parametrize(
    ("method", "path", "call", "words", "error", "said"),
    [
        ("DELETE", "", "delete", "No such workflow(s)", NoSuchWorkflow, "it has ended already, or does not exist"),
        ("PUT", "/remove", "remove", "Workflow is no longer in the queue", RequestRefused, "no longer in the queue"),
        ("PUT", "/remove", "remove", "Workflow does not exist", NoSuchWorkflow, "Workflow does not exist"),
        ("PUT", "/clone", "clone", "Workflow does not exist", NoSuchWorkflow, "Workflow does not exist"),
        ("PUT", "", "rerun", "Unable to find re-run workflow", RequestRefused, "Unable to find re-run workflow"),
    ],
)
def test_what_is_refused_is_said(client, method, path, call, words, error, said):
    responses.get(f"{URL}/workflows/7", json=[])
    responses.add(method, f"{URL}/workflows/7{path}", json={"error": words}, status=400)
    with pytest.raises(error, match=said):
        getattr(client, call)(7)


def test_an_interrupted_submission_says_how_to_return(monkeypatch):
    """The service has it, and its answer is late."""

    def interrupt(request):
        if request.method == "POST":
            threading.Timer(0.1, signal.raise_signal, [signal.SIGINT]).start()
            return hang(forwards=True)
        return None

    with standin() as service, fault_proxy(service.url) as proxy:
        proxy.script = interrupt
        client = WorkflowClient(Transport(proxy.url, Token(TOKEN, "a test")))
        monkeypatch.setattr(client._labels, "found", lambda *_: [client._labels.kind.read({"id": 5})])
        with pytest.raises(KeyboardInterrupt, match=r"workflow 5 has been submitted .*%prominence watch workflow 5, "):
            client.submit(DESCRIPTION)
        assert service.submissions == 1
