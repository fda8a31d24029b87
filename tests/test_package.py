"""What importing the package does and does not do, and what it offers."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import prominence_jupyter
from prominence_jupyter import errors

ROOT = Path(__file__).parents[1]
HEAVY = ["pandas", "ipywidgets", "anywidget", "tornado", "matplotlib", "requests", "jwt", "psutil"]


@pytest.mark.parametrize(
    "statement",
    [
        "import prominence_jupyter",
        "import prominence_jupyter.magics.prominence",
        "import prominence_jupyter.protocol.description, prominence_jupyter.protocol.record",
    ],
)
def test_importing_loads_nothing_heavy_and_starts_no_thread(statement):
    code = (
        f"import sys, threading\n{statement}\n"
        f"print([name for name in {HEAVY} if name in sys.modules], threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] 1"


@pytest.mark.parametrize("name", prominence_jupyter.__all__)
def test_every_public_name_is_there_and_documented(name):
    assert getattr(prominence_jupyter, name).__doc__
    assert name in dir(prominence_jupyter)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = prominence_jupyter.nonsense


def test_the_drawn_tree_of_errors_is_the_real_one():
    drawn = {line.split("─ ")[1].split()[0] for line in errors.__doc__.splitlines() if "─ " in line}
    real = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ProminenceError)
    }
    assert drawn | {"ProminenceError"} == real


def test_the_changelog_begins_with_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    heads = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert heads[0].split()[1] == version
