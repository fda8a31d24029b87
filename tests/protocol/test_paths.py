import pytest
import requests
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol import paths

BASE = "http://127.0.0.1/api/v1"


def sent(path):
    """The request target that really leaves, after every library on the way had its say."""
    url = requests.Request("GET", BASE + path).prepare().url
    return urllib3.util.parse_url(url).request_uri


def test_paths_of_the_specification():
    assert paths.JOBS == "/jobs"
    assert paths.job(1181) == "/jobs/1181"
    assert paths.output(1181, "stdout") == "/jobs/1181/stdout"
    assert paths.output("a1b2", "stderr") == "/jobs/a1b2/stderr"


@pytest.mark.parametrize(
    "job_id", ["../x", "1/clone", "?a=b", "1?a=b", "1#x", "%2e%2e", "..%2fx", "a b", "ä", "\ud800"]
)
def test_an_odd_id_stays_in_its_place(job_id):
    target = sent(paths.output(job_id, "stdout"))

    assert target.startswith("/api/v1/jobs/")
    assert target.endswith("/stdout")
    assert target.count("/") == 5
    assert "?" not in target


@pytest.mark.parametrize("job_id", ["", ".", ".."])
def test_an_id_that_http_libraries_would_resolve_is_refused(job_id):
    with pytest.raises(UsageError, match="not the id of a job"):
        paths.output(job_id, "stdout")


@given(st.integers() | st.text(st.characters() | st.sampled_from("./%?#\\:@"), max_size=8))
def test_no_id_leaves_its_route(job_id):
    try:
        target = sent(paths.job(job_id))
    except UsageError:
        assert job_id in {"", ".", ".."}
    else:
        start, _, step = target.rpartition("/")
        assert start == "/api/v1/jobs"
        assert step
        assert "?" not in step
