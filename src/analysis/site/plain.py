"""What moved between two runs of any notebooks: cells of the tables that they hand out, and what their cells print."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from analysis import reading
from analysis.mime import FIGURE, ROWS
from analysis.site.source import Notebook
from analysis.suite import collect, document

OWN = ("claims", "checks", "failures")
"""Tables that are compared by what they mean."""
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_BREAK = re.compile(r"<(?:br|/tr|/p|/li|/h[1-6]|/caption)\b[^>]*>", re.IGNORECASE)  # <br/>
_TAG = re.compile(
    r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", re.IGNORECASE | re.DOTALL
)  # <td class="x">

Tables = Mapping[tuple[str, str, str], str]
"""(table, row, column) → the cell's text."""
Outputs = Mapping[tuple[str, str], str]
"""(notebook, cell) → what the cell put out, as text."""


@dataclass(frozen=True)
class CellChange:
    """A cell of a table that differs; empty on a side that has no such cell."""

    table: str
    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class OutputChange:
    """A code cell that prints something else."""

    notebook: str
    cell: str
    before: str
    after: str


def cells_of(handed_out: Mapping[str, collect.Table], stems: Collection[str] | None = None) -> Tables:
    """The cells of every table that notebooks hand out, as a run writes them, claims and checks apart; of these notebooks,
    default all.
    """
    found: dict[tuple[str, str, str], str] = {}
    for name, table in sorted(handed_out.items()):
        if name not in OWN:
            rows = reading.rows_in(table.to_csv().decode(), Path(f"{name}.csv"))
            found.update(_cells(name, rows, stems))
    return found


def _cells(
    table: str, rows: list[dict[str, str]], stems: Collection[str] | None
) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Cells by table, number of the row, column; a table that is itself a list of cells names them."""
    named = {"table_id", "row", "column", "value"}
    some = rows if stems is None else [r for r in rows if r.get("notebook") in stems]
    for number, row in enumerate(some, start=1):
        if named <= row.keys():
            yield (row["table_id"], row["row"], row["column"]), row["value"]
        else:
            yield from (((table, str(number), column), text) for column, text in row.items())


def outputs(notebooks: Iterable[Notebook]) -> Outputs:
    """What the code cells of notebooks print, charts and rows apart, by notebook and cell."""
    found = {}
    for notebook in notebooks:
        for _, cell in document.code_cells(notebook.content):
            if text := "\n".join(filter(None, map(_text, cell["outputs"]))):
                found[notebook.stem, str(cell.get("id", ""))] = text
    return found


def _text(output: Mapping[str, object]) -> str:
    data = output.get("data", {})
    if isinstance(data, Mapping) and {ROWS, FIGURE} & data.keys():
        return ""
    shown = data if isinstance(data, Mapping) else {}
    lines = [str(output.get("text") or shown.get("text/plain", ""))]
    for mime, content in sorted(shown.items()):
        if mime in ("text/html", "text/markdown", "text/latex"):
            said = _words(str(content)) if mime == "text/html" else str(content)
            lines += [said] if _bare(said) != _bare(lines[0]) else []
        elif mime != "text/plain":
            lines.append(f"{mime} {document.sha256(json.dumps(content, sort_keys=True).encode())[:12]}")
    return _ADDRESS.sub("", "\n".join(filter(None, lines))).rstrip()


def _words(markup: str) -> str:
    """What a reader sees of HTML, a line for each row, paragraph and item."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).strip()


def _bare(text: str) -> str:
    return "".join(text.split())


def changed_cells(before: Tables, after: Tables) -> list[CellChange]:
    """Cells of tables that differ, in the order of the tables."""
    return [
        CellChange(*key, before.get(key, ""), after.get(key, ""))
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]


def changed_outputs(before: Outputs, after: Outputs) -> list[OutputChange]:
    """Cells that print something else, only the lines that differ."""
    return [
        OutputChange(*key, *_lines(before.get(key, ""), after.get(key, "")))
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]


def _lines(before: str, after: str) -> tuple[str, str]:
    pairs = [p for p in zip_longest(before.splitlines(), after.splitlines(), fillvalue="") if p[0] != p[1]]
    return "\n".join(a for a, _ in pairs), "\n".join(b for _, b in pairs)
