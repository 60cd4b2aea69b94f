"""Validation of the whole package: form of the files, Table Schema by frictionless, then our own rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis import reading
from analysis.report.datapackage import files, rules
from analysis.report.datapackage.descriptor import DESCRIPTOR, MANUAL, Resource, Schema, load
from analysis.report.datapackage.problems import DataError, Problem


def validate(folder: Path, text: Path | None = None, notebooks: Path | None = None) -> list[Problem]:
    """All problems of the data package in `folder`, in the order of files and rows; none when it is sound.

    With `text`, the report's text, every quote of the ledger is looked up in it too. notebooks: what exhibits refer to, by
    default the folder beside `folder`.
    """
    resources = load(folder)
    problems: list[Problem] = []
    tables: dict[str, tuple[Resource, list[files.Row]]] = {}
    for resource in resources:
        rows, broken = files.read(folder, resource)
        problems += broken
        tables[resource.path] = (resource, rows)
    if not problems:  # rules about meaning need files that can be read
        notebooks = notebooks or folder.parent / "notebooks"
        problems += rules.check(tables, notebooks if notebooks.is_dir() else None)
        problems += _unsaid(_table_schema(folder, resources), problems)
        if text is not None:
            problems += _quotes(text, tables)
    return sorted({*problems, *_unlisted(folder, resources)})


def _unlisted(folder: Path, resources: list[Resource]) -> Iterator[Problem]:
    listed = {r.path for r in resources}
    for path in sorted(folder.rglob("*.csv")):
        relative = path.relative_to(folder).as_posix()
        if relative not in listed:
            text = (
                f"is not listed in {DESCRIPTOR}; run: analysis data add {folder.name}/{relative} --title ..."
            )
            yield Problem(relative, 0, "", text)


BOUNDS = {"enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
"""Constraints whose values are of the field's own type."""

Judged = tuple[str, Problem]
"""Frictionless's type of an error, and the problem as we say it."""


def _unsaid(judged: Iterable[Judged], said: list[Problem]) -> Iterator[Problem]:
    """The library's findings without those that our rules have said more clearly."""
    cells = {(p.file, p.row, p.column) for p in said}
    rows = {(p.file, p.row) for p in said}
    for kind, problem in judged:
        about_row = kind in ("primary-key", "foreign-key")
        known = (
            (problem.file, problem.row) in rows
            if about_row
            else (problem.file, problem.row, problem.column) in cells
        )
        if not known:
            yield problem


def _table_schema(folder: Path, resources: list[Resource]) -> Iterator[Judged]:
    """Types, constraints and keys, as the frictionless library judges them."""
    from frictionless import Package
    from frictionless import Schema as TableSchema

    schemas = {r.schema_path: r.schema for r in resources}
    for name, schema in schemas.items():
        with _library(folder / name, "a Table Schema"):
            _refuse_bounds_of_another_type(schema)
    try:
        with _library(folder / DESCRIPTOR, "a data package"):
            report = Package.from_descriptor(str(folder / DESCRIPTOR)).validate()
    except DataError:
        for name, schema in schemas.items():  # it does not say in which
            with _library(folder / name, "a Table Schema"):
                for field in TableSchema.from_descriptor(schema.as_given()).fields:
                    field.create_cell_reader()
        raise
    for found in report.errors:
        yield found.type, Problem(DESCRIPTOR, 0, "", f"{found.note}; {MANUAL}")
    by_path = {r.path: r for r in resources}
    for task in report.tasks:
        for found in task.errors:
            yield found.type, _problem(by_path[task.place], found)


@contextmanager
def _library(path: Path, what: str) -> Iterator[None]:
    """Whatever frictionless raises as one `DataError` that names the file."""
    from frictionless import FrictionlessException

    try:
        with reading.parsing(path, what):
            try:
                yield
            except FrictionlessException as error:
                raise ValueError("; ".join(e.note for e in error.reasons) or error.error.note) from None
    except reading.Unreadable as error:
        raise DataError(f"{error}; {MANUAL}") from None


def _refuse_bounds_of_another_type(schema: Schema) -> None:
    """Raises ValueError for a constraint whose value is not of its field's type: the library would meet it amid the rows, or never."""
    from frictionless import Field

    for known in schema.fields:
        constraints = known.constraints.model_dump(exclude_unset=True)
        if bounds := BOUNDS & constraints.keys():
            value = Field.from_descriptor({"name": known.name, "type": known.type}).create_value_reader()
            for bound in bounds:
                given = constraints[bound] if bound == "enum" else [constraints[bound]]
                if any((read := value(one)) is None or read != read for one in given or ()):
                    raise ValueError(f"field {known.name}: {bound} holds what is no {known.type}")


def _problem(resource: Resource, error: Any) -> Problem:
    row = getattr(error, "row_number", 0) or 0
    column = getattr(error, "field_name", "") or ""
    if error.type == "foreign-key":
        column = ", ".join(error.field_names)
        other = error.reference_name or "this file"
        text = (
            f"{', '.join(error.field_cells)!r} is not in {other}; correct the reference or add what it names"
        )
        return Problem(resource.path, row, column, text)
    return Problem(resource.path, row, column, _explained(resource, column, error))


def _explained(resource: Resource, column: str, error: Any) -> str:
    cell = getattr(error, "cell", None)
    shown = repr(str(cell)) if cell not in (None, "") else "the cell"
    if error.type == "type-error":
        return f"{shown} is not of the type that the schema asks for ({error.note}); correct the cell"
    if error.type != "constraint-error":
        return f"{error.note}; correct the cell"
    rule = match[1] if (match := re.search(r'constraint "(\w+)"', error.note)) else ""
    if rule == "required":
        return "is empty; fill it in"
    field = next(f for f in resource.schema.fields if f.name == column)
    if rule == "enum" and field.constraints.enum and len(field.constraints.enum) <= 20:
        return f"{shown} is not one of {', '.join(field.constraints.enum)}"
    return f"{shown} does not fit. The column holds: {field.description}"


def _quotes(text: Path, tables: dict[str, tuple[Resource, list[files.Row]]]) -> Iterator[Problem]:
    whole = rules.squeezed(reading.text(text))
    for resource, rows in tables.values():
        if resource.kind != "claims":
            continue
        for number, row in enumerate(rows, start=2):
            if rules.squeezed(row["quote"]) not in whole:
                problem = f"{json.dumps(row['quote'], ensure_ascii=False)} is not in {text.name}; copy it as printed"
                yield Problem(resource.path, number, "quote", problem)
