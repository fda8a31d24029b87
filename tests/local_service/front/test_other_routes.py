"""What the local service has none of, and the one machine that it has."""

import pytest

from tests.local_service.conftest import recorded, until


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "/kv"), ("GET", "/kv/a/b?list=true"), ("POST", "/kv/a"), ("DELETE", "/kv/a")),
        *(("GET", "/ts/1"), ("POST", "/ts"), ("GET", "/accounting?start=a&end=b"), ("POST", "/token")),
        *(("GET", "/jobs/1/snapshot"), ("PUT", "/jobs/1/snapshot?path=a")),
    ],
)
def test_what_there_is_none_of_is_switched_off(api, method, path):
    answer = api(method, path)
    assert (answer.status_code, answer.json()) == (401, recorded("functionality-disabled", 0))
    api.http.headers["Authorization"] = "Bearer wrong"
    assert api(method, path).json() == recorded("unauthorised")


def test_resources_are_those_of_this_machine(api):
    (before,) = api("GET", "/resources").json()["existing"]
    assert (before["capacity"], before["site"]) == ({"cpus": 64, "memory": 64}, "local")
    job_id = api.submit("sleep 60", resources={"cpus": 3, "memory": 5})
    until(lambda: api.describe(job_id)["status"] == "running")
    (after,) = api("GET", "/resources").json()["existing"]
    assert after["free"] == {"cpus": before["free"]["cpus"] - 3, "memory": before["free"]["memory"] - 5}
    api.delete(job_id)


def test_of_a_parameter_that_comes_twice_the_first_counts(api):
    assert api("GET", "/jobs?status=completed&status=running").json() == recorded("list-bad-status")
    assert api("GET", "/jobs?status=running&status=completed").status_code == 200
