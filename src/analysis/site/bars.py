"""Small drawings made of a few numbers: the ranges of a claim, the verdicts of a group."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis import words
from analysis.numbers.printed import Interval
from analysis.report.rows import Verdict

ORDER: tuple[Verdict, ...] = ("contradicted", "consistent", "hedged", "reproduced", "unchecked")
"""Severest first: the order in which verdicts are drawn and listed."""
_LETTERS = 56
"""Of a tick's text, that fit into the width of a phone."""


@dataclass(frozen=True)
class Ranges:
    """What is drawn: the printed range, what its hedge word allows, the evidence with the point to stress."""

    printed: Interval
    hedged: Interval
    found: Interval
    mark: float

    @property
    def is_blurred(self) -> bool:
        """Whether the hedge word allows more than the digits."""
        return (self.hedged.low, self.hedged.high) != (self.printed.low, self.printed.high)


def interval_bar(
    ranges: Ranges, texts: Mapping[str, str], verdict: str, write: Callable[[float, float], str]
) -> str:
    """The printed range (with what its hedge allows) above that of the evidence, on one scale with its ticks, as SVG.

    It takes the width of its place; positions are per cent. `texts`: `label` for those who do not see it, `printed`
    and `found` to stand above the two ranges. `write` writes the number of a tick, given it and what lies between two (0: there
    is one).
    """
    scale = _Scale.of(ranges)
    upper = ranges.hedged if ranges.is_blurred else ranges.printed
    step, places = scale.ticks()
    for shown in (places, places[:: max(1, len(places) - 1)], places[-1:]):
        ticks = list(zip(shown, words.shortened(*(write(place, step) for place in shown)), strict=True))
        if scale.has_room(ticks):
            break
    parts = [
        '<line class="axis" x1="0" x2="100%" y1="31" y2="31"/><line class="axis" x1="0" x2="100%" y1="77" y2="77"/>',
        scale.line("hedge", ranges.hedged, 31) if ranges.is_blurred else "",
        scale.line("printed", ranges.printed, 31),
        scale.line("computed", ranges.found, 77),
        f'<circle cx="{scale.at(ranges.mark)}" cy="77" r="5"/>',
        scale.text(texts["printed"], scale.middle(upper), 18),
        scale.text(texts["found"], scale.middle(ranges.found), 64),
        *(f'<line class="tick" x1="{scale.at(x)}" x2="{scale.at(x)}" y1="88" y2="93"/>' for x, _ in ticks),
        *(scale.text(text, x, 106, "tick") for x, text in ticks),
    ]
    label = html.escape(texts["label"], quote=True)
    return f'<svg class="bar {verdict}" height="110" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _edge(text: str) -> float:
    """Half the width of a tick's text in per cent of a phone's; a Chinese letter takes that of two."""
    return sum(1 + (character > "\u2e7f") for character in text) / _LETTERS * 50


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    is_point: bool = False
    """Whether all ends are one value, in its middle."""

    @classmethod
    def of(cls, ranges: Ranges) -> _Scale:
        """A scale that holds every finite end, with some room; a range without end runs to its edge."""
        ends = [e for i in (ranges.printed, ranges.hedged, ranges.found) for e in (i.low, i.high)]
        finite = [e for e in (*ends, ranges.mark) if math.isfinite(e)]
        low, high = min(finite), max(finite)
        room = (high - low) * 0.04 or abs(high) * 0.01 or 1.0
        return cls(low - room, high + room, low == high)

    def share(self, value: float) -> float:
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low) * 100

    def at(self, value: float) -> str:
        return f"{self.share(value):.2f}%"

    def middle(self, i: Interval) -> float:
        return (min(max(i.low, self.low), self.high) + min(max(i.high, self.low), self.high)) / 2

    def ticks(self) -> tuple[float, list[float]]:
        """Two to six round numbers within the scale, with what lies between two; of a point itself alone."""
        if self.is_point:
            return 0.0, [(self.low + self.high) / 2]
        span = self.high - self.low
        power = 10.0 ** math.floor(math.log10(span))
        step = next(s for m in (0.2, 0.5, 1.0, 2.0, 5.0) if span / (s := m * power) <= 5)
        first = math.ceil(self.low / step)
        return step, [n * step for n in range(first, math.floor(self.high / step) + 1)]

    def line(self, name: str, i: Interval, y: int) -> str:
        return f'<line class="{name}" x1="{self.at(i.low)}" x2="{self.at(i.high)}" y1="{y}" y2="{y}"/>'

    def text(self, text: str, value: float, y: int, name: str = "") -> str:
        """A label centred on a value; near an end it starts or ends there, so that it is never cut off."""
        share = self.share(value)
        anchor = self._anchor(share, _edge(text) if name else 30)
        if not name and anchor != "middle":
            share = 0.0 if anchor == "start" else 100.0
        kind = f' class="{name}"' if name else ""
        return f'<text{kind} x="{share:.2f}%" y="{y}" text-anchor="{anchor}">{html.escape(text)}</text>'

    def has_room(self, ticks: Sequence[tuple[float, str]]) -> bool:
        """Whether the texts of ticks, in order, stand beside each other on a phone."""
        end = -math.inf
        for value, text in ticks:
            share, wide = self.share(value), 2 * _edge(text)
            start = share - wide * {"start": 0, "middle": 0.5, "end": 1}[self._anchor(share, wide / 2)]
            if start < end + 100 / _LETTERS:
                return False
            end = start + wide
        return True

    @staticmethod
    def _anchor(share: float, edge: float) -> str:
        edge = max(edge, 6.0)
        return "start" if share < edge else "end" if share > 100 - edge else "middle"


def stacked_bar(counts: Mapping[Verdict, float], largest: float) -> str:
    """Verdict counts or shares as one bar, `largest` taking the whole width; the numbers stand beside it in the table."""
    if not largest:
        return ""
    parts, x = [], 0.0
    for verdict in ORDER:
        width = counts.get(verdict, 0) / largest * 100
        if width:
            parts.append(
                f'<rect class="{verdict}" x="{round(x, 2):g}%" width="{round(width, 2):g}%" height="100%"/>'
            )
            x += width
    return f'<svg class="stack" aria-hidden="true">{"".join(parts)}</svg>'
