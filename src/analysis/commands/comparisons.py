"""The pages of `analysis compare` in reports/: none outlives what it shows."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from analysis import reading
from analysis.errors import UserError
from analysis.suite import manifest
from analysis.suite.project import Project

_MARK = re.compile(
    r'<main [^>]*data-compared="([^"]*)"'
)  # <main id="main" data-compared="default:3f2a strict:9c1b">
_FACTS = ("inputs", "outputs", "parameters", "own_data", "instead", "added")


def path(project: Project, before: str, after: str) -> Path:
    """Where the page of two runs is written, in the first language. UserError where one of two others stands: a-b and c, a and b-c."""
    found = project.reports / f"compare-{before}-{after}.html"
    names = [name for name, _ in _compared(found)]
    if names and names != [before, after]:
        raise UserError(f"{found} shows {' and '.join(names)}; write this one elsewhere with --out")
    return found


def mark(project: Project, *names: str) -> str:
    """What a page says of the sides that it shows: their names, and what they were made from and hold."""
    return " ".join(f"{name}:{_state(project, name)}" for name in names)


def remove_stale(project: Project) -> list[str]:
    """Remove the pages of which a side is gone or was made anew; gives their names."""
    state = cache(lambda name: _state(project, name))
    pages = [
        page
        for page in sorted(project.reports.glob("compare-*.html"))
        if any(state(name) != known for name, known in _compared(page))
    ]
    for page in pages:
        page.unlink()
    return [page.name for page in pages]


def _compared(page: Path) -> list[tuple[str, str]]:
    """Name and state of either side of a page; empty for another file."""
    try:
        found = _MARK.search(reading.text(page)) if page.is_file() else None
    except UserError:
        return []
    return [
        (name, state) for name, _, state in (x.partition(":") for x in (found[1] if found else "").split())
    ]


def _state(project: Project, name: str) -> str:
    """A checksum of what a run was made from and holds; empty where there is none, or none that can be read."""
    try:
        if name == manifest.BASELINE:
            facts: object = manifest.inputs(project)
        else:
            read = manifest.read(project.reports / name)
            facts = {fact: read.get(fact) for fact in _FACTS}
    except UserError:
        return ""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
