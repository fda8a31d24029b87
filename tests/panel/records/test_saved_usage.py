"""Records of usage and advice in a saved notebook, through nbconvert's exporters: hostile text stays text."""

import nbformat
import pytest
from nbconvert import HTMLExporter, LatexExporter, MarkdownExporter
from nbconvert.filters import markdown2html

from prominence_jupyter.panel.records.advice_record import advice_record_html, advice_record_text
from prominence_jupyter.panel.records.usage_record import usage_record_html, usage_record_text
from tests.panel.records import test_advice_record, test_usage_record
from tests.panel.records.page import RECORD_TAGS, Page
from tests.panel.records.test_saved_notebook import HOSTILE

WIDE = 200


def notebook(text):
    """Return a notebook that holds a record of jobs, one of groups and one of advice."""
    job = test_usage_record.job(id=text, name=text, status=text, succeeded=None, remarks=text)
    jobs = test_usage_record.account(job, noticed={text: 1})
    groups = test_usage_record.account(test_usage_record.group(text), by=text)
    one = test_advice_record.group(text, text, why=text, resources=text)
    advice = test_advice_record.account(one, verdicts={text: 1})
    bundles = [
        {"text/html": usage_record_html(jobs), "text/plain": usage_record_text(jobs, WIDE)},
        {"text/html": usage_record_html(groups), "text/plain": usage_record_text(groups, WIDE)},
        {"text/html": advice_record_html(advice), "text/plain": advice_record_text(advice, WIDE)},
    ]
    outputs = [nbformat.v4.new_output("execute_result", data=bundle) for bundle in bundles]
    cell = nbformat.v4.new_code_cell("%prominence usage", outputs=outputs)
    return nbformat.v4.new_notebook(cells=[cell])


HARMFUL, HARMLESS = notebook(HOSTILE), notebook("plain")


@pytest.mark.parametrize(("exporter", "rendered"), [(HTMLExporter, str), (MarkdownExporter, markdown2html)])
def test_a_page_gets_nothing_but_text_from_a_record(exporter, rendered):
    page, plain = (Page(rendered(exporter().from_notebook_node(book)[0])) for book in (HARMFUL, HARMLESS))
    added = page.tags - plain.tags
    assert {tag for tag, _ in added} <= RECORD_TAGS
    assert {attributes for _, attributes in added} <= {(), ("style",)}
    assert page.text.count("<script>") - plain.text.count("<script>") >= 8
    assert "\u202e" not in page.text


def test_latex_gets_nothing_but_text_from_a_record():
    tex, plain = (LatexExporter().from_notebook_node(book)[0] for book in (HARMFUL, HARMLESS))
    assert "script" in tex
    for command in ("\\input", "\\href", "\\end{Verbatim}"):
        assert tex.count(command) == plain.count(command)
