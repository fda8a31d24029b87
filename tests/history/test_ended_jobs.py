"""Ended jobs from services of several kinds, through the cache and without it."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest
import requests
import responses
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from prominence_jupyter.client import client as client_module
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.errors import (
    AuthenticationFailed,
    DetailMissing,
    ServiceFailed,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
)
from prominence_jupyter.history.cache import Cache
from prominence_jupyter.history.ended_jobs import EndedJobs
from prominence_jupyter.history.wanted import Wanted
from prominence_jupyter.protocol.redaction import redact
from prominence_jupyter.usage.frames import jobs_frame
from tests.conftest import CONTRACT, URL, exchanges, replay
from tests.history.conftest import Service, client_at, client_of, ended, serving

JOBS = [ended(n, label=("study", f"s{n % 3}"), site=f"Site-{'AB'[n % 2]}") for n in range(300, 0, -1)]
HTML_500 = (500, "broken")


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def end_of(job):
    return at(job["events"]["endTime"])


def history(service, cache, connections=4):
    return EndedJobs(client_of(service), cache, connections)


# ---- how many requests ----------------------------------------------------------------------------------------------


def test_with_detail_in_listings_it_is_one_request(cache):
    service = Service(JOBS)
    assert history(service, cache).entries(Wanted(last=200)) == JOBS[:200]
    assert service.listings == [{"completed": "true", "num": "200", "detail": "true"}]
    assert service.singles == []


def test_the_second_time_only_the_plain_listing_is_asked_for(cache):
    service = Service(JOBS)
    history(service, cache).entries(Wanted(last=200))
    service.forget()
    assert history(service, Cache(cache.path.parent)).entries(Wanted(last=200)) == JOBS[:200]
    assert service.listings == [{"completed": "true", "num": "200"}]
    assert service.singles == []


def test_a_few_new_jobs_are_asked_for_one_by_one(cache):
    service = Service(JOBS)
    history(service, cache).entries(Wanted(last=100))
    service.jobs = [ended(n) for n in range(308, 300, -1)] + JOBS
    service.forget()
    assert history(service, cache).entries(Wanted(last=50)) == service.jobs[:50]
    assert sorted(service.singles) == [str(n) for n in range(301, 309)]
    assert len(service.listings) == 1


def test_many_new_jobs_are_one_listing_that_goes_as_far_back_as_they_do(cache):
    service = Service(JOBS)
    history(service, cache).entries(Wanted(last=100))
    service.jobs = [ended(n) for n in range(350, 300, -1)] + JOBS
    service.forget()
    assert history(service, cache).entries(Wanted(last=90)) == service.jobs[:90]
    assert [listing.get("num") for listing in service.listings] == ["90", "60"]
    assert service.singles == []


def test_jobs_missing_here_and_there_are_asked_for_one_by_one(cache):
    jobs = [job | {"events": {}} if job["id"] % 15 == 0 else job for job in JOBS]  # without an end none is kept
    service = Service(jobs)
    for _ in range(2):
        service.forget()
        assert history(service, cache).entries(Wanted(last=300)) == jobs
    assert sorted(service.singles) == sorted(str(n) for n in range(15, 301, 15))
    assert len(service.listings) == 1


def test_without_detail_in_listings_each_job_is_asked_for_once(cache):
    service = Service(JOBS, lists_detail=False)
    assert history(service, cache).entries(Wanted(last=100)) == JOBS[:100]
    assert len(service.listings) == 1
    assert sorted(service.singles) == sorted(str(job["id"]) for job in JOBS[:100])
    service.forget()
    assert history(service, cache).entries(Wanted(last=120)) == JOBS[:120]
    assert len(service.singles) == 20


def test_a_listing_that_would_be_too_long_is_left_for_single_requests(cache, monkeypatch):
    monkeypatch.setattr(client_module, "LONGEST_LISTING_BYTES", 20_000)
    service = Service(JOBS)
    with serving(service) as url:
        assert EndedJobs(client_at(url), cache).entries(Wanted(last=100)) == JOBS[:100]
        assert [sorted(listing) for listing in service.listings] == [
            ["completed", "detail", "num"],
            ["completed", "num"],
        ]
        assert len(service.singles) == 100


def test_the_local_service_is_asked_each_time(cache):
    service = Service(JOBS)
    for _ in range(2):
        assert history(service, None).entries(Wanted(last=5)) == JOBS[:5]
    assert [listing["detail"] for listing in service.listings] == ["true", "true"]


def test_connections_are_kept_and_no_more_than_asked_for(cache):
    service = Service(JOBS, lists_detail=False)
    busy, most, lock = 0, 0, threading.Lock()
    all_there = threading.Barrier(3, timeout=30)

    def before_answer(path):
        nonlocal busy, most
        if path.rpartition("/")[2].isdigit():
            with lock:
                busy += 1
                most = max(most, busy)
            all_there.wait()  # three at once, or none
            with lock:
                busy -= 1

    with serving(service, before_answer) as url:
        assert EndedJobs(client_at(url), cache, 3).entries(Wanted(last=30)) == JOBS[:30]
    assert most == 3


def test_the_number_of_connections_is_a_number(cache):
    for wrong in (0, -1, True, 1.5, "16"):
        with pytest.raises(UsageError, match="the number of connections is a whole number from 1"):
            EndedJobs(client_of(Service()), cache, wrong)


# ---- filters --------------------------------------------------------------------------------------------------------


FILTERS = {
    "none": {},
    "name": {"name": "job-7"},
    "glob": {"name": "job-1*"},
    "label": {"label": ("study", "s1")},
    "site": {"site": "Site-B"},
    "workflow": {"workflow": "job-2"},
    "since": {"since": end_of(JOBS[100])},
    "until": {"until": end_of(JOBS[100])},
    "between": {"since": end_of(JOBS[200]), "until": end_of(JOBS[150])},
    "several": {"name": "job-*", "label": ("study", "s2"), "site": "Site-A", "since": end_of(JOBS[250])},
}


@pytest.mark.parametrize("kind", [{}, {"lists_detail": False}, {"filters": False}])
@pytest.mark.parametrize("last", [None, 1, 7])
@pytest.mark.parametrize("name", FILTERS)
def test_filters_give_the_same_from_every_service(cache, name, last, kind):
    wanted = Wanted(last=last, **FILTERS[name])
    expected = [job for job in JOBS if wanted.matches(job)][:last]
    service = Service(JOBS, **kind)
    for _ in range(2):
        assert history(service, cache).entries(wanted) == expected


def test_a_search_ends_where_all_jobs_ended_before(cache):
    service = Service([ended(n) for n in range(20_000, 0, -1)])
    since = end_of(service.jobs[30])
    assert history(service, cache).entries(Wanted(since=since)) == service.jobs[:31]
    assert [listing["num"] for listing in service.listings] == ["500"]


def test_a_listing_that_is_not_quite_in_order_is_searched_all_the_same(cache):
    late = ended(1, ended=10**6)
    jobs = [ended(n) for n in range(2000, 1, -1)]
    service = Service([*jobs[:495], late, *jobs[495:]])
    assert history(service, cache).entries(Wanted(since=at(10**6))) == [late]


def test_jobs_that_a_service_leaves_out_of_a_listing_do_not_end_the_search(cache):
    service = Service([ended(n) for n in range(3000, 0, -1)])
    unreadable = {2990, 2500, 1000}
    listing = service._listing
    service._listing = lambda query: [job for job in listing(query) if job["id"] not in unreadable]
    found = history(service, cache).entries(Wanted(until=end_of(service.jobs[0])))
    assert [job["id"] for job in found] == [n for n in range(2999, 0, -1) if n not in unreadable]


def test_a_history_that_is_much_shorter_than_the_window_is_all_there_is(cache):
    service = Service(JOBS[:200])
    assert history(service, cache).entries(Wanted(since=at(0))) == JOBS[:200]
    assert len(service.listings) == 1


def test_jobs_of_a_workflow_by_its_id_as_they_were_recorded(cache, transport, mock):
    recorded = exchanges("workflow-jobs.json")[0]
    asked = recorded["request"]["path"].replace("&all=true", "&completed=true")
    replay(mock, [{"request": {"method": "GET", "path": asked}, "response": recorded["response"]}])
    found = EndedJobs(Client(transport), cache).entries(Wanted(workflow=28))
    assert [job["name"] for job in found] == ["dag/second", "dag/first"]


@pytest.mark.parametrize(
    "jobs", [JOBS[:3], [ended(1, name="a/b"), ended(2, name="c/d")], [ended(28, name="a/b")], [ended(1, name="a")]]
)
def test_a_service_that_does_not_know_workflows_by_id_is_found_out(cache, jobs):
    with pytest.raises(
        UnexpectedAnswer, match=r"cannot list the jobs of a workflow by its id.*try the workflow's name"
    ):
        history(Service(jobs), cache).entries(Wanted(workflow=28))


@pytest.mark.parametrize("wanted", [{"name": "batch"}, {"label": ("grp", "g1")}])
def test_filters_of_the_deployed_service_as_they_were_recorded(cache, transport, mock, wanted):
    recorded = exchanges("list-by-label.json")[2]
    parameters = Wanted(**wanted).parameters
    asked = f"/jobs?completed=true&num=2&{'&'.join('='.join(pair) for pair in parameters.items())}"
    replay(mock, [{"request": {"method": "GET", "path": asked}, "response": recorded["response"]}])
    whole = {str(job["id"]): job for job in exchanges("list-completed.json")[2]["response"]["json"]}
    for job in recorded["response"]["json"]:
        mock.get(f"{URL}/jobs/{job['id']}", json=[whole[str(job["id"])]])
    found = EndedJobs(Client(transport), cache, 1).entries(Wanted(last=2, **wanted))
    assert found == [whole["22"], whole["21"]]


# ---- what goes wrong ------------------------------------------------------------------------------------------------


def test_an_id_that_is_listed_twice_is_there_once(cache):
    service = Service([JOBS[0], JOBS[0], JOBS[1]])
    assert history(service, cache).entries(Wanted(last=3)) == JOBS[:2]


def test_a_job_that_is_not_there_for_a_moment_stays_as_it_was_listed(cache):
    service = Service(JOBS, lists_detail=False)
    service.broken = {"299": (200, []), "298": (200, [JOBS[0]])}  # that is another job
    with pytest.warns(DetailMissing, match=r"did not describe 2 of 4 jobs \(job 299: it gave no such job\)"):
        found = history(service, cache).entries(Wanted(last=4))
    assert ["resources" in job for job in found] == [True, False, False, True]
    assert [job["id"] for job in found] == [300, 299, 298, 297]
    service.broken = {}
    assert history(service, cache).entries(Wanted(last=4)) == JOBS[:4]


def test_a_job_that_the_service_fails_to_describe_is_said(cache):
    service = Service(JOBS, lists_detail=False)
    service.broken = {"299": (500, {"error": "\x1b[31mevil"}), "298": (400, {"error": "Job does not exist"})}
    with pytest.warns(DetailMissing, match=r"did not describe 2 of 300 jobs \(job 299: .*evil") as caught:
        found = history(service, cache).entries(Wanted())
    assert len(caught) == 1
    assert str(caught[0].message).isprintable()
    assert sum("resources" not in job for job in found) == 2


@pytest.mark.parametrize(
    ("answer", "error", "most"),
    [
        ((401, {"error": "Authentication failure"}), AuthenticationFailed, 50 + 4),
        ((503, {"error": "down"}), ServiceFailed, 300),
    ],
)
def test_what_goes_wrong_for_every_job_ends_it_and_what_came_is_kept(cache, answer, error, most):
    service = Service(JOBS, lists_detail=False)
    service.broken = {str(n): answer for n in range(1, 251)}
    with pytest.raises(error):
        history(service, cache).entries(Wanted())
    assert cache.count() >= 46  # three others may have answered after the first that ended it
    assert len(service.singles) <= most


class Breaking(Service):
    """Breaks the connection whenever it is asked for some of its jobs."""

    def __init__(self, ids):
        super().__init__(JOBS, lists_detail=False)
        self.ids = ids

    def answer(self, path, query):
        if path.removeprefix("/jobs/") in self.ids:
            raise RequestLost("the connection broke")
        return super().answer(path, query)


def test_one_job_for_which_the_connection_always_breaks_costs_no_other(cache):
    with pytest.warns(DetailMissing, match=r"1 of 300 jobs \(job 7: the connection broke\)"):
        found = history(Breaking({"7"}), cache).entries(Wanted())
    assert ["resources" in job for job in found].count(False) == 1
    assert cache.count() == 299


def test_a_service_that_breaks_one_connection_after_the_other_ends_it(cache):
    with pytest.raises(RequestLost):
        history(Breaking({str(n) for n in range(1, 251)}), cache).entries(Wanted())
    assert cache.count() >= 47  # three others may have been slower than those that failed


def test_a_service_that_is_gone_ends_it(cache, transport):
    with responses.RequestsMock() as mocked:
        mocked.get(f"{URL}/jobs", json=[{"id": 1, "status": "completed"}])
        mocked.get(f"{URL}/jobs/1", body=requests.ConnectTimeout())
        with pytest.raises(Unreachable):
            EndedJobs(Client(transport), cache).entries(Wanted())


@pytest.mark.parametrize("job_id", ["", ".", "..", None, True, [1], {"a": 1}])
def test_a_job_that_cannot_be_asked_for_stays_as_it_was_listed(cache, job_id):
    jobs = [JOBS[0] | {"id": job_id}, JOBS[1]]
    service = Service(jobs, lists_detail=False)
    with pytest.warns(DetailMissing) if isinstance(job_id, str) else contextlib.nullcontext():
        found = history(service, cache).entries(Wanted())
    assert ["resources" in job for job in found] == [False, True]


def test_progress_is_told(cache):
    told = []
    service = Service(JOBS, lists_detail=False)
    history(service, cache).entries(Wanted(last=20), lambda *step: told.append(step))
    history(service, cache).entries(Wanted(last=30), lambda *step: told.append(step))
    first = [(0, None, "jobs"), *[(n, 20, "jobs") for n in range(1, 21)], (20, 20, "jobs")]
    second = [(0, None, "jobs"), *[(n, 30, "jobs") for n in range(21, 31)], (30, 30, "jobs")]
    assert list(dict.fromkeys(told)) == list(dict.fromkeys(first + second))  # the same again while none comes


def test_progress_is_told_while_nothing_comes(cache):
    told, steps = threading.Event(), []

    class Slow(Service):
        def answer(self, path, query):
            if path != "/jobs":
                told.wait(5)
            return super().answer(path, query)

    def progress(*step):
        steps.append(step)
        if step == (0, 3, "jobs"):
            told.set()

    assert history(Slow(JOBS[:3], lists_detail=False), cache).entries(Wanted(), progress) == JOBS[:3]
    assert told.is_set()


# ---- interrupts -----------------------------------------------------------------------------------------------------


def interrupt_at(limit):
    def progress(done, _total, _words):
        if done == limit:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("kept_on_disk", [True, False])
def test_an_interrupt_loses_nothing(cache, kept_on_disk):
    service = Service(JOBS, lists_detail=False)
    jobs = history(service, cache if kept_on_disk else Cache.in_memory())
    said = "interrupted: 31 of 300 jobs were fetched and are kept; run it again to go on"
    with pytest.raises(KeyboardInterrupt, match=f"^{re.escape(said)}$"):
        jobs.entries(Wanted(), interrupt_at(31))
    assert jobs.cache.count() == 31
    while any(thread.name == "prominence-history" for thread in threading.enumerate()):
        time.sleep(0.001)
    service.forget()
    assert jobs.entries(Wanted()) == JOBS
    assert len(service.singles) == 300 - 31


SLOW = """
import sys
from pathlib import Path
from prominence_jupyter.history.cache import Cache
from prominence_jupyter.history.ended_jobs import EndedJobs
from prominence_jupyter.history.wanted import Wanted
from tests.history.conftest import client_at
jobs = EndedJobs(client_at(sys.argv[1]), Cache(Path(sys.argv[2])))
def progress(done, total, words):
    if done == 20:
        print("20 are there", flush=True)
try:
    jobs.entries(Wanted(), progress)
except KeyboardInterrupt as interrupt:
    print(interrupt)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes there get no such signal")
def test_after_ctrl_c_python_ends_while_answers_are_outstanding(cache):
    service, never = Service(JOBS, lists_detail=False), threading.Event()

    def before_answer(path):
        if path.rpartition("/")[2] in {str(job["id"]) for job in JOBS[20:]}:
            never.wait()

    with serving(service, before_answer) as url:
        command = [sys.executable, "-c", SLOW, url, str(cache.path.parent)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CONTRACT.parents[1]) as process:
            assert process.stdout.readline() == "20 are there\n"
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=20)  # a read that is waited for would take 30 s
            never.set()
    assert process.returncode == 0
    *_, said = rest.splitlines(keepends=True)  # before it, where the interrupt was late, that no answer came
    assert said == "interrupted: 20 of 300 jobs were fetched and are kept; run it again to go on\n"
    assert cache.count() == 20


# ---- any content ----------------------------------------------------------------------------------------------------


NUMBERS = st.integers(1, 10**6) | st.floats(1, 1e6)
TASKS = st.fixed_dictionaries({"image": st.text(max_size=3)}, optional={"cmd": st.text(max_size=3)})
WHOLE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["a", "b", "w/a", "w/b/1", ""]) | st.text(max_size=3),
        "status": st.sampled_from(["completed", "failed", "deleted", "killed", "new-word"]),
        "tasks": st.lists(TASKS, max_size=2),
    },
    optional={
        "events": st.dictionaries(st.sampled_from(["createTime", "startTime", "endTime"]), st.integers(1, 10**6)),
        "resources": st.dictionaries(st.sampled_from(["cpus", "memory", "nodes", "disk"]), st.integers(1, 9)),
        "labels": st.dictionaries(st.sampled_from(["k", "l"]), st.sampled_from(["v", "w"])),
        "execution": st.fixed_dictionaries(
            {}, optional={"site": st.sampled_from(["A", "B"]), "maxMemoryUsageKB": NUMBERS, "tasks": st.lists(TASKS)}
        ),
        "statusReason": st.text(max_size=3),
    },
)
CONTENTS = st.lists(WHOLE, max_size=12).map(
    lambda jobs: [job | {"id": n if n % 3 else f"x{n}"} for n, job in enumerate(jobs)]
)
WANTED = st.builds(
    Wanted,
    last=st.none() | st.integers(1, 5),
    name=st.sampled_from([None, "a", "w/*", "?", "w/a"]),
    label=st.sampled_from([None, ("k", "v")]),
    workflow=st.sampled_from([None, "w"]),
    site=st.sampled_from([None, "A"]),
    since=st.none() | st.integers(0, 10**6).map(at),
)


@given(CONTENTS, WANTED, st.booleans(), st.booleans())
def test_cache_and_network_give_the_same_for_any_content(jobs, wanted, lists_detail, filters):
    expected = [redact(job) for job in jobs if wanted.matches(job)][: wanted.last]
    service = Service(jobs, lists_detail=lists_detail, filters=filters)
    cache = Cache.in_memory()
    frame = jobs_frame(expected)
    for _ in range(2):
        found = history(service, cache).entries(wanted)
        assert json.dumps(found) == json.dumps(expected)
        assert jobs_frame(found).equals(frame)


class Life(RuleBasedStateMachine):
    """Jobs end, a service begins afresh with the same ids, two kernels look; what they see is what there is."""

    def __init__(self):
        super().__init__()
        self.service = Service([], lists_detail=False)
        self.cache = Cache.in_memory()
        self.clock = 0
        self.next_id = 1

    @rule(count=st.integers(1, 12), status=st.sampled_from(["completed", "failed"]))
    def end(self, count, status):
        for _ in range(count):
            self.clock += 1
            job = ended(
                self.next_id, status=status, created=100 * self.clock, ended=100 * self.clock, site=f"S{self.clock}"
            )
            self.service.jobs.insert(0, job)
            self.next_id += 1

    @rule()
    def begin_afresh(self):
        self.service.jobs, self.next_id = [], 1

    @rule(detail=st.booleans())
    def change_the_service(self, detail):
        self.service.lists_detail = detail

    @rule()
    def empty_the_cache(self):
        self.cache.clear()

    @rule(last=st.none() | st.integers(1, 20), site=st.none() | st.integers(1, 20).map("S{}".format))
    def look(self, last, site):
        wanted = Wanted(last=last, site=site)
        expected = [job for job in self.service.jobs if wanted.matches(job)][:last]
        assert history(self.service, self.cache).entries(wanted) == expected

    @invariant()
    def nothing_is_lost(self):
        assert self.cache.count() <= self.clock


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=20)
