"""What notebooks hand out: rows of tables and figures, found in the outputs of executed notebooks."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import places
from analysis.errors import CheckFailed, UserError
from analysis.mime import FIGURE, ROWS, SVG
from analysis.suite import document
from analysis.suite.document import Document
from analysis.writing import csv_text, write_atomically

FOLDER_VARIABLE = "ANALYSIS_NOTEBOOKS"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

_SHOWN = 10

Row = dict[str, Any]


@dataclass
class Table:
    """Rows of one table from all notebooks, in notebook order.

    order: the columns as the notebooks announce them; stored notebooks keep mappings in alphabetical order.
    key: the column that must be unique, "" for none.
    """

    name: str
    rows: list[Row] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    key: str = ""

    @property
    def columns(self) -> list[str]:
        """All columns: first those announced, then the others as they come, `notebook` last unless announced."""
        found = dict.fromkeys(column for row in self.rows for column in row if column != "notebook")
        return list(dict.fromkeys([*self.order, *found, "notebook"]))

    def duplicates(self) -> list[str]:
        """One sentence for each key that occurs twice."""
        first: dict[Any, Row] = {}
        found = []
        for row in self.rows:
            value = row.get(self.key) if self.key else None
            if value is None:
                continue
            other = first.setdefault(value, row)
            if other is not row:
                found.append(
                    f"{self.name}: {self.key} {value} occurs twice, "
                    f"in {other['notebook']} and in {row['notebook']}."
                )
        return found

    def to_csv(self) -> bytes:
        """The table as CSV (UTF-8, LF); lists and mappings as JSON, nothing for None."""
        columns = self.columns
        cells = ([_cell_text(row.get(column)) for column in columns] for row in self.rows)
        return csv_text([columns, *cells]).encode()


def rows(table: str, folder: str | Path | None = None) -> list[Row]:
    """The rows of a table that the executed notebooks of a folder hand out, each with its `notebook` unless these rows name one.

    folder: by default the one that a run names in the environment, so that a notebook sees the results of the
    same run; outside a run that of the nearest project (the committed baseline).
    """
    found = tables(_folder(folder)).get(table)
    return found.rows if found else []


def tables(folder: Path, problems: list[str] | None = None) -> dict[str, Table]:
    """All tables that the notebooks of a folder hand out, by name.

    Such an output is `{"table": name, "rows": [{...}]}`, where wanted with `"columns": [names in order]` and
    `"key": name of the column that must be unique`.
    Raises UserError naming notebook and cell for one of another form; with a list for problems, it is told there
    and passed over.
    """
    return gathered(notebooks(folder), problems)


def notebooks(folder: Path) -> Iterator[tuple[str, Document]]:
    """The notebooks of a folder by stem."""
    for path in sorted(folder.glob("*.ipynb")):
        yield path.stem, document.read(path)


def gathered(executed: Iterable[tuple[str, Document]], problems: list[str] | None = None) -> dict[str, Table]:
    """All tables that notebooks, given as (stem, content), hand out, by name; errors as `tables`."""
    found: dict[str, Table] = {}
    for stem, content in executed:
        for number, data in _bundles(content):
            if ROWS in data:
                try:
                    name, some = _checked(data[ROWS], f"{stem}.ipynb, cell {number}")
                except UserError as error:
                    if problems is None:
                        raise
                    problems.append(str(error))
                    continue
                table = found.setdefault(name, Table(name))
                table.order = list(dict.fromkeys([*table.order, *data[ROWS].get("columns", [])]))
                table.key = table.key or data[ROWS].get("key", "")
                says = any(row.get("notebook") for row in some)
                table.rows += [
                    {"notebook": stem, **row} if says else {**row, "notebook": stem} for row in some
                ]
    return found


def write_tables(found: dict[str, Table], results: Path) -> None:
    """Write results/<table>.csv for every table.

    Raises CheckFailed, after writing, when a key occurs twice.
    """
    for table in found.values():
        write_atomically(results / f"{table.name}.csv", table.to_csv(), is_durable=False)
    duplicates = [sentence for table in found.values() for sentence in table.duplicates()]
    if duplicates:
        more = [f"… and {len(duplicates) - _SHOWN} more."] if len(duplicates) > _SHOWN else []
        raise CheckFailed("\n".join(duplicates[:_SHOWN] + more))


def write_figures(executed: Iterable[tuple[str, Document]], figures: Path) -> list[Row]:
    """Write figures/<notebook>-<id>.svg (and .csv, the plotted data) of notebooks, given as (stem, content), and figures.json,
    their index; gives the index.

    Raises CheckFailed, after writing the others, naming notebook and cell for a figure without an id or picture, and for
    one that occurs twice.
    """
    index: list[Row] = []
    problems = []
    for stem, content in executed:
        for number, data in _bundles(content):
            if FIGURE in data:
                try:
                    index.append(_write_figure(stem, number, data, figures))
                except UserError as error:
                    problems.append(str(error))
    names = [entry["file"] for entry in index]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems.append(f"These figures occur twice: {', '.join(twice)}.")
    if index:
        text = json.dumps(index, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        write_atomically(figures / "figures.json", text, is_durable=False)
    if problems:
        raise CheckFailed("\n".join(problems))
    return index


def _write_figure(stem: str, number: int, data: dict[str, Any], figures: Path) -> Row:
    where = f"{stem}, cell {number}"
    figure = data[FIGURE]
    if not isinstance(figure, dict) or not _NAME.fullmatch(str(figure.get("id", ""))):
        raise UserError(f"{where}: a figure needs an id of letters, digits, '-' and '_'.")
    if SVG not in data:
        raise UserError(f"{where}: figure {figure['id']} has no picture ({SVG}).")
    name = f"{stem}-{figure['id']}"
    write_atomically(figures / f"{name}.svg", data[SVG], is_durable=False)
    entry = {k: v for k, v in figure.items() if k != "data_csv" and not str(v).startswith("<svg")}
    entry |= {"file": f"{name}.svg", "notebook": stem, "cell": number}
    if figure.get("data_csv"):
        write_atomically(figures / f"{name}.csv", str(figure["data_csv"]), is_durable=False)
        entry["data"] = f"{name}.csv"
    return entry


def _bundles(content: Document) -> Iterator[tuple[int, dict[str, Any]]]:
    """(position of the cell from 1, MIME bundle) of every output."""
    for number, cell in document.code_cells(content):
        for output in cell["outputs"]:
            if "data" in output:
                yield number, output["data"]


def _checked(bundle: Any, where: str) -> tuple[str, list[Row]]:
    name = bundle.get("table") if isinstance(bundle, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UserError(f"{where}: rows need a table with a plain name, not {name!r}.")
    found = bundle.get("rows")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise UserError(f"{where}: the rows of table {name} must be a list of mappings.")
    columns = bundle.get("columns", [])
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise UserError(f"{where}: the columns of table {name} must be a list of names.")
    if not isinstance(bundle.get("key", ""), str):
        raise UserError(f"{where}: the key of table {name} must be the name of a column.")
    return name, found


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str) else repr(value)


def _folder(folder: str | Path | None) -> Path:
    if folder is not None:
        return Path(folder)
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if project := places.nearest():
        return project / "notebooks"
    raise UserError(places.nowhere(Path.cwd()))
