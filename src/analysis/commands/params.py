"""`analysis params`: what can be set, to what, and where it is used."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from analysis.suite.params import Catalogue
    from analysis.suite.project import Project

SHOWN = 6
"""Claims named for a parameter in the list of all parameters; --json and a single notebook's list name all."""


@click.command()
@click.argument("notebook", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@click.pass_obj
def command(project: Path | None, notebook: str | None, as_json: bool) -> None:
    """List the parameters of all notebooks, or of one, with the claims that move with each, and the scenarios."""
    from analysis.suite.params import Catalogue, scenarios
    from analysis.suite.project import Project

    found = Project.find(project)
    catalogue = Catalogue.of(found.notebooks)
    stem = found.notebook(notebook).stem if notebook else None
    swept = _swept(found)
    listed = [
        _facts(catalogue, name, swept)
        for name in catalogue.names
        if stem is None or stem in catalogue.users(name)
    ]
    known = scenarios(found)
    if as_json:
        click.echo(
            json.dumps(
                {"parameters": listed, "scenarios": [vars(s) for s in known]},
                ensure_ascii=False,
                indent=1,
                default=str,
            )
        )
        return
    for facts in listed:
        click.echo(_entry(facts, None if stem else SHOWN))
    if listed and swept is None:
        click.echo("Which claims move with a parameter is known after: analysis sweep --default\n")
    if not listed:
        click.echo(f"{stem} declares no parameters." if stem else "No notebook declares parameters.")
    if known and stem is None:
        click.echo("Scenarios (analysis run --scenario NAME):")
        for entry in known:
            values = ", ".join(f"{name}={value}" for name, value in entry.parameters.items())
            click.echo(f"  {click.style(entry.name, bold=True)}: {next(iter(entry.intent.values()))}")
            click.echo(f"      {values}")


def _swept(project: Project) -> list[dict[str, str]] | None:
    """The claims as the published sweep and, over it, the last one found them; None when there is neither.

    Raises UserError for a file that is not such a table.
    """
    from analysis.errors import UserError
    from analysis.report.robustness import PUBLISHED

    found: dict[str, dict[str, str]] = {}
    for path in (
        project.data / PUBLISHED,
        project.reports / "sweeps" / "latest" / "results" / "robustness.csv",
    ):
        if path.is_file():
            try:
                with path.open(encoding="utf-8", newline="") as handle:
                    found |= {row["claim_id"]: row for row in csv.DictReader(handle)}
            except (KeyError, UnicodeDecodeError, csv.Error) as error:
                raise UserError(
                    f"{path}: not the table of a sweep ({error}); make it anew: analysis sweep --default --publish"
                ) from None
    return list(found.values()) or None


def _facts(catalogue: Catalogue, name: str, swept: list[dict[str, str]] | None) -> dict[str, Any]:
    from analysis.suite.values import alternatives, describe

    parameter = catalogue[name]
    return {
        "name": name,
        "type": parameter.type_name or type(parameter.default).__name__,
        "allowed": describe(parameter.type),
        "alternatives": alternatives(parameter.type),
        "default": parameter.default,
        "help": parameter.help,
        "notebooks": catalogue.users(name),
        "verdicts_that_turn": _claims(name, swept, "flips_on"),
        "numbers_that_move": _claims(name, swept, "moves_on"),
    }


def _claims(name: str, swept: list[dict[str, str]] | None, column: str) -> list[str]:
    return [row["claim_id"] for row in swept or () if name in (row.get(column) or "").split()]


def _entry(facts: dict[str, Any], most: int | None) -> str:
    lines = [
        f"{click.style(facts['name'], bold=True)} = {facts['default']!r}",
        f"    {facts['help']}" if facts["help"] else "",
        f"    {facts['type']}: {facts['allowed']}",
        f"    in {', '.join(facts['notebooks'])}",
        _named("turns the verdicts of", facts["verdicts_that_turn"], most),
        _named("moves the numbers of", facts["numbers_that_move"], most),
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _named(what: str, claims: list[str], most: int | None) -> str:
    if not claims:
        return ""
    left = len(claims) - len(claims[:most])
    return f"    {what} {len(claims)}: {', '.join(claims[:most])}" + (f" … and {left} more" if left else "")
