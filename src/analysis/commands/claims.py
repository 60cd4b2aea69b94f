"""`analysis claims`: the scorecard in the terminal."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import click

from analysis.errors import UserError
from analysis.report.cells import read_all, read_csv, write
from analysis.report.rows import CheckRow, ClaimRow
from analysis.words import label

SHOWN = ["claim_id", "section", "exhibit", "printed", "verdict", "reason"]
VERDICTS = ("contradicted", "consistent", "hedged", "reproduced", "unchecked", "holds", "fails")
COLOURS = {
    "contradicted": "red", "fails": "red", "consistent": "cyan", "hedged": "yellow", "reproduced": "green", "holds": "green",
    "unchecked": "dim",
}  # fmt: skip


@click.command()
@click.argument("claim", required=False)
@click.option("--run", "run_name", default="latest", show_default=True, help="Run to read, or 'baseline'.")
@click.option("--verdict", type=click.Choice(VERDICTS), multiple=True, help="Only claims with this verdict.")
@click.option("--section", multiple=True, help="Only claims of this section, e.g. 5.2, or chapter, e.g. 5.")
@click.option("--exhibit", multiple=True, help="Only claims of this figure or table, e.g. 图10 or 表6.")
@click.option("--kind", multiple=True, help="Only claims of this kind, e.g. growth.")
@click.option("--flips", is_flag=True, help="Only decision errors: the conclusion turns round.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
@click.pass_obj
def command(
    project: Path | None,
    claim: str | None,
    run_name: str,
    verdict: tuple[str, ...],
    section: tuple[str, ...],
    exhibit: tuple[str, ...],
    kind: tuple[str, ...],
    flips: bool,
    form: str,
) -> None:
    """List the report's claims with their verdicts, or explain one CLAIM with every check of it."""
    rows, checks = _read(project, run_name)
    if claim:
        _explain(claim, rows, checks)
        return
    chosen = [
        r
        for r in rows
        if (not verdict or r.verdict in verdict)
        and (not section or any(r.section == s or r.section.startswith(f"{s}.") for s in section))
        and (not exhibit or r.exhibit in exhibit)
        and (not kind or r.kind in kind)
        and (not flips or r.is_decision_error)
    ]
    {"table": _table, "csv": _csv, "json": _json}[form](chosen)


def _read(project: Path | None, run_name: str) -> tuple[list[ClaimRow], list[CheckRow]]:
    """Claims and checks of a run; those of the committed notebooks where nothing has been run yet."""
    from analysis.suite import collect, manifest
    from analysis.suite.project import Project

    found = Project.find(project)
    baseline = found.root / "notebooks"
    if run_name == "baseline" or (run_name == "latest" and not (found.reports / "latest").exists()):
        return (
            read_all(ClaimRow, collect.rows("claims", baseline), "claims"),
            read_all(CheckRow, collect.rows("checks", baseline), "checks"),
        )
    results = manifest.find_run(found, run_name) / "results"
    return read_csv(ClaimRow, results / "claims.csv"), read_csv(CheckRow, results / "checks.csv")


def _printed(row: ClaimRow) -> str:
    from analysis.numbers.printed import written

    return written(row.printed, row.unit, row.hedge)


def _metric(row: ClaimRow) -> str:
    """What the claim measures, in the first language that the row speaks."""
    from analysis.report.config import current

    return next((row.metric[x] for x in current().languages if row.metric.get(x)), row.claim_id)


def _table(rows: list[ClaimRow]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=False, width=None if sys.stdout.isatty() else 160)
    table = Table(*(n.replace("_", " ") for n in SHOWN), box=None, header_style="bold", pad_edge=False)
    for row in rows:
        verdict = row.verdict + (" (flips)" if row.is_decision_error else "")
        style = COLOURS[row.verdict]
        cells = [
            row.claim_id,
            row.section,
            row.exhibit,
            _printed(row),
            Text(verdict, style=style),
            row.reason,
        ]
        table.add_row(*(c if isinstance(c, Text) else Text(str(c)) for c in cells))
    console.print(table)
    counts = ", ".join(f"{n} {v}" for v in VERDICTS if (n := sum(r.verdict == v for r in rows)))
    console.print(f"{len(rows)} claims: {counts}", highlight=False)


def _csv(rows: list[ClaimRow]) -> None:
    if rows:
        cells = [write(row) for row in rows]
        writer = csv.DictWriter(sys.stdout, list(cells[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(cells)


def _json(rows: list[ClaimRow]) -> None:
    click.echo(json.dumps([write(row) for row in rows], ensure_ascii=False, indent=1))


def _explain(claim_id: str, rows: list[ClaimRow], checks: list[CheckRow]) -> None:
    from difflib import get_close_matches

    row = next((r for r in rows if r.claim_id == claim_id), None)
    if row is None:
        near = get_close_matches(claim_id, [r.claim_id for r in rows], n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else "; see: analysis claims"
        raise UserError(f"no claim {claim_id!r}{hint}")
    place = f"section {row.section}" + (f", {row.exhibit}" if row.exhibit else "")
    click.echo(f"{_metric(row)} {row.period} ({place})\n  「{row.quote}」\n  printed: {_printed(row)}")
    click.echo(f"  verdict: {row.verdict}" + (" (the conclusion flips)" if row.is_decision_error else ""))
    rule = label(f"rule_{row.rule.replace('-', '_')}", "en")
    caps = ", ".join(label(f"cap_{cap}", "en") for cap in row.caps.split())
    click.echo(f"  why: {rule}" + (f" At most consistent: {caps}." if caps else ""))
    if not row.check_id:
        click.echo(f"  missing: {row.reason}")
    by_id = {c.check_id: c for c in checks}
    for remark in row.remarks:
        check = by_id.get(remark.check_id)
        click.echo(
            f"\n  {remark.check_id}: {label(f'grade_{remark.grade}', 'en')}; {label(f'outcome_{remark.outcome}', 'en')}: {remark.says or 'says nothing'}"
        )
        click.echo(f"    {remark.arithmetic}")
        if check:
            _sources(check)


def _sources(check: CheckRow) -> None:
    for i in check.inputs:
        source = ", ".join(filter(None, (i.publisher, i.document, i.url)))
        click.echo(f"    {i.text}{i.unit}  {i.label}" + (f" — {source}" if source else ""))
    for said in filter(None, (check.because, check.note)):
        click.echo(f"    {said}")
