"""A chart is an object that carries its finding, its alt text, its source, its picture and the plotted data.

Its text form is the data, so a stored output changes when the chart's numbers change. The picture is drawn only
when a front end asks for it; in a draft (`ANALYSIS_DRAW=none`) no chart is composed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypedDict, cast

import pandas as pd

from analysis.charts.alt import whole
from analysis.charts.inputs import ChartError
from analysis.draft import is_draft
from analysis.mime import FIGURE, SVG

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

P = ParamSpec("P")

SIGNIFICANT = 6  # digits shown in text: beyond them processors may differ


class _About(TypedDict):
    title: str
    subtitle: str
    source: str


class About(_About, total=False):
    """What every form takes beside its data and its id, which is short, kebab-case and unique in its notebook.

    title: the finding. subtitle: measure, unit and period.
    source: the source line. exhibit: the figure of the report ("图10"). language: one with a pack of words.
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
        if include is not None and not {"text/plain", FIGURE, SVG} & set(include):
            return {}  # a sweep asks for rows, which a chart does not have
        facts = {**self.facts(), "svg_narrow": self.svg(narrow=True)}
        return {"text/plain": self.text(), FIGURE: facts, SVG: self.svg()}


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


def language_of(about: About) -> str:
    """The language that a chart is asked for; English where none is named."""
    return about.get("language", "en")


def make(
    id: str, about: About, data: pd.DataFrame, kind: str, said: Sequence[str], draw: Callable[[Canvas], None]
) -> Chart:
    """A Chart from what a form was told, the name of the form in the packs, and the sentences on what it shows.

    Raises ChartError for an option that the form does not have: it would be lost in silence.
    """
    if unknown := about.keys() - About.__required_keys__ - About.__optional_keys__:
        raise ChartError(f"chart {id}: this form has no option {min(unknown)!r}")
    language = language_of(about)
    return Chart(
        id=id,
        title=about["title"],
        subtitle=about["subtitle"],
        source=about["source"],
        data=data,
        alt=about.get("alt") or whole(kind, said, language),
        draw=draw,
        exhibit=about.get("exhibit", ""),
        language=language,
        notes=about.get("notes", ""),
    )


class Undrawn:
    """Stands where a chart would in a draft; shows nothing."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {}


def optional(form: Callable[P, Chart]) -> Callable[P, Chart]:
    """The form of chart, which gives an `Undrawn` in a draft, whatever its data."""

    @functools.wraps(form)
    def made(*arguments: P.args, **options: P.kwargs) -> Chart:
        if is_draft():
            return cast(Chart, Undrawn())
        return form(*arguments, **options)

    return made
