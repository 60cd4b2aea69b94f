"""Value axes and period axes: limits, round ticks, labels that fit."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis import words
from analysis.charts import fonts, numbers
from analysis.charts.palette import PALETTE
from analysis.numbers import periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analysis.charts.canvas import Canvas


@dataclass(frozen=True)
class Scale:
    """A value axis: limits and ticks in the data's unit, texts in the unit the reader sees."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]

    @classmethod
    def of(
        cls,
        values: Iterable[float],
        unit: str,
        language: str,
        zero: bool = False,
        target: int = 5,
        room: float = 0.04,
    ) -> Scale:
        """A scale that holds `values`, with `room` of the span free at an end that is not zero."""
        factor, shown_unit = words.display_unit(unit, language)
        finite = [value for value in values if value is not None and math.isfinite(value)]
        low, high = min(finite), max(finite)
        if zero or low == high or (0 < low < 0.4 * high) or (high < 0 and high > 0.4 * low):
            low, high = min(low, 0.0), max(high, 0.0)
        shown = numbers.nice_ticks(low * factor, high * factor, target)
        ticks = tuple(tick / factor for tick in shown)
        span = ticks[-1] - ticks[0]
        top = max(high + room * span, ticks[-2]) if high > 0 else high
        bottom = min(low - room * span, ticks[1]) if low < 0 or ticks[0] > 0 else 0.0
        low_limit = max(ticks[0], bottom) if low >= 0 else max(ticks[0], low - room * span)
        high_limit = max(ticks[-1], top) if top > ticks[-1] - 0.5 * (ticks[1] - ticks[0]) else top
        kept = tuple(tick for tick in ticks if low_limit - 1e-9 * span <= tick <= high_limit + 1e-9 * span)
        suffix = "%" if shown_unit == "%" else ""
        return cls(low_limit, high_limit, kept, tuple(numbers.tick_texts(kept, factor, suffix)))

    def margin(self, canvas: Canvas) -> float:
        """px that the tick labels need at the left."""
        return max(canvas.measure(text) for text in self.texts) + 12


def value_axis(canvas: Canvas, axes: Axes, scale: Scale) -> None:
    """Horizontal grid, tick labels, and a darker line at zero."""
    axes.set_ylim(scale.low, scale.high)
    axes.set_yticks(scale.ticks, scale.texts, fontsize=canvas.size("text"))
    axes.tick_params(axis="y", length=0, pad=6)
    axes.grid(axis="y", color=PALETTE["grid"], linewidth=1)
    if scale.low <= 0 <= scale.high:
        axes.axhline(0, color=PALETTE["ink"], linewidth=1.1, zorder=2.5)


def period_axis(
    canvas: Canvas, axes: Axes, names: Sequence[str], pad: float, ends: bool = False
) -> dict[str, float]:
    """Limits and labels of a period axis with `pad` px free at both ends; gives the place of every period.

    ends: label the first and the last period only, inside the axes.
    """
    ordered = periods.in_order(names)
    place = periods.positions(ordered)
    first, last = place[ordered[0]], place[ordered[-1]]
    wide = canvas.extent(axes)[0]
    if periods.position(ordered[0]) is None:
        pad = max(pad, wide / len(ordered) / 2)
    span = (last - first) or 1.0
    unit = span / max(wide - 2 * pad, 1)
    half = span / 2 + pad * unit
    axes.set_xlim((first + last) / 2 - half, (first + last) / 2 + half)
    chosen, texts = _period_labels(canvas, ordered, place, 1 / unit)
    if ends:
        chosen = list(dict.fromkeys([ordered[0], ordered[-1]]))
        texts = [periods.label(name, canvas.language) for name in chosen]
    axes.set_xticks(
        [place[name] for name in chosen], texts, fontsize=canvas.size("small" if ends else "text")
    )
    axes.tick_params(axis="x", length=0, pad=6)
    if ends and len(chosen) == 2:
        axes.get_xticklabels()[0].set_horizontalalignment("left")
        axes.get_xticklabels()[1].set_horizontalalignment("right")
    else:
        keep_inside(canvas, axes)
    return place


def _period_labels(
    canvas: Canvas, ordered: Sequence[str], place: Mapping[str, float], px: float
) -> tuple[list[str], list[str]]:
    """The periods to label and their texts: all, or quarters over years, or every n-th counted from the last."""
    texts = {name: periods.label(name, canvas.language) for name in ordered}
    gap = periods.step(ordered) * px
    if periods.position(ordered[0]) is None:
        size, room = canvas.size("text"), max(gap - 8, 30)
        return list(ordered), ["\n".join(fonts.wrap(texts[name], size, room)) for name in ordered]
    wide = max(canvas.measure(text) for text in texts.values()) + 10
    if wide <= gap:
        return list(ordered), list(texts.values())
    if all("-Q" in name or "-H" in name for name in ordered) and gap >= canvas.measure("Q4") + 5:
        return list(ordered), _two_lines(ordered, place, (canvas.measure("2020") + 4) / px)
    chosen: list[str] = []
    for name in _by_year_end(ordered):
        if not chosen or place[chosen[-1]] - place[name] >= wide / px:
            chosen.append(name)
    chosen.reverse()
    return chosen, [texts[name] for name in chosen]


def _by_year_end(ordered: Sequence[str]) -> list[str]:
    """Candidates for labels from the last backwards: the periods that end where the last one's year-part ends."""
    last = periods.position(ordered[-1]) or 0.0
    same = [name for name in ordered if abs(((periods.position(name) or 0.0) - last) % 1.0) < 1e-6]
    return list(reversed(same if len(same) > 1 else ordered))


def _two_lines(ordered: Sequence[str], place: Mapping[str, float], room: float) -> list[str]:
    """Q1 over its year, then Q2, Q3, Q4 alone; a year that has no `room` before the next one is left out."""
    starts = [name for index, name in enumerate(ordered) if not index or ordered[index - 1][:4] != name[:4]]
    crowded = {a for a, b in itertools.pairwise(starts) if place[b] - place[a] < room}
    return [
        f"{name[5:]}\n{name[:4]}" if name in starts and name not in crowded else name[5:] for name in ordered
    ]


_APART = 4.0
"""px that the labels of an axis stand apart at least."""


def keep_inside(canvas: Canvas, axes: Axes) -> None:
    """Turns the first or last label of the horizontal axis inwards where it would be cut off, or the first would stand
    below the numbers of the vertical axis and touch them, if the second leaves it room.
    """
    left, _, wide, _ = canvas.box(axes)
    low, high = axes.get_xlim()
    labels = axes.get_xticklabels()
    halves = [canvas.measure(label.get_text()) / 2 for label in labels]
    places = [left + (float(place) - low) / (high - low) * wide for place in axes.get_xticks()]
    for label, half, x in zip(labels, halves, places, strict=True):
        if x + half > canvas.width:
            label.set_horizontalalignment("right")
        elif x - half < 0:
            label.set_horizontalalignment("left")
    is_below = bool(places) and bool(axes.get_yticklabels()) and places[0] - halves[0] < left - _APART
    if is_below and (len(places) == 1 or places[0] + 2 * halves[0] + _APART < places[1] - halves[1]):
        labels[0].set_horizontalalignment("left")


def axis_depth(canvas: Canvas, axes: Axes) -> float:
    """px that the period labels need below the axes."""
    lines = max((text.get_text().count("\n") + 1 for text in axes.get_xticklabels()), default=1)
    return 10 + lines * canvas.size("text") * 1.3
