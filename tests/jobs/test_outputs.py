"""What a job has left, kept as files and looked at."""

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import ProminenceError, UnexpectedAnswer, UsageError
from prominence_jupyter.jobs.outputs import Outputs


@dataclass
class File:
    """Stands for `OutputFile`."""

    name: str
    data: bytes = b"hello"
    size: int | None = 5
    link: object = "somewhere"

    @contextmanager
    def pieces(self):
        yield iter([self.data[:2], self.data[2:]])


def test_they_are_found_by_name_and_a_wrong_one_names_those_there_are():
    outputs = Outputs([File("a.txt"), File("b.txt", link=None)])
    assert outputs["a.txt"].read() == b"hello"
    assert repr(outputs) == "<Output a.txt: 5 bytes>\n<Output b.txt: the job has not made it>"
    with pytest.raises(KeyError, match=r"no output c\.txt; there are: a\.txt, b\.txt"):
        outputs["c.txt"]
    with pytest.raises(KeyError, match="there are: none"):
        Outputs([])["c.txt"]


def test_all_that_was_made_is_saved_under_its_name(tmp_path):
    outputs = Outputs([File("a.txt"), File("sub/b.txt"), File("never.txt", link=None)])
    assert outputs.save(tmp_path / "new") == [tmp_path / "new" / "a.txt", tmp_path / "new" / "sub" / "b.txt"]
    assert {path.read_bytes() for path in (tmp_path / "new").rglob("*.txt")} == {b"hello"}


def test_nothing_of_the_users_is_written_over_unless_forced(tmp_path):
    (tmp_path / "a.txt").write_text("mine")
    outputs = Outputs([File("a.txt")])
    with pytest.raises(UsageError, match="is there already: choose another folder, or write over it with force=True"):
        outputs.save(tmp_path)
    assert (tmp_path / "a.txt").read_text() == "mine"
    outputs.save(tmp_path, force=True)
    assert (tmp_path / "a.txt").read_text() == "hello"


def test_what_came_short_leaves_nothing(tmp_path):
    outputs = Outputs([File("a.txt", size=6)])
    with pytest.raises(UnexpectedAnswer, match=r"a\.txt has 5 bytes, where 6 were announced"):
        outputs.save(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UnexpectedAnswer):
        outputs["a.txt"].read()


@given(st.text(max_size=20) | st.lists(st.sampled_from(["..", ".", "a", "", "/", "\\", "C:"])).map("/".join))
def test_no_name_leads_out_of_the_folder(tmp_path_factory, name):
    outside = tmp_path_factory.mktemp("outside")
    folder = outside / "folder"
    folder.mkdir()
    try:
        (path,) = Outputs([File(name)]).save(folder)
    except (ProminenceError, OSError, ValueError):
        assert not [path for path in outside.rglob("*") if path.is_file()]
    else:
        assert path.resolve().is_relative_to(folder.resolve())
        assert [path for path in outside.rglob("*") if path.is_file()] == [path]


def test_a_link_in_the_folder_does_not_lead_out_of_it(tmp_path):
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "sub").symlink_to(elsewhere)
    with pytest.raises(UsageError, match="is a link that leads out of"):
        Outputs([File("sub/a.txt")]).save(folder)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        (File("a.png", b"PNG"), {"text/plain": "<Output a.png: 3 bytes>", "image/png": b"PNG"}),
        (File("a.txt"), {"text/plain": "hello"}),
        (File("a.json", b"{}"), {"text/plain": "{}"}),
        (File("a.svg", b"<svg onload=x>"), {"text/plain": "<Output a.svg: 14 bytes>"}),
        (File("a.html", b"<b>"), {"text/plain": "<b>"}),
        (File("a.bin"), {"text/plain": "<Output a.bin: 5 bytes>"}),
        (File("a.png", link=None), {"text/plain": "<Output a.png: the job has not made it>"}),
    ],
)
def test_pictures_and_text_display_themselves_and_nothing_runs(file, shown):
    file.size = len(file.data)
    (output,) = Outputs([file]).values()
    assert output._repr_mimebundle_() == shown


def test_a_path_is_what_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Outputs([File("a.txt")]).save() == [Path("a.txt")]


def test_two_who_save_the_same_file_do_not_disturb_each_other(tmp_path):
    """One may be a thread that an interrupt has left."""

    class Slow(File):
        @contextmanager
        def pieces(self):
            def halves():
                yield b"he"
                with suppress(UnexpectedAnswer):
                    Outputs([File("a.txt", data=b"br")]).save(tmp_path)
                yield b"llo"

            yield halves()

    Outputs([Slow("a.txt")]).save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"hello"


def test_a_long_name_leaves_room_for_that_of_the_draft(tmp_path):
    (path,) = Outputs([File("x" * 255)]).save(tmp_path)
    assert path.read_bytes() == b"hello"
