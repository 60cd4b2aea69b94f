"""Where a project lies: the folder that holds notebooks/ or report.toml, and its data.

Everything else asks here, so that a command with --project, a notebook, and a page of one run mean the same folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from analysis import reading
from analysis.errors import UserError

REPORT = "report.toml"
DATA_VARIABLE = "ANALYSIS_DATA"
"""Where a project's data are, if not in its data/."""
_FOUND: dict[Path, Path | None] = {}
"""Folder → the project that was found from it, looked for again when that is none any more: notebooks ask a thousand times."""
_CHOSEN: ContextVar[Path | None] = ContextVar("project", default=None)


def is_project(folder: Path) -> bool:
    """Whether a folder is a project: it has a report.toml, or notebooks in notebooks/."""
    return (folder / REPORT).is_file() or any((folder / "notebooks").glob("*.ipynb"))


@contextmanager
def at(root: Path | None) -> Iterator[None]:
    """Within the block `root` is the project, whatever the current folder; None changes nothing."""
    token = _CHOSEN.set(root.resolve() if root else _CHOSEN.get())
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def nearest(start: Path | None = None) -> Path | None:
    """The project that was chosen with `at`, else the first folder from `start` upwards that is one.

    `start` is the current folder unless given; None when no folder is a project.
    """
    if start is None and (chosen := _CHOSEN.get()):
        return chosen
    here = reading.here() if start is None else start.resolve()
    known = _FOUND.get(here)
    if known is None or not is_project(known):
        known = _FOUND[here] = next((folder for folder in (here, *here.parents) if is_project(folder)), None)
    return known


def data(root: Path | None = None) -> Path:
    """The data folder of a project (by default the nearest one): `$ANALYSIS_DATA`, or data/ in it.

    `UserError` when there is no project, or the variable names no folder.
    """
    if given := os.environ.get(DATA_VARIABLE):
        if not os.path.isdir(given):  # noqa: PTH112  # False for what is no path, too
            raise UserError(
                f"The variable ANALYSIS_DATA names {reading.shortened(given)}, which is no folder; unset it, or lay rows over the "
                "project's data with --data FOLDER"
            )
        return Path(given)
    found = root or nearest()
    if found is None:
        raise UserError(nowhere(Path.cwd()))
    return found / "data"


def nowhere(origin: Path) -> str:
    """What to do in a folder that is no project."""
    return (
        f"No project in {origin} or above it: neither {REPORT} nor notebooks/*.ipynb. Go to a project's folder, name it "
        "with --project, or start one: analysis new FOLDER"
    )
