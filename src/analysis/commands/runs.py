"""`analysis runs`: what has been run, where its pages are, and how to be rid of it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from analysis.commands import comparisons, shared
from analysis.errors import UserError, counted
from analysis.suite import files, manifest, sweep, sweep_store
from analysis.suite.project import Project


@dataclass(frozen=True)
class Entry:
    """A run or a sweep in reports/.

    kind: `run`, `failed run`, `sweep`, `unfinished sweep`, or `damaged` where its own list cannot be read. about: what was
    run. made: when, as its manifest says. index: its first page, empty without pages.
    """

    name: str
    kind: str
    about: str
    made: str
    bytes: int
    index: str
    is_latest: bool
    folder: str


@click.group(cls=shared.Group, invoke_without_command=True)
@shared.as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List runs and sweeps; say where the pages of one are, open them, or remove it.

    \b
    analysis runs
    analysis runs open strict
    analysis runs remove strict p-1a2b3c4d
    """
    if ctx.invoked_subcommand is None:
        _list(as_json)


@shared.in_project
def _list(project: Project, as_json: bool) -> None:
    found = entries(project)
    if as_json:
        shared.say_json([asdict(e) for e in found])
        return
    for e in found:
        size, latest = f"{e.bytes / 1e6:.1f} MB", " (latest)" if e.is_latest else ""
        kind = "" if e.kind == "run" else f"{e.kind}, "
        made = e.made[:16].replace("T", " ")
        click.echo(f"{click.style(e.name, bold=True)}{latest}  {kind}{e.about}")
        click.echo(f"    {'  '.join(filter(None, (made, size, shared.near(Path(e.index or e.folder)))))}")
    if not found:
        click.echo("There are no runs yet; `analysis run` makes one.")


@command.command("open")
@click.argument("name", default="default")
@click.option("--print", "only_print", is_flag=True, help="Say where its first page is, and open nothing.")
@shared.in_project
def open_(project: Project, name: str, only_print: bool) -> None:
    """Open the first page of a run or sweep in the browser; say where it is."""
    entry = _named(project, name)
    if not entry.index:
        raise UserError(
            f"{entry.name} has no pages; make them with: analysis export --format html {entry.name}"
        )
    click.echo(shared.near(Path(entry.index)))
    if not only_print and click.launch(Path(entry.index).as_uri()):
        raise UserError("No browser could be started; open the page named above.")


@command.command()
@click.argument("names", nargs=-1, required=True)
@shared.as_json
@shared.in_project
def remove(project: Project, names: tuple[str, ...], as_json: bool) -> None:
    """Remove runs or sweeps for good, by name, and the comparisons with them."""
    chosen = [_named(project, name) for name in dict.fromkeys(names)]  # all are known before the first goes
    for entry, name in zip(chosen, dict.fromkeys(names), strict=True):
        if name.removeprefix("reports/").rstrip("/") != entry.name:
            raise UserError(f"{name} is whichever was made last; name what is to go: {entry.name}")
    for entry in chosen:
        folder = Path(entry.folder)
        handle = files.lock(folder)
        if handle is None:
            raise UserError(f"{entry.name} is in the hands of another process; wait for it.")
        try:
            link = folder.parent / "latest"
            was_latest = link.is_symlink() and link.resolve() == folder.resolve()
            if was_latest:
                link.unlink()
            files.discard(folder)
            if was_latest and (now := _last_good(project)):
                files.point_link(link, now)
            comparisons.remove_stale(project)
        finally:
            os.close(handle)
        if not as_json:
            click.echo(f"Removed {entry.name}, {entry.bytes / 1e6:.1f} MB.")
    if as_json:
        shared.say_json([asdict(e) for e in chosen])


def _last_good(project: Project) -> str:
    """The run that `latest` leads to: of all that are whole, the one made last; empty where there is none."""
    whole = (
        e.name for e in entries(project) if e.kind == "run" and not manifest.read(Path(e.folder)).get("only")
    )
    return next(whole, "")


def entries(project: Project) -> list[Entry]:
    """All runs, the last made first, then all sweeps."""
    reports, sweeps = project.reports, project.reports / sweep.FOLDER
    runs = [_run(p.parent) for p in reports.glob(f"[!.]*/{manifest.NAME}") if not p.parent.is_symlink()]
    swept = [_sweep(p.parent) for p in sweeps.glob(f"[!.]*/{sweep_store.PLAN}") if not p.parent.is_symlink()]
    return sorted(runs, key=lambda e: e.made, reverse=True) + sorted(swept, key=lambda e: e.name)


def _run(folder: Path) -> Entry:
    try:
        facts, kind = manifest.read(folder), "run"
        kind = "run" if facts.get("ok", True) else "failed run"
        about = manifest.parameters_told(facts)
    except UserError as error:
        facts, kind, about = {}, "damaged", str(error)
    index = folder / str(facts.get("index") or "index.html")
    return _entry(folder.name, kind, about, str(facts.get("finished", "")), index, folder)


def _sweep(folder: Path) -> Entry:
    try:
        plan = sweep_store.read_plan(folder)
        about = ", ".join(f"{a.name}={','.join(map(str, a.values))}" for a in plan.axes)
        about = f"{counted(plan.universes, 'universe')} of {about if len(about) <= 60 else counted(len(plan.axes), 'parameter')}"
        kind = "unfinished sweep" if folder.name.endswith(sweep_store.UNFINISHED) else "sweep"
    except UserError as error:
        kind, about = "damaged", str(error)
    return _entry(f"sweeps/{folder.name}", kind, about, "", folder / "index.html", folder)


def _entry(name: str, kind: str, about: str, made: str, index: Path, folder: Path) -> Entry:
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    is_latest = (folder.parent / "latest").resolve() == folder.resolve()
    page = str(index) if index.is_file() else ""
    return Entry(name, kind, about, made, size, page, is_latest, str(folder))


def _named(project: Project, name: str) -> Entry:
    """The run or sweep of that name. Raises UserError listing those there are."""
    found = {e.name: e for e in entries(project)}
    wanted = name.removeprefix("reports/").rstrip("/")
    if wanted in ("latest", "sweeps/latest"):
        wanted = next(
            (
                e.name
                for e in found.values()
                if e.is_latest and e.name.startswith("sweeps/") == ("/" in wanted)
            ),
            "",
        )
    if wanted not in found:
        raise UserError(f"There is no run or sweep {name}{manifest.instead(wanted, list(found))}")
    return found[wanted]
