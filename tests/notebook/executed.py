"""The notebooks of the project, run through as nbclient does, at a service of their own."""

from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from prominence_jupyter.local_service import control

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def notebook_at(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


@contextmanager
def executed(name, folder):
    """Run a notebook through, and give it while its service is there: jobs of others are not its own."""
    notebook = notebook_at(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMINENCE_LOCAL_DIR", str(folder))
        control.start(cpus=64, memory_gb=64)
        try:
            NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
            yield notebook
        finally:
            control.stop()


def cell(notebook, first_line):
    (found,) = [cell for cell in notebook.cells if cell.source.splitlines()[0] == first_line]
    return found


def shown(notebook, first_line):
    """What the cell with that first line has shown last, by kind of data."""
    return cell(notebook, first_line).outputs[-1]["data"]


def complaints(notebook):
    """Errors, and what was written to stderr but by matplotlib where it is new."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    written = [output.text for output in outputs if output.get("name") == "stderr"]
    errors = [output for output in outputs if output.output_type == "error"]
    return errors + [text for text in written if "building the font cache" not in text]
