"""What several commands share: the project, options of one meaning, and ways to say things."""

from __future__ import annotations

import functools
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from analysis.errors import UserError, counted, meant

if TYPE_CHECKING:
    from analysis.report.rows import ClaimRow
    from analysis.suite.project import Project

P = ParamSpec("P")
T = TypeVar("T")

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


class Group(click.Group):
    """Commands of which an unknown one is told with the nearest, or with those there are."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            hint = meant(args[0], known, f"there are: {', '.join(known)}.")
            within = "" if ctx.parent is None else f" of {ctx.info_name}"
            raise UserError(f"There is no command {args[0]!r}{within}{hint}")
        return super().resolve_command(ctx, args)


def in_project(command: Callable[Concatenate[Project, P], T]) -> Callable[P, T]:
    """Gives a command, before its options, the project that it is called in. UserError where there is none."""

    @functools.wraps(command)
    def found(*arguments: P.args, **options: P.kwargs) -> T:
        from analysis.suite.project import Project

        return command(Project.find(click.get_current_context().obj), *arguments, **options)

    return found


def say_json(facts: object) -> None:
    """Facts for other programs, on standard output."""
    click.echo(json.dumps(facts, ensure_ascii=False, indent=1, default=str))


def hint_at_changes(project: Project, run: Path) -> None:
    """Say, beside what is handed on of a run, that the project is no longer what the run was made from."""
    from analysis.suite import manifest

    try:
        changed = manifest.input_differences(run, project)
    except UserError:  # a project that cannot be read is told of where it is run
        return
    if changed:
        more = ", …" if len(changed) > 1 else ""
        click.echo(
            f"Since this run {counted(len(changed), 'input')} changed ({changed[0]}{more}); `analysis run` makes it anew.",
            err=True,
        )


def on_pages(claims: Sequence[ClaimRow]) -> str:
    """How the pages count these claims, where they count others than all: each statement once, those of form apart."""
    from analysis.report.findings import counted as statements

    again = Counter(c.verdict for c in claims if c.repeats)
    count, form = len(statements(claims)), sum(c.is_form and not c.repeats for c in claims)
    if count == len(claims):
        return ""
    said = f"The pages count {counted(count, 'statement')}"
    if form:
        said += f", and {form} apart that {'says' if form == 1 else 'say'} how many things are listed"
    if again:
        repeated = ", ".join(f"{n} {verdict}" for verdict, n in again.most_common())
        said += f"; {again.total()} said again ({repeated}) {'is' if again.total() == 1 else 'are'} not counted twice"
    return f"{said}."


def unsound_data(project: Project) -> str:
    """What to do first where something failed and the project's data break their own rules; empty where they are sound."""
    from analysis.report.datapackage import validate

    problems: list[object] = []
    if (project.data / "datapackage.json").exists():
        try:
            problems += validate(project.data)
        except UserError as error:  # a package that cannot be read
            problems.append(error)
    if not problems:
        return ""
    return (
        f"The data have {counted(len(problems), 'problem')}, to be mended first ({problems[0]}). "
        "`analysis data validate` lists what is wrong with them."
    )


def near(path: Path) -> str:
    """The path as seen from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
