"""One side of a comparison: a run, or the committed notebooks as the baseline."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.site import plain
from analysis.suite import collect, document, manifest
from analysis.suite.project import Project

BASELINE = "baseline"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """A chart of a run: its title, its picture and the data it plots (CSV text)."""

    title: str
    svg: str
    data: str


@dataclass(frozen=True)
class Side:
    """What a comparison needs to know of one run."""

    name: str
    claims: list[Row]
    checks: list[Row]
    figures: Mapping[str, Figure]
    tables: plain.Tables
    outputs: plain.Outputs
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    data: Mapping[str, str] = field(repr=False)
    """Text of every CSV file of data/ that the run was made from, by path relative to data/."""


def load(project: Project, name: str) -> Side:
    """The side called `name`: a run, `latest`, or `baseline` (the committed notebooks). `UserError` when there is none."""
    if name == BASELINE:
        return _baseline(project)
    folder = manifest.find_run(project, name)
    facts = manifest.read(folder)
    results = folder / "results"
    return Side(
        folder.resolve().name,
        _rows(results / "claims.csv"),
        _rows(results / "checks.csv"),
        _figures(folder / "notebooks"),
        plain.tables(results),
        plain.outputs(folder / "notebooks"),
        facts.get("parameters", {}),
        facts["inputs"],
        _archived(folder),
    )


def _baseline(project: Project) -> Side:
    notebooks = project.root / "notebooks"
    tables = collect.tables(notebooks)

    def rows(table: str) -> list[Row]:
        return [_texts(r) for r in tables[table].rows] if table in tables else []

    return Side(
        BASELINE,
        rows("claims"),
        rows("checks"),
        _figures(notebooks),
        plain.cells_of(tables),
        plain.outputs(notebooks),
        {},
        manifest.inputs(project),
        _committed(project),
    )


def _texts(row: Row) -> Row:
    return {k: str(v).lower() if isinstance(v, bool) else "" if v is None else str(v) for k, v in row.items()}


def _rows(path: Path) -> list[Row]:
    """The rows of a table; none where the notebooks hand out no such table."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _figures(notebooks: Path) -> dict[str, Figure]:
    found = {}
    for path in sorted(notebooks.glob("*.ipynb")):
        for _, cell in document.code_cells(document.read(path)):
            for output in cell["outputs"]:
                data = output.get("data", {})
                if collect.FIGURE in data:
                    facts = data[collect.FIGURE]
                    facts = json.loads(facts) if isinstance(facts, str) else facts
                    found[f"{path.stem}-{facts['id']}"] = Figure(
                        str(facts.get("title", "")),
                        str(data.get(collect.SVG, "")),
                        str(facts.get("data_csv", "")),
                    )
    return found


def _archived(folder: Path) -> dict[str, str]:
    """The data that a run kept of its inputs."""
    kept = folder / "inputs" / "data"
    return {str(p.relative_to(kept)): p.read_text(encoding="utf-8") for p in sorted(kept.rglob("*.csv"))}


def _committed(project: Project) -> dict[str, str]:
    """The data as last committed; where git cannot say, as it lies there now."""
    files = sorted((project.root / "data").rglob("*.csv"))
    found = {}
    for path in files:
        name = path.relative_to(project.root).as_posix()
        shown = subprocess.run(
            ["git", "-C", str(project.root), "show", f"HEAD:{name}"], capture_output=True, check=False
        )
        content = shown.stdout if shown.returncode == 0 else path.read_bytes()
        found[path.relative_to(project.root / "data").as_posix()] = content.decode("utf-8")
    return found
