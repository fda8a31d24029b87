import copy
import json
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.redaction import (
    HIDDEN,
    redact,
    redact_url,
    redact_words,
    scrub,
    scrub_words,
    secrets_of,
)

CONTRACT = Path(__file__).parents[1] / "contract"
SECRET = "S3CR3T"

secret_values = st.recursive(
    st.just(SECRET),
    lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, min_size=1),
    max_leaves=3,
)
signed_urls = st.sampled_from(
    [
        f"https://host/path?X-Signature={SECRET}",
        f"https://user:{SECRET}@host/path",
        f"https://host/path#{SECRET}",
        f"//host/path?a={SECRET}",
        f"https:///path?a={SECRET}",
        f"/path?a={SECRET}",
        f"http://[{SECRET}",
        f"docker://user:{SECRET}@host/name",
    ]
)
signed_words = st.sampled_from(
    [
        f"cannot stage out to https://host/path?X-Amz-Signature={SECRET}&Expires=1: refused",
        f"(https://user:{SECRET}@host/path)",
        f"moved to 's3://host/path#{SECRET}'",
    ]
)
secret_places = st.one_of(
    st.fixed_dictionaries(
        {"imagePullCredential": st.fixed_dictionaries({"username": st.just("user"), "token": secret_values})}
    ),
    st.just({"imagePullCredential": {"username": {"token": SECRET}}}),
    st.fixed_dictionaries({"imagePullCredential": secret_values}),
    st.fixed_dictionaries(
        {"inputs": st.lists(st.fixed_dictionaries({"filename": st.just("a"), "content": secret_values}))}
    ),
    st.fixed_dictionaries({"inputs": secret_values}),
    st.fixed_dictionaries({"storage": st.fixed_dictionaries({"type": st.just("onedata"), "onedata": secret_values})}),
    st.fixed_dictionaries({"storage": secret_values}),
    st.fixed_dictionaries({"url": signed_urls}),
    st.fixed_dictionaries({"image": signed_urls}),
    st.fixed_dictionaries({"url": st.lists(signed_urls)}),
    st.fixed_dictionaries({"statusReason": signed_words}),
    st.fixed_dictionaries({"error": signed_words}),
    st.fixed_dictionaries({"outputDirs": st.lists(signed_words)}),
)
answers_with_secrets = st.recursive(
    secret_places,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["tasks", "outputFiles", "artifacts", "jobs", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(answers_with_secrets)
def test_no_secret_survives_and_the_input_is_not_changed(answer):
    before = copy.deepcopy(answer)

    assert SECRET not in json.dumps(redact(answer))
    assert answer == before


def test_what_is_no_secret_is_kept():
    job = {
        "id": 1,
        "name": "n",
        "tasks": [{"image": "busybox", "cmd": "cat a?", "imagePullCredential": {"username": "u", "token": SECRET}}],
        "inputs": [{"filename": "a", "content": SECRET, "executable": True}],
        "storage": {"type": "onedata", "mountpoint": "/data", "onedata": {"provider": "p", "token": SECRET}},
        "outputFiles": [{"name": "o", "url": f"https://host:8080/o?sig={SECRET}", "size": 3}],
    }

    assert redact(job) == {
        "id": 1,
        "name": "n",
        "tasks": [{"image": "busybox", "cmd": "cat a?", "imagePullCredential": {"username": "u", "token": HIDDEN}}],
        "inputs": [{"filename": "a", "content": HIDDEN, "executable": True}],
        "storage": {"type": "onedata", "mountpoint": "/data", "onedata": HIDDEN},
        "outputFiles": [{"name": "o", "url": "https://host:8080/o", "size": 3}],
    }


@pytest.mark.parametrize("place", ["labels", "env", "parameters"])
def test_names_that_a_user_chose_are_no_secret_places(place):
    chosen = {"inputs": "set1", "storage": "fast", "imagePullCredential": "x"}

    assert redact({place: chosen}) == {place: chosen}


def test_missing_places_stay_missing():
    assert redact({"inputs": None, "storage": None}) == {"inputs": None, "storage": None}


@pytest.mark.parametrize(
    "image",
    [
        "busybox",
        "registry.example:5000/group/name:tag",
        "busybox@sha256:0123abcd",
        "docker://busybox:1.36@sha256:0123abcd",
        "docker://registry.example/busybox@sha256:0123abcd",
        "https://host/image.tar",
        "",
    ],
)
def test_names_of_images_are_shown_whole(image):
    assert redact_url(image) == image


def test_a_deeply_nested_answer_is_cut_not_followed():
    answer = {"id": 1}
    for _ in range(20_000):
        answer = {"x": answer}

    record = JobRecord.from_json(answer)

    assert HIDDEN in json.dumps(dict(record.raw))


def test_recorded_secrets_are_in_no_record():
    exchanges = json.loads((CONTRACT / "secrets-come-back.json").read_text())["exchanges"]
    jobs = [job for exchange in exchanges[1:] for job in exchange["response"]["json"]]

    shown = [repr(record) + repr(record.raw) for record in map(JobRecord.from_json, jobs)]

    assert len(shown) == 2
    for text in shown:
        assert "pull-secret" in text
        assert "PULL-TOKEN-THAT-MUST-NOT-LEAK" not in text
        assert "c2VjcmV0LWlucHV0" not in text


def test_a_known_secret_is_scrubbed_from_words():
    assert scrub(f"bad token {SECRET}, {SECRET}", [SECRET]) == f"bad token {HIDDEN}, {HIDDEN}"
    assert scrub("bad token", []) == scrub("bad token", [""]) == "bad token"


PULL_TOKEN = "pull-token-0123456789abcdef"
CONTENT = "IyEvYmluL3NoCmVjaG8gdGhpcyBpcyBzZWNyZXQK"
QUERY = "X-Amz-Signature=5ec2e7&X-Amz-Date=20261128"
JOB = {
    "id": 1,
    "name": "n",
    "tasks": [{"image": "busybox", "imagePullCredential": {"username": "user", "token": PULL_TOKEN}}],
    "inputs": [{"filename": "a", "content": CONTENT}],
    "artifacts": [{"url": f"https://host/a.tgz?{QUERY}", "mountpoint": "a:/a"}],
}


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (f"pull failed with {PULL_TOKEN}", "pull failed with [hidden]"),
        (f"pull failed with {PULL_TOKEN[:20]}...", "pull failed with [hidden]..."),
        (f"cannot write {CONTENT}", "cannot write [hidden]"),
        (f"cannot fetch a.tgz?{QUERY}", "cannot fetch a.tgz?[hidden]"),
        (f"cannot fetch https://host/a.tgz?{QUERY}: 403", "cannot fetch https://host/a.tgz 403"),
        ("cannot fetch a?sig=0a1b2c", "cannot fetch a?sig=[hidden]"),
        ("user n has no more than this", "user n has no more than this"),
        ("", ""),
    ],
)
def test_a_reason_quotes_no_secret_of_its_job(reason, shown):
    assert redact(JOB | {"statusReason": reason})["statusReason"] == shown


@pytest.mark.parametrize("form", [str, unquote, lambda secret: quote(secret, safe="")])
@pytest.mark.parametrize("secret", ["pull/token+with=signs", "Signature=aB3%2FdE5%2Bgh%3D"])
def test_nor_in_another_form(secret, form):
    """What stood in a URL is quoted without its escapes, as an object store does, and the other way round."""
    job = {"storage": {"b2drop": {"password": secret}}, "statusReason": f"it is not {form(secret)}: 403"}
    assert redact(job)["statusReason"] == "it is not [hidden]: 403"


@pytest.mark.parametrize("reason", [None, 3, ["x"], {"a": PULL_TOKEN}])
def test_a_reason_may_be_anything(reason):
    assert redact({"statusReason": reason, "id": 1}) == {"statusReason": reason, "id": 1}


def test_the_secrets_of_a_description_are_found():
    assert secrets_of(JOB) == [PULL_TOKEN, CONTENT, QUERY, ""]
    assert secrets_of(None) == secrets_of({"tasks": [{"cmd": "echo https://host/x?a=b"}]}) == []
    assert secrets_of({"url": f"https://user:{SECRET}@host/a"}) == [f"user:{SECRET}", SECRET]


@pytest.mark.parametrize("place", ["cmd", "env", "labels", "parameters"])
def test_what_a_user_wrote_to_be_run_keeps_its_urls(place):
    url = "https://host/path?a=b"
    value = url if place == "cmd" else {"error": url, "x": url}

    assert redact({place: value}) == {place: value}


def test_words_keep_what_is_no_secret():
    for words in ("see https://host/path", "a?b=c&d", "no token", "user@host", "12 % of 3://", "sig = 3"):
        assert redact_words(words) == words
    assert scrub_words("the pull-tok and the rest", [PULL_TOKEN]) == "the pull-tok and the rest"
    assert scrub_words("a" * 10_000, []) == "a" * 10_000
    assert scrub("a note", ["a"]) == "a note"


def test_hostile_words_take_no_time():
    words = "https" * 100_000 + "?&" * 100_000 + "://" + "@" * 100_000

    assert len(redact_words(words)) <= len(words)
    assert len(scrub_words(words, ["h" * 1_000_000])) <= 2048
