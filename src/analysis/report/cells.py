"""Rows as cells, and back: one reader and one writer for every row type.

A written row is flat, its cells are text, numbers and truth values, so that the output of a cell (JSON) and a table of a
run (CSV) hold the same; nested rows are JSON in one cell, an infinite bound is `inf`, a text in several languages is a
column for each. Reading accepts both forms, and names table, row and column of what is wrong.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from analysis import reading
from analysis.errors import UserError
from analysis.writing import as_given, csv_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def _nothing(value: object) -> object:
    return None if value == "" else value


def unpacked(value: object) -> object:
    """Nested rows out of one cell."""
    return json.loads(value or "[]") if isinstance(value, str) else value


def _one(value: object) -> object:
    return 1.0 if value in ("", None) else value


Maybe = Annotated[float | None, BeforeValidator(_nothing)]
"""A number, or an empty cell."""
Factor = Annotated[float, BeforeValidator(_one)]
"""A factor of restatement; an empty cell is 1, none seen."""


R = TypeVar("R", bound="DataclassInstance")


@functools.cache
def _adapter(kind: type[R]) -> TypeAdapter[R]:
    return TypeAdapter(kind)


def _speaks(f: dataclasses.Field[object]) -> bool:
    return "by_language" in f.metadata


def by_language(row: Mapping[str, object], name: str) -> dict[str, str]:
    """Language → text of the columns <name>_<language>, in the order of the file.

    >>> by_language({"metric_zh": "余额", "metric_en": "balance", "unit": "%"}, "metric")
    {'zh': '余额', 'en': 'balance'}
    """
    start = f"{name}_"
    return {c.removeprefix(start): str(cell) for c, cell in row.items() if c.startswith(start)}


def read(kind: type[R], row: Mapping[str, object], table: str, number: int | str = "") -> R:
    """One row from JSON or CSV cells. Columns that the type does not have are passed over.

    `UserError` names table, row and column of the first cell that is missing or wrong.
    """
    known = [f.name for f in dataclasses.fields(kind) if not _speaks(f)]
    given = {name: row[name] for name in known if name in row and row[name] is not None}
    for f in filter(_speaks, dataclasses.fields(kind)):
        given[f.name] = by_language(row, f.name)
    try:
        found = _adapter(kind).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"]) or "?"
        where = f"{table}, row {number or row.get(known[0], '?')}, column {column}"
        cell = "" if first["type"] == "missing" else f": {str(first['input'])[:80]!r}"
        raise UserError(f"{where}{cell}: {first['msg'].lower()}") from None
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{table}, row {number or row.get(known[0], '?')}: a nested cell is no JSON ({error})"
        ) from None
    _refuse_nan(found, table, number)
    return found


def read_all(kind: type[R], rows: Iterable[Mapping[str, object]], table: str) -> list[R]:
    """Rows as a notebook hands them out, or as `csv.DictReader` gives them; numbered as an editor counts them."""
    return [read(kind, row, table, number) for number, row in enumerate(rows, start=2)]


def read_csv(kind: type[R], path: Path) -> list[R]:
    """The rows of a CSV file. `UserError` for a missing file, column or wrong cell."""
    rows = ({name: as_given(cell) for name, cell in row.items()} for row in reading.rows_of(path))
    return read_all(kind, rows, path.name)


def write(row: DataclassInstance) -> dict[str, str | float | int | bool]:
    """A row as flat cells: floats of ten significant digits, an absent number empty, nested rows as JSON.

    >>> from analysis.report.rows import Remark
    >>> write(Remark("a/b", "same", "in", "reproduced", low=1 / 3))["low"]
    0.3333333333
    """
    cells: dict[str, str | float | int | bool] = {}
    for f in dataclasses.fields(row):
        value = getattr(row, f.name)
        cells |= (
            {f"{f.name}_{x}": text for x, text in value.items()} if _speaks(f) else {f.name: _cell(value)}
        )
    return cells


def to_csv(rows: Iterable[DataclassInstance], kind: type[DataclassInstance] | None = None) -> str:
    """Rows of one type as CSV, one line each. For none: the names of the cells of `kind`, else empty text.

    >>> from analysis.report.rows import FlipRow
    >>> to_csv([], FlipRow)
    'claim_id,parameter,share_of_moves,verdict_default,alone\\n'
    """
    cells = [write(row) for row in rows]
    names = list(cells[0]) if cells else [f.name for f in dataclasses.fields(kind)] if kind else []
    said = ([str(v).lower() if isinstance(v, bool) else v for v in row.values()] for row in cells)
    return csv_text([names, *said]) if names else ""


def bundle(table: str, rows: Sequence[DataclassInstance]) -> dict[str, object]:
    """Rows of one type as the cell output that the runner collects."""
    return bundled(table, [write(row) for row in rows])


def bundled(table: str, cells: Sequence[Mapping[str, object]], key: str = "") -> dict[str, object]:
    """Cells by column as that output. No value of the `key` may occur twice in a run: a first column that ends in `_id` is one."""
    names = list(dict.fromkeys(name for row in cells for name in row))
    found: dict[str, object] = {"table": table, "columns": names, "rows": cells}
    key = key or next((name for name in names[:1] if name.endswith("_id")), "")
    return {**found, "key": key} if key else found


def _cell(value: object) -> str | float | int | bool:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return json.dumps([_nested(part) for part in value], ensure_ascii=False) if value else ""
    if isinstance(value, float):
        return float(f"{value:.10g}") if math.isfinite(value) else str(value)
    assert isinstance(value, str | int | bool)
    return value


def _nested(row: DataclassInstance) -> dict[str, object]:
    """A row inside a cell: what differs from the defaults."""
    given = {f.name: (f.default, getattr(row, f.name)) for f in dataclasses.fields(row)}
    return {
        name: [_nested(part) for part in value] if isinstance(value, tuple) else _cell(value)
        for name, (default, value) in given.items()
        if value != default
    }


def _refuse_nan(row: DataclassInstance, table: str, number: int | str) -> None:
    for f in dataclasses.fields(row):
        value = getattr(row, f.name)
        if isinstance(value, float) and math.isnan(value):
            raise UserError(f"{table}, row {number}, column {f.name}: is not a number")
