"""`%prominence whoami` for every kind of token."""

import time

import jwt
import pytest

import prominence_jupyter
from prominence_jupyter.errors import TokenMissing
from prominence_jupyter.magics.line.options import line_parser
from prominence_jupyter.magics.verbs.login import who_am_i

URL = "https://prominence.test/api/v1"


def signed(**claims):
    return jwt.encode(claims, "k" * 32, algorithm="HS256")


def lines(token, monkeypatch):
    monkeypatch.setenv("PROMINENCE_TOKEN", token)
    said = repr(who_am_i(None, URL))
    assert token not in said
    return [line[9:] for line in said.splitlines()]


@pytest.mark.parametrize(
    ("claims", "user"),
    [
        ({"name": "Jane Doe", "preferred_username": "jane", "email": "jane@x.test", "sub": "1"}, "Jane Doe (jane)"),
        ({"email": "jane@x.test", "sub": "1"}, "jane@x.test (1)"),
        ({"sub": "1"}, "1"),
        ({"name": "", "email": None, "sub": "abc"}, "abc"),
        ({"name": "\x1b[2J\u202eevil\n" + "x" * 500}, None),
        ({"name": ["Jane"]}, "the token does not say"),
        ({}, "the token does not say"),
    ],
)
def test_the_user_is_who_the_token_says(claims, user, monkeypatch):
    said, *_ = lines(signed(**claims), monkeypatch)
    if user is not None:
        assert said == user
    assert said.isprintable()
    assert len(said) < 200


def test_an_opaque_token_says_nothing(monkeypatch):
    user, token, expires, service = lines("opaque", monkeypatch)
    assert user == expires == "the token does not say"
    assert token == "from the variable PROMINENCE_TOKEN"
    assert service == URL


@pytest.mark.parametrize(
    ("left_s", "words"),
    [
        (3 * 3600 + 30, " UTC, in 3 hours"),
        (-125, " UTC, 2 minutes ago: get a new one with %prominence login"),
    ],
)
def test_when_it_expires_is_said_in_words(left_s, words, monkeypatch):
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    _, _, expires, _ = lines(signed(exp=now + left_s), monkeypatch)
    assert expires.endswith(words)
    assert expires.startswith("2027-01-15")


@pytest.mark.parametrize("expires", [1e300, -1e300, 10**30])
def test_a_time_that_no_calendar_has(expires, monkeypatch):
    assert "UTC" in lines(signed(exp=expires), monkeypatch)[2]


def test_without_a_token_it_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PROMINENCE_TOKEN", raising=False)
    with pytest.raises(TokenMissing, match=r"%prominence login"):
        who_am_i(None, "")


def test_the_local_service_has_a_token_of_its_own(local_service, monkeypatch):
    monkeypatch.setenv("PROMINENCE_TOKEN", "anothers")
    user, token, expires, service = repr(who_am_i(prominence_jupyter.local(), URL)).splitlines()
    assert (user, token) == ("user     user", "token    from the local service")
    assert expires.startswith("expires  20")
    assert service == f"service  {local_service.url}, on this machine"


@pytest.mark.parametrize("verb", ["login", "whoami"])
def test_the_verbs_take_nothing(verb):
    assert line_parser().parse_line(verb).verb == verb
