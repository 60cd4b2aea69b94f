"""What a finished sweep says of the ledger: its tables, its page, and what is published of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import UserError, counted
from analysis.report import cells, config, robustness, swept, universes
from analysis.report.curves import curves
from analysis.report.grades import setting_of
from analysis.report.ledger import Claim, load_claims
from analysis.report.robustness import Robustness
from analysis.report.rows import FlipRow, RobustnessRow
from analysis.report.turning import heat_map
from analysis.report.universes import Grid
from analysis.site import sweep_page
from analysis.site.sweep_notes import notes
from analysis.suite import sweep_store
from analysis.suite.sweep_store import Keep, Store
from analysis.writing import write_atomically

if TYPE_CHECKING:
    from analysis.suite.project import Project
    from analysis.suite.sweep import Outcome
    from analysis.suite.sweep_plan import Plan

KEEP = Keep(universes.TABLE, universes.COLUMNS)
"""What a sweep keeps of each case: the checks, without what only pages show."""


@dataclass(frozen=True)
class Results:
    """The robustness of every claim that the sweep may decide, and the name of the page that shows it."""

    claims: Sequence[Robustness]
    page: str


def evaluate(project: Project, store: Store, outcome: Outcome) -> Results:
    """Judge every claim in every universe; write results/robustness.csv, results/flips.csv and the page."""
    rows, grid = sweep_store.frame(store.folder, store.keep.table), grid_of(store.plan)
    ledger, report = _ledger(project), config.read(project.root)
    found = robustness.robustness(universes.universes(rows, grid), grid, ledger, setting_of(report))
    folder = store.folder / "results"
    write_atomically(folder / "robustness.csv", cells.to_csv((r.row for r in found), RobustnessRow))
    write_atomically(folder / "flips.csv", cells.to_csv(robustness.flip_rows(found), FlipRow))
    maps = [made for r in found if (made := heat_map(r, grid))]
    page = sweep_page.write(outcome, found, maps, curves(rows, grid, found), ledger, report)
    return Results(found, page.name)


def grid_of(plan: Plan) -> Grid:
    """The swept parameters of a plan."""
    axes = ((axis.name, axis.values, axis.centre) for axis in plan.axes)
    return Grid.of(axes, {cases.stem: [axis.name for axis in cases.axes] for cases in plan.notebooks})


def refuse_partial(project: Project, plan: Plan) -> None:
    """Raises UserError, before anything runs, when the sweep leaves out notebooks whose claims the scorecard shows."""
    swept = {cases.stem for cases in plan.notebooks}
    if left_out := [n.stem for n in project.notebooks if not n.needs and n.stem not in swept]:
        raise UserError(
            f"--publish: {', '.join(left_out)} would not run; the scorecard wants a complete sweep (--default)."
        )


def publish(project: Project, store: Store, found: Sequence[Robustness]) -> list[Path]:
    """Hand the table to the scorecard and a page to docs/. Raises UserError for a sweep with failures."""
    if store.failures:
        raise UserError(
            f"--publish: {counted(len(store.failures), 'case')} failed; mend what failed and --resume the sweep."
        )
    compact = swept.text_of(swept.compact(found, grid_of(store.plan)))
    contents = {
        project.data / robustness.PUBLISHED: cells.to_csv((r.row for r in found), RobustnessRow),
        project.data / swept.PUBLISHED: compact,
    }
    if (docs := project.root / "docs").is_dir():
        contents[docs / "robustness.md"] = notes(store.plan, found, _ledger(project))
    for path, content in contents.items():
        write_atomically(path, content)
    return list(contents)


def _ledger(project: Project) -> Mapping[str, Claim]:
    path = project.data / "report" / "claims.csv"
    return load_claims(path) if path.exists() else {}
