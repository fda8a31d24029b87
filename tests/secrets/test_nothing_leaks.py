"""A scan of all that a run leaves: it finds no user token, pull token, input content or signed query.

Left out of the scan, since they are where secrets belong: the environment of the kernel, in which a user has put them;
what the local service keeps to run jobs with (its folder is the user's alone: that is checked); and the token that each
job has of its own, which is no secret of the user's.
"""

import json
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from tests.notebook.conftest import Kernel
from tests.secrets.known_secrets import (
    ALL,
    CONTENT_AS_SENT,
    PULL_TOKEN,
    SIGNED_QUERY,
    USER_TOKEN,
    forms,
    found_in,
    found_in_files,
    found_in_processes,
)
from tests.secrets.quoting_service import quoting

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

WITHIN_S = 30
BEGIN = """
import logging, os
logging.basicConfig(filename="debug.log", level=logging.DEBUG, force=True)
%load_ext prominence_jupyter
%xmode Verbose
pull_token, content, query = (os.environ[name] for name in ("PULL", "CONTENT", "QUERY"))

def description(**more):
    credential = {"username": "user", "token": pull_token}
    task = {"image": "busybox", "cmd": "true", "imagePullCredential": credential}
    resources = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}
    return {"resources": resources, "tasks": [task], "inputs": [{"filename": "a", "content": content}], **more}

def signed():
    return [{"url": f"https://store.test/a?{query}", "mountpoint": "a:/a"}]
"""
JOB = """\
{
  "name": "one",
  "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1},
  "tasks": [{"image": "busybox", "cmd": "%s",
             "imagePullCredential": {"username": "user", "token": "{{ pull_token }}"}}],
  "inputs": [{"filename": "a", "content": "{{ content }}"}]
}
"""
SIGNED = JOB.replace(
    '"inputs"', '"artifacts": [{"url": "https://store.test/a?{{ query }}", "mountpoint": "a:/a"}],\n  "inputs"'
)
ON_THE_LOCAL_SERVICE = [
    "%prominence local",
    f"%%prominence_job well --wait\n{JOB % 'echo well'}",
    f"%%prominence_job bad --wait\n{JOB % 'false'}",
    f"%%prominence_job --dry-run\n{JOB % 'true'}",
    "well",
    "well.record.raw",
    "%prominence describe well",
    "%prominence list --completed --last 5",
    "%prominence usage",
    f"%%prominence_job long\n{JOB % 'sleep 600'}",
]
ON_A_SERVICE_THAT_QUOTES = [
    f"%%prominence_job\n{SIGNED % 'true'}",
    f"%%prominence_job\n{SIGNED.replace('busybox', 'busy box') % 'true'}",
    f"%%prominence_job\n{SIGNED.replace('},', '}') % 'true'}",
    f"%%prominence_job\n{SIGNED.replace('inputs', 'inptus') % 'true'}",
    "%prominence list",
    "%prominence list --all",
    "%prominence list --completed --last 3",
    "%prominence list --live",
    "%prominence describe 1",
    "%prominence describe 3",
    "%prominence watch 1",
    "%prominence watch 1 2",
    "%prominence stdout 1",
    "%prominence delete 1",
    "%prominence clone 1",
    "%prominence usage --last 3",
    "%prominence usage --advice",
    "%prominence cache",
    "session.completed(3).to_dict()",
    "session.tasks(3).to_dict()",
    "session.job(1).record",
    "vars(type(session.job(2)))",
    "session.job(3)",
    "session.job(1).delete()",
    "session.submit(description(artifacts=signed()))",
    "session.submit(description(artifacts=signed(), tasks=3))",
    "session.submit(description(name=float('nan')))",
]
INTERRUPTED = [
    f"%%prominence_job\n{SIGNED % 'true'}",
    "%prominence list",
    "session.submit(description(artifacts=signed()))",
    "session.jobs()",
    "session.completed(3)",
    "session.job(1).stdout()",
]


class Recorded(Kernel):
    """A kernel of which all that it tells a front end is kept."""

    def __init__(self):
        super().__init__()
        self.heard, listen = [], self.client.get_iopub_msg

        def get(**options):
            message = listen(**options)
            self.heard.append(message)
            return message

        self.client.get_iopub_msg = get
        self.notebook = nbformat.v4.new_notebook()

    def run(self, code, **options):
        outputs = super().run(code, **options)
        cell = nbformat.v4.new_code_cell(code)
        cell.outputs = [nbformat.from_dict({"metadata": {}} | one) for one in outputs]
        self.notebook.cells.append(cell)
        return outputs

    def interrupted(self, code, service):
        """Run a cell and interrupt it while its request hangs."""
        while service.asked.acquire(blocking=False):  # by the cell before: who looks for a lost job asks once more
            pass
        cell = self.client.execute(code)
        assert service.asked.acquire(timeout=WITHIN_S)
        self.manager.interrupt_kernel()
        names = []
        while True:
            message = self.client.get_iopub_msg(timeout=WITHIN_S)
            if message["parent_header"].get("msg_id") == cell:
                names += [message["content"]["ename"]] if message["msg_type"] == "error" else []
                if message["content"].get("execution_state") == "idle":
                    self.client.get_shell_msg(timeout=WITHIN_S)
                    return names


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """Run it all, and return what is left: a folder with all files, and what was told."""
    from prominence_jupyter.local_service import control

    root = tmp_path_factory.mktemp("all")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "CWD"):
            (root / name).mkdir(mode=0o700)
            patch.setenv(name, str(root / name))
        patch.setenv("PROMINENCE_LOCAL_DIR", str(root / "local"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(root / "HOME" / "runtime"))
        patch.setenv("PROMINENCE_TOKEN", USER_TOKEN)
        for name, secret in {"PULL": PULL_TOKEN, "CONTENT": CONTENT_AS_SENT, "QUERY": SIGNED_QUERY}.items():
            patch.setenv(name, secret)
        patch.chdir(root / "CWD")
        kernel = Recorded()
        try:
            with quoting() as service, quoting(hangs=True) as silent:
                yield run_all(kernel, service, silent, root)
        finally:
            kernel.stop()
            control.stop()


def use(kernel, service):
    kernel.run(f"import prominence_jupyter\nos.environ['PROMINENCE_URL'] = {service.url!r}")
    kernel.run(f"%config ProminenceMagics.url = {service.url!r}")
    kernel.run("session = prominence_jupyter.connect()")


def run_all(kernel, service, silent, root):
    kernel.run(BEGIN)
    for code in ON_THE_LOCAL_SERVICE:
        kernel.run(code)
    use(kernel, service)
    for code in ON_A_SERVICE_THAT_QUOTES:
        kernel.run(code)
    use(kernel, silent)
    interrupts = [kernel.interrupted(code, silent) for code in INTERRUPTED]
    time.sleep(0.2)
    for display in kernel.displays.values():
        kernel.notebook.cells.append(nbformat.v4.new_raw_cell(json.dumps(display, default=str)))
    nbformat.write(kernel.notebook, root / "CWD" / "saved.ipynb")
    return root, kernel, interrupts


def test_the_run_did_what_it_should(left):
    root, kernel, interrupts = left
    told = repr(kernel.heard)
    submits = [code.startswith(("%%prominence_job", "session.submit")) for code in INTERRUPTED]
    assert interrupts == [["SubmissionUncertain" if submit else "KeyboardInterrupt"] for submit in submits]
    for words in ("well", "[hidden]", "exit code 1", "a line of output", "JobFailed", "RequestRefused", "UsageError"):
        assert words in told
    assert len((root / "CWD" / "debug.log").read_text()) > 1000
    assert list(root.glob("XDG_CACHE_HOME/**/ended-jobs-*.sqlite"))


def test_the_scan_finds_what_is_there():
    for name, secret in ALL.items():
        for form in forms(secret):
            assert name in found_in(f"before {form} after".encode())
    assert "input content" in found_in(CONTENT_AS_SENT.encode())


def test_no_secret_was_told_to_a_front_end(left):
    _, kernel, _ = left
    for message in kernel.heard:
        if message["msg_type"] != "execute_input":  # what a user typed
            assert not found_in(repr(message["content"]).encode() + b"".join(map(bytes, message["buffers"])))


def test_no_secret_is_in_a_file(left):
    root, _, _ = left
    needed = (*root.glob("local/jobs.sqlite*"), root / "local" / "jobs")
    assert found_in_files(root, but=needed) == {}
    assert (root / "local").stat().st_mode & 0o077 == 0
    assert found_in_files(root / "local").keys() != set()  # what is left out is there: jobs need it


def test_no_secret_is_in_the_list_of_processes(left):
    assert found_in_processes("cmdline") == {}


def test_no_process_of_the_local_service_has_a_secret_in_its_environment(left):
    from prominence_jupyter.local_service import control

    service = psutil.Process(control.running().pid)
    pids = {service.pid, *(child.pid for child in service.children(recursive=True))}
    assert len(pids) == 3  # one of them is the job that runs
    assert found_in_processes("environ", pids) == {}


def test_no_secret_is_in_a_file_that_has_no_name(left):
    _, kernel, _ = left
    spools = [path for path in Path(f"/proc/{kernel.manager.provisioner.process.pid}/fd").iterdir() if is_deleted(path)]
    assert spools
    assert [path for path in spools if found_in(path.read_bytes())] == []


def is_deleted(path):
    try:
        return str(path.readlink()).endswith("(deleted)")
    except OSError:
        return False
