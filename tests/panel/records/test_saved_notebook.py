"""Records in a saved notebook, through nbconvert's exporters: hostile text executes nothing and loads nothing."""

import nbformat
import pytest
from nbconvert import HTMLExporter, LatexExporter, MarkdownExporter
from nbconvert.filters import markdown2html

from prominence_jupyter.panel.records.record import record_html, record_text
from prominence_jupyter.panel.records.set_record import set_record_html, set_record_text
from prominence_jupyter.panel.views.view import job_view
from prominence_jupyter.protocol.record import JobRecord
from tests.panel.records.page import RECORD_TAGS, Page
from tests.panel.records.test_set_record import account, record

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)></pre></div>"
    "[a](javascript:alert(1)) ![b](http://tracker.test/c.png) $\\href{javascript:alert(1)}{d}$"
    "\\end{Verbatim}\\input{/etc/passwd}\u202e"
)
LOG = (
    f"{HOSTILE}\n\n{HOSTILE}\n   \n    {HOSTILE}\n\n\x1b[31m# {HOSTILE}\x1b[0m\n".encode() + b"\xff\x1b]8;;http://x\x07"
)


def notebook(text, log):
    """Return a notebook that holds the records of a job in progress, of an ended one and of a set."""
    answer = {"id": 12, "name": text, "statusReason": text, "labels": {"k": text}, "execution": {"site": text}}
    answer |= {"tasks": [{"image": text, "cmd": text}]}
    going_on = job_view(JobRecord.from_json(answer | {"status": "running"}), stale=text)
    ended = job_view(JobRecord.from_json(answer | {"status": "failed"}), ended=True, url=text)
    one = {"total_bytes": len(log), "refresh": text, "output_trouble": text, "errors": log}
    jobs = account(record(1, "failed", name=text, statusReason=text))
    bundles = [
        {"text/html": record_html(going_on, log, **one), "text/plain": record_text(going_on, log, **one)},
        {"text/html": record_html(ended, log, **one), "text/plain": record_text(ended, log, **one)},
        {"text/html": set_record_html(jobs), "text/plain": set_record_text(jobs)},
    ]
    outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in bundles]
    cell = nbformat.v4.new_code_cell("%prominence watch 12", outputs=outputs)
    return nbformat.v4.new_notebook(cells=[cell])


HARMFUL, HARMLESS = notebook(HOSTILE, LOG), notebook("plain", b"one\n\ntwo\n")


def as_html(exported):
    return exported


def as_markdown(exported):
    return markdown2html(exported)


@pytest.mark.parametrize(("exporter", "rendered"), [(HTMLExporter, as_html), (MarkdownExporter, as_markdown)])
def test_a_page_gets_nothing_but_text_from_a_record(exporter, rendered):
    page, plain = (Page(rendered(exporter().from_notebook_node(book)[0])) for book in (HARMFUL, HARMLESS))
    added = page.tags - plain.tags
    assert {tag for tag, _ in added} <= RECORD_TAGS
    assert {attributes for _, attributes in added} <= {(), ("style",)}
    assert page.text.count("<script>alert(1)</script><img src=x onerror=alert(1)></pre></div>[a](javascript:") > 10
    assert "\u202e" not in page.text


def test_latex_gets_nothing_but_text_from_a_record():
    tex, plain = (LatexExporter().from_notebook_node(book)[0] for book in (HARMFUL, HARMLESS))
    assert "script" in tex
    for command in ("\\input", "\\href", "\\end{Verbatim}"):
        assert tex.count(command) == plain.count(command)
