"""`analysis compare`: what moved between two runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.commands import comparisons, shared
from analysis.report import config
from analysis.suite.project import Project

if TYPE_CHECKING:
    from analysis.site.differences import Comparison, Moved

SHOWN = 20


@click.command()
@click.argument("before")
@click.argument("after", default="latest")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where to write the page (default: reports/compare-….html).",
)
@shared.as_json
@shared.in_project
def command(project: Project, before: str, after: str, out: Path | None, as_json: bool) -> int:
    """Compare two runs: verdicts that changed, numbers by relative size, figures, parameters, data rows.

    BEFORE and AFTER are names of runs, `latest`, or `baseline` (the committed notebooks). Like diff it ends with exit
    code 0 when no result differs, 1 when something does, 2 for a mistake.
    """
    from analysis.site.differences import compare
    from analysis.site.sides import pair

    sides = pair(project, before, after)
    found = compare(*sides)
    if as_json:
        shared.say_json(asdict(found))
        return 0 if found.is_same and not any(found.lacking) else 1
    _print(found)
    from analysis.site.comparison import write

    path = out or comparisons.path(project, found.before, found.after)
    report = config.read(project.root)
    told = {
        language: found
        if all(side.language == language for side in sides)
        else compare(*pair(project, before, after, language))
        for language in report.languages
    }
    write(told, path, report, project.reports, comparisons.mark(project, found.before, found.after))
    click.echo(shared.near(path))
    return 0 if found.is_same and not any(found.lacking) else 1


def _print(c: Comparison) -> None:
    for name, told in zip((c.before, c.after), c.told, strict=True):
        click.echo(f"{name}: {told}")
    for name, lacking in zip((c.before, c.after), c.lacking, strict=True):
        if lacking:
            click.echo(f"{name} is not whole: {', '.join(lacking)} failed or could not run.")
    if c.is_unjudged:
        click.echo("Verdicts are not compared: one of the two has none, as its scorecard did not run.")
    if c.only:
        click.echo(f"Compared is only what both hold: {', '.join(c.only)}.")
    for name, (was, now) in c.parameters.items():
        click.echo(f"parameter {name}: {_shown(was)} → {_shown(now)}")
    for row in c.rows[:SHOWN]:
        cells = "; ".join(f"{k}: {a or '–'} → {b or '–'}" for k, (a, b) in row.cells.items())
        said = f"data {row.file}: {row.key} {row.what}" + (f" ({cells})" if cells else "")
        near = f"; did you mean {row.near}?" if row.near else ""
        click.echo(f"{said}; no check of {c.after} uses it{near}" if row.is_idle else said)
    _more(len(c.rows))
    listed = {r.file for r in c.rows}
    for name in c.inputs:
        if name.removeprefix("data/") not in listed:
            click.echo(f"input changed: {name}")
    if c.is_same:
        what = "Of what both hold, no result differs" if c.only else "No result differs"
        click.echo(f"{what} between {c.before} and {c.after}.")
        return
    for v in c.verdicts:
        was, now = v.before or "not there", v.after or "not there"
        printed = ", ".join(filter(None, [v.printed, v.meaning.get("en", "")]))
        click.secho(f"{v.claim_id} ({printed}): {was} → {now}", fg="red" if v.is_worse else "green")
        click.echo(f"    {v.reason_after or v.reason_before}")
    for m in c.numbers[:SHOWN]:
        was, now, unit = m.said("en")
        click.echo(f"{m.check_id}: {was} → {now} {unit}".rstrip() + f" ({_change(m)})")
    _more(len(c.numbers))
    for what, names in (("new check", c.checks_added), ("check gone", c.checks_removed)):
        for name in names[:SHOWN]:
            click.echo(f"{what}: {name}")
        _more(len(names))
    for cell in c.cells[:SHOWN]:
        where = f"{cell.table}, row {cell.row}, {cell.column}"
        click.echo(f"table {where}: {cell.before or '–'} → {cell.after or '–'}")
    _more(len(c.cells))
    for output in c.outputs[:SHOWN]:
        was, now = (" / ".join(text.splitlines())[:60] or "–" for text in (output.before, output.after))
        click.echo(f"output {output.notebook}, cell {output.cell}: {was} → {now}")
    _more(len(c.outputs))
    for f in c.figures:
        click.echo(f"figure {f.name}: {f.what} {'differs' if f.what in ('data', 'picture') else ''}".rstrip())
    click.echo(f"{c.counts} differ between {c.before} and {c.after}.")


def _shown(value: object) -> str:
    return "not there" if value is None else str(value)


def _change(moved: Moved) -> str:
    """A rate moves by points, anything else by per cent of itself."""
    if moved.points is not None:
        return f"{moved.points:+.3g} points"
    return (
        "from nothing, or of another sign" if moved.relative_pct is None else f"{moved.relative_pct:+.3g} %"
    )


def _more(number: int) -> None:
    if number > SHOWN:
        click.echo(f"… and {number - SHOWN} more")
