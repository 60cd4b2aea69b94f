"""A chart is an object that carries its finding, its alt text, its source, its picture and the plotted data.

Its text form is the data, so a stored output changes when the chart's numbers change. The picture is drawn only
when a front end asks for it; in a draft (`ANALYSIS_DRAW=none`) no chart is composed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypedDict, cast

import pandas as pd

from analysis import kept
from analysis.charts.alt import whole
from analysis.charts.facts import Facts
from analysis.charts.inputs import ChartError
from analysis.draft import is_draft
from analysis.mime import FIGURE, SVG

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

P = ParamSpec("P")


class _About(TypedDict):
    title: str
    subtitle: str
    source: str


class About(_About, total=False):
    """What every form takes beside its data and its id, which is short, kebab-case and unique in its notebook.

    title: the finding. subtitle: measure, unit and period. source: the source line. exhibit: the figure of the report
    ("图10"). language: one with a pack of words. alt: replaces the alt text made from the data. notes: a second line under the chart.
    """

    exhibit: str
    language: str
    alt: str
    notes: str


class Chart(Facts):
    """A finished chart. Last expression of a cell: shows as picture, text and data."""

    def svg(self, narrow: bool = False) -> str:
        """The picture as SVG with real text, 760 px wide or, `narrow`, 360 px wide for a phone."""
        from analysis.charts.canvas import depends_on, render

        return kept.text(depends_on(self, narrow), lambda: render(self, narrow))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if include is not None and not {"text/plain", FIGURE, SVG} & set(include):
            return {}  # a sweep asks for rows, which a chart does not have
        facts = {**self.facts(), "svg_narrow": self.svg(narrow=True)}
        return {"text/plain": self.text(), FIGURE: facts, SVG: self.svg()}


def language_of(about: About) -> str:
    """The language that a chart is asked for; English where none is named."""
    return about.get("language", "en")


def make(
    id: str,
    about: About,
    data: pd.DataFrame,
    kind: str,
    said: Sequence[str],
    draw: Callable[[Canvas], None],
    unit: str = "",
) -> Chart:
    """A Chart from what a form was told, the name of the form in the packs, the sentences on what it shows, and the unit of the
    data's values.

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
        unit=unit,
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
