import json
import time

import jwt
import pytest

from prominence_jupyter.local_service.places.state import StateDir
from tests.local_service.conftest import CONTRACT, python, recorded, shape, until

PI = {
    "resources": {"memory": 1, "cpus": 1, "nodes": 1, "disk": 10},
    "name": "calculate-pi",
    "tasks": [{"image": "eoscprominence/testpi", "runtime": "singularity", "cmd": "/bin/sh -c 'echo 3.14; sleep 0.4'"}],
}


def test_a_job_from_submission_to_its_end_has_the_recorded_shapes(api):
    answer = api("POST", "/jobs", json=PI)
    assert (answer.status_code, shape(answer.json())) == (201, shape(recorded("job-lifecycle", 0)))
    job_id = answer.json()["id"]
    running = until(lambda: (job := api.describe(job_id))["status"] == "running" and job)
    expected = recorded("job-lifecycle", -2)[0]
    running["execution"].pop("runtimeVersion")
    expected["execution"].pop("runtimeVersion")
    assert shape(running) == shape(expected)

    job = api.ended(job_id)
    assert job["execution"]["runtimeVersion"].pop("host").endswith("no isolation")
    expected = recorded("job-lifecycle")[0]
    expected["execution"]["runtimeVersion"] = {}
    if "cpu" in job["execution"]:
        assert set(job["execution"].pop("cpu")) <= set(expected["execution"].pop("cpu"))
    assert shape(job) == shape(expected)
    assert {"name": job["name"], "tasks": job["tasks"], "resources": job["resources"]} == PI
    assert job["execution"]["site"] == "local"
    events = job["events"]
    assert events["createTime"] <= events["startTime"] <= events["endTime"] <= time.time()


def test_listings_have_the_recorded_shape(api):
    job_id = api.submit("sleep 60", name="listed", labels={"a": "b"}, inputs=[{"filename": "f", "content": "eA=="}])
    until(lambda: api.describe(job_id)["status"] == "running")
    (line,) = [job for job in api("GET", "/jobs").json() if job["id"] == job_id]
    assert shape(line) == shape(recorded("list-active")[1])
    assert api.delete(job_id).json() == {}
    assert job_id not in [job["id"] for job in api("GET", "/jobs").json()]
    (line,) = api("GET", "/jobs?completed=true").json()
    assert line["id"] == job_id
    assert shape(line) == shape(recorded("list-completed", 0)[0]) | {"statusReason": "str"}


def test_completed_jobs_come_newest_end_first(api):
    slow = api.submit("sleep 0.5")
    fast = api.run("true")["id"]
    api.ended(slow)
    listed = [job["id"] for job in api("GET", "/jobs", params={"completed": "true", "num": 2}).json()]
    assert listed == [slow, fast]
    everything = api("GET", "/jobs", params={"completed": "true", "num": 0}).json()
    assert len(everything) >= 2
    assert api("GET", "/jobs", params={"completed": "true", "num": -1}).json() == everything


@pytest.mark.parametrize("query", ["completed=true&num=abc", "completed=true&num=1e3", f"completed=true&num={10**30}"])
def test_a_num_that_is_none_is_refused(api, query):
    answer = api("GET", f"/jobs?{query}")
    assert answer.status_code == 400
    assert "num" in answer.json()["error"]


def test_names_default_to_nothing_and_nodes_to_one_as_recorded(api):
    job = api.run("true")
    assert (job["name"], job["resources"]["nodes"]) == ("", 1)


@pytest.mark.parametrize("index", range(4))
def test_unknown_jobs_answer_as_recorded(api, index):
    request = json.loads((CONTRACT / "no-such-job.json").read_text())["exchanges"][index]["request"]
    answer = api(request["method"], request["path"])
    assert answer.json() == recorded("no-such-job", index)
    assert answer.status_code == (200 if index == 0 else 400)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_arrives_while_the_job_runs(api, stream):
    go_on = f"import pathlib, sys, time\nprint('first', file=sys.{stream}, flush=True)\n"
    go_on += f"while not pathlib.Path('go').exists(): time.sleep(0.01)\nprint('second', file=sys.{stream})"
    job_id = api.submit(python(go_on))
    until(lambda: api.output(job_id, stream) == "first\n")
    assert api.describe(job_id)["status"] == "running"
    (StateDir(api.info.state_dir).job(job_id) / "work" / "go").touch()
    api.ended(job_id)
    assert api.output(job_id, stream) == "first\nsecond\n"
    assert api.output(job_id, {"stdout": "stderr", "stderr": "stdout"}[stream]) == ""


def test_offsets_are_bytes_as_recorded(api):
    text = "café € 5\n"
    job_id = api.run(["printf", text])["id"]
    whole = api("GET", f"/jobs/{job_id}/stdout")
    assert whole.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    for offset in (0, 4, 6, 7, 13, 14, 10**12, 2**63 - 1):
        answer = api("GET", f"/jobs/{job_id}/stdout?offset={offset}")
        assert (answer.status_code, answer.content) == (200, text.encode()[offset:])
    for offset in ("-1", "x", 10**30):
        assert api("GET", f"/jobs/{job_id}/stdout?offset={offset}").status_code == 400


def test_bytes_that_are_not_utf8_pass_unchanged(api):
    job_id = api.run(["printf", r"ok\377\000end"])["id"]
    assert api("GET", f"/jobs/{job_id}/stdout").content == b"ok\xff\x00end"


def test_a_large_log_is_streamed_whole(api):
    job_id = api.run(python("print('x' * 29_999_999)"))["id"]
    with api("GET", f"/jobs/{job_id}/stdout", stream=True) as answer:
        assert "Content-Length" not in answer.headers
        assert sum(len(piece) for piece in answer.iter_content(1 << 20)) == 30_000_000


def test_who_asks_may_go_before_the_end(api):
    job_id = api.run(python("print('x' * 29_999_999)"))["id"]
    for _ in range(3):
        with api("GET", f"/jobs/{job_id}/stdout", stream=True) as answer:
            assert next(answer.iter_content(1)) == b"x"
    assert api.describe(job_id)["status"] == "completed"
    assert "Traceback" not in StateDir(api.info.state_dir).log.read_text()


@pytest.mark.parametrize(
    ("authorization", "why"),
    [
        (None, "none"),
        ("Bearer nonsense", "not a token"),
        ("Bearer", "empty"),
        ("Basic dXNlcjpwYXNz", "another scheme"),
        (f"Bearer {jwt.encode({'sub': 'user', 'iat': 1, 'exp': 2}, b'k' * 32)}", "expired, and another key"),
        (f"Bearer {jwt.encode({'sub': 'user'}, None, algorithm='none')}", "unsigned"),
    ],
)
@pytest.mark.parametrize("path", ["/jobs", "/nowhere"])
def test_nobody_without_a_token_gets_an_answer(api, authorization, why, path):
    api.http.headers["Authorization"] = authorization
    answer = api("GET", path)
    assert (answer.status_code, answer.json()) == (401, recorded("unauthorised"))
    assert api("POST", "/jobs", json=PI).status_code == 401


@pytest.mark.parametrize("key", ["own", "another"])
def test_tokens_end(api, key):
    secret = StateDir(api.info.state_dir).key.read_bytes() if key == "own" else b"x" * 32
    for lasts, expected in ((3600, 200 if key == "own" else 401), (-3600, 401)):
        claims = {"sub": "user", "iat": int(time.time()) - 7200, "exp": int(time.time()) + lasts}
        api.http.headers["Authorization"] = f"Bearer {jwt.encode(claims, secret)}"
        assert api("GET", "/jobs").status_code == expected


def test_only_this_host_is_answered_and_no_other_origin_let_in(api):
    port = api.info.url.split(":")[2].partition("/")[0]
    assert api("GET", "/jobs", headers={"Host": "evil.example"}).status_code == 403
    assert api("GET", "/jobs", headers={"Host": f"evil.example:{port}"}).status_code == 403
    assert api("GET", "/jobs", headers={"Host": f"localhost:{port}"}).status_code == 200
    answer = api("GET", "/jobs", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert api("OPTIONS", "/jobs", headers={"Origin": "https://evil.example"}).status_code == 405


@pytest.mark.parametrize(
    ("index", "arguments"),
    [
        (0, {"data": '{"name": ', "headers": {"Content-Type": "application/json"}}),
        (1, {"data": "{}"}),
        (3, {}),
        (4, {}),
        (5, {}),
    ],
)
def test_errors_outside_the_routes_are_the_recorded_pages(api, index, arguments):
    exchange = json.loads((CONTRACT / "server-errors-html.json").read_text())["exchanges"][index]
    answer = api(exchange["request"]["method"], exchange["request"]["path"], **arguments)
    assert answer.status_code == exchange["response"]["status"]
    assert answer.headers["Content-Type"] == exchange["response"]["content_type"]
    assert answer.text.replace("&#x27;", "&#39;") == exchange["response"]["text"]


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"policies": ' + "[" * 60 + "]" * 60 + "}",
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": [-1e999]}',
        "\xff",
        "",
        '{"a": 1' + "0" * 5000 + "}",
    ],
)
def test_odd_json_is_a_bad_request(api, body):
    answer = api("POST", "/jobs", data=body.encode("latin-1"), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_ids_that_no_database_holds_are_not_found(api):
    assert api("GET", f"/jobs/{10**17}").json() == []
    assert api("GET", f"/jobs/{10**30}").status_code == 404


def test_a_body_without_measure_is_refused(api):
    headers = {"Content-Type": "application/json", "Content-Length": str(10**12)}
    assert api("POST", "/jobs", data=b"{", headers=headers).status_code == 400


def test_refused_descriptions_are_those_of_the_deployed_service(api):
    exchanges = json.loads((CONTRACT / "rejected-descriptions.json").read_text())["exchanges"]
    later = {"artifacts", "policies", "outputFiles"}  # rules of the common validator that a later step completes
    ours = [e for e in exchanges if not later & set(e["request"]["json"])]
    for exchange in ours:
        answer = api("POST", "/jobs", json=exchange["request"]["json"])
        assert answer.status_code == 400
        assert answer.json()["error"]
    without_runtime = {"resources": PI["resources"], "tasks": [{"image": "a"}]}
    assert api("POST", "/jobs", json=without_runtime).json()["error"].endswith("a container runtime must be defined")


def test_a_description_that_is_nothing_but_problems_gets_a_short_answer(api):
    answer = api("POST", "/jobs", json={**PI, **{f"key{number}": 1 for number in range(50_000)}})
    assert answer.status_code == 400
    assert answer.json()["error"].endswith("; and 49980 more")
    assert len(answer.content) < 10_000


def test_the_log_has_no_query_and_no_token(api):
    api("DELETE", "/jobs/999999?secret=hidden-in-the-query")
    log = (StateDir(api.info.state_dir).log).read_text()
    assert "400 DELETE /api/v1/jobs/999999" in log
    assert "hidden-in-the-query" not in log
    assert api.info.token() not in log
