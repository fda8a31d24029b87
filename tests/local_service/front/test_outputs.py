"""What jobs leave, by signed URLs; and the queue that jobs with `leaveInQueue` stay in."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from prominence_jupyter.local_service.front import signed_urls
from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.places.state import StateDir
from tests.local_service.conftest import recorded, shape, until

KEY = b"k" * 32


@pytest.fixture
def left(api):
    """A job that has left a file and a folder, as the runner stages them out."""
    job_id = api.run("true", outputFiles=["./a b.txt", "deep/ü.html", "missing"], outputDirs=["d/"])["id"]
    scratch = Scratch(StateDir(api.info.state_dir).job(job_id))
    for name, content in {"a b.txt": b"text", "deep/ü.html": b"<script>", "d.tgz": b"tar"}.items():
        path = scratch.staged(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return api.describe(job_id)


def get(url, **arguments):
    with requests.Session() as http:
        http.trust_env = False
        return http.get(url, timeout=30, **arguments)


def test_outputs_have_urls_that_work_without_the_token(left):
    one, deep, missing = left["outputFiles"]
    (folder,) = left["outputDirs"]
    assert (one["size"], deep["size"], folder["size"]) == (4, 8, 3)
    assert shape(missing) == shape(recorded("outputs-missing")[0]["outputFiles"][0])
    assert [get(output["url"]).content for output in (one, deep, folder)] == [b"text", b"<script>", b"tar"]
    headers = get(deep["url"]).headers
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%BC.html"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "application/octet-stream"
    assert get(folder["url"]).headers["Content-Disposition"].endswith("d.tgz")


def test_a_url_is_good_for_what_it_was_made_for(left, api):
    url = left["outputFiles"][0]["url"]
    for wrong in (url[:-1], url.split("?")[0], url.replace("a%20b", "missing"), url.replace("expires=1", "expires=2")):
        answer = get(wrong)
        assert (answer.status_code, set(answer.json())) == (403, {"error"})
    assert api("GET", urlsplit(url).path.removeprefix("/api/v1")).status_code == 403
    assert get(url, headers={"Host": "evil.example"}).status_code == 403
    with requests.Session() as http:
        http.trust_env = False
        assert http.put(url, timeout=30).status_code == 403


def test_only_ended_jobs_have_left_something(api):
    job_id = api.submit("sleep 60", outputFiles=["f"])
    assert api.describe(job_id)["outputFiles"] == [{"name": "f", "url": ""}]
    assert "outputFiles" not in api("GET", "/jobs").json()[0]
    api.delete(job_id)


@pytest.mark.parametrize("kind", ["outputFiles", "outputDirs"])
@pytest.mark.parametrize("name", ["../up", "/etc/passwd", "a/../../b", "", ".", "a\0b", "\ud800", "x" * 2000])
def test_hostile_names_of_outputs_are_refused(api, kind, name):
    body = {
        "resources": {"cpus": 1, "memory": 1, "disk": 10},
        "tasks": [{"image": "a", "runtime": "singularity", "cmd": "true"}],
    }
    answer = api("POST", "/jobs", json=body | {kind: [name]})
    assert answer.status_code == 400
    assert kind in answer.json()["error"]


def test_a_link_in_the_place_of_an_output_is_not_followed(left, api, tmp_path):
    (tmp_path / "secret").write_text("secret")
    staged = Scratch(StateDir(api.info.state_dir).job(left["id"])).staged("a b.txt")
    staged.unlink()
    staged.symlink_to(tmp_path / "secret")
    answer = get(left["outputFiles"][0]["url"])
    assert (answer.status_code, answer.json()) == (400, {"error": "No such file"})


def test_queries_stay_out_of_the_log(left, api):
    url = left["outputFiles"][0]["url"]
    assert get(f"{url}x").status_code == 403
    file = StateDir(api.info.state_dir).log
    log = until(lambda: urlsplit(url).path in (log := file.read_text()) and log)
    assert parse_qs(urlsplit(url).query)["signature"][0] not in log


def test_a_signature_ends(monkeypatch):
    url = urlsplit(signed_urls.signed_url(KEY, "GET", "localhost:1", "/a b"))
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    assert signed_urls.is_valid(KEY, "GET", "/a b", query)
    assert not signed_urls.is_valid(b"x" * 32, "GET", "/a b", query)
    assert not signed_urls.is_valid(KEY, "PUT", "/a b", query)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 7 * 24 * 3600 - 1)
    assert signed_urls.is_valid(KEY, "GET", "/a b", query)
    monkeypatch.setattr(time, "time", lambda: now + 8 * 24 * 3600 + 1)
    assert not signed_urls.is_valid(KEY, "GET", "/a b", query)
    assert not signed_urls.is_valid(KEY, "GET", "/a b", {"expires": "x", "signature": "é"})


def test_a_job_stays_in_the_queue_until_it_is_removed(api):
    job_id = api.run("true", name="stay", policies={"leaveInQueue": True})["id"]

    def among(query):
        return job_id in [job["id"] for job in api("GET", f"/jobs?{query}").json()]

    assert among("")
    assert among("all=true")
    assert not among("completed=true&num=5")
    line = next(job for job in api("GET", "/jobs").json() if job["id"] == job_id)
    assert shape(line) == shape(recorded("leave-in-queue", 0)[-1])
    answers = [api("PUT", f"/jobs/{job_id}/remove") for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {}),
        (400, recorded("leave-in-queue", 2)),
    ]
    assert not among("")
    assert among("completed=true&num=5")


def test_what_is_removed_before_its_end_does_not_stay(api):
    job_id = api.submit("sleep 60", policies={"leaveInQueue": True})
    assert api("PUT", f"/jobs/{job_id}/remove").status_code == 200
    api.delete(job_id)
    assert job_id not in [job["id"] for job in api("GET", "/jobs").json()]


def test_nodes_but_the_first_have_no_output(api):
    job_id = api.run("echo out")["id"]
    assert api("GET", f"/jobs/{job_id}/stdout?node=0").text == "out\n"
    assert api("GET", f"/jobs/{job_id}/stdout?node=1").json() == {"error": "stdout does not exist"}
    assert api("GET", f"/jobs/{job_id}/stderr?node=x").status_code == 400
