import pytest

from prominence_jupyter.client.http.address import checked_url, is_loopback, is_private
from prominence_jupyter.errors import UsageError


@pytest.mark.parametrize(
    "url",
    [
        *("", "prominence.test", "ftp://x/", "https://", "https://user:pw@x/", "https://x/?a=pw"),
        *("http://localhost:99999/api", "http://localhost:port/api", "http://localhost:-1", "javascript:pw"),
    ],
)
def test_what_is_no_url_of_a_service_is_refused(url):
    with pytest.raises(UsageError) as caught:
        checked_url(url, allow_http=True)
    assert "@" not in str(caught.value)
    assert "?a=" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://prominence.test/api/v1", "http://127.0.0.1:8/api", "http://localhost/v1", "http://[::1]:8"]
)
def test_https_is_fine_and_http_to_this_machine(url):
    assert checked_url(f"{url}/") == url
    assert is_private(url)


@pytest.mark.parametrize(
    "url",
    ["http://prominence.test/v1", "http://127.0.0.1.evil.test", "http://10.0.0.1", "http://0x7f.1", "http://0.0.0.0"],
)
def test_http_to_another_machine_is_refused_unless_asked_for(url):
    with pytest.raises(UsageError, match=r"is http: .*allow_http=True.*%config ProminenceMagics.allow_http = True"):
        checked_url(url)
    assert checked_url(url, allow_http=True) == url
    assert not is_private(url)
    assert not is_loopback(url)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https//x", "http://[", ""]
)
def test_what_is_not_private_at_all(url):
    assert not is_private(url)
