"""A JupyterLab server, a headless Chromium and a notebook open in it, for browser tests and benchmarks."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat
import psutil

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = (
    "there is no Chromium: install Debian's chromium (apt-get install chromium), "
    "or name a Chromium with PROMINENCE_TEST_CHROMIUM"
)
CHROMIUM_ARGS = (
    "--no-sandbox",  # containers have no user namespaces; every page is ours, on loopback
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGE_TIMEOUT_MS = 60_000
KERNEL_IS_IDLE = """() => {
    const widget = window.jupyterapp?.shell?.currentWidget;
    return widget?.context?.isReady && widget.sessionContext?.session?.kernel?.status === 'idle';
}"""
CELLS_ARE_DONE = """() => {
    const widget = window.jupyterapp.shell.currentWidget;
    const waits = [...widget.content.widgets].some(cell => cell.promptNode?.textContent?.includes('*'));
    return !waits && widget.sessionContext.session.kernel.status === 'idle';
}"""

CLOSE_SIDE_BARS = """() => {
    window.jupyterapp.shell.collapseLeft();
    window.jupyterapp.shell.collapseRight();
}"""
CHANGE_THEME = """async (theme) => {
    await window.jupyterapp.commands.execute('apputils:change-theme', {theme});
}"""
CLEAR = """async () => {
    await window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
    getSelection().removeAllRanges();
    document.activeElement?.blur();
}"""
WRITE = """(code) => {
    window.jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel.setSource(code);
}"""
OURS = ".prominence-job, .prominence-jobs, .prominence-workflow"


def chromium():
    """Path of the Chromium to test with, None where there is none."""
    named = os.environ.get("PROMINENCE_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@contextmanager
def launched():
    """Run a headless Chromium within a ``with`` block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), headless=True, args=list(CHROMIUM_ARGS))
        yield started
        started.close()


def open_in(browser, server, cells, *, dark=False, width=1200, height=900, app="lab", name=None):
    """Open a new notebook with the given cells in a page of its own; return its `NotebookPage`, the kernel ready.

    ``app`` is "lab" or "notebook"; ``dark`` uses the dark theme; ``width`` and ``height`` are those of the window, in
    pixels; JupyterLab's side bar is closed, so that the notebook has most of it.
    """
    folder = Path(tempfile.mkdtemp(dir=server.root))
    path = folder / f"{name or 'test'}.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "python3", "language": "python"}
    nbformat.write(notebook, path)
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.set_default_timeout(PAGE_TIMEOUT_MS)
    # A workspace of its own: JupyterLab would open again what another test had open.
    where = f"lab/workspaces/{secrets.token_hex(8)}/tree" if app == "lab" else "notebooks"
    place = path.relative_to(server.root).as_posix()
    page.goto(f"{server.url}/{where}/{place}?token={server.token}")
    page.wait_for_function(KERNEL_IS_IDLE)
    if app == "lab":
        page.evaluate(CLOSE_SIDE_BARS)
    opened = NotebookPage(page, path)
    opened.use_theme(dark=dark)  # the server remembers the last
    return opened


class NotebookPage:
    """A notebook open in a page, its kernel ready."""

    def __init__(self, page, path):
        self.page = page
        self.path = path

    def use_theme(self, *, dark):
        """Change to the dark or the light theme."""
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.evaluate(CHANGE_THEME, "JupyterLab Dark" if dark else "JupyterLab Light")
        self.page.wait_for_function(
            "(light) => document.body.dataset.jpThemeLight === light", arg=str(not dark).lower()
        )

    def begin_anew(self, code, *, dark=False, width=1200, height=900):
        """Take away all that is shown, and let the one cell hold this code; the kernel stays."""
        self.page.evaluate(CLEAR)
        self.page.mouse.move(0, 0)
        self.run_code("import ipywidgets; ipywidgets.Widget.close_all()")
        self.page.locator(OURS).first.wait_for(state="detached")
        self.page.set_viewport_size({"width": width, "height": height})
        self.use_theme(dark=dark)
        self.page.evaluate(WRITE, code)

    def is_idle(self):
        """Tell whether no cell runs, and the kernel is the one that the page had."""
        return self.page.evaluate(CELLS_ARE_DONE)

    def run_all(self):
        """Start all cells; `wait_idle` waits for their end."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); return 1; }")

    def wait_idle(self, timeout_ms=PAGE_TIMEOUT_MS):
        self.page.wait_for_function(CELLS_ARE_DONE, timeout=timeout_ms)

    def save(self):
        self.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.context.save(); return 1; }")

    def saved(self):
        """Save, and return the notebook as it is on the disk."""
        self.save()
        return nbformat.read(self.path, as_version=4)

    def reload(self):
        """Load the page anew; the kernel goes on."""
        self.page.reload()
        self.wait_ready()

    def shut_down_kernel(self):
        self.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")

    def wait_ready(self):
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context?.isReady")

    def run_code(self, code):
        """Run code in the notebook's kernel without a cell, and wait until it has run."""
        self.page.evaluate(
            """async (code) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                await kernel.requestExecute({code}).done;
                return 1;
            }""",
            code,
        )

    def value(self, expression):
        """The value of an expression in the notebook's kernel, which must be JSON; no cell may run."""
        return self.page.evaluate(
            """async (expression) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const value = `__import__('json').dumps(${expression}).encode().hex()`;
                const {content} = await kernel.requestExecute({code: '', user_expressions: {value}}).done;
                const hex = content.user_expressions.value.data['text/plain'].slice(1, -1);
                const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
                return JSON.parse(new TextDecoder().decode(bytes));
            }""",
            expression,
        )


class JupyterServer:
    """A Jupyter server on loopback with a root folder of its own."""

    def __init__(self, root):
        self.root = root
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.token = secrets.token_hex()
        self.url = f"http://127.0.0.1:{self.port}"
        settings = root / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        self.log = (root / "server.log").open("w")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
                *(f"--port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
                f"--IdentityProvider.token={self.token}",
                *("--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"),
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            ],
            stdout=self.log,
            stderr=self.log,
            env=self._environment(),
        )
        self._wait_ready()

    def _environment(self):
        folders = {
            name: str(self.root / name.lower())
            for name in (
                *("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"),
                *("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"),
            )
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return os.environ | folders | {"PATH": path}

    def _wait_ready(self):
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                self.api("status")
            except OSError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise RuntimeError((self.root / "server.log").read_text())

    def api(self, path, method="GET"):
        """Ask the server's own REST API; returns JSON, None for an empty answer."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def stop_kernels(self, notebooks):
        """Stop the kernels of some `NotebookPage`."""
        paths = {notebook.path.relative_to(self.root).as_posix() for notebook in notebooks}
        for session in self.api("sessions"):
            if session["path"] in paths:
                self.api(f"sessions/{session['id']}", method="DELETE")

    def stop(self):
        kernels = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        self.process.terminate()
        self.process.wait(30)
        for kernel in kernels:
            try:
                kernel.kill()
            except psutil.NoSuchProcess:
                continue
        self.log.close()
