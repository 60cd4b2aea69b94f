"""Small drawings made of a few numbers: the intervals of a check, the verdicts of a group."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass

VERDICTS = ("contradicted", "consistent", "hedged", "reproduced", "unchecked")
"""Severest first: the order in which they are drawn and listed."""


@dataclass(frozen=True)
class Span:
    """A range on a scale. `mark` is the point to stress."""

    low: float
    high: float
    mark: float


def interval_bar(printed: Span, hedged: Span, computed: Span, texts: Mapping[str, str], outcome: str) -> str:
    """The printed range (with what its hedge allows) above the recomputed one, on one scale, as SVG.

    It takes the width of its place; positions are per cent. `texts`: `label` for those who do not see it, `printed`
    and `computed` to stand above the two ranges.
    """
    ends = [end for s in (printed, hedged, computed) for end in (s.low, s.high, s.mark) if math.isfinite(end)]
    low, high = min(ends), max(ends)
    room = (high - low) * 0.04 or abs(high) * 0.01 or 1.0
    scale = _Scale(low - room, high + room)
    stretched = (hedged.low, hedged.high) != (printed.low, printed.high)
    upper = hedged if stretched else printed
    parts = [
        '<line class="axis" x1="0" x2="100%" y1="31" y2="31"/><line class="axis" x1="0" x2="100%" y1="77" y2="77"/>',
        scale.line("hedge", hedged, 31) if stretched else "",
        scale.line("printed", printed, 31),
        scale.line("computed", computed, 77),
        f'<circle cx="{scale.at(computed.mark)}" cy="77" r="5"/>',
        scale.text(texts["printed"], scale.middle(upper), 18),
        scale.text(texts["computed"], scale.middle(computed), 64),
    ]
    label = html.escape(texts["label"], quote=True)
    return f'<svg class="bar {outcome}" height="92" role="img" aria-label="{label}">{"".join(parts)}</svg>'


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def share(self, value: float) -> float:
        """Where a value lies, in per cent; a range without an end runs to the edge."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low) * 100

    def middle(self, span: Span) -> float:
        return (max(span.low, self.low) + min(span.high, self.high)) / 2

    def at(self, value: float) -> str:
        return f"{self.share(value):.2f}%"

    def line(self, name: str, span: Span, y: int) -> str:
        return f'<line class="{name}" x1="{self.at(span.low)}" x2="{self.at(span.high)}" y1="{y}" y2="{y}"/>'

    def text(self, text: str, value: float, y: int) -> str:
        """A label centred on a value; near an end it starts or ends there, so that it is never cut off."""
        share = self.share(value)
        x, anchor = (0.0, "start") if share < 30 else (100.0, "end") if share > 70 else (share, "middle")
        return f'<text x="{x:.2f}%" y="{y}" text-anchor="{anchor}">{html.escape(text)}</text>'


def stacked_bar(counts: Mapping[str, float], largest: float) -> str:
    """Verdict counts or shares as one bar, `largest` taking the whole width; the numbers stand beside it in the table."""
    if not largest:
        return ""
    parts, x = [], 0.0
    for verdict in VERDICTS:
        width = counts.get(verdict, 0) / largest * 100
        if width:
            parts.append(f'<rect class="{verdict}" x="{x:.2f}%" width="{width:.2f}%" height="100%"/>')
            x += width
    return f'<svg class="stack" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
