"""The pages of `analysis compare` in reports/: which there are of a run, and that none outlives what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import UserError

if TYPE_CHECKING:
    from analysis.suite.project import Project

_RESULTS = ("notebooks/", "results/", "figures/")


def path(project: Project, before: str, after: str) -> Path:
    """Where the page of two runs is written, in the first language."""
    return project.reports / f"compare-{before}-{after}.html"


def of(project: Project, name: str) -> list[Path]:
    """The pages, in any language, that hold a run against another one or the committed notebooks."""
    from analysis.site.sides import BASELINE
    from analysis.suite import manifest

    runs = (p.parent.name for p in project.reports.glob(f"[!.]*/{manifest.NAME}"))
    pairs = {path(project, a, b).stem for x in {*runs, BASELINE, name} for a, b in ((name, x), (x, name))}
    pages = project.reports.glob("compare-*.html")
    return sorted(p for p in pages if {p.stem, re.sub(r"\.[a-z]{2,3}$", "", p.stem)} & pairs)


def remove(project: Project, name: str) -> list[str]:
    """Remove those of a run that is gone or was made anew; gives their names."""
    pages = of(project, name)
    for page in pages:
        page.unlink()
    return [page.name for page in pages]


def results(project: Project, name: str) -> Mapping[str, str]:
    """Files of results → checksums of the run that has this name; empty where there is none, or none that can be read."""
    from analysis.suite import manifest

    try:
        listed = manifest.read(project.reports / name).get("outputs") or {}
    except UserError:
        return {}
    return {file: checksum for file, checksum in listed.items() if file.startswith(_RESULTS)}
