import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.redaction import HIDDEN, redact, redact_url, scrub

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
