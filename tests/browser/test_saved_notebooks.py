"""Notebooks saved while a job runs: reopened in both apps, without a kernel and with a fresh one, trusted and not."""

import os
import re
import secrets
from types import SimpleNamespace

import nbformat
import pytest
from nbconvert import HTMLExporter, LatexExporter, MarkdownExporter
from nbconvert.filters import markdown2html
from nbformat.sign import NotebookNotary

from tests.browser.jupyter import CHANGE_THEME, CLOSE_SIDE_BARS, KERNEL_IS_IDLE, PAGE_TIMEOUT_MS, open_in
from tests.browser.test_submission import shots
from tests.notebook.test_kernel import job
from tests.panel.records.test_saved_notebook import HARMFUL

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
COMMANDS = {
    "short": "/bin/sh -c \"printf '\\033[32mone\\033[0m <b>two</b>\\n'\"",
    "bad": "/bin/sh -c 'echo the input is missing >&2; exit 3'",
    "slow": "/bin/sh -c 'echo begun; while [ ! -e {done} ]; do sleep 0.1; done; echo the end'",
}
CELLS = (
    "%env PROMINENCE_LOCAL_DIR={where}\n%load_ext prominence_jupyter\n%prominence local",
    *(f"%%prominence_job {name}\n{{{name}}}" for name in COMMANDS),
    "short.wait(), bad.wait();",
    "%prominence watch short bad",
    "%prominence watch short slow",
)
ENDED = (
    "✓ completed · short-one · job {short}",
    "exit code",
    "CPU time",
    "peak memory",
    "Output, 24 bytes:",
    "one <b>two",
)
FAILED = ("✗ completed, exit code 3 · bad-one · job {bad}", "No output.", "standard error:", "the input is missing")
SET_ENDED = (
    "2 jobs · ✓ 1 completed · ✗ 1 non-zero exit",
    "submitted",
    "short-one",
    "bad-one",
    "✗ completed, exit code 3",
)
GOES_ON = ("◐ running · slow-one · job {slow} · as of 20", " UTC · refresh with %prominence watch {slow}")
SET_GOES_ON = (
    "2 jobs · ✓ 1 completed · ◐ 1 running · as of 20",
    " UTC · refresh with %prominence watch {short} {slow}",
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)></pre></div>[a](javascript:alert(1))"

LOST = {"python3": "Error displaying widget: model not found", "elsewhere": "Loading widget..."}
"""What a trusted page says in place of a live view whose kernel is gone: with a fresh kernel and with none."""
THEME_IS = "(theme) => document.body.dataset.jpThemeName === theme"
RUN_A_CELL = """(code) => {
    const {commands, shell} = window.jupyterapp;
    const notebook = shell.currentWidget.content;
    notebook.activeCellIndex = notebook.widgets.length - 1;
    commands.execute('notebook:insert-cell-below').then(() => {
        notebook.activeCell.model.sharedModel.setSource(code);
        commands.execute('notebook:run-cell');
    });
}"""


@pytest.fixture(scope="module")
def story(browser, jupyter_server, local_service, tmp_path_factory):
    """A notebook open in JupyterLab in which two jobs have ended and one goes on; and what JupyterLab saved of it."""
    done = tmp_path_factory.mktemp("story") / "done"
    jobs = {name: job(cmd.format(done=done), name=f"{name}-one") for name, cmd in COMMANDS.items()}
    cells = [cell.format(where=os.environ["PROMINENCE_LOCAL_DIR"], **jobs) for cell in CELLS]
    notebook = open_in(browser, jupyter_server, cells, height=2400)
    notebook.run_all()
    notebook.wait_idle()
    for words in (SET_ENDED, SET_GOES_ON, GOES_ON):
        records = notebook.page.locator(".jp-OutputArea-output").filter(has_text=words[0].partition(" · job")[0])
        records.first.wait_for()
    notebook.page.locator(".prominence-jobs").get_by_text("slow-one").wait_for()
    shots(notebook, "saved-live")
    saved = notebook.saved()
    records = [cell.outputs[-1]["data"]["text/plain"] for cell in saved.cells[1:4]]
    ids = {name: re.search(r" · job (\d+)", text)[1] for name, text in zip(COMMANDS, records, strict=True)}
    yield SimpleNamespace(notebook=notebook, saved=saved, ids=ids, done=done)
    done.touch()
    notebook.page.context.close()
    jupyter_server.stop_kernels([notebook])


@pytest.fixture
def notary(jupyter_server):
    """The signatures of the server's user."""
    return NotebookNotary(data_dir=str(jupyter_server.root / "jupyter_data_dir"))


@pytest.fixture
def reader(browser):
    opened = Reader(browser)
    yield opened
    opened.context.close()


class Reader:
    """A page in which someone reads a notebook, and what it does that it should not do."""

    def __init__(self, browser):
        self.context = browser.new_context(viewport={"width": 1100, "height": 2700})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PAGE_TIMEOUT_MS)
        self.harm = []
        self.page.on("dialog", lambda dialog: (self.harm.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self._note(request.url))

    def _note(self, url):
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:", "file:")):
            self.harm.append(url)

    def open_notebook(self, server, path, app):
        where = f"lab/workspaces/{secrets.token_hex(8)}/tree" if app == "lab" else "notebooks"
        self.page.goto(f"{server.url}/{where}/{path.relative_to(server.root).as_posix()}?token={server.token}")

    def take_no_kernel(self):
        dialog = self.page.locator(".jp-Dialog")
        dialog.locator("select").select_option(label="No Kernel")
        dialog.locator(".jp-mod-accept").click()
        dialog.wait_for(state="detached")

    def open_page(self, source, path):
        """Open a page from the disk; nothing comes from anywhere else."""
        path.write_text(source)
        self.page.route(re.compile("^(?!file:)"), lambda route: route.abort())
        self.page.goto(path.as_uri())
        return self.page.inner_text("body")

    def outputs(self):
        return [output.inner_text() for output in self.page.locator(".jp-OutputArea-output").all()]

    def shots(self, name):
        """Keep pictures in the light and in the dark theme, where they were asked for."""
        for theme in ("Light", "Dark") if "PROMINENCE_TEST_SHOTS" in os.environ else ():
            self.page.evaluate(CHANGE_THEME, f"JupyterLab {theme}")
            self.page.wait_for_function(THEME_IS, arg=f"JupyterLab {theme}")
            self.page.locator("#jupyterlab-splash").wait_for(state="detached")
            self.page.locator(".jp-Notebook").wait_for()
            shots(self, f"saved-{name}-{theme.lower()}")


def with_harm(story, kernel):
    """Return a copy of the saved notebook with records of hostile jobs; one for a kernel that is not here has none."""
    book = nbformat.reads(nbformat.writes(story.saved), as_version=4)
    book.cells += HARMFUL.cells
    if kernel == "elsewhere":
        book.metadata = {"kernelspec": {"name": kernel, "display_name": kernel, "language": kernel}}
    return book


def tells_all(text, ids):
    """Assert that a text has a readable account of every job and set of the story."""
    for words in (*ENDED, *FAILED, *SET_ENDED, *GOES_ON, *SET_GOES_ON):
        assert words.format(**ids) in text


def test_jupyterlab_saves_small_records_and_signs_them(story, notary):
    assert notary.check_signature(story.saved)
    assert "widgets" not in story.saved.metadata
    assert len(nbformat.writes(story.saved)) < 50_000
    views = [WIDGET_VIEW in output.get("data", {}) for cell in story.saved.cells[1:] for output in cell.outputs]
    assert sum(views) == 3  # of what goes on, and the table of ended jobs that was asked for
    for form in ("text/html", "text/plain"):
        assert "widget" not in str([output.data.get(form) for cell in story.saved.cells[1:] for output in cell.outputs])


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
@pytest.mark.parametrize("kernel", ["python3", "elsewhere"], ids=["fresh-kernel", "no-kernel"])
@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_a_reopened_notebook_tells_all(story, notary, reader, jupyter_server, app, kernel, trusted):
    book = with_harm(story, kernel)
    if trusted:
        notary.sign(book)
    else:
        book.cells[0].source += " "  # a byte that differs from what was signed
    path = story.notebook.path.with_name(f"{secrets.token_hex(4)}.ipynb")
    nbformat.write(book, path)

    reader.open_notebook(jupyter_server, path, app)
    if kernel == "elsewhere":
        reader.take_no_kernel()
    else:
        reader.page.wait_for_function(KERNEL_IS_IDLE)
    if app == "lab":
        reader.page.evaluate(CLOSE_SIDE_BARS)
    if trusted:
        reader.page.get_by_text(LOST[kernel]).nth(1).wait_for()
    reader.page.get_by_text("1 job · ✗ 1 failed").wait_for()  # the last of all
    reader.shots("-".join((app, kernel, "trusted" if trusted else "untrusted")))

    outputs = reader.outputs()
    tells_all("\n".join(outputs), story.ids)
    for words in (GOES_ON, SET_GOES_ON):
        at = next(at for at, output in enumerate(outputs) if words[0].format(**story.ids) in output)
        assert outputs[at - 1] == (LOST[kernel] if trusted else "")
    assert "\n".join(outputs).count(HOSTILE) > 10
    assert reader.harm == []


def test_converted_to_html_it_tells_all_and_fetches_what_any_notebook_does(story, reader, browser, tmp_path):
    plain = Reader(browser)
    plain.open_page(HTMLExporter().from_notebook_node(nbformat.v4.new_notebook())[0], tmp_path / "plain.html")
    plain.context.close()
    text = reader.open_page(HTMLExporter().from_notebook_node(with_harm(story, "python3"))[0], tmp_path / "page.html")
    shots(reader, "saved-html")
    tells_all(text, story.ids)
    assert text.count(HOSTILE) > 10
    assert reader.harm == plain.harm


@pytest.mark.parametrize("styled", [True, False], ids=["styles-only", "no-styles"])
def test_as_markdown_it_tells_all_with_its_styles_and_without(story, reader, tmp_path, styled):
    source = markdown2html(MarkdownExporter().from_notebook_node(with_harm(story, "python3"))[0])
    page = source if styled else re.sub(' style="[^"]*"', "", source)
    text = reader.open_page(f"<!DOCTYPE html><meta charset='utf-8'>{page}", tmp_path / "page.html")
    shots(reader, f"saved-markdown-{'styled' if styled else 'bare'}")
    tells_all(text, story.ids)
    assert reader.harm == []


def test_as_latex_it_tells_all(story):
    source = LatexExporter().from_notebook_node(with_harm(story, "python3"))[0]
    tells_all(source.replace("\\%", "%"), story.ids)


def test_after_a_reload_the_live_view_goes_on_and_the_dated_record_says_how_to_refresh_it(story):
    notebook, page = story.notebook, story.notebook.page
    notebook.reload()
    panel = page.locator(".prominence-job").first
    panel.get_by_role("log").get_by_text("begun").wait_for()
    page.locator(".prominence-jobs").get_by_text("slow-one").wait_for()
    shots(notebook, "saved-reloaded")
    story.done.touch()
    panel.get_by_role("log").get_by_text("the end").wait_for()
    panel.get_by_text("completed").first.wait_for()
    tells_all(page.inner_text(".jp-Notebook"), story.ids)  # the records are as they were

    page.evaluate(RUN_A_CELL, f"%prominence watch {story.ids['slow']}")
    newest = page.locator(".jp-CodeCell").last.locator(".jp-RenderedHTML").filter(has_text="the end")
    newest.filter(has_text=f"✓ completed · slow-one · job {story.ids['slow']}").wait_for()
    shots(notebook, "saved-refreshed")
