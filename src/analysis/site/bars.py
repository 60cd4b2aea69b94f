"""Small drawings made of a few numbers: the ranges of a claim, the verdicts of a group."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.numbers.printed import Interval
from analysis.report.rows import Verdict

ORDER: tuple[Verdict, ...] = ("contradicted", "consistent", "hedged", "reproduced", "unchecked")
"""Severest first: the order in which verdicts are drawn and listed."""


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
    ranges: Ranges, texts: Mapping[str, str], verdict: str, write: Callable[[float], str]
) -> str:
    """The printed range (with what its hedge allows) above that of the evidence, on one scale with its ticks, as SVG.

    It takes the width of its place; positions are per cent. `texts`: `label` for those who do not see it, `printed`
    and `found` to stand above the two ranges. `write` writes the number of a tick.
    """
    scale = _Scale.of(ranges)
    upper = ranges.hedged if ranges.is_blurred else ranges.printed
    ticks = [(tick, write(tick)) for tick in scale.ticks()]
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


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def of(cls, ranges: Ranges) -> _Scale:
        """A scale that holds every finite end, with some room; a range without end runs to its edge."""
        ends = [e for i in (ranges.printed, ranges.hedged, ranges.found) for e in (i.low, i.high)]
        finite = [e for e in (*ends, ranges.mark) if math.isfinite(e)]
        low, high = min(finite), max(finite)
        room = (high - low) * 0.04 or abs(high) * 0.01 or 1.0
        return cls(low - room, high + room)

    def share(self, value: float) -> float:
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low) * 100

    def at(self, value: float) -> str:
        return f"{self.share(value):.2f}%"

    def middle(self, i: Interval) -> float:
        return (min(max(i.low, self.low), self.high) + min(max(i.high, self.low), self.high)) / 2

    def ticks(self) -> list[float]:
        """Two to four round numbers within the scale."""
        span = self.high - self.low
        power = 10.0 ** math.floor(math.log10(span))
        step = next(s for m in (0.2, 0.5, 1.0, 2.0, 5.0) if span / (s := m * power) <= 4)
        first = math.ceil(self.low / step)
        return [n * step for n in range(first, math.floor(self.high / step) + 1)]

    def line(self, name: str, i: Interval, y: int) -> str:
        return f'<line class="{name}" x1="{self.at(i.low)}" x2="{self.at(i.high)}" y1="{y}" y2="{y}"/>'

    def text(self, text: str, value: float, y: int, name: str = "") -> str:
        """A label centred on a value; near an end it starts or ends there, so that it is never cut off."""
        share, edge = self.share(value), 6 if name else 30
        x, anchor = (share, "middle")
        if share < edge:
            x, anchor = (share if name else 0.0), "start"
        elif share > 100 - edge:
            x, anchor = (share if name else 100.0), "end"
        kind = f' class="{name}"' if name else ""
        return f'<text{kind} x="{x:.2f}%" y="{y}" text-anchor="{anchor}">{html.escape(text)}</text>'


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
