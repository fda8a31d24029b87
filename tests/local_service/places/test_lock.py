import subprocess
import sys

import pytest

from prominence_jupyter.local_service.places import lock


def test_a_lock_is_held_until_its_last_holder_is_gone(tmp_path):
    path = tmp_path / "lock"
    assert not lock.is_held(path)
    held = lock.take(path)
    assert lock.is_held(path)
    assert lock.take(path) is None
    waits = [sys.executable, "-c", "input()"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE, pass_fds=[held.descriptor]) as heir:
        held.close()
        assert lock.is_held(path)
        heir.kill()
    assert not lock.is_held(path)
    lock.take(path).close()


@pytest.mark.parametrize("exists", [True, False])
def test_looking_changes_nothing(tmp_path, exists):
    path = tmp_path / "lock"
    if exists:
        path.touch()
    assert not lock.is_held(path)
    assert path.exists() == exists
