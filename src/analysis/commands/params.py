"""`analysis params`: what can be set, to what, and where it is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from analysis.suite.params import Catalogue


@click.command()
@click.argument("notebook", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@click.pass_obj
def command(project: Path | None, notebook: str | None, as_json: bool) -> None:
    """List the parameters of all notebooks, or of one, and the scenarios."""
    from analysis.suite.params import Catalogue, scenarios
    from analysis.suite.project import Project

    found = Project.find(project)
    catalogue = Catalogue.of(found.notebooks)
    stem = found.notebook(notebook).stem if notebook else None
    listed = [
        _facts(catalogue, name) for name in catalogue.names if stem is None or stem in catalogue.users(name)
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
        click.echo(_entry(facts))
    if not listed:
        click.echo(f"{stem} declares no parameters." if stem else "No notebook declares parameters.")
    if known and stem is None:
        click.echo("Scenarios (analysis run --scenario NAME):")
        for entry in known:
            values = ", ".join(f"{name}={value}" for name, value in entry.parameters.items())
            click.echo(f"  {click.style(entry.name, bold=True)}: {next(iter(entry.intent.values()))}")
            click.echo(f"      {values}")


def _facts(catalogue: Catalogue, name: str) -> dict[str, Any]:
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
    }


def _entry(facts: dict[str, Any]) -> str:
    lines = [
        f"{click.style(facts['name'], bold=True)} = {facts['default']!r}",
        f"    {facts['help']}" if facts["help"] else "",
        f"    {facts['type']}: {facts['allowed']}",
        f"    in {', '.join(facts['notebooks'])}",
    ]
    return "\n".join(line for line in lines if line) + "\n"
