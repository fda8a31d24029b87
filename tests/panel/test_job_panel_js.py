"""The panel's JavaScript, as far as it needs no browser."""

import shutil
import subprocess
from pathlib import Path

import pytest

import prominence_jupyter.panel

NODE = shutil.which("node")
SOURCES = Path(prominence_jupyter.panel.__file__).parent / "js"
TESTS = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))


@pytest.mark.skipif(NODE is None, reason="there is no node: install Debian's nodejs (apt-get install nodejs)")
@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_pure_parts(test):
    run = subprocess.run([NODE, "--test", test], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_text_is_never_parsed_as_html():
    sources = [path for path in SOURCES.rglob("*.js") if "node_modules" not in path.parts]
    assert sources
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert not [path.name for path in sources if way in path.read_text()]
