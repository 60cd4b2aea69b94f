"""What stands at the end of a notebook: the caveats of its data, and the documents behind its checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from analysis.report import config
from analysis.report.rows import CheckRow
from analysis.report.table import Table
from analysis.words import label

if TYPE_CHECKING:
    import pandas as pd


def caveats(known: pd.DataFrame, language: str) -> Table:
    """The rows of `catalog.caveats` that a notebook picked, one a line."""
    columns = {
        "series": known["series_id"],
        "period": known["period"],
        "caveat_kind": known["kind"].map(lambda kind: label(f"caveat_{kind}", language)),
        "caveat": known[f"text_{language}"],
    }
    return _table({label(name, language): column for name, column in columns.items()}, "caveats", language)


def documents(checks: Iterable[CheckRow], language: str) -> Table:
    """Publisher, document and address of every published number that checks used, each once."""
    used = {i.ref: i for check in checks for i in check.inputs if i.publisher}
    named = config.current().named
    rows = sorted({(named(i.publisher, language), named(i.document, language), i.url) for i in used.values()})
    heads = ("publisher", "document", "address")
    columns = {label(head, language): [row[n] for row in rows] for n, head in enumerate(heads)}
    return _table(columns, "documents", language)


def _table(columns: Mapping[str, Iterable[str]], caption: str, language: str) -> Table:
    import pandas as pd

    return Table(pd.DataFrame(columns), label(caption, language))
