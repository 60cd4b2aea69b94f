"""Lines over time: several series with direct labels, breaks, rounding intervals and printed points."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis import words
from analysis.charts import alt, fonts, numbers
from analysis.charts.axes import Scale, axis_depth, period_axis, value_axis
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ManySeries, Marks, Printed, given
from analysis.charts.labels import Placer, spread
from analysis.charts.marks import (
    Break,
    Breaks,
    as_breaks,
    block_breaks,
    break_place,
    breaks_height,
    draw_breaks,
    draw_printed,
    note,
    note_beside,
    px_of,
)
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE, series_colour
from analysis.numbers import periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKED = 16  # up to so many points a line shows its points


@dataclass(frozen=True)
class LineSpec:
    """What a panel of lines shows. `tidy` has series, period, value, low, high."""

    tidy: pd.DataFrame
    unit: str
    language: str
    colours: Mapping[str, str]
    breaks: tuple[Break, ...] = ()
    printed: tuple[Printed, ...] = ()
    zero: bool = False
    decimals: int | None = None

    def names(self) -> list[str]:
        """The series, in the order given."""
        return list(dict.fromkeys(self.tidy["series"]))

    def all_periods(self) -> list[str]:
        """Every period that is drawn."""
        return [*self.tidy["period"], *(point.period for point in self.printed)]

    def all_values(self) -> list[float]:
        """Every value that must lie inside the axis."""
        values = pd.concat([self.tidy[column] for column in ("value", "low", "high")]).dropna().tolist()
        extra = [x for p in self.printed for x in (p.value, p.low, p.high) if x is not None]
        return [*values, *extra]


@optional
def lines(
    series: ManySeries,
    id: str,
    *,
    unit: str = "",
    breaks: Breaks = None,
    printed: Marks = None,
    zero: bool = False,
    decimals: int | None = None,
    **about: Unpack[About],
) -> Chart:
    """Series over time, each labelled at its end with its last value.

    series: {name: {period: value} | table with value, low, high}, or Series. unit: where the data do not know theirs.
    breaks: {first period after the break: what changed}; the line is interrupted there. printed: what the report
    prints, {period: "13.03"} or {period: its Quantity}. zero: force the axis to zero. Raises ChartError for empty,
    missing, double or non-numeric values, or several units.
    """
    it = given(id, series, unit, printed, ranges=True)
    language, cuts = language_of(about), as_breaks(breaks, it.tidy["period"])
    colours = {name: series_colour(index) for index, name in enumerate(dict.fromkeys(it.tidy["series"]))}
    spec = LineSpec(it.tidy, it.unit, language, colours, cuts, it.printed, zero, decimals)
    said = [*alt.courses(it.tidy, it.unit, language), *extra_sentences(cuts, it.printed, language)]
    return make(
        id, about, with_printed(it.tidy, it.printed), "line", said, partial(draw_lines, spec=spec), it.unit
    )


def extra_sentences(cuts: Sequence[Break], points: Sequence[Printed], language: str) -> list[str]:
    """What an alt text says of breaks and printed points."""
    said = [
        alt.say("break", language, when=periods.label(cut.period, language), what=cut.label) for cut in cuts
    ]
    return [*said, alt.say("printed_marked", language, n=len(points))] if points else said


def with_printed(tidy: pd.DataFrame, points: Sequence[Printed], series: str = "") -> pd.DataFrame:
    """The plotted table with a column `kind`: recomputed (series) or printed (the report, of `series`)."""
    table = tidy.assign(kind="series")
    if points:
        rows = [
            {
                "series": series,
                "period": p.period,
                "value": p.value,
                "low": p.low,
                "high": p.high,
                "kind": "printed",
            }
            for p in points
        ]
        table = pd.concat(
            [table, pd.DataFrame(rows).astype({"low": float, "high": float})], ignore_index=True
        )
    return table


def draw_lines(canvas: Canvas, spec: LineSpec) -> None:
    """One panel: axes, breaks, lines, printed points, labels at the ends."""
    names = spec.names()
    texts = end_texts(spec)
    size = canvas.size("text")
    room = 0.30 * canvas.width
    named = len(names) > 1 and not canvas.narrow
    if not named:
        texts = {name: text.rpartition("\t")[2] for name, text in texts.items()}
    shown = {name: "\n".join(fonts.wrap(text.replace("\t", " "), size, room)) for name, text in texts.items()}
    late = late_ends(spec)
    right = max([canvas.measure(text) for name, text in shown.items() if name in late], default=0) + 16
    key = [KeyItem(name, spec.colours[name]) for name in names] if len(names) > 1 and not named else []
    canvas.key([*key, *printed_key(spec.printed, spec.language)])
    scale = Scale.of(spec.all_values(), spec.unit, spec.language, spec.zero, target=4 if canvas.narrow else 5)
    left = scale.margin(canvas)
    top = breaks_height(canvas, spec.breaks, 0.6 * (canvas.width - left - right)) + 6
    axes = canvas.panel(270 * (0.8 if canvas.narrow else 1), left, right, top=top, bottom=0)
    value_axis(canvas, axes, scale)
    place = period_axis(canvas, axes, spec.all_periods(), pad=10)
    canvas.cursor += axis_depth(canvas, axes)
    draw_breaks(canvas, axes, spec.breaks, place)
    placer = Placer(*canvas.extent(axes))
    block_breaks(canvas, axes, spec.breaks, place, placer)
    plot_series(canvas, axes, spec, place, placer)
    draw_printed(canvas, axes, spec.printed, place, placer, spec.unit)
    label_ends(canvas, axes, spec, place, shown, placer)


def printed_key(points: Sequence[Printed], language: str) -> list[KeyItem]:
    """The key entry that explains the hollow diamond."""
    return [KeyItem(alt.say("printed", language), PALETTE["printed"], "printed")] if points else []


def end_texts(spec: LineSpec) -> dict[str, str]:
    """Name and last value of every series, parted by a tab; the value in the unit of the axis."""
    factor, shown_unit = words.display_unit(spec.unit, spec.language)
    suffix = "%" if shown_unit == "%" else ""
    texts = {}
    for name, part in spec.tidy.groupby("series", sort=False):
        last = part["value"].iloc[-1] * factor
        decimals = spec.decimals if spec.decimals is not None else numbers.decimals_of([last])
        texts[str(name)] = f"{name}\t{numbers.plain(last, decimals)}{suffix}"
    return texts


def plot_series(
    canvas: Canvas, axes: Axes, spec: LineSpec, place: Mapping[str, float], placer: Placer
) -> None:
    """The lines themselves, in pieces between breaks, gaps dotted, intervals as whiskers or bands."""
    table = spec.tidy.assign(x=spec.tidy["period"].map(place))
    table["piece"] = pieces(table, spec.breaks, place)
    few = table.groupby("series").size().max() <= MARKED
    look: dict[str, Any] = {"linewidth": 2.4, "markeredgewidth": 0, "zorder": 3, "clip_on": False}
    look |= {"marker": "o" if few else None, "markersize": 4.5 if canvas.narrow else 5.5}
    _strokes(axes, table, spec.colours, look)
    for row in table.to_dict("records"):
        said = alt.point(row["series"], row["period"], row["value"], spec.unit, spec.language)
        canvas.tell(axes, row["x"], row["value"], said)
    to_px = px_of(canvas, axes)
    for (name, _), part in table.groupby(["series", "piece"], sort=False):
        placer.block_line([to_px(x, y) for x, y in zip(part["x"], part["value"], strict=True)])
        draw_interval(axes, part, spec.colours[str(name)], few)
    for name, part in table.groupby("series", sort=False):
        for x0, y0, x1, y1 in dotted_gaps(axes, part, spec, place):
            placer.block_line([to_px(x0, y0), to_px(x1, y1)])
        if not few:
            single = part.groupby("piece").filter(lambda piece: len(piece) == 1)
            axes.plot(
                single["x"], single["value"], "o", color=spec.colours[str(name)], markersize=4, zorder=3
            )


def _strokes(axes: Axes, table: pd.DataFrame, colours: Mapping[str, str], look: dict[str, Any]) -> None:
    """Several series by seaborn; one alone by matplotlib, which is four times as fast and needs no grouping."""
    if table["series"].nunique() == 1:
        for _, part in table.groupby("piece", sort=False):
            axes.plot(part["x"], part["value"], color=colours[str(part["series"].iloc[0])], **look)
        return
    import seaborn

    hues: dict[str, Any] = {"hue": "series", "units": "piece", "palette": dict(colours), "legend": False}
    seaborn.lineplot(data=table, x="x", y="value", estimator=None, ax=axes, **hues, **look)
    axes.set(xlabel="", ylabel="")


def pieces(table: pd.DataFrame, breaks: Sequence[Break], place: Mapping[str, float]) -> list[str]:
    """For every row the name of its unbroken stretch: a new one begins after a break and after a gap."""
    result: list[str] = []
    ordered = sorted(place, key=lambda name: place[name])
    for name, part in table.groupby("series", sort=False):
        cuts = [break_place(mark, ordered, place) for mark in breaks if mark.series in ("", name)]
        xs = part["x"].tolist()
        gaps = {index for index in range(1, len(xs)) if is_gap(xs, index)}
        number = 0
        for index, x in enumerate(xs):
            if index and (index in gaps or any(xs[index - 1] < cut < x for cut in cuts)):
                number += 1
            result.append(f"{name}·{number}")
    return result


def is_gap(xs: Sequence[float], index: int) -> bool:
    """Whether the step that ends at `index` is longer than its neighbours allow: periods are missing."""
    step = xs[index] - xs[index - 1]
    near = [xs[i] - xs[i - 1] for i in (index - 1, index + 1) if 1 <= i < len(xs)]
    return bool(near) and step > 1.5 * max(near) + 1e-9


def draw_interval(axes: Axes, part: pd.DataFrame, colour: str, few: bool) -> None:
    """The rounding interval of a series: whiskers for few points, else a band."""
    known = part.dropna(subset=["low", "high"])
    if known.empty:
        return
    if few:
        axes.vlines(
            known["x"], known["low"], known["high"], color=colour, linewidth=1.4, alpha=0.7, zorder=2.8
        )
    else:
        axes.fill_between(
            known["x"], known["low"], known["high"], color=colour, alpha=0.18, linewidth=0, zorder=2
        )


def dotted_gaps(
    axes: Axes, part: pd.DataFrame, spec: LineSpec, place: Mapping[str, float]
) -> list[tuple[float, float, float, float]]:
    """A thin dotted line across missing periods, nothing across a break; from where to where each runs."""
    drawn = []
    ordered = sorted(place, key=lambda name: place[name])
    name = str(part["series"].iloc[0])
    cuts = [break_place(mark, ordered, place) for mark in spec.breaks if mark.series in ("", name)]
    rows = list(zip(part["x"], part["value"], part["piece"], strict=True))
    for (x0, y0, a), (x1, y1, b) in itertools.pairwise(rows):
        if a != b and not any(x0 < cut < x1 for cut in cuts):
            axes.plot(
                [x0, x1], [y0, y1], color=spec.colours[name], linewidth=1.2, linestyle=(0, (1, 3)), zorder=2.6
            )
            drawn.append((x0, y0, x1, y1))
    return drawn


def label_ends(
    canvas: Canvas,
    axes: Axes,
    spec: LineSpec,
    place: Mapping[str, float],
    ends: Mapping[str, str],
    placer: Placer,
) -> None:
    """Names at the right margin, moved apart where they would overlap, with a thin leader when moved."""
    wide, high = canvas.extent(axes)
    to_px = px_of(canvas, axes)
    last = spec.tidy.groupby("series", sort=False).tail(1).set_index("series")
    points = {str(name): (place[row["period"]], float(row["value"])) for name, row in last.iterrows()}
    late = late_ends(spec)
    for name in points:
        if name not in late:
            note_beside(canvas, axes, ends[name], points[name], spec.colours[name], placer)
    names = [name for name in points if name in late]
    spots = [to_px(*points[name]) for name in names]
    size = canvas.size("text")
    tall = [size * 1.22 * (ends[name].count("\n") + 1) + 2 for name in names]
    centres = spread([y for _, y in spots], tall, -size, high + size)
    for name, (x, y), centre in zip(names, spots, centres, strict=True):
        if abs(centre - y) > 7:
            xs, ys = [(x + 5) / wide, (wide + 3) / wide], [y / high, centre / high]
            look: dict[str, Any] = {
                "linewidth": 0.8,
                "clip_on": False,
                "zorder": 2,
                "transform": axes.transAxes,
            }
            axes.plot(xs, ys, color=spec.colours[name], **look)
        at = (1.0, centre / high)
        note(axes, ends[name], at, size, spec.colours[name], (EDGE, 0), "left", coords="axes fraction")


def late_ends(spec: LineSpec) -> set[str]:
    """The series that reach the last eighth of the axis: they are named at its right, the others where they end."""
    place = periods.positions(spec.all_periods())
    low, high = min(place.values()), max(place.values())
    limit = high - 0.125 * (high - low)
    last = spec.tidy.groupby("series", sort=False).tail(1)
    return {str(n) for n, p in zip(last["series"], last["period"], strict=True) if place[p] >= limit}
