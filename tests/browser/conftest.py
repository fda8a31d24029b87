"""One JupyterLab server for all browser tests, one Chromium for each module, one page for each notebook or module.

A test asks for `open_notebook` and gets a `NotebookPage`::

    def test_it_runs(open_notebook):
        notebook = open_notebook(["print('hello')"])
        notebook.run_all()
        notebook.wait_idle()

Chromium lives for a module, not longer: Playwright's event loop must be gone when other tests start their own.
"""

import importlib.util
import os
from pathlib import Path

import pytest

from tests.browser.jupyter import NO_CHROMIUM, JupyterServer, chromium, launched, open_in
from tests.browser.panel_page import MADE_UP, PanelPage

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@pytest.fixture(scope="session")
def jupyter_server(tmp_path_factory):
    server = JupyterServer(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser():
    with launched() as started:
        yield started


@pytest.fixture
def open_notebook(browser, jupyter_server):
    """Return a function that opens a notebook with the given cells and returns its `NotebookPage`, see `open_in`."""
    opened = []

    def open_one(cells, *, app="lab", **options):
        _skip_without(app)
        opened.append(open_in(browser, jupyter_server, cells, app=app, **options))
        return opened[-1]

    yield open_one
    _close(jupyter_server, opened)


@pytest.fixture(scope="module")
def kept_pages(browser, jupyter_server):
    """The pages that tests of a module share, by application: to open one takes longer than most tests."""
    pages = {}
    yield pages
    _close(jupyter_server, pages.values())


@pytest.fixture
def run_cell(browser, jupyter_server, kept_pages):
    """Return a function that runs one cell where another test of the module ran one, and returns the `NotebookPage`.

    Each cell finds an empty page, but a kernel that has done other things before; see `NotebookPage.begin_anew`.
    """
    used = {}

    def run_one(code, *, app="lab", **options):
        _skip_without(app)
        if app not in kept_pages:
            kept_pages[app] = open_in(browser, jupyter_server, [""], app=app)
        used[app] = kept_pages[app]
        used[app].begin_anew(code, **options)
        used[app].run_all()
        return used[app]

    yield run_one
    for app, notebook in used.items():
        if not notebook.is_idle():  # a test that failed has left it so
            _close(jupyter_server, [kept_pages.pop(app)])


@pytest.fixture
def show_panel(run_cell):
    """Return a function that shows a panel by code for a cell, see `MADE_UP`, and returns the first `PanelPage`."""

    def show_one(code, **options):
        panel = PanelPage(run_cell(MADE_UP + code, **options))
        panel.log.wait_for()
        return panel

    return show_one


@pytest.fixture
def start(local_service):
    """The first cell of a notebook that uses the tests' local service."""
    where = os.environ["PROMINENCE_LOCAL_DIR"]
    return f"%env PROMINENCE_LOCAL_DIR={where}\n%load_ext prominence_jupyter\n%prominence local"


@pytest.fixture
def done(tmp_path):
    """A file that ends a cell with the code `GOES_ON`, when the test has seen what it wants to see."""
    return tmp_path / "done"


def _skip_without(app):
    if app == "notebook" and importlib.util.find_spec("notebook") is None:
        pytest.skip("Notebook 7 is not installed: pip install notebook")


def _close(server, notebooks):
    for notebook in notebooks:
        notebook.page.context.close()
    server.stop_kernels(notebooks)
