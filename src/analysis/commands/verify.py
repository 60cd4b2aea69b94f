"""`analysis verify`: is a run still what its manifest says?"""

from __future__ import annotations

from pathlib import Path

import click

from analysis.errors import CheckFailed


@click.command()
@click.argument("run", default="latest")
@click.option("--inputs", is_flag=True, help="Fail also when an input changed since the run.")
@click.pass_obj
def command(project: Path | None, run: str, inputs: bool) -> None:
    """Recompute the checksum of every file of RUN (default: latest) and compare it with the manifest."""
    from analysis.suite import manifest
    from analysis.suite.project import Project

    found = Project.find(project)
    folder = manifest.find_run(found, run)
    wrong = manifest.output_differences(folder)
    stale = manifest.input_differences(folder, found)
    for line in wrong:
        click.echo(f"output {line}")
    for line in stale:
        click.echo(f"input {line} (since the run)")
    if wrong:
        raise CheckFailed(f"{len(wrong)} files of {folder.name} are not as its manifest says.")
    click.echo(f"All {len(manifest.outputs(folder))} files of {folder.name} are as its manifest says.")
    if stale and inputs:
        raise CheckFailed(f"{len(stale)} inputs changed since {folder.name} was made.")
