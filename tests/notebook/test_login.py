"""`%prominence login` and `whoami` in a real kernel and under nbclient, with a provider on loopback."""

import json
import os
import stat
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from tests.notebook.conftest import Kernel
from tests.notebook.test_kernel import error, texts, value
from tests.oidc_provider import SECRETS, USER_CODE, granted, oidc_provider
from tests.token_gate import token_gate

PATIENCE_S = 60
URL = "https://prominence.test/api/v1"


@pytest.fixture(scope="module")
def running():
    with oidc_provider() as running:
        yield running


@pytest.fixture(scope="module")
def home(running, local_service, tmp_path_factory):
    """A home of the tests' own, and the environment of who logs in there."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PROMINENCE_TOKEN", "PROMINENCE_OIDC_CLIENT_ID", "PROMINENCE_OIDC_CLIENT_SECRET"):
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(home))
        patch.setenv("PROMINENCE_OIDC_URL", running.url)
        patch.setenv("PROMINENCE_URL", URL)
        yield home


@pytest.fixture(scope="module")
def shared(home):
    """A kernel that has not been told of any service."""
    kernel = Kernel()
    kernel.run("%load_ext prominence_jupyter")
    kernel.run("from prominence_jupyter.login import device_code\ndevice_code._INTERVALS_S = (0.05, 60)")
    yield kernel
    kernel.stop()


@pytest.fixture
def token(home):
    """The token file, which is not there yet."""
    file = home / ".prominence" / "token"
    file.unlink(missing_ok=True)
    return file


@pytest.fixture
def kernel(shared):
    shared.displays = Displays()
    yield shared
    shared.run(f"import os\nos.environ.pop('PROMINENCE_TOKEN', None)\nos.environ['PROMINENCE_URL'] = {URL!r}")


@pytest.fixture
def provider(running):
    running.answers, running.interval = [granted()], 0.05  # where there is no kernel of its own, a second it is
    return running


class Displays(dict):
    """The displays of a kernel; each state of one is kept too."""

    def __init__(self):
        super().__init__()
        self.states = []

    def __setitem__(self, key, data):
        self.states.append(data)
        super().__setitem__(key, data)

    @property
    def last(self) -> dict:
        page, *countdown = self.values()
        assert countdown in ([], [{"text/plain": ""}])
        return page


def test_a_login_leaves_a_private_file_and_words_without_a_code(kernel, provider, token):
    provider.answers = ["authorization_pending", reply := granted(name="Jane <b>Doe</b>")]
    outputs = kernel.run("%prominence login")
    shown, last = kernel.displays.states, kernel.displays.last
    assert any(USER_CODE in data["text/plain"] and USER_CODE in data.get("text/html", "") for data in shown)
    assert any('href="https://provider.test/device" target="_blank"' in data.get("text/html", "") for data in shown)
    assert last["text/plain"].startswith("Logged in as Jane <b>Doe</b> (jane@site.test), until 20")
    assert "<b>" not in last["text/html"]
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert json.loads(token.read_text()) == reply

    said = texts(kernel.run("%prominence whoami"))
    assert "user     Jane <b>Doe</b> (jane@site.test)\n" in said
    assert f"token    from {token}\nexpires  20" in said
    assert f"service  {URL}" in said
    for secret in (*SECRETS, reply["access_token"]):
        assert secret not in json.dumps([outputs, shown, said])


def test_an_interrupt_cancels_it_and_leaves_no_token(kernel, provider, token):
    provider.answers = ["authorization_pending"]
    shown = error(kernel.run("%prominence login", interrupt_when="interrupt the cell to cancel"))
    assert shown["ename"] == "KeyboardInterrupt"
    assert "the login was interrupted; the token is as it was" in shown["evalue"]
    assert kernel.displays.last["text/plain"] == "Not logged in."
    assert {path.name for path in token.parent.iterdir()} <= {"client"}
    missing = error(kernel.run("%prominence whoami"))
    assert missing["ename"] == "TokenMissing"
    assert "%prominence login" in missing["evalue"]


def test_a_denied_login_is_a_short_error(kernel, provider, token):
    provider.answers = ["access_denied"]
    shown = error(kernel.run("%prominence login"))
    assert (shown["ename"], len(shown["traceback"])) == ("LoginDenied", 1)
    assert kernel.displays.last["text/plain"] == "Not logged in."


@pytest.mark.parametrize("answer", ["invalid_grant", "authorization_pending", {"refresh_token": SECRETS[2]}])
def test_the_longest_traceback_holds_no_secret(kernel, provider, token, answer):
    provider.answers = [answer]
    kernel.run("%xmode Verbose")
    words = "interrupt the cell to cancel" if answer == "authorization_pending" else None
    outputs = kernel.run("%prominence login", interrupt_when=words)
    kernel.run("%xmode Context")
    assert "login.py" in "\n".join(error(outputs)["traceback"])
    assert not [secret for secret in SECRETS if secret in json.dumps(outputs)]


def test_the_variable_wins_and_whoami_says_what_is_used(kernel, provider, token):
    expired = granted(name="John", left_s=-7300)["access_token"]
    kernel.run(f"import os\nos.environ['PROMINENCE_TOKEN'] = {expired!r}")
    said = texts(kernel.run("%prominence login"))
    assert "PROMINENCE_TOKEN is set, and comes before the token of a login" in said
    said = texts(kernel.run("%prominence whoami"))
    assert "user     John (jane@site.test)" in said
    assert "token    from the variable PROMINENCE_TOKEN\nexpires  20" in said
    assert " UTC, 2 hours ago: get a new one with %prominence login" in said
    assert expired not in said


CELL = """%%prominence_job one
{"resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1},
 "tasks": [{"image": "x", "runtime": "singularity", "cmd": "sleep 300"}]}"""
UNTIL = """
import json, time
from ipywidgets import widgets
from prominence_jupyter.panel.job_panel import JobPanel
def panel():
    (only,) = [found for found in widgets.widget._instances.values() if isinstance(found, JobPanel)]
    return json.dumps(only._view)
deadline = time.monotonic() + 30
while not (CONDITION):
    assert time.monotonic() < deadline, panel()
    time.sleep(0.05)
"""


def well(outputs):
    assert not [output for output in outputs if output["output_type"] == "error"]


def test_a_panel_goes_on_after_a_login(local_service, kernel, provider, token):
    with token_gate(local_service.url, local_service.token()) as gate:
        well(kernel.run(f"import os\nos.environ['PROMINENCE_URL'] = {gate.url!r}"))
        well(kernel.run("%config ProminenceMagics.longest_pause_s = 1\n%prominence login"))
        gate.accepted = json.loads(token.read_text())["access_token"]
        well(kernel.run(CELL))
        well(kernel.run(UNTIL.replace("CONDITION", "one.latest.status == 'running'")))
        gate.accepted = None
        well(kernel.run(UNTIL.replace("CONDITION", "'with a new token this does too' in panel()")))
        said = value(kernel, "panel()")
        assert "no news since " in said
        assert "%prominence login" in said
        provider.answers = [reply := granted()]
        gate.accepted = reply["access_token"]
        well(kernel.run("%prominence login"))
        well(kernel.run(UNTIL.replace("CONDITION", "'no news' not in panel()")))
        well(kernel.run("one.delete()\none.wait(30)"))


def test_a_saved_notebook_says_who_logged_in_and_no_code(provider, home, token):
    provider.answers = ["authorization_pending", reply := granted(), "authorization_pending", "expired_token"]
    cells = ["%load_ext prominence_jupyter\n%prominence login", "%prominence whoami", "%prominence login"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    config = Config({"KernelManager": {"transport": "ipc", "ip": str(home / "k")}})
    NotebookClient(notebook, timeout=PATIENCE_S, kernel_name="python3", config=config, allow_errors=True).execute()
    (login, _), (who,), (display, _, failed) = (cell.outputs for cell in notebook.cells)
    assert login["data"]["text/plain"].startswith("Logged in as Jane Doe (jane@site.test), until 20")
    assert who["data"]["text/plain"].startswith("user     Jane Doe")
    assert display["data"]["text/plain"] == "Not logged in."  # with nobody there a login ends with its code
    assert failed["ename"] == "LoginLapsed"
    saved = nbformat.writes(notebook)
    assert not [secret for secret in (*SECRETS, USER_CODE, reply["access_token"]) if secret in saved]


def test_in_a_terminal_it_is_lines(provider, home, token):
    script = home / "script.ipy"
    script.write_text("%load_ext prominence_jupyter\n%prominence login\n")
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", str(script)]
    environ = os.environ | {"IPYTHONDIR": str(home / "ipython")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, env=environ, check=False)
    first, last, *_ = done.stdout.splitlines()
    assert first == f"To log in, open https://provider.test/device and enter the code {USER_CODE}"
    assert last.startswith("Logged in as Jane Doe (jane@site.test), until 20")
