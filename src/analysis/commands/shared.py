"""What several commands share: the project, options of one meaning, and ways to say things."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

only = click.option(
    "--only", multiple=True, metavar="GLOB", help="Only these notebooks, and those they need (repeatable)."
)
jobs = click.option(
    "--jobs", "-j", type=click.IntRange(1, 64), help="Notebooks at once (default: by cores and memory)."
)
timeout = click.option(
    "--timeout",
    type=click.IntRange(1),
    default=600,
    show_default=True,
    help="Seconds that one cell may take.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Say it as JSON, for other programs.")
listed_as = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)


def in_project(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command, before its options, the project that it is called in. UserError where there is none."""

    @functools.wraps(command)
    def found(*arguments: Any, **options: Any) -> Any:
        from analysis.suite.project import Project

        return command(Project.find(click.get_current_context().obj), *arguments, **options)

    return found


def say_json(facts: object) -> None:
    """Facts for other programs, on standard output."""
    click.echo(json.dumps(facts, ensure_ascii=False, indent=1, default=str))


def near(path: Path) -> str:
    """The path as seen from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
