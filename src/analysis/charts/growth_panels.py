"""Levels and growth in two stacked panels that share a time axis: no second scale to misread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from analysis import words
from analysis.charts import alt, fonts, numbers
from analysis.charts.axes import Scale, axis_depth, period_axis, value_axis
from analysis.charts.canvas import EDGE, Canvas
from analysis.charts.facts import unit_word
from analysis.charts.inputs import Given, Printed, Series, given
from analysis.charts.labels import Placer
from analysis.charts.lines import LineSpec, extra_sentences, plot_series, printed_key, with_printed
from analysis.charts.marks import (
    Break,
    Breaks,
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

    levels: Given
    growth: Given
    level_label: str
    growth_label: str
    language: str
    breaks: tuple[Break, ...]

    def printed(self) -> tuple[Printed, ...]:
        """What the report prints in either panel."""
        return (*self.levels.printed, *self.growth.printed)

    def all_periods(self) -> list[str]:
        """Every period of either panel."""
        points = [point.period for point in self.printed()]
        return [*self.levels.tidy["period"], *self.growth.tidy["period"], *points]


@optional
def levels_and_growth(
    levels: Series,
    growth: Series,
    id: str,
    *,
    breaks: Breaks = None,
    **about: Unpack[About],
) -> Chart:
    """Levels as bars from zero above, their growth rate in % as a line below, on one time axis.

    breaks: {first period after: what changed}, drawn through both.
    """
    upper, lower = given(id, levels), given(id, growth, "%", ranges=True)
    language, cuts = language_of(about), as_breaks(breaks, pd.concat([upper.tidy, lower.tidy])["period"])
    spec = TwinSpec(upper, lower, levels.name, growth.name, language, cuts)
    told = [*alt.courses(upper.tidy, upper.unit, language), *alt.courses(lower.tidy, "%", language)]
    said = " ".join([*told, *extra_sentences(cuts, spec.printed(), language)])
    both = [
        with_printed(it.tidy, it.printed, name).assign(unit=unit_word(it.unit, language))
        for it, name in ((upper, levels.name), (lower, growth.name))
    ]
    data = pd.concat(both, ignore_index=True)
    return make(id, about, data, "bar", [said], partial(_draw, spec=spec))


def _draw(canvas: Canvas, spec: TwinSpec) -> None:
    canvas.key(printed_key(spec.printed(), spec.language))
    values = [*spec.levels.tidy["value"], *(point.value for point in spec.levels.printed)]
    upper = Scale.of(values, spec.levels.unit, spec.language, zero=True, target=4, room=0.14)
    rates = [
        *spec.growth.tidy[["value", "low", "high"]].stack(),
        *(point.value for point in spec.growth.printed),
    ]
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
    xs = [place[name] for name in spec.levels.tidy["period"]]
    axes.bar(
        xs,
        spec.levels.tidy["value"],
        width=step * 0.74,
        color=series_colour(0),
        linewidth=0,
        zorder=2,
        label="levels",
    )
    factor, _ = words.display_unit(spec.levels.unit, spec.language)
    shown = [value * factor for value in spec.levels.tidy["value"]]
    decimals = numbers.decimals_of(shown)
    texts = [numbers.plain(value, decimals) for value in shown]
    size = canvas.size("text")
    wide, _ = canvas.extent(axes)
    (low, high), to_px = axes.get_xlim(), px_of(canvas, axes)
    gap = step / (high - low) * wide
    fits = max(fonts.width(text, size) for text in texts) <= gap - 2
    printed = {point.period for point in spec.levels.printed}
    placer = Placer(*canvas.extent(axes))
    block_breaks(canvas, axes, spec.breaks, place, placer)
    for index, (x, value, text) in enumerate(zip(xs, spec.levels.tidy["value"], texts, strict=True)):
        placer.block_box(*to_px(x - step * 0.37, min(value, 0)), *to_px(x + step * 0.37, max(value, 0)))
        said = alt.point(
            spec.level_label, spec.levels.tidy["period"].iloc[index], value, spec.levels.unit, spec.language
        )
        canvas.tell(axes, x, value, said)
        if spec.levels.tidy["period"].iloc[index] in printed or not (fits or index == len(texts) - 1):
            continue
        here, half = to_px(x, max(value, 0)), fonts.width(text, size) / 2
        back = min(0.0, wide + EDGE - here[0] - half)  # px that the last value would stand out at the right
        note(axes, text, (x, value), size, shift=(back, 4), va="bottom")
        placer.block_box(here[0] + back - half, here[1], here[0] + back + half, here[1] + size * 1.4)
    draw_printed(canvas, axes, spec.levels.printed, place, placer, spec.levels.unit)


def _growth(canvas: Canvas, axes: Axes, spec: TwinSpec, place: Mapping[str, float]) -> None:
    colours = {spec.growth_label: series_colour(1)}
    line = LineSpec(spec.growth.tidy, "%", spec.language, colours, spec.breaks, spec.growth.printed)
    placer = Placer(*canvas.extent(axes))
    block_breaks(canvas, axes, spec.breaks, place, placer)
    plot_series(canvas, axes, line, place, placer)
    last = spec.growth.tidy.iloc[-1]
    if last["period"] not in {point.period for point in spec.growth.printed}:
        text = numbers.plain(last["value"], numbers.decimals_of([last["value"]])) + "%"
        note_beside(canvas, axes, text, (place[last["period"]], last["value"]), series_colour(1), placer)
    draw_printed(canvas, axes, spec.growth.printed, place, placer, "%")
