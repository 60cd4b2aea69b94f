"""One side of a comparison: a run, or the committed notebooks as the baseline."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis import reading
from analysis.report import cells
from analysis.report.cells import R
from analysis.report.rows import CheckRow, ClaimRow
from analysis.site import plain
from analysis.site.source import Drawing, Notebook
from analysis.suite import collect, document, manifest
from analysis.suite.project import Project

BASELINE = "baseline"


@dataclass(frozen=True)
class Side:
    """What a comparison needs to know of one run."""

    name: str
    claims: Sequence[ClaimRow]
    checks: Sequence[CheckRow]
    figures: Mapping[str, Drawing]
    tables: plain.Tables
    outputs: plain.Outputs
    parameters: Mapping[str, object]
    """Name → the value that the notebooks ran with, defaults included."""
    inputs: Mapping[str, str]
    data: Mapping[str, str] = field(repr=False)
    """Text of every CSV file of data/ that the run was made from, by path relative to data/."""


def load(project: Project, name: str) -> Side:
    """The side called `name`: a run, `latest`, or `baseline` (the committed notebooks). `UserError` when there is none."""
    if name == BASELINE:
        return _baseline(project)
    folder = manifest.find_run(project, name)
    results, notebooks = folder / "results", _notebooks(folder / "notebooks")
    return Side(
        folder.resolve().name,
        _csv(ClaimRow, results / "claims.csv"),
        _csv(CheckRow, results / "checks.csv"),
        _figures(notebooks),
        plain.tables(results),
        plain.outputs(folder / "notebooks"),
        _parameters(notebooks),
        manifest.read(folder)["inputs"],
        _archived(folder),
    )


def _baseline(project: Project) -> Side:
    folder = project.root / "notebooks"
    notebooks, tables = _notebooks(folder), collect.tables(folder)
    return Side(
        BASELINE,
        _rows(ClaimRow, "claims", tables),
        _rows(CheckRow, "checks", tables),
        _figures(notebooks),
        plain.cells_of(tables),
        plain.outputs(folder),
        _parameters(notebooks),
        manifest.inputs(project),
        _committed(project),
    )


def _notebooks(folder: Path) -> list[Notebook]:
    return [Notebook(path.stem, document.read(path)) for path in sorted(folder.glob("*.ipynb"))]


def _rows(kind: type[R], table: str, tables: Mapping[str, collect.Table]) -> list[R]:
    """The rows of a table; none where the notebooks hand out no such table."""
    return cells.read_all(kind, tables[table].rows, table) if table in tables else []


def _csv(kind: type[R], path: Path) -> list[R]:
    """The rows of a table of a run; none where its notebooks hand out no such table."""
    return cells.read_csv(kind, path) if path.is_file() else []


def _figures(notebooks: Sequence[Notebook]) -> dict[str, Drawing]:
    return {f"{n.stem}-{d.id}": d for n in notebooks for d in n.drawings}


def _parameters(notebooks: Sequence[Notebook]) -> dict[str, object]:
    return {p.name: p.value for n in notebooks for p in n.parameters}


def _archived(folder: Path) -> dict[str, str]:
    """The data that a run kept of its inputs."""
    kept = folder / "inputs" / "data"
    return {str(p.relative_to(kept)): reading.text(p) for p in sorted(kept.rglob("*.csv"))}


def _committed(project: Project) -> dict[str, str]:
    """The data as last committed; where git cannot say, as it lies there now."""
    files = sorted((project.root / "data").rglob("*.csv"))
    found = {}
    for path in files:
        name = path.relative_to(project.root).as_posix()
        shown = subprocess.run(
            ["git", "-C", str(project.root), "show", f"HEAD:{name}"], capture_output=True, check=False
        )
        content = shown.stdout if shown.returncode == 0 else reading.content(path)
        found[path.relative_to(project.root / "data").as_posix()] = reading.decoded(content, path)
    return found
