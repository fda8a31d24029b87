"""The demonstration: a copy of the quickstart on the local service, in JupyterLab or run through in a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NoReturn

from prominence_jupyter.errors import ProminenceError, UsageError

NAME: Final = "quickstart.ipynb"
_CELL_TIMEOUT_S: Final = 300


def copy_quickstart(folder: Path) -> Path:
    """Copy the quickstart notebook into a folder, unless it is there already, and return its path.

    Raises
    ------
    UsageError
        The folder cannot be made or written.
    """
    target = folder / NAME
    try:
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with as_file(_quickstart()) as source:
                shutil.copyfile(source, target)
    except OSError as error:
        raise UsageError(f"cannot use the folder {folder}: {error.strerror}; --folder names another") from error
    return target


def _quickstart() -> Any:
    """Return the notebook as the wheel holds it, or as a checkout does."""
    packaged = files("prominence_jupyter") / "notebooks" / NAME
    return packaged if packaged.is_file() else Path(__file__).parents[1] / "notebooks" / NAME


def open_in_lab(notebook: Path, *, browser: bool) -> NoReturn:
    """Open a notebook in JupyterLab, which takes the place of this process: signals and exit code are its own.

    Raises
    ------
    UsageError
        JupyterLab is not installed.
    """
    _require("jupyterlab")
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={notebook.parent.resolve()}",
        f"--LabApp.default_url=/lab/tree/{notebook.name}",
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in a container; Jupyter would refuse to start
        command.append("--allow-root")
    os.execv(command[0], command)  # noqa: S606 - our own words and a path


def execute(notebook: Path) -> None:
    """Run a notebook through and print its outputs as text, each when its cell is done.

    Raises
    ------
    UsageError
        nbclient is not installed.
    ProminenceError
        A cell failed; the message is its error.
    """
    _require("nbclient")
    import nbformat  # noqa: PLC0415 - of the extra "demo"
    from nbclient import NotebookClient  # noqa: PLC0415 - as above
    from nbclient.exceptions import CellExecutionError  # noqa: PLC0415 - as above
    from traitlets.config import Config  # noqa: PLC0415 - as above

    def print_outputs(cell: Any, **_: Any) -> None:
        for output in cell.outputs:
            print(_as_text(output).rstrip(), flush=True)

    with tempfile.TemporaryDirectory() as sockets:
        client = NotebookClient(
            nbformat.read(notebook, as_version=4),
            timeout=_CELL_TIMEOUT_S,
            kernel_name="python3",
            resources={"metadata": {"path": str(notebook.parent)}},
            on_cell_executed=print_outputs,
            # over TCP ipykernel warns that loopback is not encrypted
            config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}}),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise ProminenceError(f"{notebook.name} failed: {error}") from None


def _as_text(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    return str(output.get("data", {}).get("text/plain", ""))


def _require(module: str) -> None:
    if find_spec(module) is None:
        raise UsageError(f"the demonstration needs {module}: pip install 'prominence-jupyter[demo]'")
