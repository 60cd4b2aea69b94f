"""`analysis cache`: what is kept of earlier executions, and how to drop it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from analysis.commands import shared
from analysis.errors import counted
from analysis.suite.cache import Info
from analysis.suite.project import Project
from analysis.suite.run import cache_of


@click.group(cls=shared.Group)
def command() -> None:
    """Look at, or clear, the cache of executed notebooks and their pages."""


@command.command()
@shared.as_json
@shared.in_project
def info(project: Project, as_json: bool) -> None:
    """Say where the cache is and how much it holds."""
    found = cache_of(project).info()
    shared.say_json(asdict(found)) if as_json else click.echo(
        f"{shared.near(Path(found.folder))}: {_size(found)}"
    )


@command.command()
@shared.as_json
@shared.in_project
def clear(project: Project, as_json: bool) -> None:
    """Remove everything: the next run executes every notebook."""
    before = cache_of(project).clear()
    shared.say_json(asdict(before)) if as_json else click.echo(f"Removed {_size(before)}.")


def _size(found: Info) -> str:
    return f"{counted(found.entries, 'entry')}, {found.bytes / 1e6:.1f} MB"
