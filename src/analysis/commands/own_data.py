"""`--data FOLDER`, `--what-if ROW=VALUE`: a command computes with rows of one's own laid over those of the project."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.errors import UserError
from analysis.places import DATA_VARIABLE
from analysis.suite import files
from analysis.suite.project import Project
from analysis.writing import write_atomically

if TYPE_CHECKING:
    from analysis.report.datapackage.overlay import Overlay

option = click.option(
    "--data", "own_data", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Lay the rows of this folder over those of data/ (same paths, same columns).",
)  # fmt: skip


what_if = click.option(
    "--what-if", "what_if", multiple=True, metavar="ROW=VALUE",
    help="Another value for one row, FILE:SERIES@PERIOD@EDITION=34.5, or another edition, FILE:SERIES@PERIOD=EDITION (repeatable).",
)  # fmt: skip


@contextmanager
def folder_of(project: Project, own: Path | None, texts: Sequence[str]) -> Iterator[Path | None]:
    """The folder of own rows: that of `--data`, or one that holds what `--what-if` asks for. UserError for both, or a row that is not there."""
    if own and texts:
        raise UserError(
            "--what-if changes rows of the project, --data brings a folder of rows; give one of them."
        )
    if not texts:
        yield own
        return
    from analysis.report.datapackage.what_if import Series

    with files.scratch("rows") as made:
        for name, content in Series.of(project.data).changed(texts).items():
            write_atomically(made / name, content, is_durable=False)
        yield made


@contextmanager
def laid_over(project: Project, own: Path | None, told: str = "") -> Iterator[Overlay | None]:
    """Within the block the project's data are those with the own rows; gives what is laid over them, None
    without a folder. told: how messages call the folder.

    The joined data lie in the project's cache under a name that follows from their content, so that a run with the same
    rows finds what it computed before. Raises DataError for rows that the project's own rules refuse.
    """
    if own is None:
        yield None
        return
    from analysis.report.datapackage import overlay

    laid = overlay.lay(project.data, own.resolve(), told)
    before = os.environ.get(DATA_VARIABLE)
    with _joined(project, laid) as folder:
        os.environ[DATA_VARIABLE] = str(folder)
        try:
            yield laid
        finally:
            del os.environ[DATA_VARIABLE]
            if before is not None:
                os.environ[DATA_VARIABLE] = before


@contextmanager
def _joined(project: Project, laid: Overlay) -> Iterator[Path]:
    """The folder with the joined data, locked; those that no process uses any more are removed."""
    contents = {**_contents(project.data), **laid.contents}
    digest = hashlib.sha256()
    for name, content in sorted(contents.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    parent = project.root / ".cache" / "data"
    folder = parent / digest.hexdigest()[:16]
    if not folder.is_dir() or _contents(folder) != contents:
        with files.staging(parent, folder.name) as staged:
            for name, content in contents.items():
                write_atomically(staged / name, content, is_durable=False)
            laid.refuse_unsound(staged, project.data)
            files.publish(staged, folder)
    handle = files.lock(folder)
    try:
        for other in set(parent.glob("[!.]*")) - {folder}:
            if (dead := files.lock(other)) is not None:
                files.remove(other)
                os.close(dead)
        yield folder
    finally:
        if handle is not None:  # else another command computes with the same rows, and has the lock
            os.close(handle)


def _contents(folder: Path) -> dict[str, bytes]:
    """Every file of a data folder, by its path there."""
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}
