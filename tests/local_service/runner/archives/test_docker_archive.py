import tarfile

import pytest

from prominence_jupyter.local_service.images import PullFailed
from prominence_jupyter.local_service.runner.archives import docker_archive
from tests.local_service.bare_image import CONFIG, member, packed, save

FOLDER, LINK, HARD = tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


@pytest.fixture
def unpacked(tmp_path):
    """Unpack layers and return the root."""

    def unpack(*layers):
        docker_archive.unpack(save(tmp_path / "image.tar", *layers), tmp_path / "deep" / "root")
        return tmp_path / "deep" / "root"

    return unpack


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_the_configuration_is_the_images(tmp_path):
    config = docker_archive.unpack(save(tmp_path / "a.tar", [], config=CONFIG | {"User": "x"}), tmp_path / "root")
    assert config == CONFIG


def test_later_layers_replace_and_remove(unpacked):
    first = [
        member("etc", kind=FOLDER),
        member("etc/old", b"1"),
        member("etc/both", b"1"),
        member("gone/a/b", b"1"),
        member("opaque/x", b"1"),
        member("turns", kind=LINK, link="etc"),
        member("file", kind=LINK, link="etc/both"),
    ]
    second = [
        member("etc/both", b"2"),
        member("etc/.wh.old"),
        member(".wh.gone"),
        member("opaque/.wh..wh..opq"),
        member("opaque/y", b"2"),
        member("turns", kind=FOLDER),
        member("file", b"new"),
    ]
    root = unpacked(first, second)
    assert files(root) == ["etc", "etc/both", "file", "opaque", "opaque/y", "turns"]
    assert (root / "etc/both").read_text() == "2"
    assert (root / "file").read_text() == "new"
    assert not (root / "turns").is_symlink()


def test_links_lead_where_they_would_in_a_container(unpacked):
    layer = [
        member("usr/bin/tool", b"tool"),
        member("bin", kind=LINK, link="usr/bin"),
        member("bin/absolute", kind=LINK, link="/usr/bin/tool"),
        member("usr/climbs", kind=LINK, link="../../../../usr/bin/tool"),
        member("usr/plain", kind=LINK, link="bin/tool"),
        member("hard", kind=HARD, link="usr/bin/tool"),
        member("dangling", kind=LINK, link="/nowhere"),
    ]
    root = unpacked(layer)
    for name in ("bin/tool", "bin/absolute", "usr/climbs", "usr/plain", "hard"):
        assert (root / name).read_text() == "tool"
        assert (root / name).resolve().is_relative_to(root)
    assert str((root / "usr/plain").readlink()) == "bin/tool"


@pytest.mark.parametrize(
    "layer",
    [
        [member("../../x", b"!")],
        [member("a/../../../x", b"!")],
        [member("..", b"!")],
        [member("a", kind=FOLDER), member("a/..", b"!")],
        [member(".wh...")],
        [member(".wh..")],
        [member(".wh.")],
        [member("out", kind=LINK, link="../.."), member("hard", kind=HARD, link="../../../secret")],
        [member("hard", kind=HARD, link="/../../secret")],
    ],
)
def test_what_would_write_or_read_outside_is_refused(unpacked, tmp_path, layer):
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(PullFailed):
        unpacked(layer)
    assert not (tmp_path / "x").exists()
    assert (tmp_path / "secret").exists()


def test_a_file_behind_a_link_out_stays_inside(unpacked, tmp_path):
    root = unpacked(
        [member("out", kind=LINK, link="../.."), member("out/x", b"1"), member("top", kind=LINK, link="/")],
        [member("top/y", b"2"), member("/z", b"3")],
    )
    assert not (tmp_path / "x").exists()
    assert {"x", "y", "z"} <= set(files(root))


def test_nobody_is_let_in_by_a_bit_and_devices_are_left_out(unpacked):
    root = unpacked(
        [
            member("su", b"", mode=0o4755),
            member("closed", kind=FOLDER, mode=0),
            member("closed/file", b"", mode=0),
            member("null", kind=tarfile.CHRTYPE),
            member("pipe", kind=tarfile.FIFOTYPE),
        ]
    )
    assert files(root) == ["closed", "closed/file", "su"]
    assert (root / "su").stat().st_mode & 0o7777 == 0o755
    assert (root / "closed").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        packed([member("manifest.json", b"[]")]),
        packed([member("manifest.json", b"{}")]),
        packed([member("manifest.json", b'[{"Config": "c", "Layers": ["missing"]}]'), member("c", b"{}")]),
        packed([member("manifest.json", b'[{"Config": "c", "Layers": ["c"]}]'), member("c", b"{}")]),
        packed([member("manifest.json", b'[{"Config": "c", "Layers": 3}]'), member("c", b"[]")]),
        packed([member("manifest.json", kind=FOLDER)]),
    ],
)
def test_what_is_no_image_is_refused(tmp_path, content):
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(PullFailed, match=r"x\.tar is no image archive"):
        docker_archive.unpack(tmp_path / "x.tar", tmp_path / "root")
