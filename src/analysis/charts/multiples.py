"""Small multiples: one small panel per region or institution, comparable at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis.charts import alt, fonts, periods
from analysis.charts.axes import (
    Break,
    Scale,
    as_breaks,
    draw_breaks,
    draw_printed,
    period_axis,
    px_of,
    value_axis,
)
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, Printed, as_printed, many_series
from analysis.charts.labels import Placer
from analysis.charts.lines import LineSpec, end_texts, extra_sentences, plot_series, printed_key, with_printed
from analysis.charts.model import About, Chart, make
from analysis.charts.palette import PALETTE, series_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAP = 18.0  # px between panels


@dataclass(frozen=True)
class GridSpec:
    """The panels by name and how they are laid out."""

    panels: Mapping[str, LineSpec]
    columns: int
    same_scale: bool
    height: float = 120.0

    def every(self) -> LineSpec:
        """One spec that holds the values of all panels, for a common scale."""
        first = next(iter(self.panels.values()))
        tidy = pd.concat([spec.tidy for spec in self.panels.values()], ignore_index=True)
        points = tuple(point for spec in self.panels.values() for point in spec.printed)
        return replace(first, tidy=tidy, printed=points)


def small_multiples(
    panels: Mapping[str, Any],
    *,
    unit: str = "",
    printed: Mapping[str, Any] | None = None,
    breaks: Iterable[Break] | Mapping[str, str] | None = None,
    columns: int = 3,
    same_scale: bool = True,
    zero: bool = True,
    decimals: int | None = None,
    **about: Unpack[About],
) -> Chart:
    """One panel of lines per name, all on one time axis and (unless told otherwise) one scale.

    panels: {panel: series} or {panel: {name: series}}. printed: {panel: {period: "as printed"} or [Printed]}.
    breaks are drawn in every panel. On a phone there are two columns.
    """
    if not panels:
        raise ChartError(f"chart {about['id']}: there are no panels to draw")
    language = about.get("language", "en")
    cuts = as_breaks(breaks)
    points = {panel: as_printed(given) for panel, given in (printed or {}).items()}
    unknown = [panel for panel in points if panel not in panels]
    if unknown:
        raise ChartError(
            f"chart {about['id']}: printed names the panel {unknown[0]!r}; there are {list(panels)}"
        )
    tables = {str(name): many_series(about["id"], data) for name, data in panels.items()}
    names = list(dict.fromkeys(series for table in tables.values() for series in table["series"]))
    colours = {name: series_colour(index) for index, name in enumerate(names)}
    specs = {
        panel: LineSpec(table, unit, language, colours, cuts, points.get(panel, ()), zero, decimals)
        for panel, table in tables.items()
    }
    span = tuple(dict.fromkeys(name for spec in specs.values() for name in spec.all_periods()))
    grid = GridSpec({name: replace(spec, spans=span) for name, spec in specs.items()}, columns, same_scale)
    data = pd.concat(
        [with_printed(spec.tidy, spec.printed).assign(panel=name) for name, spec in specs.items()]
    )
    data = data[["panel", "series", "period", "value", "low", "high", "kind"]].reset_index(drop=True)
    return make(about, data, _alt(specs, unit, language, cuts, points), partial(_draw, grid=grid))


def _alt(
    specs: Mapping[str, LineSpec],
    unit: str,
    language: str,
    cuts: tuple[Break, ...],
    points: Mapping[str, tuple[Printed, ...]],
) -> str:
    said = []
    for panel, spec in specs.items():
        for name, part in spec.tidy.groupby("series", sort=False):
            full = f"{panel}, {name}" if name else panel
            said.append(alt.course(full, part["period"].tolist(), part["value"].tolist(), unit, language))
    flat = [point for several in points.values() for point in several]
    said += extra_sentences(cuts, flat, language)
    zh = language == "zh"
    return alt.kind("multiples", language) + ("。" if zh else ". ") + ("" if zh else " ").join(said)


def _draw(canvas: Canvas, grid: GridSpec) -> None:
    every = grid.every()
    names = [name for name in every.names() if name]
    key = [KeyItem(name, every.colours[name]) for name in names] if len(names) > 1 else []
    broken = [
        KeyItem(f"{periods.label(mark.period, canvas.language)}: {mark.label}", PALETTE["break"], "dashed")
        for mark in every.breaks
        if mark.label
    ]
    canvas.key([*key, *printed_key(every.printed, canvas.language), *broken])
    columns = min(2 if canvas.narrow else grid.columns, len(grid.panels))
    common = _scale(every, canvas)
    left = (
        common.margin(canvas)
        if grid.same_scale
        else max(_scale(s, canvas).margin(canvas) for s in grid.panels.values())
    )
    inner = 0.0 if grid.same_scale else left
    wide = (canvas.width - left - inner * (columns - 1) - GAP * (columns - 1) - EDGE) / columns
    height = grid.height * (0.85 if canvas.narrow else 1.0)
    size = canvas.size("text")
    top = canvas.cursor
    for index, (name, spec) in enumerate(grid.panels.items()):
        _row, column = divmod(index, columns)
        if column == 0:
            top = canvas.cursor
            row_lines = max(
                len(fonts.wrap(n, size, wide, True)) for n in list(grid.panels)[index : index + columns]
            )
            canvas.cursor += row_lines * size * 1.32 + height + 44
        x = left + column * (wide + GAP + inner)
        for number, line in enumerate(fonts.wrap(name, size, wide, bold=True)):
            canvas.write(x, top + number * size * 1.32, line, color=PALETTE["ink"], gid=canvas.bold_id())
        axes = canvas.place(x, top + row_lines * size * 1.32 + 12, wide, height)
        _panel(
            canvas,
            axes,
            spec,
            common if grid.same_scale else _scale(spec, canvas),
            column == 0 or not grid.same_scale,
        )


def _scale(spec: LineSpec, canvas: Canvas) -> Scale:
    return Scale.of(spec.all_values(), spec.unit, spec.language, spec.zero, target=3, room=0.1)


def _panel(canvas: Canvas, axes: Axes, spec: LineSpec, scale: Scale, ticks: bool) -> None:
    value_axis(canvas, axes, scale)
    if not ticks:
        axes.set_yticklabels([])
    place = period_axis(canvas, axes, spec.all_periods(), pad=8)
    ordered = periods.in_order(spec.all_periods())
    ends = list(dict.fromkeys([ordered[0], ordered[-1]]))
    labels = [periods.label(name, canvas.language) for name in ends]
    axes.set_xticks([place[name] for name in ends], labels, fontsize=canvas.size("small"))
    for text, side in zip(
        axes.get_xticklabels(), ("left", "right") if len(ends) > 1 else ("center",), strict=True
    ):
        text.set_horizontalalignment(side)
    draw_breaks(canvas, axes, [Break(mark.period, "") for mark in spec.breaks], place)
    placer = Placer(*canvas.extent(axes))
    plot_series(canvas, axes, spec, place, placer)
    draw_printed(canvas, axes, spec.printed, place, placer)
    if len(spec.names()) == 1:
        _last_value(canvas, axes, spec, place, placer)


def _last_value(
    canvas: Canvas, axes: Axes, spec: LineSpec, place: Mapping[str, float], placer: Placer
) -> None:
    """The last value beside its point, unless the printed one stands there."""
    last = spec.tidy.iloc[-1]
    if last["period"] in {point.period for point in spec.printed}:
        return
    text = next(iter(end_texts(spec).values())).rpartition("\t")[2]
    here = px_of(canvas, axes)(place[last["period"]], last["value"])
    size = canvas.size("text")
    centre = placer.beside(*here, fonts.width(text, size) + 4, size * 1.15)
    axes.annotate(
        text,
        (place[last["period"]], last["value"]),
        (centre[0] - here[0], centre[1] - here[1]),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=size,
        color=spec.colours[str(last["series"])],
        annotation_clip=False,
    )
