"""What a chart is made of, before any picture: what forms make, and canvas and SVG draw from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis import words
from analysis.charts.inputs import ChartError

SIGNIFICANT = 6  # digits shown in text: beyond them processors may differ


@dataclass(frozen=True)
class Facts:
    """What a chart says and shows. `data` is the plotted table in tidy form; `draw` puts it on a Canvas and is called lazily.

    unit: that of the table's values; empty where its rows have a column `unit`, or no values.
    """

    id: str
    title: str
    subtitle: str
    source: str
    data: pd.DataFrame
    alt: str
    draw: Callable[[Any], None] = field(repr=False, compare=False)
    exhibit: str = ""
    language: str = "en"
    notes: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id):
            raise ChartError(
                f"chart id {self.id!r}: use small letters, digits and hyphens, such as trips-by-year"
            )
        for name in ("title", "subtitle", "source", "alt"):
            if not str(getattr(self, name)).strip():
                raise ChartError(f"chart {self.id}: {name} is empty; every chart states it")
        if self.data.empty:
            raise ChartError(f"chart {self.id}: there is no data to draw")

    def text(self) -> str:
        """Title, subtitle, alt text, the plotted data as a table, notes and source."""
        parts = [self.title, self.subtitle, "", self.alt, "", text_table(self.data), ""]
        parts += [part for part in (self.notes, self.source) if part]
        return "\n".join(parts)

    def data_csv(self) -> str:
        """The plotted data as CSV, numbers to ten significant digits, each row with its unit."""
        rounded = self.data.map(_ten_digits)
        if self.unit:
            rounded["unit"] = unit_word(self.unit, self.language)
        return rounded.to_csv(index=False, lineterminator="\n")

    def facts(self) -> dict[str, str]:
        """Everything but the picture, as pages need it."""
        names = ("id", "exhibit", "title", "subtitle", "alt", "source", "notes", "language")
        return {**{name: getattr(self, name) for name in names}, "data_csv": self.data_csv()}


def text_table(data: pd.DataFrame) -> str:
    """A table in fixed columns, numbers to six significant digits, columns without any value left out."""
    shown = data.dropna(axis="columns", how="all").map(_six_digits)
    return str(shown.to_string(index=False))


def _six_digits(cell: Any) -> Any:
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:.{SIGNIFICANT}g}" if abs(cell) < 1e6 else f"{cell:.0f}"
    return "" if cell is None else cell


def _ten_digits(cell: Any) -> Any:
    return float(f"{cell:.10g}") if isinstance(cell, float) else cell


def unit_word(unit: str, language: str) -> str:
    """The unit of a file's values in its language; 1, as the SI has it, for what is counted without a word.

    >>> unit_word("亿元", "en"), unit_word("家", "en"), unit_word("家", "zh")
    ('CNY 100 million', '1', '家')
    """
    return words.one(unit, language) or "1"
