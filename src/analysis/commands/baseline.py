"""`analysis baseline`: renew the outputs of the committed notebooks, or check that they are up to date."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from analysis.errors import CheckFailed


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything would change.")
@click.option(
    "--only", multiple=True, metavar="GLOB", help="Only these notebooks, and those they need (repeatable)."
)
@click.option("--engine", type=click.Choice(["warm", "stock"]), default="stock", show_default=True,
              help="stock: Jupyter's own kernel, as nbval uses; warm: faster.")  # fmt: skip
@click.option(
    "--jobs", "-j", type=click.IntRange(1, 64), help="Notebooks at once (default: by cores and memory)."
)
@click.option(
    "--timeout",
    type=click.IntRange(1),
    default=600,
    show_default=True,
    help="Seconds that one cell may take.",
)
@click.option("--json", "as_json", is_flag=True, help="Say what changed as JSON.")
@click.pass_obj
def command(
    project: Path | None,
    check: bool,
    only: tuple[str, ...],
    engine: str,
    jobs: int | None,
    timeout: int,
    as_json: bool,
) -> int:
    """Run all notebooks with default parameters and write them back with their outputs, saying what changed."""
    from analysis.suite import baseline
    from analysis.suite.progress import Lines, Live
    from analysis.suite.project import Project
    from analysis.suite.run import Settings

    found = Project.find(project)
    settings = Settings("baseline", only=only, engine=engine, jobs=jobs or 0, timeout=timeout, cache=False)
    reporter = Live() if sys.stderr.isatty() else Lines(sys.stderr)
    changes = baseline.changes(found, settings, reporter)
    if as_json:
        told = [{"notebook": c.path.name, "changes": c.details} for c in changes]
        if not check:
            baseline.write(changes)
        click.echo(
            json.dumps({"ok": not (check and changes), "notebooks": told}, ensure_ascii=False, indent=1)
        )
        return int(bool(check and changes))
    for change in changes:
        click.echo(click.style(change.path.name, bold=True))
        for line in change.details:
            click.echo(f"  {line}")
    if check and changes:
        raise CheckFailed(f"{len(changes)} notebooks would change; `analysis baseline` writes them.")
    baseline.write(changes)
    verb = (
        "up to date" if not changes else f"{len(changes)} notebook{'' if len(changes) == 1 else 's'} renewed"
    )
    click.echo(f"Baseline: {verb}.")
    return 0
