"""`analysis export`: a run as one HTML file, PDF, brief, workbook or research object, to mail or to file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis import site
from analysis.commands import shared
from analysis.errors import UserError
from analysis.suite.files import clear_stale, scratch
from analysis.suite.manifest import find_run, told
from analysis.suite.project import Project
from analysis.writing import write_atomically

if TYPE_CHECKING:
    from analysis.site.source import Run

FORMATS = ("html", "pdf", "brief", "docx", "xlsx", "crate")
PRINTED = ("pdf", "brief", "docx")


def _formats(context: click.Context, option: click.Parameter, value: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip().lower() for part in value.split(",") if part.strip()))
    wrong = [name for name in wanted if name not in FORMATS]
    if wrong or not wanted:
        raise UserError(f"--format {value}: choose from {', '.join(FORMATS)}, separated by commas.")
    return wanted


@click.command()
@click.argument("run", default="default")
@click.option("--format", "-f", "formats", default="html,pdf,brief,xlsx", show_default=True, callback=_formats,
              help="What to write, separated by commas.")  # fmt: skip
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="Folder to write to (default: reports/exports)."
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
@shared.as_json
@shared.in_project
def command(
    project: Project, run: str, formats: tuple[str, ...], output: Path | None, quiet: bool, as_json: bool
) -> int:
    """Write a run as one HTML file, as PDF, as brief and as workbook, in each of its languages.

    \b
    analysis export                              the run with default parameters, everything
    analysis export --format brief               at most five pages to print
    analysis export --format docx                to edit, in Word or LibreOffice
    analysis export --format crate               all files with their origin, an RO-Crate
    analysis export --format xlsx usd
    analysis export --format pdf --output /tmp latest
    """
    folder = find_run(project, run).resolve()
    into = output or project.reports / "exports"
    if "docx" in formats:
        from analysis.site import word

        word.library()  # missing: known before anything is written
    without = _lacking(formats)
    if without and set(formats) <= set(PRINTED):
        raise without
    if without:
        formats = tuple(name for name in formats if name not in PRINTED)
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"--output {into}: {error.strerror}; name a folder that can be written to.") from None
    clear_stale(into)
    written = _export(folder, formats, into, quiet or as_json)
    _say(written, folder, quiet, as_json)
    if not (quiet or as_json):
        shared.hint_at_changes(project, folder)
    if without:
        raise type(without)(f"{without} What needs no browser was written.")
    return 0


def _lacking(formats: tuple[str, ...]) -> UserError | None:
    """Why no PDF can be printed here, known before anything is written; None when it can, or none is wanted."""
    from analysis.site import paper

    try:
        if set(formats) & set(PRINTED):
            paper.browser()
    except paper.NoBrowser as error:
        return error
    return None


def _say(written: list[Path], run: Path, quiet: bool, as_json: bool) -> None:
    if as_json:
        files = [{"file": str(path), "bytes": path.stat().st_size} for path in written]
        shared.say_json({"run": run.name, "files": files})
    elif not quiet:
        click.echo(f"Run {told(run)}:")
        for path in written:
            click.echo(f"{shared.near(path)}  {path.stat().st_size / 1e6:.1f} MB")


def _export(folder: Path, formats: tuple[str, ...], into: Path, is_quiet: bool) -> list[Path]:
    from analysis.site import source

    run, written = source.read(folder), []
    with scratch("export") as made:
        pages: list[Path] = []
        if {"html", "pdf"} & set(formats):
            with _saying("pages", is_quiet):
                pages = _pages(run, made)
        for name, write in _wanted(run, formats, pages, made):
            with _saying(name, is_quiet):
                write(into / name)
            written.append(into / name)
    return written


def _wanted(
    run: Run, formats: tuple[str, ...], pages: list[Path], made: Path
) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """The name of each file to write, and what writes it; `made`: a folder for pages on the way to paper."""
    from analysis.site import brief, crate, paper, sheet, word

    plain = run.path.name
    for page in pages:
        stem = page.stem.replace("report", plain, 1)
        if "html" in formats:
            yield f"{stem}.html", partial(write_atomically, content=page.read_bytes())
        if "pdf" in formats:
            yield f"{stem}.pdf", partial(paper.write, page)
    for variant in run.variants if "brief" in formats else ():
        yield f"{plain}-brief{variant.suffix}.pdf", partial(brief.publish, run, variant, scratch=made)
    for variant in run.variants if "docx" in formats else ():
        yield f"{plain}{variant.suffix}.docx", partial(word.write, run, variant, folder=made)
    if "xlsx" in formats:
        yield f"{plain}.xlsx", partial(sheet.write, run)
    if "crate" in formats:
        yield f"{plain}.crate.zip", partial(crate.write, run)


def _pages(run: Run, made: Path) -> list[Path]:
    """The single files of the run, one for each language; made now if the run was made without pages."""
    names = [variant.page("report") for variant in run.variants]
    if all((run.path / name).is_file() for name in names):
        return [run.path / name for name in names]
    site.build(run.path, output=made)
    return [made / name for name in names]


def _saying(what: str, is_quiet: bool) -> AbstractContextManager[object]:
    """A line that moves while something takes its time; nothing where nobody watches."""
    from rich.console import Console

    console = Console(stderr=True)
    return nullcontext() if is_quiet or not console.is_terminal else console.status(f"Writing {what} …")
