"""`analysis serve`: a run's pages with every assumption as a control beside them."""

from __future__ import annotations

import click

from analysis.commands import shared
from analysis.suite.project import Project


@click.command()
@click.argument("run", default="latest")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one."
)
@click.option("--host", default="127.0.0.1", show_default=True,
              help="Other than this machine: whoever has the address with its token may use it.")  # fmt: skip
@shared.in_project
def command(project: Project, run: str, port: int, host: str) -> int:
    """Open a run's pages on this machine; change assumptions in the browser and see what moves.

    RUN is the name of a run, by default the last full one. Ctrl-C ends it.
    """
    from analysis.live.server import serve

    def ready(address: str, is_current: bool) -> None:
        if not is_current:
            click.echo(
                f"{run} is not of these files, or of some notebooks only: pages are made from what is here now."
            )
        click.echo(f"{address}  (Ctrl-C ends it)")

    serve(project, run, host, port, ready)
    click.echo("Stopped.")
    return 0
