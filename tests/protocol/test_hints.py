import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.hints import hints, shell_sign


@pytest.mark.parametrize(
    ("cmd", "sign"),
    [
        ("echo hi && ls -l", "&&"),
        ("echo one; echo two", ";"),
        ("sort < in.txt", "<"),
        ("python3 run.py > out.txt", ">"),
        ("cat a | wc -l", "|"),
        ("ls *.ipynb", "*.ipynb"),
        ("echo `date`", "`date`"),
        ("python3 run.py --n 3", None),
        ("python3 run.py --n $n ${m}", None),
        ("/bin/sh -c 'echo hi && ls *'", None),
        ("bash -c 'a | b'", None),
        ("echo 'a | b'", None),
        ('python3 -c "print(1 > 0)"', None),
        ("echo 'open", None),
        ("", None),
    ],
)
def test_what_only_a_shell_understands_is_seen(cmd, sign):
    assert shell_sign(cmd) == sign


@given(st.text())
def test_no_command_breaks_it(cmd):
    assert shell_sign(cmd) is None or shell_sign(cmd) in cmd


def test_the_hint_says_which_and_what_to_write():
    resources = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}
    tasks = [{"image": "a", "cmd": "true"}, {"image": "a", "cmd": "a && b"}, {"image": "testpi"}]
    (hint,) = hints(JobDescription.prepare({"resources": resources, "tasks": tasks}))
    assert "tasks[1].cmd" in hint
    assert "&&" in hint
    assert "/bin/sh -c" in hint
