"""`analysis new`: the folder of a new report, which runs at once."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

from analysis import places
from analysis.commands import shared
from analysis.errors import UserError
from analysis.report import config
from analysis.report.datapackage import dictionary, register, schemas
from analysis.suite import files
from analysis.writing import write_atomically

SKELETON = Path(__file__).parents[1] / "skeleton"
_FILLED = ("report.toml", "data/datapackage.json")


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", help="The heading of the pages (default: the folder's name).")
@shared.as_json
def command(folder: Path, title: str | None, as_json: bool) -> None:
    """Write the folder of a new report: report.toml, data/ with two claims and one series, a notebook, a scorecard.

    \b
    analysis new cycling --title "Cycling in numbers"
    cd cycling && analysis run
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} is there already and not empty; name a new folder.")
    title = title or folder.resolve().name
    if re.search(r'["\\\x00-\x1f{}]', title):
        raise UserError("--title: quotation marks, braces, backslashes and line breaks are not allowed here.")
    if re.search(r"[\ud800-\udfff]", title):
        raise UserError(
            f"--title: {title!r} holds what is no character; write it in UTF-8 (without --title it is the folder's name)."
        )
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "report"
    place = folder.resolve()
    with files.staging(place.parent, place.name) as staged:
        shutil.copytree(SKELETON, staged, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        (staged / "gitignore").rename(staged / ".gitignore")
        for relative in _FILLED:
            path = staged / relative
            text = path.read_text(encoding="utf-8").replace("{title}", title).replace("{name}", name)
            write_atomically(path, text)
        _describe(staged)
        _place(staged, place)
    if as_json:
        shared.say_json({"folder": str(place), "title": title})
        return
    click.echo(f"{folder}: a report with two claims and one series of invented numbers. Next:")
    click.echo(f"  cd {folder} && analysis run")
    click.echo("Then replace data/report/claims.csv, data/series/ and notebooks/01_first.ipynb by your own.")


def _place(staged: Path, folder: Path) -> None:
    """Give a complete folder its name; into one that is there and empty go its parts, report.toml last: somebody may stand in it."""
    if not folder.exists():
        files.publish(staged, folder)
        return
    for part in sorted(staged.iterdir(), key=lambda path: path.name == places.REPORT):
        part.rename(folder / part.name)


def _describe(folder: Path) -> None:
    """List the data files, with the schemas that suit the report, and write the dictionary."""
    data = folder / "data"
    with places.at(folder):
        for name, file, title in (
            ("claims", "report/claims.csv", "The ledger: every number that the report prints"),
            ("series", "series/trips.csv", "Trips by bicycle and all trips (invented)"),
        ):
            schemas.provide(data, name, config.read(folder))
            register(data, data / file, title)
        write_atomically(data / "README.md", dictionary(data))
