import os
import stat

import pytest

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service.places.state import StateDir


def test_a_new_folder_is_for_its_owner_only_and_those_around_it_are_left_alone(tmp_path):
    tmp_path.chmod(0o755)
    state = StateDir(tmp_path / "new" / "folder").make()
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_folder_of_ours_and_an_empty_one_are_used(tmp_path):
    tmp_path.chmod(0o700)
    state = StateDir(tmp_path).make()
    state.log.touch()
    (tmp_path / "notes.txt").touch()
    assert state.make() == state


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o1777])
def test_a_folder_open_to_others_is_refused_and_not_changed(tmp_path, mode):
    tmp_path.chmod(mode)
    for use in (StateDir(tmp_path).make, StateDir(tmp_path).check):
        with pytest.raises(LocalServiceError, match=r"others .*chmod 700"):
            use()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == mode


def test_a_folder_with_files_of_something_else_is_refused(tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "thesis.tex").touch()
    for mode in (0o700, 0o755):
        tmp_path.chmod(mode)
        with pytest.raises(LocalServiceError, match=r"thesis\.tex.*PROMINENCE_LOCAL_DIR") as caught:
            StateDir(tmp_path).make()
        assert "chmod" not in str(caught.value)  # it would close somebody else's folder
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, 12345)
    with pytest.raises(LocalServiceError, match="another user's"):
        StateDir(folder).make()


def test_a_folder_that_is_not_there_is_no_problem_and_is_not_made_by_looking(tmp_path):
    StateDir(tmp_path / "none").check()
    assert not (tmp_path / "none").exists()
