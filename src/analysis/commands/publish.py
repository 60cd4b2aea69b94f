"""`analysis publish`: the pages of a run as a folder for any static host."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.commands import shared
from analysis.errors import UserError, counted
from analysis.suite.manifest import find_run, read, told
from analysis.suite.project import Project


def _address(context: click.Context, option: click.Parameter, value: str) -> str:
    from analysis.site import hosting

    return hosting.address(value)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("run", default="default")
@click.option(
    "--base-url",
    default="",
    callback=_address,
    help="The address of the site: gives it a sitemap, and 404.html its way home.",
)
@shared.as_json
@shared.in_project
def command(project: Project, folder: Path, run: str, base_url: str, as_json: bool) -> None:
    """Write the pages of RUN (default: the run with default parameters) to FOLDER, ready for any static host.

    The folder appears in one step, or is replaced in one; one that this command did not make is left alone.

    \b
    analysis publish _site
    analysis publish _site --base-url https://example.org/report/
    """  # fmt: skip
    from analysis.site import hosting, source

    hosting.refuse_other_folder(folder)
    path = find_run(project, run).resolve()
    facts = read(path)
    if not facts.get("ok", True):
        raise UserError(f"{path.name} is not whole, as notebooks failed; publish a run in which none did.")
    if facts.get("own_data"):
        raise UserError(
            f"{path.name} has rows of one's own laid over the project's data, and is not published as if they were data: "
            "publish a run without --data and --what-if."
        )
    names = hosting.publish(source.read(path), folder, base_url)
    if as_json:
        shared.say_json({"run": path.name, "folder": str(folder), "files": names})
    else:
        click.echo(f"Run {told(path)}: {counted(len(names), 'file')}")
        click.echo(shared.near(folder / "index.html"))
        shared.hint_at_changes(project, path)
