import sys

import pytest

from prominence_jupyter.local_service import images


@pytest.mark.parametrize("prefix", ["", "docker://", "docker.io/", "docker://docker.io/"])
@pytest.mark.parametrize("tag", ["", ":latest", ":1.0-rc_2"])
def test_testpi_has_an_entry_point(prefix, tag):
    program, *_, script = images.host_command({"image": f"{prefix}eoscprominence/testpi{tag}"})
    assert program == sys.executable
    assert script.endswith("testpi.py")


@pytest.mark.parametrize(
    "image", ["busybox", "other/testpi", "eoscprominence/testpi2", "x/eoscprominence/testpi", "eoscprominence/testpi:"]
)
@pytest.mark.parametrize("task", [{}, {"cmd": ""}, {"cmd": "  "}])
def test_other_images_have_none(image, task):
    with pytest.raises(images.PullFailed):
        images.host_command({"image": image, **task})


def test_a_cmd_runs_whatever_the_image_is():
    task = {"image": "eoscprominence/testpi", "cmd": "sh -c 'echo \"a b\" | cat' x"}
    assert images.host_command(task) == ["sh", "-c", 'echo "a b" | cat', "x"]
