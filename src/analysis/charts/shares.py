"""Shares of a whole, stacked to one hundred per cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis.charts import alt, fonts
from analysis.charts.axes import Scale, axis_depth, value_axis
from analysis.charts.bars import BarSpec, category_axis
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, given
from analysis.charts.labels import spread
from analysis.charts.marks import note
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE, series_colour, text_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The ground between the pieces of a stack keeps them apart in grey print.
SEAM: dict[str, Any] = {"edgecolor": PALETTE["paper"], "linewidth": 0.8}


@optional
def stacked_share(
    parts: Mapping[str, Any],
    id: str,
    *,
    rest: str = "",
    **about: Unpack[About],
) -> Chart:
    """Shares of a whole, stacked to one hundred per cent, one bar per period or category.

    parts: {part: {period: share in %}} from the bottom up. rest: name of a last part that fills each bar up to
    100, drawn in grey (only if wanted). Raises ChartError if a bar's shares exceed 100 by more than rounding.
    """
    tidy = given(id, dict(parts), "%").tidy
    totals = tidy.groupby("period", sort=False)["value"].sum()
    above = totals[totals > 100 + 0.5 * len(parts)]
    if len(above):
        raise ChartError(
            f"chart {id}: the shares at {above.index[0]} add up to {above.iloc[0]:.4g} %, over 100"
        )
    if rest:
        left = pd.DataFrame(
            {"series": rest, "period": totals.index, "value": (100 - totals).clip(lower=0).values}
        )
        tidy = pd.concat([tidy, left.reindex(columns=tidy.columns).astype({"low": float, "high": float})])
    language = language_of(about)
    spec = BarSpec(tidy.reset_index(drop=True), "%", language, decimals=0)
    said = alt.courses(spec.tidy, "%", language)
    return make(id, about, spec.tidy, "stack", said, partial(_draw_stack, spec=spec, rest=rest), "%")


def _draw_stack(canvas: Canvas, spec: BarSpec, rest: str) -> None:
    names, categories = spec.names(), spec.categories()
    colours = {name: PALETTE["context"] if name == rest else series_colour(i) for i, name in enumerate(names)}
    size = canvas.size("text")
    room = 0.26 * canvas.width
    beside = not canvas.narrow
    canvas.key([] if beside else [KeyItem(name, colours[name], "bar") for name in reversed(names)])
    shown = {name: fonts.wrap(name, size, room) for name in names}
    right = max(canvas.measure(line) for lines in shown.values() for line in lines) + 14 if beside else EDGE
    scale = Scale(0.0, 100.0, (0.0, 25.0, 50.0, 75.0, 100.0), ("0", "25", "50", "75", "100%"))
    height = max(280.0, sum(len(lines) for lines in shown.values()) * size * 1.3) * (
        0.9 if canvas.narrow else 1
    )
    axes = canvas.panel(height, scale.margin(canvas), right, top=6, bottom=0)
    value_axis(canvas, axes, scale)
    wide = spec.tidy.pivot(index="period", columns="series", values="value").reindex(
        index=categories, columns=names
    )
    base = pd.Series(0.0, index=categories)
    for name in names:
        axes.bar(
            range(len(categories)),
            wide[name],
            0.8,
            bottom=base,
            color=colours[name],
            label=name,
            zorder=3,
            **SEAM,
        )
        _share_texts(canvas, axes, spec, wide[name], base, text_on(colours[name]), size)
        for index, (period, share, bottom) in enumerate(zip(categories, wide[name], base, strict=True)):
            if share == share:
                said = alt.point(name, period, share, spec.unit, spec.language)
                canvas.tell(axes, index, bottom + share / 2, said)
        base = base + wide[name].fillna(0)
    category_axis(canvas, axes, categories)
    canvas.cursor += axis_depth(canvas, axes)
    if beside:
        _names_beside(canvas, axes, wide.iloc[-1], colours, shown)


def _share_texts(
    canvas: Canvas, axes: Axes, spec: BarSpec, shares: pd.Series, base: pd.Series, colour: str, size: float
) -> None:
    """The share inside its piece where it fits."""
    wide, high = canvas.extent(axes)
    bar = wide / len(shares) * 0.8
    for index, (share, bottom) in enumerate(zip(shares, base, strict=True)):
        text = spec.text_of(share) if share == share else ""
        if text and share / 100 * high >= size * 1.15 and fonts.width(text, size) <= bar - 4:
            note(axes, text, (index, bottom + share / 2), size, colour)


def _names_beside(
    canvas: Canvas,
    axes: Axes,
    last: pd.Series,
    colours: Mapping[str, str],
    shown: Mapping[str, Sequence[str]],
) -> None:
    """Part names at the right of the last bar, at the height of their piece."""
    high = canvas.extent(axes)[1]
    size = canvas.size("text")
    tops = last.fillna(0).cumsum()
    wanted = [(tops[name] - last.fillna(0)[name] / 2) / 100 * high for name in last.index]
    tall = [len(shown[name]) * size * 1.22 + 3 for name in last.index]
    for name, centre in zip(last.index, spread(wanted, tall, 0, high), strict=True):
        colour = PALETTE["muted"] if colours[name] == PALETTE["context"] else colours[name]
        at = (1.0, centre / high)
        note(axes, "\n".join(shown[name]), at, size, colour, (2, 0), "left", coords="axes fraction")
