"""What a trend word measures: one number from a few values in time order, and its range when they are ranges.

Growth and differences between two percentages are in per cent and percentage points, ratios plain. Values are positive
where growth is taken. The range is exact for values that move independently of each other: each measure is monotone in
every value, or made of such parts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from statistics import median

from analysis.errors import UserError
from analysis.numbers.printed import Interval

Values = Sequence[float]
Ranges = Sequence[Interval]


def growth(before: float, now: float) -> float:
    """Growth in per cent.

    >>> growth(50, 100)
    100.0
    """
    return (now / before - 1) * 100


def _steps(ranges: Ranges) -> list[Interval]:
    """The growth of each step."""
    return [_corners(lambda v: growth(v[0], v[1]), pair) for pair in itertools.pairwise(ranges)]


def _corners(function: Callable[[Values], float], ranges: Ranges) -> Interval:
    """The range of a function that is monotone in each of its values.

    An end is open when every corner that reaches it uses an open end.
    """
    sides = [((r.low, r.low_open), (r.high, r.high_open)) for r in ranges]
    found = [(function([v for v, _ in c]), any(o for _, o in c)) for c in itertools.product(*sides)]
    low, high = min(v for v, _ in found), max(v for v, _ in found)
    return Interval(
        low, high,
        all(o for v, o in found if v == low), all(o for v, o in found if v == high),
    )  # fmt: skip


def _extreme(ranges: Ranges, pick: Callable[[Sequence[float]], float]) -> Interval:
    """The smallest or largest (`pick` is min, max or median) of values that are ranges."""
    low, high = pick([r.low for r in ranges]), pick([r.high for r in ranges])
    opens = [r.low_open for r in ranges if r.low == low], [r.high_open for r in ranges if r.high == high]
    return Interval(low, high, bool(opens[0]) and all(opens[0]), bool(opens[1]) and all(opens[1]))


def smallest_step(ranges: Ranges) -> Interval:
    """The growth of the weakest step: above zero when every step is upward.

    >>> round(smallest_step([Interval(v, v) for v in (100, 110, 99)]).mid)
    -10
    """
    return _extreme(_steps(ranges), min)


def largest_step(ranges: Ranges) -> Interval:
    """The growth of the strongest step: below zero when every step is downward.

    >>> round(largest_step([Interval(v, v) for v in (100, 110, 99)]).mid)
    10
    """
    return _extreme(_steps(ranges), max)


def change(ranges: Ranges) -> Interval:
    """Growth from the first value to the last.

    >>> round(change([Interval(v, v) for v in (100, 110, 99)]).mid)
    -1
    """
    return _corners(lambda v: growth(v[0], v[1]), (ranges[0], ranges[-1]))


def last_step(ranges: Ranges) -> Interval:
    """Growth of the last step.

    >>> round(last_step([Interval(v, v) for v in (100, 110, 99)]).mid)
    -10
    """
    return _steps(ranges)[-1]


def from_low(ranges: Ranges) -> Interval:
    """Growth from the lowest earlier value to the last.

    >>> round(from_low([Interval(v, v) for v in (100, 50, 75)]).mid)
    50
    """
    return _corners(lambda v: growth(v[0], v[1]), (_extreme(ranges[:-1], min), ranges[-1]))


def from_high(ranges: Ranges) -> Interval:
    """Growth from the highest earlier value to the last: above zero when the last is a record.

    >>> round(from_high([Interval(v, v) for v in (100, 50, 75)]).mid)
    -25
    """
    return _corners(lambda v: growth(v[0], v[1]), (_extreme(ranges[:-1], max), ranges[-1]))


def above_median(ranges: Ranges) -> Interval:
    """Percentage points by which the last step's growth exceeds the median of the earlier ones.

    >>> round(above_median([Interval(v, v) for v in (100, 110, 121, 145.2)]).mid)
    10
    """
    steps = _steps(ranges)
    return _corners(lambda v: v[1] - v[0], (_extreme(steps[:-1], median), steps[-1]))


def acceleration(ranges: Ranges) -> Interval:
    """Percentage points by which the last step's growth exceeds the one before.

    >>> round(acceleration([Interval(v, v) for v in (100, 110, 132)]).mid)
    10
    """
    before, last = _steps(ranges)[-2:]
    return _corners(lambda v: v[1] - v[0], (before, last))


def upward_share(ranges: Ranges) -> Interval:
    """Per cent of the steps that are upward: from those that surely are to those that may be.

    >>> round(upward_share([Interval(v, v) for v in (1, 2, 3, 2)]).mid)
    67
    """
    steps = _steps(ranges)
    surely = sum(s.low > 0 or (s.low == 0 and s.low_open) for s in steps)
    perhaps = sum(s.high > 0 for s in steps)
    return Interval(surely / len(steps) * 100, perhaps / len(steps) * 100)


def spread(ranges: Ranges) -> Interval:
    """Highest less lowest value, in the values' unit.

    >>> round(spread([Interval(v, v) for v in (30, 34, 32)]).mid)
    4
    """
    high, low = _extreme(ranges, max), _extreme(ranges, min)
    return Interval(max(0.0, high.low - low.high), high.high - low.low)


def growth_spread(ranges: Ranges) -> Interval:
    """Percentage points between the strongest and the weakest step.

    >>> round(growth_spread([Interval(v, v) for v in (100, 110, 110)]).mid)
    10
    """
    return spread(_steps(ranges))


def regained(ranges: Ranges) -> Interval:
    """Per cent of the fall, from the first value to the lowest, that the last value has regained.

    >>> round(regained([Interval(v, v) for v in (100, 60, 90)]).mid)
    75
    """
    first, low, last = ranges[0], _extreme(ranges[1:-1], min), ranges[-1]
    if first.high <= low.low:
        return Interval(0.0, 0.0)  # nothing fell, nothing is regained
    if first.low <= low.high:
        return Interval(-math.inf, math.inf)
    return _corners(lambda v: (v[2] - v[1]) / (v[0] - v[1]) * 100, (first, low, last))


def value(ranges: Ranges) -> Interval:
    """The last value itself.

    >>> round(value([Interval(v, v) for v in (30, 34)]).mid)
    34
    """
    return ranges[-1]


def ratio(ranges: Ranges) -> Interval:
    """The last value over the first.

    >>> ratio([Interval(v, v) for v in (50, 75)]).mid
    1.5
    """
    return _corners(lambda v: v[1] / v[0], (ranges[0], ranges[-1]))


def lead(ranges: Ranges) -> Interval:
    """The last value less the first, in their unit: how far the one is above the other.

    >>> round(lead([Interval(v, v) for v in (50, 75)]).mid)
    25
    """
    return _corners(lambda v: v[1] - v[0], (ranges[0], ranges[-1]))


MEASURES: dict[str, tuple[Callable[[Ranges], Interval], int]] = {
    "smallest_step": (smallest_step, 2), "largest_step": (largest_step, 2), "change": (change, 2),
    "last_step": (last_step, 2), "from_low": (from_low, 2), "from_high": (from_high, 2),
    "above_median": (above_median, 4), "acceleration": (acceleration, 3), "upward_share": (upward_share, 2),
    "spread": (spread, 2), "growth_spread": (growth_spread, 3), "regained": (regained, 3), "value": (value, 1),
    "ratio": (ratio, 2), "lead": (lead, 2),
}  # fmt: skip
"""Measure → its function, and how many values it takes at least."""

GROWTH = frozenset({
    "smallest_step", "largest_step", "change", "last_step", "from_low", "from_high", "above_median", "acceleration",
    "upward_share", "growth_spread", "ratio",
})  # fmt: skip
"""Measures that divide by a value."""


def measure(name: str, ranges: Ranges) -> Interval:
    """The range of a measure.

    `UserError` where it divides by a value that is not surely positive.

    >>> measure("ratio", [Interval(197.15, 197.25), Interval(126.65, 126.75)]).high < 0.65
    True
    """
    if name in GROWTH and any(r.low <= 0 for r in ranges):
        raise UserError(f"{name} needs positive values; there is one of {min(r.low for r in ranges):g}")
    return MEASURES[name][0](ranges)
