"""`analysis claims`: the scorecard in the terminal."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click

from analysis.errors import UserError

SHOWN = ["claim_id", "section", "exhibit", "printed", "verdict", "reason"]
VERDICTS = ("contradicted", "hedged", "reproduced", "unchecked")


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
        if (not verdict or r["verdict"] in verdict)
        and (not section or any(r["section"] == s or r["section"].startswith(f"{s}.") for s in section))
        and (not exhibit or r["exhibit"] in exhibit)
        and (not kind or r["kind"] in kind)
        and (not flips or _is_true(r["is_decision_error"]))
    ]
    {"table": _table, "csv": _csv, "json": _json}[form](chosen)


def _read(project: Path | None, run_name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Claims and checks of a run; those of the committed notebooks where nothing has been run yet."""
    from analysis.suite import collect, manifest
    from analysis.suite.project import Project

    found = Project.find(project)
    baseline = found.root / "notebooks"
    if run_name == "baseline" or (run_name == "latest" and not (found.reports / "latest").exists()):
        return collect.rows("claims", baseline), collect.rows("checks", baseline)
    results = manifest.find_run(found, run_name) / "results"
    return _rows(results / "claims.csv"), _rows(results / "checks.csv")


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    except FileNotFoundError:
        raise UserError(f"{path}: the run has no such table; run the whole suite: analysis run") from None


def _is_true(value: Any) -> bool:
    from analysis.report.verdict import is_true

    return is_true(value)


def _printed(row: dict[str, Any]) -> str:
    from analysis.numbers.printed import written

    return written(row["printed"], row["unit"], row["hedge"])


def _metric(row: dict[str, Any]) -> str:
    """What the claim measures, in the first language that the row speaks."""
    from analysis.report.config import current

    return str(next((row[c] for x in current().languages if (c := f"metric_{x}") in row), row["claim_id"]))


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colours = {"contradicted": "red", "hedged": "yellow", "reproduced": "green", "unchecked": "dim"}
    console = Console(soft_wrap=False, width=None if sys.stdout.isatty() else 160)
    table = Table(*(n.replace("_", " ") for n in SHOWN), box=None, header_style="bold", pad_edge=False)
    for row in rows:
        verdict = row["verdict"] + (" (flips)" if _is_true(row["is_decision_error"]) else "")
        cells = [
            row["claim_id"], row["section"], row["exhibit"], _printed(row),
            Text(verdict, style=colours[row["verdict"]]), row["reason"],
        ]  # fmt: skip
        table.add_row(*(c if isinstance(c, Text) else Text(str(c)) for c in cells))
    console.print(table)
    counts = ", ".join(f"{sum(r['verdict'] == v for r in rows)} {v}" for v in VERDICTS)
    console.print(f"{len(rows)} claims: {counts}", highlight=False)


def _csv(rows: list[dict[str, Any]]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _json(rows: list[dict[str, Any]]) -> None:
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))


def _explain(claim_id: str, rows: list[dict[str, Any]], checks: list[dict[str, Any]]) -> None:
    from difflib import get_close_matches

    row = next((r for r in rows if r["claim_id"] == claim_id), None)
    if row is None:
        near = get_close_matches(claim_id, [r["claim_id"] for r in rows], n=3)
        raise UserError(
            f"no claim {claim_id!r}"
            + (f"; did you mean {', '.join(near)}?" if near else "; see: analysis claims")
        )
    place = f"section {row['section']}" + (f", {row['exhibit']}" if row["exhibit"] else "")
    click.echo(f"{_metric(row)} {row['period']} ({place})\n  「{row['quote']}」\n  printed: {_printed(row)}")
    click.echo(f"  verdict: {row['verdict']}" + (" (the conclusion flips)" if _is_true(row["is_decision_error"]) else ""))  # fmt: skip
    mine = [c for c in checks if c["claim_id"] == claim_id]
    if not mine:
        click.echo(f"  missing: {row['reason']}")
    for check in mine:
        role = "" if _is_true(check["decides"]) else " (exploration)"
        click.echo(f"\n  {check['check_id']}: {check['outcome']}{role}\n    {check['arithmetic']}")
        for i in json.loads(check["inputs"]):
            source = ", ".join(filter(None, (i["publisher"], i["document"], i["url"])))
            click.echo(f"    {i['text']}{i['unit']}  {i['label']}" + (f" — {source}" if source else ""))
        if check["note"]:
            click.echo(f"    {check['note']}")
