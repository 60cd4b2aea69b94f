"""Small multiples: one small panel per region or institution, comparable at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis.charts import alt, fonts
from analysis.charts.axes import Scale, period_axis, value_axis
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, Printed, as_printed, many_series
from analysis.charts.labels import Placer
from analysis.charts.lines import LineSpec, end_texts, extra_sentences, plot_series, printed_key, with_printed
from analysis.charts.marks import Break, as_breaks, draw_breaks, draw_printed, note_beside
from analysis.charts.model import About, Chart, make
from analysis.charts.palette import PALETTE, series_colour
from analysis.numbers import periods

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
    language = about.get("language", "en")
    cuts = as_breaks(breaks)
    points = _printed(about["id"], panels, printed or {})
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


def _printed(
    chart: str, panels: Mapping[str, Any], printed: Mapping[str, Any]
) -> dict[str, tuple[Printed, ...]]:
    """The printed points by panel; refuses a chart without panels and points of a panel that does not exist."""
    if not panels:
        raise ChartError(f"chart {chart}: there are no panels to draw")
    unknown = [panel for panel in printed if panel not in panels]
    if unknown:
        raise ChartError(f"chart {chart}: printed names the panel {unknown[0]!r}; there are {list(panels)}")
    return {panel: as_printed(given) for panel, given in printed.items()}


def _alt(
    specs: Mapping[str, LineSpec],
    unit: str,
    language: str,
    cuts: tuple[Break, ...],
    points: Mapping[str, tuple[Printed, ...]],
) -> str:
    said = []
    for panel, spec in specs.items():
        for name in spec.names():
            part = spec.tidy[spec.tidy["series"] == name]
            full = f"{panel}, {name}" if name else panel
            said.append(alt.course(full, part["period"].tolist(), part["value"].tolist(), unit, language))
    flat = [point for several in points.values() for point in several]
    said += extra_sentences(cuts, flat, language)
    zh = language == "zh"
    return alt.kind("multiples", language) + ("。" if zh else ". ") + ("" if zh else " ").join(said)


def _draw(canvas: Canvas, grid: GridSpec) -> None:
    every = grid.every()
    named = [name for name in every.names() if name]
    key = [KeyItem(name, every.colours[name]) for name in named] if len(named) > 1 else []
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
    wide = (canvas.width - left - (inner + GAP) * (columns - 1) - EDGE) / columns
    names = list(grid.panels)
    for start in range(0, len(names), columns):
        row = names[start : start + columns]
        places = [(left + column * (wide + GAP + inner), name) for column, name in enumerate(row)]
        for axes, name in _row(canvas, places, wide, grid.height * (0.85 if canvas.narrow else 1.0)):
            spec = grid.panels[name]
            scale = common if grid.same_scale else _scale(spec, canvas)
            _panel(canvas, axes, spec, scale, name == row[0] or not grid.same_scale)


def _row(
    canvas: Canvas, places: list[tuple[float, str]], wide: float, height: float
) -> list[tuple[Axes, str]]:
    """Axes of one row under their names; the cursor moves below the row."""
    size = canvas.size("text")
    titles = [fonts.wrap(name, size, wide, bold=True) for _, name in places]
    below = canvas.cursor + max(len(lines) for lines in titles) * size * 1.32 + 12
    row = []
    for (x, name), lines in zip(places, titles, strict=True):
        for number, line in enumerate(lines):
            y = canvas.cursor + number * size * 1.32
            canvas.write(x, y, line, color=PALETTE["ink"], gid=canvas.bold_id())
        row.append((canvas.place(x, below, wide, height), name))
    canvas.cursor = below + height + 32
    return row


def _scale(spec: LineSpec, canvas: Canvas) -> Scale:
    return Scale.of(spec.all_values(), spec.unit, spec.language, spec.zero, target=3, room=0.1)


def _panel(canvas: Canvas, axes: Axes, spec: LineSpec, scale: Scale, ticks: bool) -> None:
    value_axis(canvas, axes, scale)
    if not ticks:
        axes.set_yticklabels([])
    place = period_axis(canvas, axes, spec.all_periods(), pad=8, ends=True)
    draw_breaks(canvas, axes, [Break(mark.period, "") for mark in spec.breaks], place)
    placer = Placer(*canvas.extent(axes))
    plot_series(canvas, axes, spec, place, placer)
    draw_printed(canvas, axes, spec.printed, place, placer, spec.factor())
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
    at = (place[last["period"]], float(last["value"]))
    note_beside(canvas, axes, text, at, spec.colours[str(last["series"])], placer)
