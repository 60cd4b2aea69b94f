"""Bars from zero: grouped or lying, and shares stacked to one hundred per cent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis import words
from analysis.charts import alt, fonts, numbers, periods
from analysis.charts.axes import Scale, axis_depth, value_axis
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, ManySeries, Printed, as_printed, many_series
from analysis.charts.labels import Placer, spread
from analysis.charts.lines import extra_sentences, printed_key, with_printed
from analysis.charts.marks import PRINTED_MARK, Level, Side, draw_printed, note
from analysis.charts.model import About, Chart, make
from analysis.charts.palette import PALETTE, series_colour, text_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes


SEAM: dict[str, Any] = {
    "edgecolor": PALETTE["paper"],
    "linewidth": 0.8,
}  # keeps pieces of a stack apart in grey


@dataclass(frozen=True)
class BarSpec:
    """What a bar chart shows; `tidy` has series, period (the category) and value."""

    tidy: pd.DataFrame
    unit: str
    language: str
    printed: tuple[Printed, ...] = ()
    highlight: tuple[str, ...] = ()
    decimals: int | None = None
    height: float = 280.0

    def names(self) -> list[str]:
        """The series, in the order given."""
        return list(dict.fromkeys(self.tidy["series"]))

    def categories(self) -> list[str]:
        """The categories, in the order given; periods in time order."""
        given = [*self.tidy["period"], *(point.period for point in self.printed)]
        unique = list(dict.fromkeys(given))
        return (
            periods.in_order(unique) if all(periods.position(name) is not None for name in unique) else unique
        )

    def text_of(self, value: float) -> str:
        """A value as it stands on its bar."""
        factor, shown = words.display_unit(self.unit, self.language)
        values = [v * factor for v in self.tidy["value"]]
        decimals = self.decimals if self.decimals is not None else numbers.decimals_of(values)
        return numbers.plain(value * factor, decimals) + ("%" if shown == "%" else "")


def bars(
    series: ManySeries,
    *,
    unit: str = "",
    horizontal: bool = False,
    sort: bool = False,
    printed: Iterable[Printed] | Mapping[str, Any] | None = None,
    highlight: Sequence[str] = (),
    decimals: int | None = None,
    **about: Unpack[About],
) -> Chart:
    """Bars from zero, each with its value.

    series: one {category: value}, or {name: {category: value}} for groups. horizontal: lying bars, best for long
    names. sort: largest first. printed: the report's own values, {category: "34.54"}. highlight: categories that
    keep their colour while the others stand back. Raises ChartError for empty, missing or double values.
    """
    tidy = many_series(about["id"], series)
    if sort:
        order = tidy.groupby("period")["value"].max().sort_values(ascending=False, kind="stable")
        tidy = tidy.sort_values(
            "period", key=lambda names: names.map({n: i for i, n in enumerate(order.index)})
        )
    language = about.get("language", "en")
    points = as_printed(printed)
    spec = BarSpec(tidy, unit, language, points, tuple(highlight), decimals)
    draw = draw_lying if horizontal else draw_standing
    text = _alt(spec) if not _is_time(spec) else alt.of_series("bar", tidy, unit, language)
    text = " ".join([text, *extra_sentences((), points, language)])
    return make(about, with_printed(tidy, points), text, partial(draw, spec=spec))


def _is_time(spec: BarSpec) -> bool:
    return all(periods.position(name) is not None for name in spec.categories())


def _alt(spec: BarSpec) -> str:
    """Alt text for categories: the highest, the lowest and the last of each series."""
    zh = spec.language == "zh"
    said = []
    for name in spec.names():
        part = spec.tidy[spec.tidy["series"] == name]
        ranked = part.sort_values("value", ascending=False, kind="stable")
        top, low, last = (
            (row["period"], alt.amount(row["value"], spec.unit, spec.language, spec.decimals))
            for row in (ranked.iloc[0], ranked.iloc[-1], part.iloc[-1])
        )
        if zh:
            text = f"共{len(part)}项，最高为{top[0]}（{top[1]}），最低为{low[0]}（{low[1]}），最后一项{last[0]}为{last[1]}。"
            said.append(f"{name}：{text}" if name else text)
        else:
            text = f"{len(part)} bars, highest {top[0]} ({top[1]}), lowest {low[0]} ({low[1]}), last {last[0]} ({last[1]})."
            said.append(f"{name}: {text}" if name else text)
    return alt.kind("bar", spec.language) + ("。" if zh else ". ") + ("" if zh else " ").join(said)


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
    axes = canvas.panel(spec.height * (0.8 if canvas.narrow else 1), scale.margin(canvas), top=18, bottom=0)
    value_axis(canvas, axes, scale)
    plot_bars(axes, spec, categories)
    category_axis(canvas, axes, categories)
    canvas.cursor += axis_depth(canvas, axes)
    _values_on_bars(canvas, axes, spec)
    place = {name: float(index) for index, name in enumerate(categories)}
    draw_printed(canvas, axes, spec.printed, place, Placer(*canvas.extent(axes)))


def plot_bars(axes: Axes, spec: BarSpec, categories: Sequence[str], width: float = 0.72) -> None:
    """The bars (seaborn); categories outside `highlight` stand back."""
    import seaborn

    seaborn.barplot(
        data=spec.tidy,
        x="period",
        y="value",
        hue="series",
        order=list(categories),
        hue_order=spec.names(),
        palette=bar_colours(spec),
        saturation=1,
        errorbar=None,
        legend=False,
        width=width,
        linewidth=0,
        ax=axes,
        zorder=2,
    )
    axes.set(xlabel="", ylabel="")
    fade(axes, spec, categories)


def fade(axes: Axes, spec: BarSpec, categories: Sequence[str]) -> None:
    """Greys the bars that are not highlighted."""
    if not spec.highlight:
        return
    for container in axes.containers:
        for patch in container:
            middle = patch.get_x() + patch.get_width() / 2
            if categories[min(max(round(middle), 0), len(categories) - 1)] not in spec.highlight:
                patch.set_facecolor(PALETTE["context"])


def category_axis(canvas: Canvas, axes: Axes, categories: Sequence[str]) -> None:
    """Labels below bars: all if they fit (wrapped), else every n-th counted from the last."""
    wide = canvas.extent(axes)[0]
    gap = wide / len(categories)
    texts = [periods.label(name, canvas.language) for name in categories]
    size = canvas.size("text")
    every = 1
    if all(periods.position(name) is not None for name in categories):
        need = max(canvas.measure(text) for text in texts) + 6
        every = max(1, -int(-need // gap))
    else:
        texts = ["\n".join(fonts.wrap(text, size, gap - 6)) for text in texts]
    chosen = list(range(len(categories) - 1, -1, -every))[::-1]
    axes.set_xlim(-0.5, len(categories) - 0.5)
    axes.set_xticks(chosen, [texts[index] for index in chosen], fontsize=size)
    axes.tick_params(axis="x", length=0, pad=6)


def _values_on_bars(canvas: Canvas, axes: Axes, spec: BarSpec) -> None:
    """The value above (or below) its bar, if all fit side by side."""
    wide, _ = canvas.extent(axes)
    texts = [[spec.text_of(patch.get_height()) for patch in container] for container in axes.containers]
    size = canvas.size("text")
    bar = wide / len(spec.categories()) * 0.72 / max(len(axes.containers), 1)
    widest = max((fonts.width(text, size) for row in texts for text in row), default=0)
    if widest > bar * 1.25:
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
    texts = ["\n".join(fonts.wrap(name, size, room)) for name in categories]
    left = max(canvas.measure(text) for text in texts) + 12 + EDGE
    values = [*spec.tidy["value"], *(p.value for p in spec.printed)]
    value_room = max(fonts.width(spec.text_of(value), size) for value in values) + 12
    thick = 17 if len(names) > 1 else 22
    band = max(thick * len(names) + 12, max(text.count("\n") + 1 for text in texts) * size * 1.25 + 8)
    axes = canvas.panel(band * len(categories), left, EDGE + value_room, top=4, bottom=6)
    low, high = min(0.0, *values), max(0.0, *values)
    axes.set_xlim(low, high if high > low else 1.0)
    axes.set_ylim(len(categories) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks(range(len(categories)), texts, fontsize=size, color=PALETTE["ink"], linespacing=1.15)
    axes.tick_params(axis="y", length=0, pad=6)
    axes.axvline(0, color=PALETTE["ink"], linewidth=1.1, zorder=3)
    _lying(axes, spec, categories, thick / band, size)


def _lying(axes: Axes, spec: BarSpec, categories: Sequence[str], thick: float, size: float) -> None:
    names, colours = spec.names(), bar_colours(spec)
    at = {name: index for index, name in enumerate(categories)}
    for index, name in enumerate(names):
        part = spec.tidy[spec.tidy["series"] == name]
        offset = (index - (len(names) - 1) / 2) * thick
        ys = [at[category] + offset for category in part["period"]]
        faded = [bool(spec.highlight) and category not in spec.highlight for category in part["period"]]
        fills = [PALETTE["context"] if pale else colours[index] for pale in faded]
        axes.barh(ys, part["value"], height=thick * 0.92, color=fills, linewidth=0, zorder=2, label=name)
        for y, value in zip(ys, part["value"], strict=True):
            ha: Side = "right" if value < 0 else "left"
            note(axes, spec.text_of(value), (value, y), size, shift=(-5 if value < 0 else 5, 0), ha=ha)
    for point in spec.printed:
        axes.plot([point.value], [at[point.period]], zorder=5, clip_on=False, label="printed", **PRINTED_MARK)


def stacked_share(
    parts: Mapping[str, Any],
    *,
    unit: str = "%",
    decimals: int = 0,
    rest: str = "",
    **about: Unpack[About],
) -> Chart:
    """Shares of a whole, stacked to one hundred per cent, one bar per period or category.

    parts: {part: {period: share in %}} from the bottom up. rest: name of a last part that fills each bar up to
    100, drawn in grey (only if wanted). Raises ChartError if a bar's shares exceed 100 by more than rounding.
    """
    tidy = many_series(about["id"], dict(parts))
    totals = tidy.groupby("period", sort=False)["value"].sum()
    above = totals[totals > 100 + 0.5 * len(parts)]
    if len(above):
        raise ChartError(
            f"chart {about['id']}: the shares at {above.index[0]} add up to {above.iloc[0]:.4g} %, over 100"
        )
    if rest:
        left = pd.DataFrame(
            {"series": rest, "period": totals.index, "value": (100 - totals).clip(lower=0).values}
        )
        tidy = pd.concat([tidy, left.reindex(columns=tidy.columns).astype({"low": float, "high": float})])
    language = about.get("language", "en")
    spec = BarSpec(tidy.reset_index(drop=True), unit, language, decimals=decimals)
    text = alt.of_series("stack", spec.tidy, unit, language)
    return make(about, spec.tidy, text, partial(_draw_stack, spec=spec, rest=rest))


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
