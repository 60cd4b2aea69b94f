"""`analysis data`: validate the data package, write its dictionary, list a new file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from analysis import places, reading
from analysis.commands import shared
from analysis.errors import CheckFailed, counted
from analysis.report import config
from analysis.report.datapackage import DataError, descriptor, load, refresh_sources, register, schemas
from analysis.report.datapackage import dictionary as text_of
from analysis.report.datapackage import validate as find_problems
from analysis.writing import write_together


@click.group(name="data", cls=shared.Group)
def command() -> None:
    """Validate the data package, write its dictionary, list a new file."""


@command.command()
@click.option(
    "--text",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The report's text: look up every quote of the ledger in it.",
)
@click.option("--limit", default=20, show_default=True, help="How many problems to print.")
@shared.as_json
def validate(text: Path | None, limit: int, as_json: bool) -> int:
    """Check every data file. Exit 0: sound. Exit 2: one line per problem, with file, row and column."""
    folder = places.data()
    problems = find_problems(folder, text)
    if as_json:
        facts = {"ok": not problems, "files": len(load(folder)), "problems": [asdict(p) for p in problems]}
        shared.say_json(facts)
        return DataError.exit_code if problems else 0
    if problems:
        lines = [str(p) for p in problems[:limit]]
        if len(problems) > limit:
            lines.append(f"... and {len(problems) - limit} more (--limit {len(problems)} shows all)")
        raise DataError("\n".join(lines))
    click.echo(f"Sound: {counted(len(load(folder)), 'file')}.")
    return 0


@command.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the dictionary is out of date.")
@shared.as_json
def dictionary(check: bool, as_json: bool) -> int:
    """Write data/README.md and the sources in datapackage.json from the schemas and rows; schemas that are not there first."""
    folder = places.data()
    if not check:
        schemas.provide_listed(folder, config.current())
    readme, package, text = folder / "README.md", refresh_sources(folder), text_of(folder)
    current = reading.text(readme) if readme.is_file() else ""
    is_current = current == text and package == reading.mapping_of(folder / descriptor.DESCRIPTOR)
    if as_json:
        shared.say_json({"ok": is_current or not check, "was_up_to_date": is_current})
    if is_current:
        if not as_json:
            click.echo("The dictionary is up to date.")
        return 0
    if check and as_json:
        return CheckFailed.exit_code
    if check:
        raise CheckFailed(
            "data/README.md or the sources in datapackage.json are out of date; run: analysis data dictionary"
        )
    write_together({folder / descriptor.DESCRIPTOR: descriptor.as_json(package), readme: text})
    if not as_json:
        click.echo(f"Wrote {readme.relative_to(folder.parent)} and the sources in {descriptor.DESCRIPTOR}.")
    return 0


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", required=True, help="What the file holds, in one line.")
@click.option("--description", default="", help="What a user must know about it.")
@shared.as_json
def add(file: Path, title: str, description: str, as_json: bool) -> None:
    """List a new CSV in datapackage.json: a series file, or a table that has its own schema."""
    relative = descriptor.unlisted(places.data(), file)  # before anything is written
    schemas.provide(places.data(), descriptor.schema_for(relative), config.current())
    name = register(places.data(), file, title, description)
    if as_json:
        shared.say_json({"name": name})
        return
    click.echo(f"Listed as {name}. Next: analysis data validate, then analysis data dictionary.")
