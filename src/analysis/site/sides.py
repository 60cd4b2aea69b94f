"""One side of a comparison: a run, or the committed notebooks as the baseline."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis import reading
from analysis.errors import UserError
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
    told: str = ""
    """What it was made with, in words."""
    notebooks: frozenset[str] = frozenset()
    is_part: bool = False
    """Whether only some of the notebooks were to run."""


def pair(project: Project, before: str, after: str) -> tuple[Side, Side]:
    """Both sides of a comparison; where one is a run of some notebooks, what both hold of the same notebooks.

    Raises UserError when there is no such run, or nothing that both hold.
    """
    first, second = load(project, before), load(project, after)
    if not (first.is_part or second.is_part) or first.notebooks == second.notebooks:
        return first, second
    both = first.notebooks & second.notebooks
    if not both:
        said = " and ".join(f"{s.name} ({s.told})" for s in (first, second))
        raise UserError(f"{said} have no notebook in common; compare runs that hold the same ones.")
    has_claims = bool(first.claims and second.claims)
    first, second = load(project, before, both), load(project, after, both)
    return (first, second) if has_claims else (replace(first, claims=()), replace(second, claims=()))


def load(project: Project, name: str, stems: Collection[str] | None = None) -> Side:
    """The side called `name`: a run, `latest`, or `baseline` (the committed notebooks); of these notebooks, default all.

    Raises UserError when there is none.
    """
    if name == BASELINE:
        return _baseline(project, stems)
    folder = manifest.find_run(project, name)
    results, notebooks, facts = (
        folder / "results",
        _notebooks(folder / "notebooks", stems),
        manifest.read(folder),
    )
    return Side(
        folder.resolve().name,
        _csv(ClaimRow, results / "claims.csv"),
        [c for c in _csv(CheckRow, results / "checks.csv") if stems is None or c.notebook in stems],
        _figures(notebooks),
        plain.tables(results, stems),
        plain.outputs(folder / "notebooks", stems),
        _parameters(notebooks),
        facts["inputs"],
        _archived(folder),
        manifest.parameters_told(facts),
        frozenset(n.stem for n in notebooks),
        bool(facts.get("only")),
    )


def _baseline(project: Project, stems: Collection[str] | None) -> Side:
    folder = project.root / "notebooks"
    notebooks, tables = _notebooks(folder, stems), collect.tables(folder)
    checks = _rows(CheckRow, "checks", tables)
    return Side(
        BASELINE,
        _rows(ClaimRow, "claims", tables),
        [c for c in checks if stems is None or c.notebook in stems],
        _figures(notebooks),
        plain.cells_of(tables, stems),
        plain.outputs(folder, stems),
        _parameters(notebooks),
        manifest.inputs(project),
        _committed(project),
        "the committed notebooks",
        frozenset(n.stem for n in notebooks),
    )


def _notebooks(folder: Path, stems: Collection[str] | None) -> list[Notebook]:
    paths = [p for p in sorted(folder.glob("*.ipynb")) if stems is None or p.stem in stems]
    return [Notebook(path.stem, document.read(path)) for path in paths]


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
