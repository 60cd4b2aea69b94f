"""Boxes and arrows: a figure that the report draws from prose, redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis.charts import alt, fonts
from analysis.charts.canvas import EDGE, Canvas
from analysis.charts.inputs import ChartError
from analysis.charts.marks import Level, Side, note
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE, series_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GUTTER_X, GUTTER_Y, INSET = 26.0, 26.0, 9.0


@dataclass(frozen=True)
class Box:
    """A box in grid cell (x, y), counted from the top left; `detail` stands small below `text`.

    width, height: how many columns and rows it covers. kind: step, or group (heading of what hangs below).
    """

    id: str
    text: str
    x: int
    y: int
    detail: str = ""
    width: int = 1
    height: int = 1
    kind: str = "step"


@dataclass(frozen=True)
class Arrow:
    """An arrow from one box to another, by their ids, with an optional label."""

    start: str
    end: str
    label: str = ""


@optional
def diagram(boxes: Sequence[Box], arrows: Sequence[Arrow], id: str, **about: Unpack[About]) -> Chart:
    """Boxes in a grid with arrows between them. On a phone a grid that is wider than tall is turned on its side.

    Raises ChartError for an arrow to a box that does not exist, two boxes of one id, or two in one cell.
    """
    if not boxes:
        raise ChartError(f"chart {id}: there are no boxes to draw")
    ids = [box.id for box in boxes]
    twice = [name for name in ids if ids.count(name) > 1]
    if twice:
        raise ChartError(f"chart {id}: two boxes have the id {twice[0]!r}")
    for arrow in arrows:
        for name in (arrow.start, arrow.end):
            if name not in ids:
                raise ChartError(f"chart {id}: an arrow names the box {name!r}; there are {ids}")
    cells = [(b.x + dx, b.y + dy) for b in boxes for dx in range(b.width) for dy in range(b.height)]
    taken = [cell for cell in cells if cells.count(cell) > 1]
    if taken:
        raise ChartError(f"chart {id}: two boxes stand in cell {taken[0]}")
    named = {box.id: box.text for box in boxes}
    rows = [{"kind": "box", "text": box.text, "detail": box.detail, "to": ""} for box in boxes]
    rows += [{"kind": "arrow", "text": named[a.start], "detail": a.label, "to": named[a.end]} for a in arrows]
    said = _said(boxes, arrows, named, language_of(about))
    draw = partial(_draw, boxes=tuple(boxes), arrows=tuple(arrows))
    return make(id, about, pd.DataFrame(rows), "diagram", [said], draw)


def _said(boxes: Sequence[Box], arrows: Sequence[Arrow], named: dict[str, str], language: str) -> str:
    linked = [f"{named[a.start]} → {named[a.end]}" + (f" ({a.label})" if a.label else "") for a in arrows]
    linked_ids = {name for a in arrows for name in (a.start, a.end)}
    alone = [box.text for box in boxes if box.id not in linked_ids]
    parts = alt.say("semicolon", language).join([*linked, *alone]).replace("\n", " ")
    return alt.sentence(parts, language)


def _draw(canvas: Canvas, boxes: tuple[Box, ...], arrows: tuple[Arrow, ...]) -> None:
    columns = max(box.x + box.width for box in boxes)
    rows = max(box.y + box.height for box in boxes)
    if canvas.narrow and columns > 2 and columns > rows:
        boxes = tuple(replace(box, x=box.y, y=box.x, width=box.height, height=box.width) for box in boxes)
        columns, rows = rows, columns
    gutter = GUTTER_X if not canvas.narrow else 16.0
    wide = (canvas.width - 2 * EDGE - gutter * (columns - 1)) / columns
    places = _places(canvas, boxes, rows, wide, gutter)
    height = max(top + tall for _, top, _, tall in places.values())
    axes = canvas.panel(height + 4, EDGE, EDGE, top=6, bottom=0)
    axes.set_xlim(0, canvas.width - 2 * EDGE)
    axes.set_ylim(height + 4, 0)
    axes.axis("off")
    for arrow in arrows:
        _arrow(canvas, axes, places[arrow.start], places[arrow.end], arrow.label)
    for box in boxes:
        _box(canvas, axes, box, places[box.id])


Place = tuple[float, float, float, float]  # left, top, width, height in px


def _texts(canvas: Canvas, box: Box, wide: float) -> tuple[list[str], list[str]]:
    room = wide - 2 * INSET
    detail = fonts.wrap(box.detail, canvas.size("small"), room) if box.detail else []
    return fonts.wrap(box.text, canvas.size("text"), room, bold=True), detail


def _places(
    canvas: Canvas, boxes: tuple[Box, ...], rows: int, wide: float, gutter: float
) -> dict[str, Place]:
    """Where every box stands; boxes of a row are of one height, tall boxes stretch the last row they cover."""
    heights, wides = [0.0] * rows, {box.id: wide * box.width + gutter * (box.width - 1) for box in boxes}
    for box in sorted(boxes, key=lambda box: box.height):
        head, detail = _texts(canvas, box, wides[box.id])
        need = len(head) * canvas.size("text") * 1.3 + len(detail) * canvas.size("small") * 1.3 + 2 * INSET
        covered = sum(heights[box.y : box.y + box.height - 1]) + GUTTER_Y * (box.height - 1)
        last = box.y + box.height - 1
        heights[last] = max(heights[last], need - covered)
    tops = [sum(heights[:row]) + GUTTER_Y * row for row in range(rows)]
    places = {}
    for box in boxes:
        tall = sum(heights[box.y : box.y + box.height]) + GUTTER_Y * (box.height - 1)
        places[box.id] = (box.x * (wide + gutter), tops[box.y], wides[box.id], tall)
    return places


def _box(canvas: Canvas, axes: Axes, box: Box, place: Place) -> None:
    from matplotlib.patches import FancyBboxPatch

    left, top, wide, tall = place
    fill = series_colour(0) if box.kind == "group" else PALETTE["panel"]
    look: dict[str, Any] = {"boxstyle": "round,pad=4,rounding_size=5", "linewidth": 1, "zorder": 3}
    corner = (left + 4, top + 4)
    axes.add_patch(FancyBboxPatch(corner, wide - 8, tall - 8, facecolor=fill, edgecolor="none", **look))
    head, detail = _texts(canvas, box, wide)
    ink = PALETTE["on_series"] if box.kind == "group" else PALETTE["ink"]
    y = top + INSET
    for lines, name, bold in ((head, "text", True), (detail, "small", False)):
        size = canvas.size(name)
        for line in lines:
            style: dict[str, Any] = {"gid": canvas.bold_id()} if bold else {}
            tone = ink if bold or box.kind == "group" else PALETTE["muted"]
            axes.text(
                left + INSET, y + size, line, fontsize=size, color=tone, zorder=4, va="baseline", **style
            )
            y += size * 1.3


def _arrow(canvas: Canvas, axes: Axes, a: Place, b: Place, label: str) -> None:
    """From the side of `a` that faces `b` to the side that faces back; straight where the boxes overlap."""
    start, end = _facing(a, b)
    style: dict[str, Any] = {"arrowstyle": "-|>,head_length=0.55,head_width=0.25", "color": PALETTE["muted"]}
    style |= {"lw": 1.4, "shrinkA": 1, "shrinkB": 1, "mutation_scale": 12}
    axes.annotate("", end, start, arrowprops=style, zorder=2)
    if label:
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        upright = abs(end[0] - start[0]) < abs(end[1] - start[1])
        ha: Side = "left" if upright else "center"
        va: Level = "center" if upright else "bottom"
        shift = (6.0, 0.0) if upright else (0.0, 5.0)
        note(axes, label, middle, canvas.size("small"), PALETTE["muted"], shift, ha, va)


def _facing(a: Place, b: Place) -> tuple[tuple[float, float], tuple[float, float]]:
    """Start and end of an arrow: across where the boxes share rows, else down or up."""
    if b[1] < a[1] + a[3] and a[1] < b[1] + b[3]:
        y = (max(a[1], b[1]) + min(a[1] + a[3], b[1] + b[3])) / 2
        return ((a[0] + a[2], y), (b[0], y)) if b[0] > a[0] else ((a[0], y), (b[0] + b[2], y))
    left, right = max(a[0], b[0]), min(a[0] + a[2], b[0] + b[2])
    xa, xb = (a[0] + a[2] / 2, b[0] + b[2] / 2) if left >= right else ((left + right) / 2,) * 2
    return ((xa, a[1] + a[3]), (xb, b[1])) if b[1] > a[1] else ((xa, a[1]), (xb, b[1] + b[3]))
