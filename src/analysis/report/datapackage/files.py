"""Files as bytes and rows: encoding, line ends, header. Everything after may trust their form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis import reading
from analysis.errors import counted
from analysis.report.datapackage.descriptor import Resource
from analysis.report.datapackage.problems import Problem

Row = dict[str, str]
_MARK = b"\xef\xbb\xbf"


def read(folder: Path, resource: Resource) -> tuple[list[Row], list[Problem]]:
    """The rows of a resource as strings, or the problems that keep it from being read.

    Form asked for: UTF-8 without byte order mark, line feeds, the columns of the schema in their order, rows of
    equal length, at least one of them.
    """
    path = folder / resource.path
    try:
        content = reading.content(path)
    except reading.Unreadable as error:
        return [], [Problem(resource.path, 0, "", f"{error}; restore it or take it out of datapackage.json")]
    problems = list(_bytes(resource.path, content))
    if problems:
        return [], problems
    try:
        table = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except (csv.Error, RecursionError, MemoryError) as error:
        return [], [Problem(resource.path, 0, "", f"not CSV: {error}; close every quotation mark")]
    if found := next(((n, c) for n, row in enumerate(table, 1) for c in row if "\0" in c), None):
        return [], [Problem(resource.path, found[0], "", "contains a zero byte; remove it")]
    problems = list(_shape(resource, table))
    header = table[0]
    return ([] if problems else [dict(zip(header, row, strict=True)) for row in table[1:]]), problems


def written(resource: Resource, rows: Iterable[Row]) -> bytes:
    """Rows as the file that `read` reads."""
    text = io.StringIO()
    writer = csv.DictWriter(text, resource.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _bytes(file: str, content: bytes) -> Iterator[Problem]:
    if not content.strip():
        yield Problem(file, 0, "", "the file is empty; its first row names the columns")
        return
    command = _mended(content)
    if content.startswith(_MARK):
        text = f"begins with a byte order mark; save it as UTF-8 without BOM, or convert it with {command}"
        yield Problem(file, 1, "", text)
        content = content[len(_MARK) :]
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        hint = "iconv -f GB18030 -t UTF-8" if _decodes(content, "gb18030") else "your editor's save-as"
        yield Problem(file, row, "", f"not UTF-8 (byte {error.start}); convert it with {hint}")
        return
    if (at := content.find(b"\r")) >= 0:
        row = content.count(b"\n", 0, at) + 1
        text = (
            f"ends in a carriage return; save the file with LF line ends (Unix), or convert it with {command}"
        )
        yield Problem(file, row, "", text)
    elif not content.endswith(b"\n"):
        yield Problem(file, content.count(b"\n") + 1, "", "the last row lacks its line end; add one")


def _mended(content: bytes) -> str:
    """The command that takes out the mark and the carriage returns that a spreadsheet writes."""
    ends = r"tr -d '\r'" if b"\n" in content else r"tr '\r' '\n'"
    return (
        f"tail -c +{len(_MARK) + 1} FILE | {ends} > NEW"
        if content.startswith(_MARK)
        else f"{ends} < FILE > NEW"
    )


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _shape(resource: Resource, table: list[list[str]]) -> Iterator[Problem]:
    header, wanted = table[0], resource.columns
    if missing := [c for c in wanted if c not in header]:
        yield Problem(resource.path, 1, missing[0], f"is missing; the columns are {', '.join(wanted)}")
    elif extra := [c for c in header if c not in wanted]:
        yield Problem(
            resource.path, 1, extra[0], f"is not in {resource.schema_path}; remove it or describe it there"
        )
    elif header != wanted:
        yield Problem(resource.path, 1, "", f"columns out of order; put them as {', '.join(wanted)}")
    if len(table) == 1:
        yield Problem(resource.path, 1, "", "has a header but no rows; add rows or remove the file")
    for number, row in enumerate(table[1:], start=2):
        if len(row) != len(header):
            yield Problem(
                resource.path,
                number,
                "",
                f"has {counted(len(row), 'cell')}, the header {len(header)}; quote cells that contain commas",
            )
