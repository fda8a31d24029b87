"""Where the token comes from, and that a new one is picked up."""

import json
import os
import time
import traceback

import jwt
import pytest

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.access.token_source import FixedToken, FoundToken, give_the_same
from prominence_jupyter.errors import TokenExpired, TokenMalformed, TokenMissing

MINE, OTHERS = "https://issuer.test", "https://elsewhere.test"


def signed(issuer=MINE, *, left_s=3600, **claims):
    return jwt.encode({"iss": issuer, "exp": int(time.time()) + left_s} | claims, "k" * 32, algorithm="HS256")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "token"


@pytest.fixture
def environ():
    return {"PROMINENCE_URL": "https://prominence.test"}


@pytest.fixture
def source(environ, file):
    return FoundToken(environ, file)


def test_a_token_that_was_given_stays(file):
    token = Token("given", "the argument")
    source = FixedToken(token)
    source.refused()
    assert source.current() is token
    assert not source.can_change
    with pytest.raises(TokenExpired, match="from the argument expired"):
        FixedToken(Token(signed(left_s=-1), "the argument")).current()


def test_a_file_is_read_again_when_it_has_changed_and_not_before(source, file, monkeypatch):
    reads = []
    read_text = type(file).read_text
    monkeypatch.setattr(type(file), "read_text", lambda path, **how: reads.append(path) or read_text(path, **how))
    file.write_text("first")
    assert [source.current().reveal() for _ in range(3)] == ["first"] * 3
    assert len(reads) == 1
    file.with_suffix(".new").write_text(json.dumps({"access_token": "other"}))
    file.with_suffix(".new").replace(file)
    assert [source.current().reveal() for _ in range(3)] == ["other"] * 3
    assert len(reads) == 2


def test_after_a_refusal_it_is_read_again_even_if_it_looks_the_same(source, file):
    file.write_text("first")
    seen = file.stat()
    assert source.current().reveal() == "first"
    file.write_text("other")
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    source.refused()
    assert source.current().reveal() == "other"


def test_an_expired_one_is_an_error_until_there_is_another(source, file):
    file.write_text(signed(left_s=-60))
    for _ in range(2):
        with pytest.raises(TokenExpired, match="%prominence login"):
            source.current()
    file.write_text(new := signed())
    assert source.current().reveal() == new


def test_a_variable_that_is_set_anew_is_picked_up(source, environ, file):
    file.write_text("of-the-file")
    environ["PROMINENCE_TOKEN"] = "first"
    assert source.current().reveal() == "first"
    environ["PROMINENCE_TOKEN"] = "other"
    assert source.current().reveal() == "other"
    del environ["PROMINENCE_TOKEN"]
    assert source.current().reveal() == "of-the-file"


@pytest.mark.parametrize("half", ["", '{"access_token": "ot', '{"other": 1}'])
def test_half_a_file_takes_no_place_of_a_good_token(source, file, half):
    file.write_text("first")
    source.current()
    file.write_text(half)
    assert source.current().reveal() == "first"
    source.refused()
    with pytest.raises(TokenMalformed):
        source.current()
    file.write_text("other")
    assert source.current().reveal() == "other"


def test_a_file_that_was_removed_is_used_no_more(source, file):
    file.write_text("first")
    source.current()
    file.unlink()
    with pytest.raises(TokenMissing):
        source.current()


@pytest.mark.parametrize("name", ["PROMINENCE_URL", "PROMINENCE_OIDC_URL"])
def test_a_token_for_another_service_is_not_sent_to_this_one(source, environ, file, name):
    file.write_text("first")
    assert source.current().reveal() == "first"
    environ |= {name: "https://other.test", "PROMINENCE_TOKEN": "of-the-other"}
    file.write_text("of-the-other")
    source.refused()
    assert source.current().reveal() == "first"


def test_a_token_of_another_issuer_is_not_sent_to_this_service(source, file):
    old = signed(left_s=2)
    file.write_text(old)
    assert source.current().reveal() == old
    for other in (signed(OTHERS), "opaque"):
        file.write_text(other)
        assert source.current().reveal() == old
    file.write_text(new := signed(left_s=7200))
    assert source.current().reveal() == new


def test_when_it_is_needed_it_is_said_why_it_is_not_taken(source, file, monkeypatch):
    file.write_text(signed(left_s=60))
    source.current()
    file.write_text(signed(OTHERS, left_s=7200))
    later = time.time() + 120
    monkeypatch.setattr("time.time", lambda: later)
    with pytest.raises(
        TokenExpired, match=r"one of another issuer, which is not sent unasked: %prominence watch ID, or connect"
    ):
        source.current()


def test_that_there_is_one_of_another_issuer_is_said_too_when_the_old_one_is_refused(source, file):
    file.write_text(signed())
    source.current()
    assert "get a new one" in source.refused()
    file.write_text(signed(OTHERS))
    source.current()
    assert "one of another issuer, which is not sent unasked" in source.refused()
    file.write_text(signed(name="new"))
    source.current()
    assert "get a new one" in source.refused()


def test_two_sources_of_one_file_give_the_same(environ, file):
    file.write_text("first")
    one, other = FoundToken(environ, file), FoundToken(environ, file)
    assert give_the_same(one, other)
    file.write_text("other")
    assert give_the_same(one, other)
    assert not give_the_same(one, FixedToken(Token("other", "the argument")))
    file.unlink()
    assert not give_the_same(one, other)


@pytest.mark.parametrize(
    "malformed", ["not-to-be-seen and more", '{"access_token": "not-to-be-seen', "tökèn-not-to-be-seen"]
)
@pytest.mark.parametrize("place", ["variable", "file"])
def test_a_token_is_in_no_frame_of_an_error(source, environ, file, place, malformed):
    file.write_text(malformed)
    if place == "variable":
        environ["PROMINENCE_TOKEN"] = malformed + " x"
    with pytest.raises(TokenMalformed) as caught:
        source.current()
    below = caught.value.__traceback__.tb_next  # this frame holds the text
    shown = "".join(traceback.TracebackException(type(caught.value), caught.value, below, capture_locals=True).format())
    assert "token_source.py" in shown
    assert "not-to-be-seen" not in shown


def test_no_source_shows_its_token(source, file):
    file.write_text("not-to-be-seen")
    source.current()
    assert "not-to-be-seen" not in repr(vars(source)) + repr(vars(FixedToken(Token("not-to-be-seen", "x"))))
