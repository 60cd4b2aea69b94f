"""`analysis verify`: is a run still what its manifest says?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from analysis.errors import CheckFailed

SHOWN = 20


@click.command()
@click.argument("run", default="default")
@click.option("--inputs", is_flag=True, help="Fail also when an input changed since the run.")
@click.option("--json", "as_json", is_flag=True, help="Say what differs as JSON.")
@click.pass_obj
def command(project: Path | None, run: str, inputs: bool, as_json: bool) -> int:
    """Recompute the checksum of every file of RUN (default: the run with default parameters) and compare it with the manifest."""
    from analysis.suite import manifest
    from analysis.suite.project import Project

    found = Project.find(project)
    folder = manifest.find_run(found, run)
    wrong = manifest.output_differences(folder)
    stale = manifest.input_differences(folder, found)
    if as_json:
        facts = {"run": folder.resolve().name, "ok": not wrong, "outputs": wrong, "inputs": stale}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return int(bool(wrong) or (inputs and bool(stale)))
    name = manifest.told(folder)
    for line in wrong:
        click.echo(f"output {line}")
    for line in stale[:SHOWN]:
        click.echo(f"input {line} (since the run)")
    if len(stale) > SHOWN:
        click.echo(f"… and {len(stale) - SHOWN} inputs more (--json lists all)")
    if wrong:
        raise CheckFailed(f"{len(wrong)} files of {name} are not as its manifest says.")
    click.echo(f"All {len(manifest.outputs(folder))} files of {name} are as its manifest says.")
    if stale and inputs:
        raise CheckFailed(f"{len(stale)} inputs changed since {name} was made.")
    return 0
