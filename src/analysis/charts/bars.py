"""Bars from zero: grouped or lying, and shares stacked to one hundred per cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from analysis import words
from analysis.charts import alt, fonts, numbers
from analysis.charts.axes import Scale, axis_depth, keep_inside, value_axis
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ManySeries, Marks, Printed, given
from analysis.charts.labels import Placer
from analysis.charts.lines import extra_sentences, printed_key, with_printed
from analysis.charts.marks import PRINTED_MARK, Level, Side, draw_printed, note, px_of, tell_printed
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE, series_colour
from analysis.numbers import periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class BarSpec:
    """What a bar chart shows; `tidy` has series, period (the category) and value."""

    tidy: pd.DataFrame
    unit: str
    language: str
    printed: tuple[Printed, ...] = ()
    highlight: tuple[str, ...] = ()
    decimals: int | None = None

    def names(self) -> list[str]:
        """The series, in the order given."""
        return list(dict.fromkeys(self.tidy["series"]))

    def categories(self) -> list[str]:
        """The categories, in the order given; periods in time order, with a place for those that are missing."""
        given = [*self.tidy["period"], *(point.period for point in self.printed)]
        unique = list(dict.fromkeys(given))
        return (
            periods.filled(unique) if all(periods.position(name) is not None for name in unique) else unique
        )

    def text_of(self, value: float) -> str:
        """A value as it stands on its bar."""
        factor, shown = words.display_unit(self.unit, self.language)
        values = [v * factor for v in self.tidy["value"]]
        decimals = self.decimals if self.decimals is not None else numbers.decimals_of(values)
        return numbers.plain(value * factor, decimals) + ("%" if shown == "%" else "")

    def text_beside(self, value: float, points: Sequence[Printed]) -> str:
        """A bar's value and, where the report prints something else for it, that value after a diamond."""
        text, factor = self.text_of(value), words.display_unit(self.unit, self.language)[0]
        rough = 10.0 ** -len(text.rstrip("%").partition(".")[2]) / 2
        printed = [p.label(factor) for p in points if p.text or abs(p.value - value) * factor >= rough]
        return "  ".join([text, *(f"◇ {other}" for other in printed if other != text)])


@optional
def bars(
    series: ManySeries,
    id: str,
    *,
    unit: str = "",
    horizontal: bool = False,
    sort: bool = False,
    printed: Marks = None,
    highlight: Sequence[str] = (),
    decimals: int | None = None,
    **about: Unpack[About],
) -> Chart:
    """Bars from zero, each with its value.

    series: one {category: value}, or {name: {category: value}} for groups. unit: where the data do not know theirs.
    horizontal: lying bars, best for long names. sort: largest first. printed: the report's own values, {category: "34.54"}
    or {category: its Quantity}. highlight: categories that keep their colour while the others stand back. Raises
    ChartError for empty, missing or double values, or several units.
    """
    it = given(id, series, unit, printed)
    tidy, unit, points = it.tidy, it.unit, it.printed
    if sort:
        order = tidy.groupby("period")["value"].max().sort_values(ascending=False, kind="stable")
        tidy = tidy.sort_values(
            "period", key=lambda names: names.map({n: i for i, n in enumerate(order.index)})
        )
    language = language_of(about)
    spec = BarSpec(tidy, unit, language, points, tuple(highlight), decimals)
    draw = draw_lying if horizontal else draw_standing
    said = alt.courses(tidy, unit, language) if _is_time(spec) else _said(spec)
    said[-1] = " ".join([said[-1], *extra_sentences((), points, language)])
    return make(id, about, with_printed(tidy, points), "bar", said, partial(draw, spec=spec), unit)


def _is_time(spec: BarSpec) -> bool:
    return all(periods.position(name) is not None for name in spec.categories())


def _said(spec: BarSpec) -> list[str]:
    """One sentence on the categories of each series: the highest, the lowest and the last."""
    said, language = [], spec.language
    for name in spec.names():
        part = spec.tidy[spec.tidy["series"] == name]
        ranked = part.sort_values("value", ascending=False, kind="stable")
        top, low, last = (
            (row["period"], alt.amount(row["value"], spec.unit, language, spec.decimals))
            for row in (ranked.iloc[0], ranked.iloc[-1], part.iloc[-1])
        )
        ends = {"top": top[0], "low": low[0], "last": last[0]}
        ends |= {"top_value": top[1], "low_value": low[1], "last_value": last[1]}
        said.append(alt.named(name, alt.say("bars", language, n=len(part), **ends), language))
    return said


def bar_colours(spec: BarSpec) -> list[str]:
    """One colour per series."""
    return [series_colour(index) for index, _ in enumerate(spec.names())]


def draw_standing(canvas: Canvas, spec: BarSpec) -> None:
    """Standing bars, grouped by category."""
    names, categories = spec.names(), spec.categories()
    key = (
        [KeyItem(n, c, "bar") for n, c in zip(names, bar_colours(spec), strict=True)]
        if len(names) > 1
        else []
    )
    canvas.key([*key, *printed_key(spec.printed, spec.language)])
    values = [*spec.tidy["value"], *(p.value for p in spec.printed)]
    scale = Scale.of(values, spec.unit, spec.language, zero=True, target=4, room=0.08)
    axes = canvas.panel(250 * (0.8 if canvas.narrow else 1), scale.margin(canvas), top=18, bottom=0)
    value_axis(canvas, axes, scale)
    plot_bars(axes, spec, categories)
    category_axis(canvas, axes, categories)
    canvas.cursor += axis_depth(canvas, axes)
    _values_on_bars(canvas, axes, spec)
    _tell_bars(canvas, axes, spec, categories)
    place = {name: float(index) for index, name in enumerate(categories)}
    placer = _taken_by_bars(canvas, axes)
    draw_printed(canvas, axes, spec.printed, place, placer, spec.unit)


def _tell_bars(canvas: Canvas, axes: Axes, spec: BarSpec, categories: Sequence[str]) -> None:
    """Every standing bar stands for its value, at its end."""
    for name, group in zip(spec.names(), axes.containers, strict=True):
        for patch in group:
            x, value = patch.get_x() + patch.get_width() / 2, patch.get_height()
            if value == value:
                said = alt.point(name, categories[round(x)], value, spec.unit, spec.language)
                canvas.tell(axes, x, value, said)


def _taken_by_bars(canvas: Canvas, axes: Axes) -> Placer:
    """A placer that keeps texts off the bars and off the values above them."""
    placer, to_px = Placer(*canvas.extent(axes)), px_of(canvas, axes)
    for patch in (patch for group in axes.containers for patch in group):
        left, bottom = to_px(patch.get_x(), min(patch.get_height(), 0))
        right, top = to_px(patch.get_x() + patch.get_width(), max(patch.get_height(), 0))
        if top == top:
            placer.block_box(left, bottom, right, top + canvas.size("text") * 1.3)
    return placer


def plot_bars(axes: Axes, spec: BarSpec, categories: Sequence[str], width: float = 0.72) -> None:
    """The bars of a category side by side, in its middle; categories outside `highlight` stand back."""
    given = spec.tidy.groupby("period")["series"].agg(list).to_dict()
    alone = all(len(names) == 1 for names in given.values())
    thick = width if alone else width / len(spec.names())
    for name, colour in zip(spec.names(), bar_colours(spec), strict=True):
        part = spec.tidy[spec.tidy["series"] == name]
        part = part.sort_values("period", key=lambda names: names.map(categories.index))
        xs = [
            categories.index(p) + (given[p].index(name) - (len(given[p]) - 1) / 2) * thick
            for p in part["period"]
        ]
        fills = [
            PALETTE["context"] if spec.highlight and p not in spec.highlight else colour
            for p in part["period"]
        ]
        axes.bar(xs, part["value"], thick, color=fills, linewidth=0, zorder=2)


def category_axis(canvas: Canvas, axes: Axes, categories: Sequence[str]) -> None:
    """Labels below bars: all if they fit (wrapped), else every n-th counted from the last."""
    wide = canvas.extent(axes)[0]
    gap = wide / len(categories)
    texts = [periods.within(name, canvas.language) for name in categories]
    size = canvas.size("text")
    every = 1
    if all(periods.position(name) is not None for name in categories):
        need = max(canvas.measure(text) for text in texts) + 6
        every = 1 if need <= gap else -int(-1.4 * need // gap)  # room to turn the last one inwards
    else:
        texts = ["\n".join(fonts.wrap(text, size, gap - 6)) for text in texts]
    chosen = list(range(len(categories) - 1, -1, -every))[::-1]
    axes.set_xlim(-0.5, len(categories) - 0.5)
    axes.set_xticks(chosen, [texts[index] for index in chosen], fontsize=size)
    axes.tick_params(axis="x", length=0, pad=6)
    keep_inside(canvas, axes)


def _values_on_bars(canvas: Canvas, axes: Axes, spec: BarSpec) -> None:
    """The value above (or below) its bar, if all fit side by side."""
    wide, _ = canvas.extent(axes)
    texts = [[spec.text_of(patch.get_height()) for patch in container] for container in axes.containers]
    size = canvas.size("text")
    bar = wide / len(spec.categories()) * 0.72 / max(len(axes.containers), 1)
    widest = max((fonts.width(text, size) for row in texts for text in row), default=0)
    if widest > bar * (1.25 if len(axes.containers) == 1 else 1.0):
        return
    for container, row in zip(axes.containers, texts, strict=True):
        for patch, text in zip(container, row, strict=True):
            value = patch.get_height()
            x = patch.get_x() + patch.get_width() / 2
            va: Level = "top" if value < 0 else "bottom"
            note(axes, text, (x, value), size, shift=(0, -4 if value < 0 else 4), va=va)


def draw_lying(canvas: Canvas, spec: BarSpec) -> None:
    """Lying bars: names at the left (above the bar on a phone), values at their ends."""
    names, categories = spec.names(), spec.categories()
    colours = bar_colours(spec)
    key = [KeyItem(n, c, "bar") for n, c in zip(names, colours, strict=True)] if len(names) > 1 else []
    canvas.key([*key, *printed_key(spec.printed, spec.language)])
    size = canvas.size("text")
    room = (0.36 if canvas.narrow else 0.34) * canvas.width
    texts = ["\n".join(fonts.wrap(periods.within(name, canvas.language), size, room)) for name in categories]
    left = max(canvas.measure(text) for text in texts) + 12 + EDGE
    before, after = _value_room(spec, size)
    thick = 17 if len(names) > 1 else 22
    band = max(thick * len(names) + 12, max(text.count("\n") + 1 for text in texts) * size * 1.25 + 8)
    axes = canvas.panel(band * len(categories), left, EDGE + after, top=4, bottom=6)
    values = [*spec.tidy["value"], *(p.value for p in spec.printed)]
    low, high = min(0.0, *values), max(0.0, *values)
    high = high if high > low else 1.0
    share = before / canvas.extent(axes)[0]  # the part of the width that texts left of negative bars need
    axes.set_xlim(low - (high - low) * share / (1 - share), high)
    axes.set_ylim(len(categories) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks(range(len(categories)), texts, fontsize=size, color=PALETTE["ink"], linespacing=1.15)
    axes.tick_params(axis="y", length=0, pad=6)
    axes.axvline(0, color=PALETTE["ink"], linewidth=1.1, zorder=3)
    _lying(canvas, axes, spec, categories, thick / band)


def _value_room(spec: BarSpec, size: float) -> tuple[float, float]:
    """px that the values need left of negative bars and right of the others."""
    room = {True: 0.0, False: 18.0}
    for name, value in zip(spec.tidy["period"], spec.tidy["value"], strict=True):
        text = spec.text_beside(value, [point for point in spec.printed if point.period == name])
        room[value < 0] = max(room[value < 0], fonts.width(text, size) + 18)
    return room[True], room[False]


def _lying(canvas: Canvas, axes: Axes, spec: BarSpec, categories: Sequence[str], thick: float) -> None:
    size = canvas.size("text")
    names, colours = spec.names(), bar_colours(spec)
    at = {name: index for index, name in enumerate(categories)}
    for index, name in enumerate(names):
        part = spec.tidy[spec.tidy["series"] == name]
        offset = (index - (len(names) - 1) / 2) * thick
        ys = [at[category] + offset for category in part["period"]]
        faded = [bool(spec.highlight) and category not in spec.highlight for category in part["period"]]
        fills = [PALETTE["context"] if pale else colours[index] for pale in faded]
        axes.barh(ys, part["value"], height=thick * 0.92, color=fills, linewidth=0, zorder=2, label=name)
        for category, y, value in zip(part["period"], ys, part["value"], strict=True):
            points = [point for point in spec.printed if point.period == category]
            end = max([value, *(point.value for point in points)]) if value >= 0 else value
            ha: Side = "right" if value < 0 else "left"
            shift = -5 if value < 0 else 12 if points else 5
            note(axes, spec.text_beside(value, points), (end, y), size, shift=(shift, 0), ha=ha)
            canvas.tell(axes, value, y, alt.point(name, category, value, spec.unit, spec.language))
    for point in spec.printed:
        place = (point.value, at[point.period])
        axes.plot([place[0]], [place[1]], zorder=5, clip_on=False, label="printed", **PRINTED_MARK)
        tell_printed(canvas, axes, place, point, spec.unit)
