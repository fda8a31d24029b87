"""What comes of a submission, whatever becomes of its answer."""

import json
import signal
import threading
import time

import pytest
import requests
import responses

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import (
    AuthenticationFailed,
    NoSuchJob,
    RequestRefused,
    ServiceFailed,
    SubmissionUncertain,
    UnexpectedAnswer,
    Unreachable,
)
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.labels import SUBMISSION
from tests.client.submitting.label_service import LabelService, lose, never, take
from tests.conftest import TOKEN
from tests.fault_proxy import fault_proxy, hang
from tests.standin import standin

DESCRIPTION = JobDescription({"name": "x", "labels": {"study": "one"}})
LOST = [
    requests.ConnectionError("broken"),
    requests.ReadTimeout("slow"),
    (500, {}, "<title>500</title>"),
    (502, {}, ""),
    (503, {"Retry-After": "1"}, "{}"),
    (201, {}, '{"id": 1'),
    (201, {}, "<html>hello</html>"),
    (303, {"Location": "https://prominence.test/api/v1/jobs/2"}, ""),
    (408, {}, ""),
    (200, {}, '{"id": null}'),
    (201, {}, '{"id": true}'),
    (201, {}, '{"id": ""}'),
    (201, {}, "[]"),
]
REFUSED = [
    (requests.ConnectTimeout("nobody"), Unreachable),
    ((400, {"Content-Type": "application/json"}, '{"error": "no"}'), RequestRefused),
    ((401, {}, '{"error": "Authentication failure"}'), AuthenticationFailed),
    ((302, {"Location": "https://elsewhere.test"}, ""), UnexpectedAnswer),
    ((404, {}, "<title>404</title>"), UnexpectedAnswer),
    ((429, {}, ""), ServiceFailed),
    ((429, {"Retry-After": "3600"}, ""), ServiceFailed),
]


@pytest.fixture
def service():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = LabelService()
        made.start(mock)
        yield made


@pytest.fixture
def client(transport):
    return Client(transport)


def test_each_submission_has_a_label_of_its_own_and_those_of_the_user(client, service):
    assert [client.submit(DESCRIPTION) for _ in range(2)] == [1, 2]
    first, second = (job["labels"] for job in service.jobs)
    assert first["study"] == second["study"] == "one"
    assert len({first[SUBMISSION], second[SUBMISSION]}) == 2
    assert DESCRIPTION.body["labels"] == {"study": "one"}


@pytest.mark.parametrize("answer", LOST)
def test_a_job_whose_answer_was_lost_is_found(client, service, answer):
    service.has(labels={SUBMISSION: "0" * 32})
    service.submissions = [lose(answer)]
    assert client.submit(DESCRIPTION) == 2
    assert service.submitted == 1


@pytest.mark.parametrize("answer", LOST)
def test_what_is_not_found_is_uncertain_and_not_sent_again(client, service, answer):
    service.submissions = [never(answer)]
    with pytest.raises(SubmissionUncertain, match="may or may not have been submitted") as caught:
        client.submit(DESCRIPTION)
    assert service.submitted == 1
    key, value = caught.value.label
    assert key == SUBMISSION
    assert f"Look with %prominence list --all --constraint {key}={value};" in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(("answer", "error"), REFUSED)
def test_what_certainly_made_no_job_is_told_as_such(client, service, answer, error):
    service.submissions = [never(answer)] * 9
    with pytest.raises(error) as caught:
        client.submit(DESCRIPTION)
    assert type(caught.value) is error
    assert all(line.startswith("POST") for line in service.sent)


@pytest.mark.parametrize("answer", [requests.ConnectTimeout("nobody"), (429, {"Retry-After": "2"}, "")])
def test_what_certainly_did_not_arrive_is_sent_again(client, service, answer, transport):
    pauses = []
    transport._sleep = pauses.append
    service.submissions = [never(answer)] * 3
    assert client.submit(DESCRIPTION) == 1
    assert service.submitted == 4
    wanted = [0.3, 0.6, 1.2] if isinstance(answer, Exception) else [2, 2, 2]
    assert all(least <= pause <= 1.25 * least for least, pause in zip(wanted, pauses, strict=True))


def test_an_attempt_that_was_lost_is_the_last(client, service):
    service.submissions = [never((429, {}, "")), lose(requests.ConnectionError("broken"))]
    assert client.submit(DESCRIPTION) == 1
    assert service.submitted == 2


def test_a_job_that_appears_late_is_found(client, service, transport):
    late = []
    service.submissions = [lambda _service, description: late.append(description) or (500, {}, "")]
    transport._sleep = lambda _: service.has(**late.pop()) if late and len(service.sent) > 4 else None
    assert client.submit(DESCRIPTION) == 1


def test_a_service_that_is_down_for_a_while_is_asked_again(client, service):
    service.submissions = [lose((502, {}, ""))]
    service.down_for = 5
    assert client.submit(DESCRIPTION) == 1


def test_a_service_that_stays_down_makes_it_uncertain(client, service):
    service.submissions = [lose((502, {}, ""))]
    service.down_for = 99
    with pytest.raises(SubmissionUncertain, match=r"could not be looked for \(GET .* failed with 503.*list --all; if"):
        client.submit(DESCRIPTION)


def test_a_look_that_will_not_succeed_is_not_repeated_for_long(client, service):
    service.submissions = [lose((502, {}, ""))]
    service._listed = lambda _: (401, {}, '{"error": "Authentication failure"}')
    with pytest.raises(SubmissionUncertain, match=r"could not be looked for \(.*does not accept the token"):
        client.submit(DESCRIPTION)
    assert len(service.sent) == 4


def test_of_a_job_and_its_clones_the_oldest_counts(client, service):
    def lose_and_clone(service, description):
        service.has(**description, id=7, events={"createTime": 50})
        service.has(**description, id=6, events={"createTime": 51})
        service.has(**description, id=8, events={"createTime": 50})
        return 500, {}, ""

    service.submissions = [lose_and_clone]
    assert client.submit(DESCRIPTION) == 7


def test_without_listings_by_label_new_jobs_are_asked_for(client, service):
    service.understands = False
    for number in range(15):
        service.has(name="x" if number % 2 else "another")
    service.submissions = [lose((500, {}, ""))]
    assert client.submit(DESCRIPTION) == 16
    asked = [line for line in service.sent if line.startswith("GET /jobs/")]
    assert asked == [f"GET /jobs/{number}" for number in (16, 14, 12, 10, 8, 6, 4, 2)]


def test_without_them_what_has_been_asked_for_is_not_asked_for_again(client, service):
    service.understands = False
    for _ in range(5):
        service.has()
    service.submissions = [lose((500, {}, ""))]
    describe, failures = service._described, [(503, {}, "down"), (500, {}, "")]
    service._described = lambda path: failures.pop() if path.endswith(("/6", "/3")) and failures else describe(path)
    assert client.submit(DESCRIPTION) == 6
    asked = [line.removeprefix("GET /jobs/") for line in service.sent if line.startswith("GET /jobs/")]
    assert asked == ["6", "5", "4", "3", "6", "3", "2", "1"]


def test_without_them_a_job_that_has_ended_is_found_too(client, service):
    service.understands = False

    def end(service, description):
        service.has(**description, status="completed")
        return 500, {}, ""

    service.submissions = [end]
    assert client.submit(DESCRIPTION) == 1


def test_a_refusal_of_something_else_does_not_tell_whether_there_are_such_listings(client, service):
    listed, refused = service._listed, (400, {"Content-Type": "application/json"}, '{"error": "not today"}')
    service._listed = lambda query: (
        refused if query["constraint"] == ["label"] and len(service.sent) < 4 else listed(query)
    )
    service.submissions = [never((500, {}, ""))]
    with pytest.raises(SubmissionUncertain, match=r"was not found.*--constraint pjsubmission="):
        client.submit(DESCRIPTION)
    assert service.sent.count("GET /jobs?constraint=label") == 2


def test_without_them_nobody_is_told_to_list_by_label(client, service):
    service.understands = False
    service.has()
    service.submissions = [never((500, {}, ""))]
    with pytest.raises(SubmissionUncertain, match="Look with %prominence list --all;"):
        client.submit(DESCRIPTION)
    assert service.sent.count("GET /jobs/1") == 1


def test_a_copy_whose_answer_was_lost_is_found(client, service):
    client.submit(DESCRIPTION)
    assert client.clone(1) == 2
    service.submissions = [lose((500, {}, ""))]
    assert client.clone(1) == 3
    assert service.submitted == 3


def test_a_copy_that_is_not_found_is_uncertain(client, service):
    client.submit(DESCRIPTION)
    service.submissions = [never((500, {}, ""))]
    with pytest.raises(SubmissionUncertain) as caught:
        client.clone(1)
    assert caught.value.label == (SUBMISSION, service.jobs[0]["labels"][SUBMISSION])
    assert service.submitted == 2


def test_two_copies_that_appear_at_once_are_not_told_apart(client, service):
    def both(service, description):
        service.has(**description)
        service.has(**description)
        return 500, {}, ""

    client.submit(DESCRIPTION)
    service.submissions = [both]
    with pytest.raises(SubmissionUncertain):
        client.clone(1)


@pytest.mark.parametrize("labels", [{}, {SUBMISSION: "\x1b[2J"}, {SUBMISSION: 1}])
def test_a_copy_of_a_job_without_our_label_is_uncertain_at_once(client, service, labels):
    service.has(labels=labels)
    service.submissions = [lose((500, {}, ""))]
    with pytest.raises(SubmissionUncertain, match=r"not sent again\. Look with %prominence list --all;") as caught:
        client.clone(1)
    assert caught.value.label is None


def test_a_copy_that_was_certainly_not_made_is_told_as_such(client, service):
    for number in (1, 2):
        service.has(id=number)
    refused = json.dumps({"error": "Job does not exist"})
    service.submissions = [never((400, {}, refused)), never((405, {}, "<title>405 Method Not Allowed</title>"))]
    with pytest.raises(NoSuchJob):
        client.clone(1)
    with pytest.raises(UnexpectedAnswer):
        client.clone(2)
    assert service.submitted == 2


def interrupt_at(service, fate):
    """A fate during which the person interrupts."""

    def interrupted(of, description):
        fate(of, description)
        raise KeyboardInterrupt

    service.submissions = [interrupted]


def test_an_interrupt_tells_the_job_that_was_submitted(client, service):
    interrupt_at(service, take)
    with pytest.raises(KeyboardInterrupt, match=r"job 1 has been submitted and goes on: .*%prominence delete 1"):
        client.submit(DESCRIPTION)


def test_an_interrupt_without_a_job_is_uncertain(client, service):
    interrupt_at(service, never(None))
    with pytest.raises(SubmissionUncertain, match=r"lost \(interrupted\).*was not found at once"):
        client.submit(DESCRIPTION)


def test_an_interrupt_between_attempts_made_no_job(client, service, transport):
    def interrupt(_):
        raise KeyboardInterrupt

    transport._sleep = interrupt
    service.submissions = [never(requests.ConnectTimeout("nobody"))]
    with pytest.raises(KeyboardInterrupt, match="nothing was submitted"):
        client.submit(DESCRIPTION)


def test_an_interrupt_of_the_search_is_uncertain(client, service, transport):
    def interrupt(seconds):
        if seconds:
            raise KeyboardInterrupt

    transport._sleep = interrupt
    service.submissions = [never((500, {}, ""))]
    with pytest.raises(SubmissionUncertain):
        client.submit(DESCRIPTION)


def test_an_interrupt_does_not_wait_for_a_service_that_hangs():
    with standin() as behind, fault_proxy(behind.url) as proxy:
        arrived = threading.Event()
        interrupted = []

        def script(request):
            if request.method == "POST":
                arrived.set()
            return hang(forwards=False)

        def interrupt():
            arrived.wait(20)
            interrupted.append(time.monotonic())
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

        proxy.script = script
        thread = threading.Thread(target=interrupt)
        thread.start()
        transport = Transport(proxy.url, Token(TOKEN, "x"))
        with pytest.raises(SubmissionUncertain, match="not found at once") as caught:
            Client(transport).submit(DESCRIPTION)
        took = time.monotonic() - interrupted[0]
        thread.join()
    assert caught.value.label is not None
    assert took < 0.5
    for look in [thread for thread in threading.enumerate() if thread.name == "prominence-look"]:
        look.join()
