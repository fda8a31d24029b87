"""All notebooks of the project, as they are kept."""

import pytest

from tests.notebook.executed import NOTEBOOKS, notebook_at


@pytest.mark.parametrize("name", sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
def test_a_notebook_is_kept_without_outputs(name):
    notebook = notebook_at(name)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
