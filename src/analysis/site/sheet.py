"""A run as a workbook: claims, checks, their inputs, exhibits, and every table that the notebooks hand out."""

from __future__ import annotations

import datetime
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from analysis.report import cells
from analysis.site.record import Record, exhibits
from analysis.site.source import Run
from analysis.site.voice import Voice
from analysis.suite.collect import Table
from analysis.suite.execute import failure_in
from analysis.writing import write_atomically

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FIRST_YEAR, _LARGEST, _LONGEST = 1900, 1e307, 32_000
"""What Excel takes: the first year but one, an amount, characters of a cell."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WIDEST = 60
# A workbook says when it was made; the same run must give the same bytes.
_MADE = datetime.datetime(2000, 1, 1)
_TYPED = ("claims", "checks", "exhibits", "tables")
Cell: TypeAlias = str | int | float | datetime.date | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the columns in order, and the rows as cell values."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def write(run: Run, path: Path) -> list[Sheet]:
    """Write the workbook of a run in its first language; gives the sheets that are in it."""
    import xlsxwriter

    t = run.variants[0].voice
    found = _unique(sheets(run))
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": t.own.title, "created": _MADE, "author": "", "comments": t.source})
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "text": book.add_format({"valign": "top"}),
            "long": book.add_format({"valign": "top", "text_wrap": True}),
            "date": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"}),
            "title": book.add_format({"bold": True, "font_size": 14}),
        }
        _about(book.add_worksheet(t("sheet.about")), found, styles, t, warnings(run))
        for sheet in found:
            _fill(book.add_worksheet(sheet.name), sheet, styles)
    write_atomically(path, made.getvalue())
    return found


def warnings(run: Run) -> list[str]:
    """What a reader must know of the run first, a line each, as its pages say it: what failed or was left out, of which
    notebooks it is, rows of one's own.
    """
    variant, made = run.variants[0], run.manifest
    t = variant.voice
    failed = [
        str(failure_in(n.stem, n.content) or n.stem) for v in run.variants for n in v.notebooks if n.failed
    ]
    unjudged = Record.of(run, variant).unjudged
    said = [t("page.failed_run"), *failed] if failed else []
    said += (
        [f"{t('page.left_out')} {t('mark.comma').join(made.left_out)}{t('mark.stop')}"]
        if made.left_out
        else []
    )
    said += [f"{t('page.again')} {made.again}"] if said and made.again else []
    said += [t("page.partial", only=t("mark.comma").join(made.only))] if made.only else []
    said += [t("page.unjudged", count=unjudged)] if unjudged else []
    return [*said, *filter(None, [run.warning(t.language)])]


def sheets(run: Run) -> list[Sheet]:
    """The contents of the workbook: typed rows first, then what else the notebooks hand out."""
    variant = run.variants[0]
    t, tables, record = variant.voice, variant.tables, Record.of(run, variant)
    checks = list(record.checks.values())
    inputs = [{"check_id": c.check_id, **cells.write(i)} for c in checks for i in c.inputs]
    first = [
        _sheet(t("sheet.claims"), [cells.write(c) for c in record.claims.values()], without=("remarks",)),
        _sheet(t("sheet.checks"), [cells.write(c) for c in checks], without=("inputs", "steps")),
        _sheet(t("sheet.inputs"), inputs),
        _sheet(t("sheet.exhibits"), [cells.write(x) for x in exhibits(run, variant)]),
    ]
    others = [_table(name, table) for name, table in sorted(tables.items()) if name not in _TYPED]
    grids = _grids(tables["tables"].rows) if "tables" in tables else []
    return [sheet for sheet in [*first, *others, *grids] if sheet.rows]


def _sheet(name: str, rows: Sequence[Mapping[str, object]], without: Sequence[str] = ()) -> Sheet:
    columns = list(dict.fromkeys(c for row in rows for c in row if c not in without))
    return Sheet(name, columns, [[_value(row.get(column)) for column in columns] for row in rows])


def _table(name: str, table: Table) -> Sheet:
    """A table of the notebooks, its columns in the order that they announce."""
    return _sheet(name, [{column: row.get(column) for column in table.columns} for row in table.rows])


def _grids(rows: Sequence[Mapping[str, object]]) -> list[Sheet]:
    """Tables handed out cell by cell (table_id, row, column, value), put together again."""
    grids: dict[tuple[str, str], dict[str, dict[str, object]]] = {}
    for cell in rows:
        grid = grids.setdefault((str(cell["notebook"]), str(cell["table_id"])), {})
        grid.setdefault(str(cell["row"]), {})[str(cell["column"])] = cell["value"]
    return [
        _sheet(f"{notebook.split('_', 1)[0]} {table}", list(grid.values()))
        for (notebook, table), grid in grids.items()
    ]


def _value(value: object) -> Cell:
    """A cell's value with its type: printed numbers stay the text that they are, dates become dates."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        with suppress(ValueError):  # a day that no calendar has stays the text that it is
            day = datetime.date.fromisoformat(value)
            return day if day.year > _FIRST_YEAR else value
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, float | int) and not isinstance(value, bool) and not abs(value) <= _LARGEST:
        value = str(value)  # not a number, endless, or more than a cell can hold
    if value is None or isinstance(value, int | float):
        return value
    return _fitting(str(value))


def _fitting(text: str) -> str:
    """A text as a cell can hold it: whole characters, and no more of them than Excel takes."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…"


def _unique(found: Sequence[Sheet]) -> list[Sheet]:
    """The sheets with names that Excel takes: 31 characters, none of its special ones, no name twice."""
    taken: set[str] = set()
    named = []
    for sheet in found:
        plain = re.sub(r"[\[\]:*?/\\]", "-", sheet.name).strip("'")[:31]
        name, n = plain, 2
        while name.lower() in taken:
            name, n = f"{plain[:28]} {n}", n + 1
        taken.add(name.lower())
        named.append(Sheet(name, sheet.columns, sheet.rows))
    return named


def _about(
    page: Worksheet, found: Sequence[Sheet], styles: Mapping[str, Format], t: Voice, first: Sequence[str]
) -> None:
    page.write_string(0, 0, t.own.title, styles["title"])
    page.write_string(1, 0, t.source)
    for number, line in enumerate(first, start=2):
        page.write_string(number, 0, line)
    head = max(3, 2 + len(first))
    page.write_row(head, 0, [t("sheet.contents"), t("sheet.rows")], styles["head"])
    for number, sheet in enumerate(found, start=head + 1):
        page.write_url(number, 0, f"internal:'{sheet.name}'!A1", string=sheet.name)
        page.write_number(number, 1, len(sheet.rows))
    page.set_column(0, 0, 44)


def _fill(page: Worksheet, sheet: Sheet, styles: Mapping[str, Format]) -> None:
    last = len(sheet.columns) - 1
    page.write_row(0, 0, sheet.columns, styles["head"])
    for number, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row):
            if value is not None and value != "":
                page.write(number, column, value, styles[_style(value)])
    for column, name in enumerate(sheet.columns):
        widths = [_width(name), *(_width(row[column]) for row in sheet.rows)]
        page.set_column(column, column, min(max(widths) + 2, _WIDEST))
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, len(sheet.rows), last)
    # "12.50" is text on purpose: it claims two decimals.
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{len(sheet.rows) + 1}"})


def _style(value: Cell) -> str:
    if isinstance(value, datetime.date):
        return "date"
    return "long" if isinstance(value, str) and _width(value) > _WIDEST else "text"


def _width(value: Cell) -> int:
    """How many columns of type a value takes: a hanzi takes two."""
    text = "" if value is None else str(value)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
