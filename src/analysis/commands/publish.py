"""`analysis publish`: the pages of a run as a folder for any static host."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("run", default="default")
@click.option(
    "--base-url", default="", help="The address of the site: gives it a sitemap, and 404.html its way home."
)
@click.option("--json", "as_json", is_flag=True, help="Say what was written as JSON.")
@click.pass_obj
def command(project: Path | None, folder: Path, run: str, base_url: str, as_json: bool) -> None:
    """Write the pages of RUN (default: the run with default parameters) to FOLDER, ready for any static host.

    The folder appears in one step, or is replaced in one; one that this command did not make is left alone.

    \b
    analysis publish _site
    analysis publish _site --base-url https://example.org/report/
    """  # fmt: skip
    from analysis.site import hosting, source
    from analysis.suite.manifest import find_run, told
    from analysis.suite.project import Project

    hosting.address(base_url)
    hosting.refuse_other_folder(folder)
    path = find_run(Project.find(project), run).resolve()
    names = hosting.publish(source.read(path), folder, base_url)
    if as_json:
        said = {"run": path.name, "folder": str(folder), "files": names}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        click.echo(f"Run {told(path)}: {len(names)} files")
        click.echo(f"{folder / 'index.html'}")
