"""Miniature projects for tests of the runner: a folder with a few tiny notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from analysis.commands.run import verdicts
from analysis.suite.params import Catalogue, resolve
from analysis.suite.project import Project
from analysis.suite.run import Outcome, Settings, run

ENGINE = "warm"
REPORT = """
languages = ["en", "zh"]
[parameters.BankSet]
values = ["six", "five_without_psbc", "five_without_bocom", "four"]
[parameters.Currency]
values = ["CNY", "USD"]
examples = ["CNY"]
"""
TYPES = "from analysis.report.parameters import BankSet, Language, PositiveFloat, Quarter"


def write(
    root: Path,
    stem: str,
    *cells: str,
    parameters: str = "",
    needs: tuple[str, ...] = (),
    imports: str = TYPES,
) -> Path:
    """Write notebooks/<stem>.ipynb with a parameters cell (when given) before the other code cells."""
    sources = [imports, parameters, *cells] if parameters else list(cells)
    made = [new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources, 1)]
    if parameters:
        made[1]["metadata"]["tags"] = ["parameters"]
    notebook = new_notebook(cells=made)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "suite": {"needs": list(needs)},
    }
    path = root / "notebooks" / f"{stem}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Nothing imported ahead: the tiny notebooks of most tests need neither pandas nor seaborn.
    (root / "pyproject.toml").write_text("[tool.analysis]\npreload = []\n")
    (root / "report.toml").write_text(REPORT)
    nbformat.write(nbformat.from_dict(notebook), path)
    return path


def show(mime: str, data: str, text: str = "shown") -> str:
    """Source of a cell that displays `data` (a Python expression) under a MIME type."""
    return (
        "from IPython.display import display\n"
        f"display({{{mime!r}: {data}, 'text/plain': {text!r}}}, raw=True)"
    )


def rows(table: str, data: str) -> str:
    """Source of a cell that hands out rows of a table with its key; `data` is a Python expression."""
    bundle = f"{{'table': {table!r}, 'rows': {data}, 'key': {table[:-1] + '_id'!r}}}"
    return show("application/vnd.suite.rows+json", bundle)


def run_all(root: Path, *texts: str, **settings: Any) -> Outcome:
    """Run a miniature project in this process, without cache and pages unless told."""
    project = Project.find(root)
    values = resolve(project, Catalogue.of(project.notebooks), texts)
    options = {
        "name": "default",
        "engine": ENGINE,
        "cache": False,
        "values": values,
        "summary": verdicts,
        **settings,
    }
    return run(project, Settings(**options))


def contents(run_folder: Path) -> dict[str, bytes]:
    """Every file of a run except its manifest, by its path in the run."""
    found = {p.relative_to(run_folder).as_posix(): p for p in run_folder.rglob("*") if p.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != "manifest.json"}
