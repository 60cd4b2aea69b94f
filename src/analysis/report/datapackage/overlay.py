"""Rows of one's own, laid over the data of a project: a row whose key the project has takes its place, any other is added.

The folder mirrors data/: `series/green.csv` in it is laid over `data/series/green.csv`, with the same columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import meant, nearest
from analysis.report.datapackage import files
from analysis.report.datapackage.descriptor import DESCRIPTOR, Resource, load
from analysis.report.datapackage.files import Row
from analysis.report.datapackage.problems import DataError, Problem
from analysis.report.datapackage.validate import validate

LOOKED_UP = 50
"""New rows whose nearest key is looked for: a file with more of them is no slip."""


@dataclass(frozen=True)
class Overlay:
    """Own rows joined with those of a project.

    contents: path relative to data/ → the joined file. places: file and row there → file and row where the user wrote it,
    rows counted as an editor does. refs: every own row as `file:key`, as checks name their inputs (`green:balance@2021-Q1@2021`).
    instead: own row → value and unit of the project's row that it displaces: of its key, or the main one of its series and period.
    added: own row whose key the project has not → the nearest key that it has, empty where none is near.
    """

    contents: Mapping[str, bytes]
    places: Mapping[tuple[str, int], tuple[str, int]]
    refs: tuple[str, ...]
    instead: Mapping[str, tuple[str, str]]
    added: Mapping[str, str]

    def refuse_unsound(self, joined: Path, project: Path) -> None:
        """Raises DataError when `joined`, the folder with the joined files, is less sound than the project's own data."""
        notebooks = project.parent / "notebooks"
        # How far a publisher restated is said by the editions that there are, not by rows laid over them.
        found = [p for p in validate(joined, notebooks=notebooks) if p.column != "restated_by"]
        own = [_moved(p, self.places[p.file, p.row]) for p in found if (p.file, p.row) in self.places]
        others = [p for p in found if (p.file, p.row) not in self.places]
        if others:
            known = set(validate(project, notebooks=notebooks))
            own += [p for p in others if p not in known]
        if own:
            raise DataError("\n".join(map(str, sorted(own))))


def lay(project: Path, own: Path, told: str = "") -> Overlay:
    """The CSV files of the folder `own` laid over those of the data folder `project`; `told`: how messages call that folder.

    Raises DataError for a file that the project has not or that cannot be read, other columns, or a key that occurs twice.
    """
    if not (project / DESCRIPTOR).is_file():
        raise DataError(f"{project} has no {DESCRIPTOR}: without it nobody knows the keys of its rows.")
    resources = {r.path: r for r in load(project)}
    contents: dict[str, bytes] = {}
    places: dict[tuple[str, int], tuple[str, int]] = {}
    refs: list[str] = []
    instead: dict[str, tuple[str, str]] = {}
    added: dict[str, str] = {}
    for path in _found(own, resources):
        resource, shown = resources[path], f"{told or own}/{path}"
        rows, key = _rows(own, resource, shown), _key(resource)
        _refuse_twice(rows, key, shown)
        joined = _rows(project, resource, f"{project.name}/{path}")
        displaced = _displaced(joined, rows, key) if resource.kind == "series" else {}
        at = {tuple(row[k] for k in key): n for n, row in enumerate(joined)}
        known = ["@".join(values) for values in at]
        for number, row in enumerate(rows, start=2):
            values = tuple(row[k] for k in key)
            refs.append(f"{Path(path).stem}:{'@'.join(values)}")
            if values not in at:
                near = nearest("@".join(values), known) if len(added) < LOOKED_UP else []
                added[refs[-1]] = f"{Path(path).stem}:{near[0]}" if near else ""
            place = at.setdefault(values, len(joined))
            joined[place : place + 1] = [row]
            places[path, place + 2] = (shown, number)
            if values in displaced:
                instead[refs[-1]] = displaced[values]
        contents[path] = files.written(resource, joined)
    return Overlay(contents, places, tuple(refs), instead, added)


def _displaced(
    project: Sequence[Row], own: Sequence[Row], key: Sequence[str]
) -> dict[tuple[str, ...], tuple[str, str]]:
    """Key of an own row of a series → value and unit of the project's row that it displaces, where these are others."""
    known = {tuple(row[k] for k in key): row for row in project}
    mains = {(row["series_id"], row["period"]): row for row in project if row["status"] == "main"}
    found = {}
    for row in own:
        values = tuple(row[k] for k in key)
        former = known.get(values)
        if row["status"] == "main" and (former is None or former["status"] != "main"):
            former = mains.get((row["series_id"], row["period"]))
        if former and (former["edition"], former["value"], former["unit"]) != (
            row["edition"],
            row["value"],
            row["unit"],
        ):
            found[values] = former["value"], former["unit"]
    return found


def _found(own: Path, resources: Mapping[str, Resource]) -> Iterator[str]:
    """The files of the folder, by the path that they have below data/."""
    paths = sorted(p for p in own.rglob("*") if p.is_file() and not p.name.startswith("."))
    if not paths:
        raise DataError(f"{own} holds no file; it mirrors data/, as in {next(iter(resources))}.")
    for path in paths:
        relative = path.relative_to(own).as_posix()
        if relative not in resources:
            hint = meant(relative, resources, f"there are {', '.join(resources)}.", cutoff=0.4)
            raise DataError(f"{path}: the project has no data file {relative}{hint}")
        yield relative


def _rows(folder: Path, resource: Resource, shown: str) -> list[Row]:
    rows, problems = files.read(folder, resource)
    if problems:
        raise DataError("\n".join(str(_moved(p, (shown, p.row))) for p in problems))
    return rows


def _key(resource: Resource) -> list[str]:
    if not resource.schema.key:
        raise DataError(f"{resource.schema_path} names no primaryKey: rows of {resource.path} have no key.")
    return resource.schema.key


def _refuse_twice(rows: Sequence[Row], key: Sequence[str], shown: str) -> None:
    first: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=2):
        values = tuple(row[k] for k in key)
        if (earlier := first.setdefault(values, number)) != number:
            text = f"{' '.join(values)} stands in row {earlier} already; keep one of the two"
            raise DataError(str(Problem(shown, number, ", ".join(key), text)))


def _moved(problem: Problem, place: tuple[str, int]) -> Problem:
    return Problem(*place, problem.column, problem.text)
