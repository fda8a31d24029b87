"""A whole login, from no credentials to a token in the token file; and what goes wrong on the way."""

import http.client
import json
import stat
import traceback

import pytest

from prominence_jupyter.client.access.token import find_token
from prominence_jupyter.errors import LoginDenied, LoginFailed, UsageError
from prominence_jupyter.login import login
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, SECRETS, granted


@pytest.fixture
def log_in(environ, clock):
    """Log in without waiting, and keep what was shown."""
    settings = {"clock": clock, "sleep": clock.sleep}

    def log_in(**environ_too):
        url, environ_now = "https://prominence.test/v1", environ | environ_too
        return login.log_in(url, environ_now, show=log_in.shown.append, **settings)

    log_in.shown = []
    return log_in


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_first_login_registers_this_client_and_keeps_all_for_its_owner(log_in, provider, home):
    provider.answers = ["authorization_pending", reply := granted()]
    token = log_in()
    folder = home / ".prominence"
    assert [path for path, _, _ in provider.requests] == ["/register", "/devicecode", "/token", "/token"]
    (_, asked, who), *signed = provider.requests
    assert who is None
    assert asked["redirect_uris"] == ["https://prominence.test/v1/redirect_url"]
    assert asked["token_endpoint_auth_method"] == "client_secret_basic"
    assert {who for _, _, who in signed} == {f"{CLIENT_ID}:{CLIENT_SECRET}"}
    assert (mode(folder), mode(folder / "token"), mode(folder / "client")) == (0o700, 0o600, 0o600)
    assert json.loads((folder / "token").read_text()) == reply
    assert json.loads((folder / "client").read_text())["client_id"] == CLIENT_ID
    assert sorted(path.name for path in folder.iterdir()) == ["client", "token"]
    assert find_token({}).reveal() == token.reveal() == reply["access_token"]
    log_in()
    assert provider.asked("/register") == 1


def test_what_is_sent_is_not_printed_though_all_connections_are_to_print_it(log_in, provider, monkeypatch, capsys):
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    provider.answers = [granted()]
    log_in()
    assert capsys.readouterr().out == ""


def test_the_official_client_reads_what_was_written(log_in, provider, home):
    from prominence import auth

    provider.answers = [reply := granted()]
    log_in()
    assert auth.get_client() == (CLIENT_ID, CLIENT_SECRET)
    assert auth.get_token() == reply["access_token"]


def test_credentials_of_the_environment_come_first(log_in, provider, home):
    provider.answers = [granted()]
    log_in(PROMINENCE_OIDC_CLIENT_ID=CLIENT_ID, PROMINENCE_OIDC_CLIENT_SECRET=CLIENT_SECRET)
    assert provider.asked("/register") == 0
    assert not (home / ".prominence" / "client").exists()


def test_a_client_that_is_not_known_any_more_says_where_it_comes_from(log_in, home):
    (home / ".prominence").mkdir()
    file = home / ".prominence" / "client"
    file.write_text(json.dumps({"client_id": "old", "client_secret": "old-secret"}))
    with pytest.raises(LoginFailed, match=f"does not know this client .* those of {file}; without these") as caught:
        log_in()
    assert "old-secret" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"client_id": "x"}', '{"client_id": 1, "client_secret": 2}'])
def test_a_file_without_credentials_is_not_overwritten(log_in, home, content):
    (home / ".prominence").mkdir()
    (home / ".prominence" / "client").write_text(content)
    with pytest.raises(LoginFailed, match="holds no client_id and client_secret; move it away"):
        log_in()
    assert (home / ".prominence" / "client").read_text() == content


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("/register", {"error": "forbidden"}, "did not register this client"),
        ("/register", {"client_id": "only"}, "without a client_id and client_secret"),
        ("/register", b"<html>", "did not register this client"),
        ("/devicecode", {"error": "invalid_scope"}, "began no login"),
        ("/devicecode", b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.test/\r\n\r\n", "leads elsewhere"),
        ("/devicecode", {}, "without a page"),
        ("/devicecode", {"verification_uri": 1, "user_code": 2, "device_code": 3}, "without a page"),
    ],
)
def test_a_login_that_does_not_begin_changes_nothing(log_in, provider, home, path, answer, words):
    provider.other = {path: answer}
    with pytest.raises(LoginFailed, match=words) as caught:
        log_in()
    assert not (home / ".prominence" / "token").exists()
    assert not [secret for secret in SECRETS if secret in str(caught.value)]


@pytest.mark.parametrize(
    "uri",
    [
        *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://x/", "//x/", "https://"),
        *("https://provider.test@evil.test/", "https://x/\u202etxt", "https://x/ y", "https://x/\nz", "x" * 1000),
        *("https://evil.test\\@provider.test", "https://xn--\u0430.test", "", None, 7),
    ],
)
def test_what_is_no_web_page_is_not_shown(log_in, provider, uri):
    provider.verification_uri = uri
    with pytest.raises(LoginFailed, match="page"):
        log_in()
    assert not log_in.shown


@pytest.mark.parametrize(
    ("uri", "is_link"),
    [("https://x.test/device", True), ("http://127.0.0.1:8/d", True), ("http://x.test/device", False)],
)
def test_only_a_page_that_nobody_can_replace_is_a_link(log_in, provider, uri, is_link):
    provider.verification_uri, provider.answers = uri, [granted()]
    log_in()
    assert {waiting.code.may_be_link for waiting in log_in.shown} == {is_link}


@pytest.mark.parametrize("odd", [None, "soon", -5, 1e300, float("nan"), [], 0])
def test_odd_times_are_bounded(log_in, provider, odd):
    provider.interval = provider.expires_in = odd
    provider.answers = [granted()]
    log_in()
    assert 0 < max(waiting.left_s for waiting in log_in.shown) <= 1800
    assert provider.asked("/token") == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"token_type": "Bearer"},
        {"access_token": None},
        {"access_token": 3},
        {"access_token": ""},
        {"access_token": "two words"},
        {"access_token": "line\nbreak"},
        granted(left_s=-60),
    ],
)
def test_a_grant_without_a_good_token_leaves_the_old_one(log_in, provider, home, reply):
    (home / ".prominence").mkdir()
    (home / ".prominence" / "token").write_text("old")
    provider.answers = [reply]
    with pytest.raises(LoginFailed, match="no access token that is good now") as caught:
        log_in()
    assert (home / ".prominence" / "token").read_text() == "old"
    assert "two words" not in "".join(traceback.format_exception(caught.value))


def test_a_denied_login_leaves_the_old_token(log_in, provider, home):
    (home / ".prominence").mkdir()
    (home / ".prominence" / "token").write_text("old")
    provider.answers = ["access_denied"]
    with pytest.raises(LoginDenied):
        log_in()
    assert (home / ".prominence" / "token").read_text() == "old"


def test_a_provider_that_quotes_secrets_does_not_get_them_shown(log_in, provider):
    long_one = "eyJ" + "x" * 60
    said = f"bad {CLIENT_SECRET} and short {SECRETS[1]} and '{long_one}' \x1b[2J"
    provider.answers = [b"HTTP/1.0 400 Bad\r\n\r\n" + json.dumps({"error": "no", "error_description": said}).encode()]
    with pytest.raises(LoginFailed) as caught:
        log_in()
    assert not [secret for secret in (*SECRETS, long_one, "\x1b") if secret in str(caught.value)]
    assert "bad [hidden] and short [hidden] and '[hidden]'" in str(caught.value)


def test_a_folder_that_cannot_be_written_says_so(log_in, provider, home):
    provider.answers = [granted()]
    (home / ".prominence" / "token").mkdir(parents=True)
    with pytest.raises(LoginFailed, match=r"\.prominence/token cannot be written"):
        log_in()
    assert sorted(path.name for path in (home / ".prominence").iterdir()) == ["client", "token"]


@pytest.mark.parametrize("url", ["http://provider.test", "provider.test", "https://me:secret@provider.test"])
def test_a_wrong_url_of_the_provider_is_refused(log_in, url):
    with pytest.raises(UsageError, match=r"^PROMINENCE_OIDC_URL: ") as caught:
        log_in(PROMINENCE_OIDC_URL=url)
    assert "secret" not in str(caught.value)
