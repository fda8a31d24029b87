"""The files that a job has left: where they can be had, and that the token does not go there."""

import pytest
import responses

from prominence_jupyter.client.output_files import output_files
from prominence_jupyter.errors import RequestRefused, UsageError
from tests.conftest import TOKEN, URL, exchanges, replay

STORE = "https://store.test/outputs/a.txt"
SIGNATURE = "SIGNATURE-THAT-MUST-NOT-BE-SEEN"


def left(**keys):
    responses.get(f"{URL}/jobs/1", json=[{"id": 1, "status": "completed", **keys}])


def test_what_a_job_has_not_made_cannot_be_had(transport, mock):
    replay(mock, exchanges("outputs-missing.json"))
    files = output_files(transport, 27)
    assert [(file.name, file.size, file.link) for file in files] == [("a.txt", None, None), ("d.tgz", None, None)]
    with pytest.raises(RequestRefused, match=r"the job has not made d\.tgz"), files[1].pieces():
        pass


@responses.activate
def test_a_link_is_asked_for_without_the_token_and_shown_nowhere(transport):
    left(outputFiles=[{"name": "a.txt", "url": f"{STORE}?sig={SIGNATURE}&e=1", "size": 5}])
    responses.get(STORE, body=b"hello", match=[responses.matchers.query_param_matcher({"sig": SIGNATURE, "e": "1"})])
    (file,) = output_files(transport, 1)
    with file.pieces() as pieces:
        assert b"".join(pieces) == b"hello"
    assert file.size == 5
    assert SIGNATURE not in repr(file)
    asked = responses.calls[-1].request
    assert "Authorization" not in asked.headers
    assert TOKEN not in str(vars(asked))


@responses.activate
@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_link_that_holds_no_more_says_so_in_one_line(transport, status):
    left(outputFiles=[{"name": "a.txt", "url": f"{STORE}?sig={SIGNATURE}"}])
    responses.get(STORE, body=f"<Error>no {SIGNATURE}</Error>", status=status, content_type="application/xml")
    (file,) = output_files(transport, 1)
    words = "its link may hold no more; ask for the outputs again"
    with pytest.raises(RequestRefused, match=words) as caught, file.pieces():
        pass
    assert SIGNATURE not in str(caught.value)
    assert "\n" not in str(caught.value)


@responses.activate
@pytest.mark.parametrize("url", ["http://store.test/a?sig=1", "file:///etc/passwd", "ftp://store.test/a", "nonsense"])
def test_a_link_that_others_could_read_or_that_is_none_is_not_followed(transport, url):
    left(outputFiles=[{"name": "a.txt", "url": url}])
    (file,) = output_files(transport, 1)
    with pytest.raises(UsageError), file.pieces():
        pass


@responses.activate
@pytest.mark.parametrize(
    "odd", [None, "a.txt", ["a.txt"], [{"url": "https://a"}], [{"name": 5, "url": "https://a"}], {}]
)
def test_before_the_end_there_are_names_alone_and_what_is_odd_is_none(transport, odd):
    left(outputFiles=odd, outputDirs=odd)
    assert output_files(transport, 1) == []
