"""One side of a comparison: a run, or the committed notebooks as the baseline."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis import reading
from analysis.errors import UserError
from analysis.report import cells, config
from analysis.report.bench import verdicts
from analysis.report.cells import R
from analysis.report.grades import setting_of
from analysis.report.ledger import load_claims
from analysis.report.rows import CheckRow, ClaimRow
from analysis.site import cards, own_rows, plain
from analysis.site.source import Drawing, Notebook, Variant, language_of, notebooks_in
from analysis.suite import collect, manifest
from analysis.suite.project import Project


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
    """Whether only some of the notebooks were to run, or ran to their end."""
    language: str = ""
    """In which its notebooks ran."""
    idle: Mapping[str, str] = field(default_factory=dict)
    """New rows of one's own that no check uses → the nearest that the project has."""
    lacking: tuple[str, ...] = ()
    """The notebooks that failed, or were not run as what they need failed."""
    is_unjudged: bool = False
    """Whether its verdicts are left out, as the other side has none."""


def pair(project: Project, before: str, after: str, language: str = "") -> tuple[Side, Side]:
    """Both sides of a comparison; where one is a run of some notebooks, what both hold of the same notebooks.

    language: as both say it in that language; where one of them does not speak it, their outputs are as they ran, and only why
    a claim has its verdict is said in it. Raises UserError when there is no such run, or nothing that both hold.
    """
    spoken = all(language in _languages(project, name) for name in (before, after))
    first, second = (load(project, name, None, language, spoken) for name in (before, after))
    if not (first.is_part or second.is_part) or first.notebooks == second.notebooks:
        return first, second
    both = first.notebooks & second.notebooks
    if not both:
        said = " and ".join(f"{s.name} ({s.told})" for s in (first, second))
        raise UserError(f"{said} have no notebook in common; compare runs that hold the same ones.")
    has_claims = bool(first.claims) == bool(second.claims)
    first, second = (load(project, name, both, language, spoken) for name in (before, after))
    if has_claims:
        return first, second
    return replace(first, claims=(), is_unjudged=True), replace(second, claims=(), is_unjudged=True)


def _languages(project: Project, name: str) -> list[str]:
    """In which languages, besides that of its notebooks, a side has them all as well."""
    if name == manifest.BASELINE:
        return []
    folder = manifest.find_run(project, name) / "notebooks"
    return [found.name for found in folder.iterdir() if any(found.glob("*.ipynb"))]


def load(
    project: Project,
    name: str,
    stems: Collection[str] | None = None,
    language: str = "",
    spoken: bool = False,
) -> Side:
    """The side called `name`: a run, `latest`, or `baseline` (the committed notebooks); of these notebooks, default all.

    language: why a claim has its verdict is said in it, default as the notebooks ran. spoken: take the notebooks that ran in
    it as well. Raises UserError when there is no such side.
    """
    if name == manifest.BASELINE:
        home, kept, called, told = project.root, project.root / "notebooks", name, "the committed notebooks"
        facts, data = {"inputs": manifest.inputs(project)}, _committed(project)
    else:
        folder = manifest.find_run(project, name)
        home, kept, called = folder / "inputs", folder / "notebooks", folder.resolve().name
        facts, data = manifest.read(folder), _archived(folder)
        told = manifest.parameters_told(facts)
    every = notebooks_in(kept / language if spoken else kept)
    handed = collect.gathered(((n.stem, n.content) for n in every), [] if home != project.root else None)
    claims, checks = _rows(ClaimRow, "claims", handed), _rows(CheckRow, "checks", handed)
    notebooks = [n for n in every if stems is None or n.stem in stems]
    status = facts.get("status") or {}
    lacking = {n.rpartition("/")[2] for n in status if status[n] in ("failed", "skipped")}
    there = frozenset(n.stem for n in every)
    ended = there - lacking or there
    return Side(
        called,
        _said(claims, checks, notebooks, home, language),
        [c for c in checks if stems is None or c.notebook in stems],
        {f"{n.stem}-{d.id}": d for n in notebooks for d in n.drawings},
        plain.cells_of(handed, stems),
        plain.outputs(notebooks),
        {p.name: p.value for n in notebooks for p in n.parameters},
        facts["inputs"],
        data,
        told,
        frozenset(n.stem for n in notebooks) & ended,
        bool(facts.get("only")) or ended != there,
        language_of(notebooks, config.read(home)),
        own_rows.idle(facts.get("added") or {}, checks),
        tuple(sorted(lacking)),
    )


def _said(
    claims: Sequence[ClaimRow],
    checks: Sequence[CheckRow],
    notebooks: Sequence[Notebook],
    home: Path,
    language: str,
) -> Sequence[ClaimRow]:
    """The claims with their reasons in `language`, where the notebooks ran in another: arithmetic is the same in every
    language; where a check found words, the rule that set the verdict is said. `home`: where settings and data lie.
    """
    ledger = home / "data" / "report" / "claims.csv"
    report = config.read(home)
    if not language or not ledger.is_file() or language == language_of(notebooks, report):
        return claims
    spoken, found = Variant(language, "", tuple(notebooks), report), {c.check_id: c for c in checks}
    judged = verdicts(
        load_claims(ledger, report.languages), checks, language, spoken.reading, setting_of(report)
    )
    reasons = {
        row.claim_id: row.reason
        if row.check_id not in found or found[row.check_id].way == "number"
        else cards.rule(row, spoken.voice)
        for row in judged
    }
    return [replace(c, reason=reasons.get(c.claim_id, c.reason)) for c in claims]


def _rows(kind: type[R], table: str, tables: Mapping[str, collect.Table]) -> list[R]:
    """The rows of a table; none where the notebooks hand out no such table."""
    return cells.read_all(kind, tables[table].rows, table) if table in tables else []


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
