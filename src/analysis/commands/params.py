"""`analysis params`: what can be set, to what, and where it is used."""

from __future__ import annotations

from dataclasses import dataclass

import click

from analysis.commands import shared
from analysis.report.cells import read_csv
from analysis.report.robustness import PUBLISHED
from analysis.report.rows import RobustnessRow
from analysis.suite.params import Catalogue, scenarios
from analysis.suite.project import Project
from analysis.suite.values import alternatives, describe

SHOWN = 6
"""Claims named for a parameter in the list of all parameters; --json and a single notebook's list name all."""


@click.command()
@click.argument("notebook", required=False)
@shared.as_json
@shared.in_project
def command(project: Project, notebook: str | None, as_json: bool) -> None:
    """List the parameters of all notebooks, or of one, with the verdicts that turn with each, and the scenarios."""
    catalogue = Catalogue.of(project.notebooks)
    stem = project.notebook(notebook).stem if notebook else None
    swept = _swept(project)
    listed = [
        _facts(catalogue, name, swept)
        for name in catalogue.names
        if stem is None or stem in catalogue.users(name)
    ]
    known = scenarios(project)
    if as_json:
        shared.say_json(
            {"parameters": [vars(facts) for facts in listed], "scenarios": [vars(s) for s in known]}
        )
        return
    for facts in listed:
        click.echo(_entry(facts, None if stem else SHOWN))
    if listed and swept is None and (project.data / "report" / "claims.csv").is_file():
        click.echo("What a parameter turns is known after: analysis sweep --default\n")
    if not listed:
        click.echo(f"{stem} declares no parameters." if stem else "No notebook declares parameters.")
    if known and stem is None:
        click.echo("Scenarios (analysis run --scenario NAME):")
        for entry in known:
            values = ", ".join(f"{name}={value}" for name, value in entry.parameters.items())
            click.echo(f"  {click.style(entry.name, bold=True)}: {next(iter(entry.intent.values()))}")
            click.echo(f"      {values}")


def _swept(project: Project) -> list[RobustnessRow] | None:
    """The claims as the published sweep and, over it, the last one found them; None when there is neither.

    Raises UserError for a file that is not such a table.
    """
    latest = project.reports / "sweeps" / "latest" / "results" / "robustness.csv"
    tables = [path for path in (project.data / PUBLISHED, latest) if path.is_file()]
    found = {row.claim_id: row for path in tables for row in read_csv(RobustnessRow, path)}
    return list(found.values()) or None


@dataclass(frozen=True)
class Facts:
    """What there is to say of a parameter."""

    name: str
    type: str
    allowed: str
    alternatives: list[object]
    default: object
    help: str
    notebooks: list[str]
    verdicts_that_turn: list[str]
    claims_it_reaches: list[str]


def _facts(catalogue: Catalogue, name: str, swept: list[RobustnessRow] | None) -> Facts:
    parameter = catalogue[name]
    return Facts(
        name, parameter.type_name or type(parameter.default).__name__, describe(parameter.type),
        alternatives(parameter.type), parameter.default, parameter.help, catalogue.users(name),
        [r.claim_id for r in swept or () if name in r.flips_on.split()],
        [r.claim_id for r in swept or () if name in r.moves_on.split()],
    )  # fmt: skip


def _entry(facts: Facts, most: int | None) -> str:
    lines = [
        f"{click.style(facts.name, bold=True)} = {facts.default!r}",
        f"    {facts.help}" if facts.help else "",
        f"    {facts.type}: {facts.allowed}",
        f"    in {', '.join(facts.notebooks)}",
        _named("turns the verdicts of", facts.verdicts_that_turn, most),
        _named("reaches", facts.claims_it_reaches, most),
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _named(what: str, claims: list[str], most: int | None) -> str:
    if not claims:
        return ""
    left = len(claims) - len(claims[:most])
    return f"    {what} {len(claims)}: {', '.join(claims[:most])}" + (f" … and {left} more" if left else "")
