"""What stands on a plot beside its data: notes, breaks in a series, and the points that the report prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis import words
from analysis.charts import alt, fonts
from analysis.charts.inputs import Printed
from analysis.charts.labels import Placer
from analysis.charts.palette import PALETTE
from analysis.numbers import periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analysis.charts.canvas import Canvas

Side = Literal["left", "center", "right"]
Level = Literal["top", "center", "bottom", "baseline"]

# The ground shows through the diamond, so it is legible on a bar as well as on a line.
PRINTED_MARK: dict[str, Any] = {
    "marker": "D",
    "markersize": 7.5,
    "color": PALETTE["printed"],
    "markerfacecolor": PALETTE["paper"],
    "markeredgecolor": PALETTE["printed"],
    "markeredgewidth": 1.7,
}


@dataclass(frozen=True)
class Break:
    """A break in a series: it lies before `period`; `label` says what changed; `series` empty means all."""

    period: str
    label: str
    series: str = ""


Breaks = Iterable[Break] | Mapping[str, str] | None
"""Breaks, or {first period after the break: what changed}."""


def as_breaks(breaks: Breaks, drawn: Iterable[str]) -> tuple[Break, ...]:
    """The breaks between periods that are drawn: of those before and after them there is nothing to see."""
    found = [Break(p, label) for p, label in breaks.items()] if isinstance(breaks, Mapping) else breaks or ()
    place = periods.positions(list(drawn))
    first, last = min(place.values()), max(place.values())
    at = {b: place.get(b.period, periods.position(b.period)) for b in found}
    return tuple(b for b, x in at.items() if x is not None and first < x <= last)


def note(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    size: float,
    colour: str = PALETTE["ink"],
    shift: tuple[float, float] = (0, 0),
    ha: Side = "center",
    va: Level = "center",
    coords: Any = "data",
) -> None:
    """A text at a point of the plot (`coords`: data, axes fraction, or one for each axis), moved by `shift` px."""
    axes.annotate(
        text,
        at,
        shift,
        xycoords=coords,
        textcoords="offset points",
        ha=ha,
        va=va,
        fontsize=size,
        color=colour,
        linespacing=1.18,
        annotation_clip=False,
        zorder=6,
    )


def note_beside(
    canvas: Canvas, axes: Axes, text: str, at: tuple[float, float], colour: str, placer: Placer
) -> None:
    """A text beside a data point, where `placer` finds room."""
    size = canvas.size("text")
    here = px_of(canvas, axes)(*at)
    lines = text.count("\n") + 1
    centre = placer.beside(*here, canvas.measure(text) + 4, size * 1.18 * lines)
    note(axes, text, at, size, colour, (centre[0] - here[0], centre[1] - here[1]))


def draw_breaks(canvas: Canvas, axes: Axes, breaks: Sequence[Break], place: Mapping[str, float]) -> None:
    """A dashed line before each break's period, its label above the plot."""
    wide, high = canvas.extent(axes)
    ordered = sorted(place, key=lambda name: place[name])
    low, top = axes.get_xlim()
    for row, mark in enumerate(breaks):
        x = break_place(mark, ordered, place)
        axes.axvline(x, color=PALETTE["break"], linewidth=1.3, linestyle=(0, (4, 3)), zorder=2)
        if not mark.label:
            continue
        size = canvas.size("small")
        at = (x - low) / (top - low) * wide
        text = "\n".join(fonts.wrap(mark.label, size, 0.6 * wide))
        half = canvas.measure(text, "small") / 2
        centre = min(max(at, half), max(wide - half, half))
        at_top = (centre / wide, 1 + (6 + row * size * 1.4) / high)
        note(axes, text, at_top, size, PALETTE["break"], va="bottom", coords="axes fraction")


def block_breaks(
    canvas: Canvas, axes: Axes, breaks: Sequence[Break], place: Mapping[str, float], placer: Placer
) -> None:
    """Keeps texts off the lines of breaks."""
    ordered = sorted(place, key=lambda name: place[name])
    for mark in breaks:
        across = px_of(canvas, axes)(break_place(mark, ordered, place), 0.0)[0]
        placer.block_line([(across, 0.0), (across, placer.height)])


def break_place(mark: Break, ordered: Sequence[str], place: Mapping[str, float]) -> float:
    """Halfway between a break's period and the one before it."""
    after = place.get(mark.period, periods.position(mark.period) or 0.0)
    before = [place[name] for name in ordered if place[name] < after - 1e-9]
    return (after + before[-1]) / 2 if before else after - periods.step(ordered) / 2


def breaks_height(canvas: Canvas, breaks: Sequence[Break], room: float) -> float:
    """px above a panel that the labels of its breaks need."""
    if not any(mark.label for mark in breaks):
        return 0.0
    size = canvas.size("small")
    rows = sum(len(fonts.wrap(mark.label, size, room)) for mark in breaks if mark.label)
    return 8 + rows * size * 1.4


def px_of(canvas: Canvas, axes: Axes) -> Callable[[float, float], tuple[float, float]]:
    """A function from data coordinates to px inside the axes, from its lower left corner."""
    wide, high = canvas.extent(axes)
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    return lambda x, y: ((x - x0) / (x1 - x0) * wide, (y - y0) / (y1 - y0) * high)


def draw_printed(
    canvas: Canvas,
    axes: Axes,
    points: Sequence[Printed],
    place: Mapping[str, float],
    placer: Placer,
    unit: str = "",
) -> None:
    """Diamonds where the report prints a value, with the value, and whiskers for its rounding interval.

    `unit` is that of the data.
    """
    factor = words.display_unit(unit, canvas.language)[0]
    to_px = px_of(canvas, axes)
    shown = [point for point in points if point.period in place]
    for point in shown:
        placer.block(*to_px(place[point.period], point.value), reach=6)
    for point in shown:
        x = place[point.period]
        if point.low is not None and point.high is not None:
            axes.plot([x, x], [point.low, point.high], color=PALETTE["printed"], linewidth=1.2, zorder=4.5)
        note_beside(canvas, axes, point.label(factor), (x, point.value), PALETTE["printed"], placer)
        tell_printed(canvas, axes, (x, point.value), point, unit)
    xs, ys = [place[p.period] for p in shown], [p.value for p in shown]
    axes.plot(xs, ys, linestyle="", zorder=5, clip_on=False, label="printed", **PRINTED_MARK)


def tell_printed(canvas: Canvas, axes: Axes, at: tuple[float, float], point: Printed, unit: str) -> None:
    """A diamond stands for a value that the report prints."""
    name = alt.say("printed", canvas.language)
    canvas.tell(axes, *at, alt.point(name, point.period, point.value, unit, canvas.language))
