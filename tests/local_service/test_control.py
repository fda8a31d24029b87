import functools
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from urllib.parse import urlsplit

import psutil
import pytest

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import control
from prominence_jupyter.local_service.places import host, lock
from prominence_jupyter.local_service.places.live import live_dir
from prominence_jupyter.local_service.places.state import StateDir
from tests.local_service.conftest import processes_of, until


def test_start_joins_the_service_that_runs(local_service):
    assert control.start() == local_service == control.running()
    assert local_service.url.startswith("http://127.0.0.1:")
    assert (local_service.cpus, local_service.memory_gb) == (64, 64)
    assert local_service.token() not in repr(local_service)


def test_the_service_is_nobodys_child_and_in_a_session_of_its_own(local_service):
    assert local_service.pid not in [child.pid for child in psutil.Process().children(recursive=True)]
    assert os.getsid(local_service.pid) != os.getsid(0)


def test_its_files_are_private(local_service):
    state = StateDir(local_service.state_dir)
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o700
    for path in (state.token, state.key, live_dir(state).service, live_dir(state).socket, state.database):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert local_service.token() == state.token.read_text()


def test_a_restart_keeps_the_history_and_the_ids_go_on(own_folder, connect):
    first = control.start(cpus=1, memory_gb=4)
    api = connect(first)
    done = api.run("echo kept")
    running = api.submit("sh -c 'echo begun; sleep 600'")
    until(lambda: api.output(running) == "begun\n")
    pending = api.submit("echo waited")
    processes = [psutil.Process(first.pid), *psutil.Process(first.pid).children(recursive=True)]
    assert len(processes) >= 4
    assert control.stop()
    until(lambda: not any(process.is_running() for process in processes))
    assert not processes_of(own_folder)
    assert control.running() is None
    assert not live_dir(StateDir(own_folder)).service.exists()

    again = connect(control.start(cpus=1, memory_gb=4))
    assert again.describe(done["id"]) == done
    assert again.output(done["id"]) == "kept\n"
    stopped = again.describe(running)
    assert (stopped["status"], stopped["statusReason"]) == ("failed", "The local service was stopped")
    assert stopped["execution"]["tasks"][0]["exitCode"] == -signal.SIGTERM
    assert again.output(running) == "begun\n"
    assert again.ended(pending)["status"] == "completed"
    assert again.submit("true") == pending + 1
    again.http.headers["Authorization"] = api.http.headers["Authorization"]
    assert again("GET", "/jobs").status_code == 200  # an older token is good until its own time is over


def test_starters_at_the_same_time_get_one_service(own_folder):
    code = "from prominence_jupyter.local_service import control; print(control.start(cpus=1, memory_gb=4).pid)"
    starters = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(4)]
    pids = {starter.communicate(timeout=30)[0] for starter in starters}
    assert len(pids) == 1
    assert int(pids.pop()) == control.running().pid


def test_starting_while_one_is_ending_waits_for_it(own_folder, connect):
    info = control.start(cpus=1, memory_gb=4)
    api = connect(info)
    job_id = api.submit("sh -c 'trap \"\" TERM; echo ready; while :; do sleep 1; done'")
    until(lambda: api.output(job_id) == "ready\n")
    os.kill(info.pid, signal.SIGTERM)
    until(lambda: control.running() is None)
    assert lock.is_held(live_dir(StateDir(own_folder)).front_lock)
    assert control.start(cpus=1, memory_gb=4).pid != info.pid


def test_what_a_crash_left_is_not_believed(own_folder):
    live = live_dir(StateDir(own_folder).make()).make()
    told = {"url": "http://127.0.0.1:9/api/v1", "pid": os.getpid(), "started": 1.0, "cpus": 1, "memory_gb": 1}
    told |= {"host": host.name(), "boot": host.boot_id()}
    live.service.write_text(json.dumps(told))
    live.front_lock.touch()
    assert control.running() is None
    assert not control.stop()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": "x"}'])
def test_a_broken_file_is_no_service(own_folder, content):
    live = live_dir(StateDir(own_folder).make()).make()
    live.service.write_text(content)
    held = lock.take(live.front_lock)
    assert control.running() is None
    held.close()


def test_nothing_runs_in_a_folder_that_is_not_there(own_folder):
    assert control.running() is None
    assert not control.stop()
    assert not own_folder.exists()


def test_a_service_that_does_not_come_up_says_why(own_folder):
    state = StateDir(own_folder).make()
    state.database.write_bytes(b"this is no database, and long enough to be looked at" * 40)
    kept = state.database.read_bytes()
    with pytest.raises(LocalServiceError, match=r"jobs\.sqlite is damaged .*serve --set-aside") as caught:
        control.start()
    assert "\n" not in str(caught.value)
    assert state.database.read_bytes() == kept
    assert not lock.is_held(live_dir(state).runner_lock)


def test_a_folder_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path / "file" / "folder"))
    with pytest.raises(LocalServiceError, match="Cannot use the folder"):
        control.start()


FOLDER_USERS = [
    control.start,
    control.running,
    control.stop,
    lambda: control.serve(cpus=1, memory_gb=1, port=0, announce=lambda _: None),
]


@pytest.mark.parametrize("use", FOLDER_USERS)
def test_a_file_in_place_of_the_folder_is_named(own_folder, use):
    own_folder.touch()
    with pytest.raises(LocalServiceError, match=r"Cannot use the folder .*: it is a file"):
        use()
    own_folder.unlink()


@pytest.mark.parametrize(("cpus", "memory_gb"), [(0, 1), (-1, 1), (1, 0), (1, float("nan"))])
def test_a_capacity_that_is_none_starts_nothing(own_folder, cpus, memory_gb):
    for function in (control.start, functools.partial(control.serve, port=0, announce=lambda _: None)):
        with pytest.raises(LocalServiceError, match="must be a number above 0"):
            function(cpus=cpus, memory_gb=memory_gb)
    assert not own_folder.exists()


def test_another_capacity_than_that_of_the_running_service_is_not_ignored(local_service):
    assert (
        control.start(cpus=64) == control.start(memory_gb=64) == control.start(cpus=64, memory_gb=64) == local_service
    )
    for asked in ({"cpus": 2}, {"memory_gb": 8.5}, {"cpus": 4, "memory_gb": 8}):
        with pytest.raises(LocalServiceError, match=r"runs already, with 64 cores and 64 GB.*serve --stop"):
            control.start(**asked)
    assert control.running() == local_service


def test_windows_is_told(monkeypatch):
    monkeypatch.setattr(control.os, "name", "nt")
    for function in (control.start, control.stop, control.running):
        with pytest.raises(LocalServiceError, match="Linux and macOS"):
            function()


SERVE = """
from prominence_jupyter.local_service import control
control.serve(cpus=1, memory_gb=4, port=0, announce=lambda info: print(info.url, flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serving_in_the_foreground(own_folder, connect, number):
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as front:
        url = front.stdout.readline().strip()
        info = control.start()
        assert (info.url, info.pid) == (url, front.pid)
        api = connect(info)
        api.submit("sleep 600")
        until(lambda: len(processes_of(own_folder)) == 1)
        second = subprocess.run([sys.executable, "-c", SERVE], capture_output=True, text=True, check=False)
        assert "runs already" in second.stderr
        front.send_signal(number)
        assert front.wait(timeout=30) == 0
    assert not processes_of(own_folder)
    assert control.running() is None


def test_a_taken_port_is_named(own_folder, local_service):
    port = int(local_service.url.split(":")[2].partition("/")[0])
    with pytest.raises(LocalServiceError, match=f"Cannot listen on 127.0.0.1:{port}"):
        control.serve(cpus=1, memory_gb=1, port=port, announce=lambda _: None)
    assert control.running() is None


@pytest.mark.parametrize("port", [-1, 99999])
def test_a_port_that_is_none_is_named(own_folder, port):
    with pytest.raises(LocalServiceError, match=f"Cannot listen on 127.0.0.1:{port}: a port is 0 to 65535"):
        control.serve(cpus=1, memory_gb=1, port=port, announce=lambda _: None)


def test_importing_is_cheap():
    code = "import sys; from prominence_jupyter.local_service import control\n"
    code += "print([m for m in ('tornado', 'jwt', 'psutil', 'sqlite3', 'requests', 'pandas') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_a_restarted_service_listens_where_notebooks_know_it(own_folder):
    first = control.start(cpus=1, memory_gb=4)
    control.stop()
    assert control.start(cpus=1, memory_gb=4).url == first.url
    control.stop()


def test_one_whose_port_is_taken_meanwhile_finds_another(own_folder):
    first = control.start(cpus=1, memory_gb=4)
    control.stop()
    with socket.create_server(("127.0.0.1", urlsplit(first.url).port)):
        assert control.start(cpus=1, memory_gb=4).url != first.url
    control.stop()
