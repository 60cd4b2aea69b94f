"""`analysis new`: the folder of a new report, which runs at once."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

from analysis.errors import UserError

SKELETON = Path(__file__).parents[1] / "skeleton"
_FILLED = ("report.toml", "data/datapackage.json")


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", help="The heading of the pages (default: the folder's name).")
def command(folder: Path, title: str | None) -> None:
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
    shutil.copytree(SKELETON, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "gitignore").rename(folder / ".gitignore")
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "report"
    for relative in _FILLED:
        path = folder / relative
        text = path.read_text(encoding="utf-8").replace("{title}", title).replace("{name}", name)
        path.write_text(text, encoding="utf-8", newline="\n")
    _describe(folder)
    click.echo(f"{folder}: a report with two claims and one series of invented numbers. Next:")
    click.echo(f"  cd {folder} && analysis run")
    click.echo("Then replace data/report/claims.csv, data/series/ and notebooks/01_first.ipynb by your own.")


def _describe(folder: Path) -> None:
    """List the data files, with the schemas that suit the report, and write the dictionary."""
    from analysis import places
    from analysis.report import config
    from analysis.report.datapackage import dictionary, register, schemas

    data = folder / "data"
    with places.at(folder):
        for name, file, title in (
            ("claims", "report/claims.csv", "The ledger: every number that the report prints"),
            ("series", "series/trips.csv", "Trips by bicycle and all trips (invented)"),
        ):
            schemas.provide(data, name, config.read(folder))
            register(data, data / file, title)
        (data / "README.md").write_text(dictionary(data), encoding="utf-8", newline="\n")
