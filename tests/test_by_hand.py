"""A notebook changed by hand, as in JupyterLab, gives what `-p` gives: same cells, same outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.command_line import call

ROOT = Path(__file__).parents[1]
STEM = "03_it_spend"
CHANGED = {"bank_set": ("six", "four"), "aggregation": ("sum", "mean")}


def shown(notebook: Any) -> list[Any]:
    """What each cell but the parameters puts out, in all its forms."""
    cells = [
        c for c in notebook.cells if c.cell_type == "code" and "parameters" not in str(c.metadata.get("tags"))
    ]
    return [[output.get("data", output.get("text")) for output in cell.outputs] for cell in cells]


@pytest.fixture(scope="module")
def by_hand() -> Any:
    """The parameters cell edited, all cells run on Jupyter's own kernel in the notebook's folder."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{STEM}.ipynb", 4)
    cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    for name, (default, value) in CHANGED.items():
        before = cell.source
        cell.source = re.sub(rf'({name}: \w+ = \(?\s*)"{default}"', rf'\g<1>"{value}"', before)
        assert cell.source != before, f"{name} is no longer declared with the default {default}"
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    return NotebookClient(notebook, kernel_name="python3", resources=resources).execute()


@pytest.mark.deep
def test_editing_the_parameters_cell_gives_what_the_command_line_gives(by_hand: Any, tmp_path: Path) -> None:
    for name in ("notebooks", "data", "report.toml", "pyproject.toml", "requirements.lock"):
        (tmp_path / name).symlink_to(ROOT / name)
    options = [text for name, (_, value) in CHANGED.items() for text in ("-p", f"{name}={value}")]
    call(tmp_path, "run", "same", "--only", STEM, "--no-html", "--no-cache", "-q", *options)
    run = nbformat.read(tmp_path / "reports" / "same" / "notebooks" / f"{STEM}.ipynb", 4)
    assert shown(run) == shown(by_hand)


def test_the_change_shows(by_hand: Any) -> None:
    committed = nbformat.read(ROOT / "notebooks" / f"{STEM}.ipynb", 4)
    assert len(shown(committed)) == len(shown(by_hand))
    assert shown(committed) != shown(by_hand)
