"""The demonstration: a copy of the quickstart on the local service, in JupyterLab or run through in a terminal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from prominence_jupyter.errors import UsageError

NAME: Final = "quickstart.ipynb"
_CELL_TIMEOUT_S: Final = 300


def copy_quickstart(folder: Path) -> Path:
    """Copy the quickstart notebook into a folder, unless it is there already, and return its path."""
    target = folder / NAME
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with as_file(_quickstart()) as source:
            shutil.copyfile(source, target)
    return target


def _quickstart() -> Any:
    """Return the notebook as the wheel holds it, or as a checkout does."""
    packaged = files("prominence_jupyter") / "notebooks" / NAME
    return packaged if packaged.is_file() else Path(__file__).parents[1] / "notebooks" / NAME


def open_in_lab(notebook: Path, *, browser: bool) -> int:
    """Open a notebook in JupyterLab; returns its exit code when it is stopped.

    Raises
    ------
    UsageError
        JupyterLab is not installed.
    """
    _require("jupyterlab")
    command = [sys.executable, "-m", "jupyterlab", str(notebook)]
    if not browser:
        command.append("--no-browser")
    return subprocess.call(command)  # noqa: S603 - our own words and a path


def execute(notebook: Path) -> None:
    """Run a notebook through and print its outputs as text, each when its cell is done.

    Raises
    ------
    UsageError
        nbclient is not installed.
    """
    _require("nbclient")
    import nbformat  # noqa: PLC0415 - of the extra "demo"
    from nbclient import NotebookClient  # noqa: PLC0415 - as above
    from traitlets.config import Config  # noqa: PLC0415 - as above

    def print_outputs(cell: Any, **_: Any) -> None:
        for output in cell.outputs:
            print(_as_text(output).rstrip(), flush=True)

    content = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        content,
        timeout=_CELL_TIMEOUT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(notebook.parent)}},
        on_cell_executed=print_outputs,
        # over TCP ipykernel warns that loopback is not encrypted
        config=Config({"KernelManager": {"transport": "ipc"}}),
    )
    client.execute()


def _as_text(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    return str(output.get("data", {}).get("text/plain", ""))


def _require(module: str) -> None:
    if find_spec(module) is None:
        raise UsageError(f"the demonstration needs {module}: pip install 'prominence-jupyter[demo]'")
