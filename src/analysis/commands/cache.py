"""`analysis cache`: what is kept of earlier executions, and how to drop it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from analysis.suite.cache import Cache


@click.group()
def command() -> None:
    """Look at, or clear, the cache of executed notebooks."""


@command.command()
@click.pass_obj
def info(project: Path | None) -> None:
    """Say where the cache is and how much it holds."""
    found = _cache(project).info()
    click.echo(f"{found.folder}: {found.entries} entries, {found.bytes / 1e6:.1f} MB")


@command.command()
@click.pass_obj
def clear(project: Path | None) -> None:
    """Remove everything: the next run executes every notebook."""
    before = _cache(project).clear()
    click.echo(f"Removed {before.entries} entries, {before.bytes / 1e6:.1f} MB.")


def _cache(project: Path | None) -> Cache:
    from analysis.suite.cache import Cache
    from analysis.suite.project import Project

    return Cache(Project.find(project).root / ".cache" / "notebooks")
