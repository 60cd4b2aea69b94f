"""`analysis baseline`: renew the outputs of the committed notebooks, or check that they are up to date."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from analysis.commands import comparisons, shared
from analysis.errors import CheckFailed, counted
from analysis.suite import baseline
from analysis.suite.progress import Lines, Live
from analysis.suite.project import Project
from analysis.suite.run import Settings


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything would change.")
@shared.only
@click.option("--engine", type=click.Choice(["warm", "stock"]), default="stock", show_default=True,
              help="stock: Jupyter's own kernel, as nbval uses; warm: faster.")  # fmt: skip
@shared.jobs
@shared.timeout
@shared.as_json
@shared.in_project
def command(
    project: Project,
    check: bool,
    only: tuple[str, ...],
    engine: str,
    jobs: int | None,
    timeout: int,
    as_json: bool,
) -> int:
    """Run all notebooks with default parameters and write them back with their outputs, saying what changed."""
    settings = Settings("baseline", only=only, engine=engine, jobs=jobs or 0, timeout=timeout, cache=False)
    reporter = Live() if sys.stderr.isatty() else Lines(sys.stderr)
    try:
        changes = baseline.changes(project, settings, reporter)
    except CheckFailed as failure:
        raise CheckFailed("\n".join(filter(None, [str(failure), shared.unsound_data(project)]))) from None
    if as_json:
        told = [{"notebook": c.path.name, "changes": c.details} for c in changes]
        if not check:
            _write(project, changes)
        shared.say_json({"ok": not (check and changes), "notebooks": told})
        return int(bool(check and changes))
    for change in changes:
        click.echo(click.style(change.path.name, bold=True))
        for line in change.details:
            click.echo(f"  {line}")
    if check and changes:
        raise CheckFailed(
            f"{counted(len(changes), 'notebook')} would change; `analysis baseline` writes them."
        )
    removed = _write(project, changes)
    renewed = f"{counted(len(changes), 'notebook')} renewed" if changes else "up to date"
    click.echo(f"Baseline: {renewed}.")
    if removed:
        click.echo(f"Removed, as they showed what was replaced: {', '.join(removed)}.")
    return 0


def _write(project: Project, changes: Sequence[baseline.Change]) -> list[str]:
    """Write the notebooks; gives the comparisons that went with what they held before."""
    baseline.write(changes)
    return comparisons.remove_stale(project)
