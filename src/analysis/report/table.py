"""Tables in notebooks: rounded, deterministic text and HTML, and the rows as data."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from analysis.draft import is_draft
from analysis.errors import counted
from analysis.mime import ROWS, Asked
from analysis.report import cells
from analysis.report.computed import Source, significant

if TYPE_CHECKING:
    import pandas as pd


SENTENCE = 30
"""Characters from which a cell counts as a sentence."""


_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Table:
    """A table with a caption. Numbers are shown with the decimals given per column (two unless told).

    With `id` its cells are kept in the run's `tables.csv`.
    """

    data: pd.DataFrame
    caption: str
    _: KW_ONLY
    id: str = ""
    decimals: Mapping[str, int] | int = 2
    source: str = ""

    def _cell(self, column: str, value: object) -> str:
        if value is None or value != value:
            return "–"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return str(value)
        places = self.decimals if isinstance(self.decimals, int) else self.decimals.get(column, 2)
        return f"{value:,.{0 if isinstance(value, int) else places}f}"

    def _texts(self) -> list[list[str]]:
        columns = list(self.data.columns)
        plain = self.data.astype(object).to_numpy().tolist()
        return [[self._cell(c, v) for c, v in zip(columns, row, strict=True)] for row in plain]

    def __repr__(self) -> str:
        rows = [[str(c) for c in self.data.columns], *self._texts()]
        return "\n".join([self.caption, *("\t".join(row) for row in rows), *filter(None, [self.source])])

    def _kind(self, column: int, texts: list[str]) -> str:
        """The class of a column's cells: numbers, or sentences, which need room on a narrow screen."""
        if self.data.iloc[:, column].dtype.kind in "if":
            return ' class="number"'
        return ' class="sentence"' if max(map(len, texts)) > SENTENCE else ""

    def _html(self) -> str:
        if self.data.empty:
            return f"<p>{html.escape(self.caption)}</p>"
        texts = self._texts()
        kinds = [self._kind(n, [row[n] for row in texts]) for n in range(len(self.data.columns))]
        head = "".join(f'<th scope="col">{html.escape(str(c))}</th>' for c in self.data.columns)
        values = self.data.astype(object).to_numpy().tolist()
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{k}>{getattr(v, 'markup', _linked(t))}</td>"
                for v, t, k in zip(given, row, kinds, strict=True)
            )
            + "</tr>"
            for given, row in zip(values, texts, strict=True)
        )
        foot = f'<p class="source">{html.escape(self.source)}</p>' if self.source else ""
        anchor = f' id="table-{html.escape(self.id)}"' if self.id else ""
        return (
            f'<table class="data"{anchor}><caption>{html.escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"
        )

    def _repr_mimebundle_(self, include: Asked = None, exclude: Asked = None) -> dict[str, object]:
        bundle: dict[str, object] = {}
        if is_draft():
            return bundle
        if include is None or {"text/plain", "text/html"} & set(include):
            bundle = {"text/plain": repr(self), "text/html": self._html()}
        if self.id:
            records = [
                {"table_id": self.id, "row": n, "column": str(c), "value": _plain(v)}
                for n, row in enumerate(self.data.astype(object).to_numpy().tolist(), start=1)
                for c, v in zip(self.data.columns, row, strict=True)
            ]
            columns = ["table_id", "row", "column", "value"]
            bundle[ROWS] = {
                "table": "tables",
                "columns": columns,
                "rows": records,
            }
        return bundle


@dataclass(frozen=True)
class Named:
    """A text in a table that links can lead to."""

    text: str
    anchor: str

    def __str__(self) -> str:
        return self.text

    @property
    def markup(self) -> str:
        """The same as HTML, with its anchor."""
        return f'<span id="{html.escape(self.anchor)}">{html.escape(self.text)}</span>'


@dataclass(frozen=True, repr=False)
class Unheard(Table):
    """The claims on which no check has a say, with what would settle each; which they are is kept in the run's `unheard.csv`."""

    claims: tuple[tuple[str, str], ...] = ()
    """Section and id of each."""

    def _repr_mimebundle_(self, include: Asked = None, exclude: Asked = None) -> dict[str, object]:
        bundle = super()._repr_mimebundle_(include, exclude)
        rows = [{"section": section, "claim_id": claim_id} for section, claim_id in self.claims]
        return bundle | ({ROWS: cells.bundled("unheard", rows)} if bundle and rows else {})


def _linked(text: str) -> str:
    """A text as HTML; an address can be opened."""
    plain = html.escape(text)
    return f'<a href="{plain}" rel="noreferrer">{plain}</a>' if _ADDRESS.fullmatch(text) else plain


def _plain(value: object) -> object:
    """A cell for `tables.csv`: a number that was printed somewhere keeps its digits, an estimate has five.

    Estimates found by iteration differ beyond that between processors and thread counts.

    >>> _plain(141178.0), _plain(4398.08), _plain(0.123456789)
    (141178.0, 4398.08, 0.12346)
    """
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        exact = significant(value, 12)
        return exact if round(exact, 4) == exact else significant(value, 5)
    return str(value) if hasattr(value, "markup") else value


def ranges(values: Mapping[str, Source], heads: Sequence[str]) -> pd.DataFrame:
    """A row for each value: its name, the number, the ends of its range (of a plain number none), under four `heads`."""
    import pandas as pd

    rows = [
        (name, v, None, None) if isinstance(v, int | float) else (name, v.value, v.low, v.high)
        for name, v in values.items()
    ]
    return pd.DataFrame(rows, columns=list(heads))


show_table = Table
"""The name by which a notebook shows one: the last expression of a cell."""


@dataclass(frozen=True)
class Records:
    """Rows that a notebook leaves to the run: collected into `results/<table>.csv`, shown as their number (`cells.bundled`)."""

    table: str
    rows: Sequence[Mapping[str, object]]
    key: str = ""

    def __repr__(self) -> str:
        return f"{counted(len(self.rows), 'row')} of {self.table}"

    def _repr_mimebundle_(self, include: Asked = None, exclude: Asked = None) -> dict[str, object]:
        return {"text/plain": repr(self), ROWS: cells.bundled(self.table, self.rows, self.key)}
