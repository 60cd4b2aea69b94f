"""Levels and growth in two stacked panels that share a time axis: no second scale to misread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis import words
from analysis.charts import alt, fonts, numbers
from analysis.charts.axes import Scale, axis_depth, period_axis, value_axis
from analysis.charts.canvas import EDGE, Canvas
from analysis.charts.inputs import OneSeries, Printed, as_printed, many_series
from analysis.charts.labels import Placer
from analysis.charts.lines import LineSpec, extra_sentences, plot_series, printed_key, with_printed
from analysis.charts.marks import (
    Break,
    as_breaks,
    block_breaks,
    breaks_height,
    draw_breaks,
    draw_printed,
    note,
    note_beside,
    px_of,
)
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import series_colour
from analysis.numbers import periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class TwinSpec:
    """The two tables and their labels."""

    levels: pd.DataFrame
    growth: pd.DataFrame
    level_label: str
    growth_label: str
    unit: str
    language: str
    breaks: tuple[Break, ...]
    level_points: tuple[Printed, ...]
    growth_points: tuple[Printed, ...]

    def all_periods(self) -> list[str]:
        """Every period of either panel."""
        points = [point.period for point in (*self.level_points, *self.growth_points)]
        return [*self.levels["period"], *self.growth["period"], *points]


@optional
def levels_and_growth(
    levels: OneSeries,
    growth: OneSeries,
    *,
    level_label: str,
    growth_label: str,
    unit: str = "",
    breaks: Iterable[Break] | Mapping[str, str] | None = None,
    printed_levels: Iterable[Printed] | Mapping[str, Any] | None = None,
    printed_growth: Iterable[Printed] | Mapping[str, Any] | None = None,
    **about: Unpack[About],
) -> Chart:
    """Levels as bars from zero above, their growth rate in % as a line below, on one time axis.

    levels, growth: Series, {period: value} or a table with value (low, high). unit: of the levels. printed_levels
    and printed_growth: what the report prints. breaks: {first period after: what changed}, drawn through both.
    """
    upper = many_series(about["id"], {level_label: levels})
    lower = many_series(about["id"], {growth_label: growth})
    language = language_of(about)
    cuts, above, below = as_breaks(breaks), as_printed(printed_levels), as_printed(printed_growth)
    spec = TwinSpec(upper, lower, level_label, growth_label, unit, language, cuts, above, below)
    told = [*alt.courses(upper, unit, language), *alt.courses(lower, "%", language)]
    said = " ".join([*told, *extra_sentences(cuts, (*above, *below), language)])
    both = [with_printed(upper, above, level_label), with_printed(lower, below, growth_label)]
    data = pd.concat(both, ignore_index=True)
    return make(about, data, "bar", [said], partial(_draw, spec=spec))


def _draw(canvas: Canvas, spec: TwinSpec) -> None:
    canvas.key(printed_key((*spec.level_points, *spec.growth_points), spec.language))
    values = [*spec.levels["value"], *(point.value for point in spec.level_points)]
    upper = Scale.of(values, spec.unit, spec.language, zero=True, target=4, room=0.14)
    rates = [*spec.growth[["value", "low", "high"]].stack(), *(point.value for point in spec.growth_points)]
    lower = Scale.of(rates, "%", spec.language, target=3, room=0.12)
    left = max(upper.margin(canvas), lower.margin(canvas))
    shorter = 0.8 if canvas.narrow else 1.0
    wide = canvas.width - left - EDGE
    top = max(breaks_height(canvas, spec.breaks, 0.6 * wide), 6)
    bars = canvas.panel(210 * shorter, left, EDGE, top=top, bottom=14, title=spec.level_label)
    rate = canvas.panel(130 * shorter, left, EDGE, top=12, bottom=0, title=spec.growth_label)
    pad = _pad(wide, spec)
    place = {}
    for axes, scale in ((bars, upper), (rate, lower)):
        value_axis(canvas, axes, scale)
        place = period_axis(canvas, axes, spec.all_periods(), pad)
    canvas.cursor += axis_depth(canvas, rate)
    bars.set_xticklabels([])
    draw_breaks(canvas, bars, spec.breaks, place)
    draw_breaks(canvas, rate, [Break(mark.period, "") for mark in spec.breaks], place)
    _levels(canvas, bars, spec, place)
    _growth(canvas, rate, spec, place)


def _pad(wide: float, spec: TwinSpec) -> float:
    """Half a bar's room at both ends of the time axis."""
    place = periods.positions(spec.all_periods())
    count = (max(place.values()) - min(place.values())) / periods.step(spec.all_periods()) + 1
    return wide / count / 2


def _levels(canvas: Canvas, axes: Axes, spec: TwinSpec, place: Mapping[str, float]) -> None:
    """Bars with their value where it fits, else on the last one only."""
    step = periods.step(spec.all_periods())
    xs = [place[name] for name in spec.levels["period"]]
    axes.bar(
        xs,
        spec.levels["value"],
        width=step * 0.74,
        color=series_colour(0),
        linewidth=0,
        zorder=2,
        label="levels",
    )
    factor, _ = words.display_unit(spec.unit, spec.language)
    shown = [value * factor for value in spec.levels["value"]]
    decimals = numbers.decimals_of(shown)
    texts = [numbers.plain(value, decimals) for value in shown]
    size = canvas.size("text")
    wide, _ = canvas.extent(axes)
    (low, high), to_px = axes.get_xlim(), px_of(canvas, axes)
    gap = step / (high - low) * wide
    fits = max(fonts.width(text, size) for text in texts) <= gap - 2
    printed = {point.period for point in spec.level_points}
    placer = Placer(*canvas.extent(axes))
    block_breaks(canvas, axes, spec.breaks, place, placer)
    for index, (x, value, text) in enumerate(zip(xs, spec.levels["value"], texts, strict=True)):
        placer.block_box(*to_px(x - step * 0.37, min(value, 0)), *to_px(x + step * 0.37, max(value, 0)))
        said = alt.point(spec.level_label, spec.levels["period"].iloc[index], value, spec.unit, spec.language)
        canvas.tell(axes, x, value, said)
        if spec.levels["period"].iloc[index] in printed or not (fits or index == len(texts) - 1):
            continue
        here, half = to_px(x, max(value, 0)), fonts.width(text, size) / 2
        back = min(0.0, wide + EDGE - here[0] - half)  # px that the last value would stand out at the right
        note(axes, text, (x, value), size, shift=(back, 4), va="bottom")
        placer.block_box(here[0] + back - half, here[1], here[0] + back + half, here[1] + size * 1.4)
    draw_printed(canvas, axes, spec.level_points, place, placer, spec.unit)


def _growth(canvas: Canvas, axes: Axes, spec: TwinSpec, place: Mapping[str, float]) -> None:
    colours = {spec.growth_label: series_colour(1)}
    line = LineSpec(spec.growth, "%", spec.language, colours, spec.breaks, spec.growth_points)
    placer = Placer(*canvas.extent(axes))
    block_breaks(canvas, axes, spec.breaks, place, placer)
    plot_series(canvas, axes, line, place, placer)
    last = spec.growth.iloc[-1]
    if last["period"] not in {point.period for point in spec.growth_points}:
        text = numbers.plain(last["value"], numbers.decimals_of([last["value"]])) + "%"
        note_beside(canvas, axes, text, (place[last["period"]], last["value"]), series_colour(1), placer)
    draw_printed(canvas, axes, spec.growth_points, place, placer, "%")
