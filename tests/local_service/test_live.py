import json
import os
import socket
import stat
import tempfile
from pathlib import Path

import pytest

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import host, lock
from prominence_jupyter.local_service.live import LiveDir, live_dir, name_live_dir
from prominence_jupyter.local_service.service_info import ServiceInfo
from prominence_jupyter.local_service.state import StateDir, state_dir


@pytest.fixture
def runtime(monkeypatch):
    """A runtime folder with a name that is short enough."""
    with tempfile.TemporaryDirectory(prefix="pj-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def state(tmp_path):
    return StateDir(tmp_path / "state").make()


def test_the_usual_place_is_the_runtime_folder_and_each_state_folder_has_its_own(runtime, state, tmp_path):
    live = live_dir(state).make()
    assert live.path.parent == runtime / "prominence-jupyter"
    assert stat.S_IMODE(live.path.stat().st_mode) == stat.S_IMODE(live.path.parent.stat().st_mode) == 0o700
    assert live_dir(StateDir(tmp_path / "another")).path != live.path
    assert live_dir(state) == live


def test_without_a_runtime_folder_it_is_one_of_the_users_own_in_the_temporary_folder(runtime, state, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(tempfile, "tempdir", str(runtime))
    assert live_dir(state).path.parent == runtime / f"prominence-jupyter-{os.getuid()}"
    monkeypatch.setattr(tempfile, "tempdir", str(runtime / ("long" * 30)))
    assert live_dir(state).path.parent == Path(f"/tmp/prominence-jupyter-{os.getuid()}")


def test_a_socket_can_have_a_name_there(runtime, state, monkeypatch):
    for folder in (runtime, runtime / ("l" * (84 - len(str(runtime)) - 32)), runtime / ("long" * 30)):
        folder.mkdir(exist_ok=True)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        live = live_dir(state).make()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(live.socket))
        live.socket.unlink()


@pytest.mark.parametrize("inner", [True, False])
def test_a_folder_that_others_may_change_is_refused(runtime, state, inner):
    live = live_dir(state).make()
    (live.path if inner else live.path.parent).chmod(0o777)
    for use in (live.check, live.make):
        with pytest.raises(LocalServiceError, match="not a folder of yours alone"):
            use()


def test_a_link_is_refused(runtime, state):
    live = live_dir(state)
    live.path.parent.mkdir(mode=0o700)
    live.path.symlink_to(runtime)
    with pytest.raises(LocalServiceError, match="not a folder of yours alone"):
        live.make()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(runtime, state):
    live = live_dir(state).make()
    os.chown(live.path, 12345, 12345)
    with pytest.raises(LocalServiceError, match="not a folder of yours alone"):
        live.make()


def test_who_has_other_variables_finds_the_same_folder(runtime, state, monkeypatch):
    live = live_dir(state).make()
    name_live_dir(state, live)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert live_dir(state) == live


def told(state, **changes):
    state.live.write_text(json.dumps(json.loads(state.live.read_text()) | changes))


def test_what_was_before_the_last_boot_or_is_gone_is_not_believed(runtime, state):
    other = LiveDir(runtime / "other" / "folder")
    other.path.mkdir(parents=True, mode=0o700)
    name_live_dir(state, other)
    assert live_dir(state) == other
    told(state, boot="before")
    assert live_dir(state) != other
    told(state, boot=host.boot_id(), folder=str(runtime / "none"))
    assert live_dir(state).path.parent == runtime / "prominence-jupyter"


def test_a_folder_in_use_on_another_host_is_left_to_it(runtime, state):
    name_live_dir(state, live_dir(state).make())
    told(state, host="elsewhere")
    with pytest.raises(LocalServiceError, match="in use by the local service of the host 'elsewhere'"):
        live_dir(state)


@pytest.mark.parametrize("changes", [{}, {"boot": "before"}, {"host": "elsewhere"}, {"pid": 1}])
def test_a_service_of_another_boot_host_or_process_is_not_believed(runtime, state, changes):
    live = live_dir(state).make()
    held = lock.take(live.front_lock)
    info = ServiceInfo("http://127.0.0.1:1/api/v1", os.getpid(), 1.0, 1, 1, state.token, state.path)
    info.save(live)
    live.service.write_text(json.dumps(json.loads(live.service.read_text()) | changes))
    assert ServiceInfo.load(state, live) == (None if changes else info)
    held.close()
    assert ServiceInfo.load(state, live) is None


def test_the_default_folder_is_this_hosts_and_takes_over_that_of_an_older_version(tmp_path, monkeypatch):
    monkeypatch.delenv("PROMINENCE_LOCAL_DIR", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    state = state_dir()
    assert state.path.name == f"local-{host.name()}"
    older = state.older
    older.mkdir(parents=True, mode=0o700)
    (older / "jobs.sqlite").touch()
    held = lock.take(older / "lock")
    with pytest.raises(LocalServiceError, match="older version runs"):
        state.make()
    held.close()
    state.make()
    assert state.database.exists()
    assert not older.exists()
    state.make()
