"""Growth accounting: how much of a change came from which part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.errors import UserError
from analysis.numbers import growth


@dataclass(frozen=True)
class LogContributions:
    """value = count × size in logarithms: shares in per cent that add up to 100, growth in log points × 100."""

    total: float
    count: float
    size: float
    count_share_pct: float
    size_share_pct: float


def log_contributions(value_ratio: float, count_ratio: float) -> LogContributions:
    """Contributions of number and average size to growth, from now ÷ before of value and of count.

    Logarithms make the two add up exactly without an interaction term (Törnqvist, Vartia and Vartia, *The American
    Statistician* 39, 1985). `UserError` when a ratio is not positive or nothing has changed.

    >>> found = log_contributions(1.21, 1.1)
    >>> round(found.count_share_pct), round(found.size_share_pct)
    (50, 50)
    """
    if value_ratio <= 0 or count_ratio <= 0:
        raise UserError("growth accounting takes ratios of positive values")
    total, count = math.log(value_ratio) * 100, math.log(count_ratio) * 100
    if total == 0:
        raise UserError("growth accounting has nothing to share out: the value did not change")
    size = total - count
    return LogContributions(total, count, size, count / total * 100, size / total * 100)


@dataclass(frozen=True)
class ShiftShare:
    """A part's growth split into what the whole did and what the part did besides; percentage points of the whole."""

    contribution: Mapping[str, float]
    whole_growth_pct: float
    standard: Mapping[str, float]
    shift: Mapping[str, float]


def shift_share(before: Mapping[str, float], now: Mapping[str, float]) -> ShiftShare:
    """Each part's contribution to the growth of the whole, in percentage points, and its deviation.

    `contribution` adds up to `whole_growth_pct`. `standard` is what a part would have added had it grown as the whole
    did; `shift` is the rest and adds up to zero (Dunn, *Papers in Regional Science* 6, 1960). `UserError` when the
    two periods name different parts or the whole was not positive.

    >>> found = shift_share({"a": 40, "b": 60}, {"a": 60, "b": 60})
    >>> round(found.whole_growth_pct), round(found.shift["a"]), round(found.shift["b"])
    (20, 12, -12)
    """
    if set(before) != set(now):
        raise UserError(f"the two periods name different parts: {sorted(set(before) ^ set(now))}")
    whole = sum(before.values())
    if whole <= 0:
        raise UserError("shift-share needs a positive whole")
    rate = growth.yoy(sum(now.values()), whole)
    contribution = {k: growth.contribution(now[k], before[k], whole) for k in before}
    standard = {k: before[k] / whole * rate for k in before}
    return ShiftShare(contribution, rate, standard, {k: contribution[k] - standard[k] for k in before})
