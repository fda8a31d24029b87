import json
import pickle
import time

import jwt
import pytest

from prominence_jupyter.client.access.token import Token, find_token
from prominence_jupyter.errors import TokenExpired, TokenMalformed, TokenMissing, TokenUnreadable

SECRET = "eyJ-not-to-be-seen"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "token"


def signed(**claims):
    return jwt.encode(claims, "k" * 32, algorithm="HS256")


def test_the_variable_wins(file):
    file.write_text("from-file")
    assert find_token({"PROMINENCE_TOKEN": "from-variable"}, file).reveal() == "from-variable"


@pytest.mark.parametrize("content", [json.dumps({"access_token": SECRET, "refresh_token": "r"}), SECRET, f"{SECRET}\n"])
def test_a_file_is_json_or_the_bare_token(file, content):
    file.write_text(content)
    assert find_token({}, file).reveal() == SECRET


def test_an_empty_variable_is_none(file):
    file.write_text(SECRET)
    assert find_token({"PROMINENCE_TOKEN": ""}, file).reveal() == SECRET


def test_none_at_all_names_the_ways_out(file):
    with pytest.raises(TokenMissing, match=r"prominence login.*%prominence local"):
        find_token({}, file)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (json.dumps({"refresh_token": SECRET}), "JSON without an access_token"),
        (json.dumps([SECRET]), "JSON without an access_token"),
        ('{"access_token": "' + SECRET, "broken JSON"),
        ("", "does not hold an access token"),
        (f"{SECRET} and more", "does not hold an access token"),
        (f"{SECRET}\nInjected: header", "does not hold an access token"),
        ("tökèn", "does not hold an access token"),
    ],
)
def test_a_malformed_file_says_which_and_shows_nothing_of_it(file, content, words):
    file.write_text(content)
    with pytest.raises(TokenMalformed) as caught:
        find_token({}, file)
    assert words in str(caught.value)
    assert str(file) in str(caught.value)
    assert SECRET not in str(caught.value)


def test_bytes_are_malformed(file):
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TokenMalformed, match="not a text file"):
        find_token({}, file)


def test_a_folder_in_its_place_is_unreadable(tmp_path):
    with pytest.raises(TokenUnreadable, match="cannot be read"):
        find_token({}, tmp_path)


def test_expiry_of_a_jwt():
    now = time.time()
    assert Token(signed(exp=int(now) + 60), "x").expires == int(now) + 60
    Token(signed(exp=int(now) + 60), "x").check_expiry()
    with pytest.raises(TokenExpired, match=r"from the test expired at 2001-09-09 01:46 UTC; get a new one"):
        Token(signed(exp=1_000_000_000), "the test").check_expiry()


@pytest.mark.parametrize("text", ["opaque", "a.b.c", signed(sub="nobody"), "x.y"])
def test_an_opaque_token_never_expires(text):
    assert Token(text, "x").expires is None
    Token(text, "x").check_expiry()


def test_it_shows_itself_nowhere():
    token = Token(SECRET, "a test")
    assert SECRET not in f"{token} {token!r} {[token]}"
    with pytest.raises(TypeError):
        pickle.dumps(token)
