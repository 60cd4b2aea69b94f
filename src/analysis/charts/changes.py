"""Change between two dates: a slope per name, or a bridge from one total to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis import words
from analysis.charts import alt, fonts, numbers
from analysis.charts.axes import Scale, value_axis
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, ManySeries, given
from analysis.charts.labels import spread
from analysis.charts.marks import Side, note
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE, series_colour
from analysis.numbers import periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UP, DOWN = series_colour(2), series_colour(1)


@dataclass(frozen=True)
class SlopeSpec:
    """`table` has name, before, after; texts are in the unit of the reader."""

    table: pd.DataFrame
    before: str
    after: str
    unit: str


@optional
def slope(
    series: ManySeries,
    id: str,
    *,
    unit: str = "",
    **about: Unpack[About],
) -> Chart:
    """A line per name from its value at one time to its value at another, growth in % at its right end.

    series: {name: {before: value, after: value}}. unit: where the data do not know theirs.
    """
    it = given(id, series, unit)
    unit, parts = it.unit, list(it.tidy.groupby("series", sort=False))
    before, after = parts[0][1]["period"].iloc[[0, -1]]
    for name, part in parts:
        if part["period"].tolist() != [before, after]:
            told = ", ".join(part["period"])
            raise ChartError(f"chart {id}: a slope has two times, the same for all, and “{name}” has {told}")
    rows = [(name, *part["value"]) for name, part in parts]
    table = pd.DataFrame(rows, columns=["name", "before", "after"])
    spec = SlopeSpec(table, before, after, unit)
    data = table.rename(columns={"before": before, "after": after})
    data["change_pct"] = (table["after"] / table["before"] - 1) * 100
    said = [
        alt.course(str(row["name"]), [before, after], [row["before"], row["after"]], unit, language_of(about))
        for row in table.to_dict("records")
    ]
    return make(id, about, data, "slope", said, partial(_draw_slope, spec=spec), unit)


def _draw_slope(canvas: Canvas, spec: SlopeSpec) -> None:
    size = canvas.size("text")
    factor, shown_unit = words.display_unit(spec.unit, canvas.language)
    table = spec.table.assign(a=spec.table["before"] * factor, b=spec.table["after"] * factor)
    decimals = numbers.decimals_of([*table["a"], *table["b"]])
    suffix = "%" if shown_unit == "%" else ""
    room = 0.27 * canvas.width
    left_texts = [
        "\n".join(fonts.wrap(f"{r['name']} {numbers.plain(r['a'], decimals)}{suffix}", size, room))
        for r in table.to_dict("records")
    ]
    right_texts = [_after_text(r, decimals, suffix) for r in table.to_dict("records")]
    left = max(canvas.measure(t) for t in left_texts) + 14 + EDGE
    right = max(canvas.measure(t) for t in right_texts) + 14 + EDGE
    height = max(240.0, sum(t.count("\n") + 1 for t in left_texts) * size * 1.45)
    axes = canvas.panel(height, left, right, top=22, bottom=4)
    axes.set_xlim(0, 1)
    low, high = min(*table["a"], *table["b"]), max(*table["a"], *table["b"])
    margin = (high - low) * 0.04 or 1.0
    axes.set_ylim(min(low - margin, 0 if low < 0.35 * high and low >= 0 else low - margin), high + margin)
    axes.set_xticks([])
    axes.set_yticks([])
    for x, name in ((0, spec.before), (1, spec.after)):
        axes.axvline(x, color=PALETTE["context"], linewidth=1)
        head = periods.label(name, canvas.language)
        note(axes, head, (x, 1), size, PALETTE["muted"], (0, 6), va="bottom", coords="axes fraction")
    _slope_lines(canvas, axes, table, spec, (left_texts, right_texts))


def _after_text(row: dict[Any, Any], decimals: int, suffix: str) -> str:
    text = numbers.plain(row["b"], decimals) + suffix
    return f"{text} ({numbers.signed((row['b'] / row['a'] - 1) * 100, 1)}%)" if row["a"] else text


def _slope_lines(
    canvas: Canvas, axes: Axes, table: pd.DataFrame, spec: SlopeSpec, texts: tuple[list[str], list[str]]
) -> None:
    size = canvas.size("text")
    high = canvas.extent(axes)[1]
    low, top = axes.get_ylim()
    colours = []
    for row in table.to_dict("records"):
        colours.append(series_colour(0) if row["b"] >= row["a"] else DOWN)
        look: dict[str, Any] = {"linewidth": 2.2, "markersize": 6, "clip_on": False, "zorder": 3}
        axes.plot([0, 1], [row["a"], row["b"]], "-o", color=colours[-1], label=row["name"], **look)
        for x, shown, value, when in (
            (0.0, row["a"], row["before"], spec.before),
            (1.0, row["b"], row["after"], spec.after),
        ):
            said = alt.point(str(row["name"]), when, value, spec.unit, canvas.language)
            canvas.tell(axes, x, shown, said)
    sides: tuple[tuple[str, list[str], float, Side], ...] = (
        ("a", texts[0], 0.0, "right"),
        ("b", texts[1], 1.0, "left"),
    )
    for column, labels, x, side in sides:
        wanted = [(value - low) / (top - low) * high for value in table[column]]
        tall = [(text.count("\n") + 1) * size * 1.25 + 2 for text in labels]
        centres = spread(wanted, tall, -size, high + size)
        for text, centre, colour in zip(labels, centres, colours, strict=True):
            away = (-9, 0) if side == "right" else (9, 0)
            note(axes, text, (x, centre / high), size, colour, away, side, coords="axes fraction")


@dataclass(frozen=True)
class Bridge:
    """`table` has name, value (signed step or total), bottom, kind (total, up, down)."""

    table: pd.DataFrame
    unit: str


@optional
def waterfall(
    steps: Mapping[str, float],
    id: str,
    *,
    start: tuple[str, float],
    end: tuple[str, float],
    unit: str = "",
    rest: str = "",
    **about: Unpack[About],
) -> Chart:
    """From one total through signed steps to another.

    start, end: (label, value). rest: name of a last step for what the steps leave unexplained; without it a
    difference beyond rounding raises a ChartError, because a bridge must arrive.
    """
    if not steps:
        raise ChartError(f"chart {id}: there are no steps to draw")
    gap = end[1] - start[1] - sum(steps.values())
    moves = dict(steps)
    if abs(gap) > 1e-6 * max(abs(end[1]), 1):
        if not rest:
            raise ChartError(
                f"chart {id}: {start[1]:g} and the steps make {end[1] - gap:g}, not {end[1]:g}; "
                "correct a step or name the remainder with rest="
            )
        moves[rest] = gap
    rows, level = [(start[0], start[1], 0.0, "total")], start[1]
    for name, change in moves.items():
        rows.append((name, change, min(level, level + change), "up" if change >= 0 else "down"))
        level += change
    rows.append((end[0], end[1], 0.0, "total"))
    table = pd.DataFrame(rows, columns=["name", "value", "bottom", "kind"])
    if table["value"].isna().any():
        raise ChartError(
            f"chart {id}: the step “{table.loc[table['value'].isna(), 'name'].iloc[0]}” is missing"
        )
    bridge = Bridge(table, unit)
    said = _bridge_said(bridge, language_of(about))
    data = table[["name", "kind", "value"]]
    return make(id, about, data, "waterfall", [said], partial(_draw_bridge, spec=bridge), unit)


def _bridge_said(spec: Bridge, language: str) -> str:
    rows = spec.table.to_dict("records")
    first, last = (
        alt.say("beside", language, name=row["name"], said=alt.amount(row["value"], spec.unit, language))
        for row in (rows[0], rows[-1])
    )
    inner = [f"{row['name']} {_step_text(row, spec, language)}" for row in rows[1:-1]]
    return alt.say("bridge", language, start=first, end=last, steps=alt.say("comma", language).join(inner))


def _step_text(row: dict[Any, Any], spec: Bridge, language: str) -> str:
    factor, shown = words.display_unit(spec.unit, language)
    values = [value * factor for value in spec.table["value"]]
    show = numbers.plain if row["kind"] == "total" else numbers.signed
    return show(row["value"] * factor, numbers.decimals_of(values)) + ("%" if shown == "%" else "")


def _step_said(row: dict[Any, Any], spec: Bridge, language: str) -> str:
    """A step's name and amount with its unit, with a plus where it adds."""
    plus = "+" if row["kind"] == "up" else ""
    return alt.named(str(row["name"]), plus + alt.amount(row["value"], spec.unit, language), language)


def _draw_bridge(canvas: Canvas, spec: Bridge) -> None:
    """Standing bars; lying ones on a phone, where names need the room."""
    present = set(spec.table["kind"])
    more, less = alt.say("bridge_more", canvas.language), alt.say("bridge_less", canvas.language)
    key = [KeyItem(more, UP, "bar")] if "up" in present else []
    key += [KeyItem(less, DOWN, "bar")] if "down" in present else []
    canvas.key(key)
    (_bridge_lying if canvas.narrow else _bridge_standing)(canvas, spec)


def _shape(spec: Bridge) -> tuple[list[float], list[float], list[str]]:
    """Bottoms, heights and colours of the bars."""
    colour = {"total": series_colour(0), "up": UP, "down": DOWN}
    heights = [
        abs(v) if k != "total" else v for v, k in zip(spec.table["value"], spec.table["kind"], strict=True)
    ]
    return spec.table["bottom"].tolist(), heights, [colour[kind] for kind in spec.table["kind"]]


def _levels(spec: Bridge) -> list[float]:
    """The running level after every bar but the last."""
    levels, level = [], 0.0
    for value, kind in zip(spec.table["value"], spec.table["kind"], strict=True):
        level = value if kind == "total" else level + value
        levels.append(level)
    return levels[:-1]


def _bridge_standing(canvas: Canvas, spec: Bridge) -> None:
    bottoms, heights, colours = _shape(spec)
    tops = [b + h for b, h in zip(bottoms, heights, strict=True)]
    scale = Scale.of([*tops, *bottoms], spec.unit, canvas.language, zero=True, target=4, room=0.08)
    axes = canvas.panel(290, scale.margin(canvas), top=14, bottom=0)
    value_axis(canvas, axes, scale)
    count, size = len(heights), canvas.size("text")
    axes.bar(range(count), heights, 0.7, bottom=bottoms, color=colours, linewidth=0, zorder=2, label="bridge")
    for index, level in enumerate(_levels(spec)):
        axes.plot([index + 0.35, index + 0.65], [level, level], color=PALETTE["muted"], linewidth=1, zorder=1)
    for index, row in enumerate(spec.table.to_dict("records")):
        text = _step_text(row, spec, canvas.language)
        note(axes, text, (index, tops[index]), size, shift=(0, 4), va="bottom")
        canvas.tell(axes, index, tops[index], _step_said(row, spec, canvas.language))
    gap = canvas.extent(axes)[0] / count
    names = [
        "\n".join(fonts.wrap(periods.label(n, canvas.language), size, gap - 6)) for n in spec.table["name"]
    ]
    axes.set_xlim(-0.5, count - 0.5)
    axes.set_xticks(range(count), names, fontsize=size)
    axes.tick_params(axis="x", length=0, pad=6)
    canvas.cursor += 10 + max(name.count("\n") + 1 for name in names) * size * 1.3


def _bridge_lying(canvas: Canvas, spec: Bridge) -> None:
    bottoms, heights, colours = _shape(spec)
    size, count = canvas.size("text"), len(heights)
    names = ["\n".join(fonts.wrap(periods.label(n, canvas.language), size, 110)) for n in spec.table["name"]]
    texts = [_step_text(row, spec, canvas.language) for row in spec.table.to_dict("records")]
    left = max(canvas.measure(name) for name in names) + 12 + EDGE
    right = max(canvas.measure(text) for text in texts) + 10 + EDGE
    band = max(28.0, max(name.count("\n") + 1 for name in names) * size * 1.25 + 8)
    axes = canvas.panel(band * count, left, right, top=2, bottom=4)
    axes.set_xlim(min(0.0, *bottoms), max(b + h for b, h in zip(bottoms, heights, strict=True)))
    axes.set_ylim(count - 0.5, -0.5)
    axes.barh(range(count), heights, 0.66, left=bottoms, color=colours, linewidth=0, zorder=2, label="bridge")
    for index, level in enumerate(_levels(spec)):
        axes.plot([level, level], [index + 0.33, index + 0.67], color=PALETTE["muted"], linewidth=1, zorder=1)
    for index, (text, row) in enumerate(zip(texts, spec.table.to_dict("records"), strict=True)):
        end = bottoms[index] + heights[index]
        note(axes, text, (end, index), size, shift=(5, 0), ha="left")
        canvas.tell(axes, end, index, _step_said(row, spec, canvas.language))
    axes.set_xticks([])
    axes.set_yticks(range(count), names, fontsize=size, color=PALETTE["ink"], linespacing=1.15)
    axes.tick_params(axis="y", length=0, pad=6)
    axes.axvline(0, color=PALETTE["ink"], linewidth=1.1)
