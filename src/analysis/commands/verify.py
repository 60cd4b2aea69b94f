"""`analysis verify`: is a run still what its manifest says?"""

from __future__ import annotations

import click

from analysis.commands import shared
from analysis.errors import CheckFailed, counted
from analysis.suite import manifest
from analysis.suite.project import Project

SHOWN = 20


@click.command()
@click.argument("run", default="default")
@click.option("--inputs", is_flag=True, help="Fail also when an input changed since the run.")
@shared.as_json
@shared.in_project
def command(project: Project, run: str, inputs: bool, as_json: bool) -> int:
    """Recompute the checksum of every file of RUN (default: the run with default parameters) and compare it with the manifest."""
    folder = manifest.find_run(project, run)
    wrong = manifest.output_differences(folder)
    stale = manifest.input_differences(folder, project)
    if as_json:
        shared.say_json({"run": folder.resolve().name, "ok": not wrong, "outputs": wrong, "inputs": stale})
        return int(bool(wrong) or (inputs and bool(stale)))
    name = manifest.told(folder)
    for line in wrong:
        click.echo(f"output {line}")
    for own in manifest.overlaid(folder):
        click.echo(f"input {own}: own rows of this run lie over it; it cannot be compared")
    for line in stale[:SHOWN]:
        click.echo(f"input {line} (since the run)")
    if len(stale) > SHOWN:
        click.echo(f"… and {counted(len(stale) - SHOWN, 'more input')} (--json lists all)")
    if wrong:
        raise CheckFailed(
            f"{counted(len(wrong), 'file')} of {name} {'is' if len(wrong) == 1 else 'are'} not as the manifest says."
        )
    click.echo(f"All {counted(len(manifest.outputs(folder)), 'file')} of {name} are as its manifest says.")
    if stale and inputs:
        raise CheckFailed(f"{counted(len(stale), 'input')} changed since {name} was made.")
    return 0
