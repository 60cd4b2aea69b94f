"""A chart is an object that carries its finding, its alt text, its source, its picture and the plotted data.

Its text form is the data, so a stored output changes when the chart's numbers change. The picture is drawn only
when a front end asks for it, and never with ANALYSIS_DRAW=0. A sweep goes further: with ANALYSIS_DRAW=none no chart is composed (`undrawn`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

import pandas as pd

from analysis.charts.inputs import ChartError

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

FIGURE_MIME = "application/vnd.suite.figure+json"
SVG_MIME = "image/svg+xml"
SIGNIFICANT = 6  # digits shown in text: beyond them processors may differ


class _About(TypedDict):
    id: str
    title: str
    subtitle: str
    source: str


class About(_About, total=False):
    """What every form takes beside its data.

    id: short and kebab-case, unique in its notebook. title: the finding. subtitle: measure, unit and period.
    source: the source line. exhibit: the figure of the report ("图10"). language: en or zh.
    alt: replaces the alt text made from the data. notes: a second line under the chart.
    """

    exhibit: str
    language: str
    alt: str
    notes: str


@dataclass(frozen=True)
class Chart:
    """A finished chart. Last expression of a cell: shows as picture, text and data.

    `data` is the plotted table in tidy form; `draw` puts it on a Canvas and is called lazily.
    """

    id: str
    title: str
    subtitle: str
    source: str
    data: pd.DataFrame
    alt: str
    draw: Callable[[Canvas], None] = field(repr=False, compare=False)
    exhibit: str = ""
    language: str = "en"
    notes: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id):
            raise ChartError(
                f"chart id {self.id!r}: use small letters, digits and hyphens, such as trips-by-year"
            )
        if self.language not in ("en", "zh"):
            raise ChartError(f"chart {self.id}: language is en or zh, not {self.language!r}")
        for name in ("title", "subtitle", "source", "alt"):
            if not str(getattr(self, name)).strip():
                raise ChartError(f"chart {self.id}: {name} is empty; every chart states it")
        if self.data.empty:
            raise ChartError(f"chart {self.id}: there is no data to draw")

    def svg(self, narrow: bool = False) -> str:
        """The picture as SVG with real text, 760 px wide or, `narrow`, 360 px wide for a phone."""
        from analysis.charts.canvas import render
        from analysis.charts.kept import picture

        return picture(self, narrow, lambda: render(self, narrow))

    def text(self) -> str:
        """Title, subtitle, alt text, the plotted data as a table, notes and source."""
        parts = [self.title, self.subtitle, "", self.alt, "", text_table(self.data), ""]
        parts += [part for part in (self.notes, self.source) if part]
        return "\n".join(parts)

    def data_csv(self) -> str:
        """The plotted data as CSV, numbers to ten significant digits."""
        rounded = self.data.map(_ten_digits)
        return rounded.to_csv(index=False, lineterminator="\n")

    def facts(self) -> dict[str, str]:
        """Everything but the picture, as pages need it."""
        names = ("id", "exhibit", "title", "subtitle", "alt", "source", "notes", "language")
        return {**{name: getattr(self, name) for name in names}, "data_csv": self.data_csv()}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if include is not None and not {"text/plain", FIGURE_MIME, SVG_MIME} & set(include):
            return {}  # a sweep asks for rows, which a chart does not have
        bundle: dict[str, Any] = {"text/plain": self.text(), FIGURE_MIME: self.facts()}
        if os.environ.get("ANALYSIS_DRAW") != "0":
            bundle[SVG_MIME] = self.svg()
            bundle[FIGURE_MIME]["svg_narrow"] = self.svg(narrow=True)
        return bundle


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


def make(about: About, data: pd.DataFrame, alt: str, draw: Callable[[Canvas], None]) -> Chart:
    """A Chart from what a form was told and the alt text it composed."""
    return Chart(
        id=about["id"],
        title=about["title"],
        subtitle=about["subtitle"],
        source=about["source"],
        data=data,
        alt=about.get("alt") or alt,
        draw=draw,
        exhibit=about.get("exhibit", ""),
        language=about.get("language", "en"),
        notes=about.get("notes", ""),
    )
