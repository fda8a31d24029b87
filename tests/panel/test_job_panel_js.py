"""The panel's JavaScript, as far as it needs no browser."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import prominence_jupyter.panel

NODE = shutil.which("node")
SOURCE = Path(prominence_jupyter.panel.__file__).parent / "static" / "job_panel.js"
TESTS = Path(__file__).parent / "js" / "job_panel.test.mjs"


@pytest.mark.skipif(NODE is None, reason="there is no node: install Debian's nodejs (apt-get install nodejs)")
def test_pure_parts(tmp_path):
    module = tmp_path / "job_panel.mjs"  # node takes .js as CommonJS
    module.write_text(SOURCE.read_text())
    environment = os.environ | {"JOB_PANEL_JS": str(module)}
    run = subprocess.run([NODE, "--test", TESTS], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_text_is_never_parsed_as_html():
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in SOURCE.read_text()
