"""What redaction hides in a value is hidden in the text too, and in a broken cell as well as can be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.magics.cell.json_text import parse
from prominence_jupyter.magics.cell.json_text.secrets import secret_spans
from prominence_jupyter.protocol.redaction import HIDDEN, redact

NAMES = st.sampled_from(
    [
        *["inputs", "content", "filename", "imagePullCredential", "username", "token", "storage", "type", "onedata"],
        *["env", "labels", "url", "image", "name", "tasks", "mountpoint"],
    ]
)
VALUES = st.sampled_from(
    ["s3cret-one", "s3cret-two", "https://host/a?sig=s3cret", "https://me:s3cret@host/x", 12345678]
)
DESCRIPTIONS = st.recursive(
    VALUES, lambda i: st.lists(i, max_size=3) | st.dictionaries(NAMES, i, max_size=4), max_leaves=8
)


def paths(value, path=()):
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from paths(item, (*path, step))


def blanked(text, spans):
    for start, end in spans:
        text = text[:start] + "~" * (end - start) + text[end:]
    return text


@given(DESCRIPTIONS, st.sampled_from([None, 2]))
def test_what_redaction_hides_is_hidden_in_the_text(value, indent):
    text = json.dumps(value, indent=indent)
    document = parse(text)
    spans = document.secret_spans()
    assert spans == sorted(spans)
    shown = blanked(text, spans)
    shown_value = redact(value)
    for path, leaf in paths(value):
        if isinstance(leaf, dict | list):
            continue
        kept = shown_value
        for step in path:
            if kept == HIDDEN:
                break
            kept = kept[step]
        if kept != leaf:
            start, end = document.span(path)
            assert str(leaf) not in shown[start:end]
            assert "~" in shown[start:end]
    assert "?sig=s3cret" not in shown
    assert "me:s3cret" not in shown


def test_what_is_no_secret_is_shown():
    text = """{"imagePullCredential": {"username": "me"}, "inputs": [{"filename": "a.txt", "executable": true}],
        "storage": {"type": "b2drop", "mountpoint": "/mnt"}, "env": {"inputs": "x"}, "image": "docker://a/b:1",
        "artifacts": [{"url": "https://host/file"}], "resources": {"cpus": 1}}"""
    assert parse(text).secret_spans() == []


@pytest.mark.parametrize(
    "text",
    [
        '{"imagePullCredential": {"username": "me", "token": "s3cret" "x"',
        '{"imagePullCredential": "username": "me", "token": "s3cret"}',
        "{'imagePullCredential': {'username': 'me', 'token': 's3cret'}}",
        "imagePullCredential: {username: me, token: s3cret}",
        '{"imagePullCredential": {"username": "me", "token": "s3cret',
        '{"imagePullCredentials": {"pass": "s3cret"}}',
        '{"imagePullCredential": ["me", s3cret]}',
        '{"token" = "s3cret"}',
        '{"token": “s3cret”}',
        '{"token": "abc"s3cret"}',
        '{"token": abc-s3cret}',
        '{"token": """s3cret"""}',
        '{"name": "x", // "token": "s3cret"',
        '{"storage": {"type": "onedata", "onedata": {"provider": "p", "key": s3cret}',
        '{"inputs": [{"filename": "a", "content": "s3cret\nmore"}]}',
        '{"artifacts": [{"url": "https://host/a?signature=s3cret", }]}',
        '{"artifacts": [{"ulr": "https://me:s3cret@host/a"}]}',
        r'{"artifacts": [{"url": "https:\/\/host\/a\u003fs3cret"}]}',
        '{"url": https://host/a?signature=s3cret}',
        '{"cmd": "curl https://host/a#s3cret"}',
        "[" * 30 + '"s3cret"',
    ],
)
def test_secrets_are_found_in_broken_cells(text):
    assert "s3cret" not in blanked(text, secret_spans(text))
