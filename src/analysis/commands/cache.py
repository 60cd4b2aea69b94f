"""`analysis cache`: what is kept of earlier executions, and how to drop it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from analysis.suite.cache import Cache, Info


@click.group()
def command() -> None:
    """Look at, or clear, the cache of executed notebooks."""


_json = click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")


@command.command()
@_json
@click.pass_obj
def info(project: Path | None, as_json: bool) -> None:
    """Say where the cache is and how much it holds."""
    found = _cache(project).info()
    if as_json:
        click.echo(_told(found))
        return
    click.echo(f"{found.folder}: {found.entries} entries, {found.bytes / 1e6:.1f} MB")


@command.command()
@_json
@click.pass_obj
def clear(project: Path | None, as_json: bool) -> None:
    """Remove everything: the next run executes every notebook."""
    before = _cache(project).clear()
    if as_json:
        click.echo(_told(before))
        return
    click.echo(f"Removed {before.entries} entries, {before.bytes / 1e6:.1f} MB.")


def _told(info: Info) -> str:
    return json.dumps({"folder": str(info.folder), "entries": info.entries, "bytes": info.bytes}, indent=1)


def _cache(project: Path | None) -> Cache:
    from analysis.suite.cache import Cache
    from analysis.suite.project import Project

    return Cache(Project.find(project).root / ".cache" / "notebooks")
