"""Tests for a break in the mean growth of a short series, at a known or an unknown date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import UserError
from analysis.statistics.sample import Numbers, checked

if TYPE_CHECKING:
    import numpy as np

LEAST_SEGMENT = 3
"""Points on either side of a break: fewer give a mean but no idea of its spread."""
LEAST_SUP = 12
TRIM = 0.15
"""The share of the points on either side in which no break is looked for: critical values are tabulated by it."""

# Wald form, 15 % trimming, one parameter: Andrews, Econometrica 71 (2003), table I, the corrected values of 1993.
SUP_F_CRITICAL = {0.10: 7.12, 0.05: 8.68, 0.01: 12.16}


@dataclass(frozen=True)
class BreakTest:
    """F test of one mean against two, with the means before and after (same unit as the values)."""

    n: int
    before: float
    after: float
    f: float
    p_value: float
    note: str


@dataclass(frozen=True)
class SupF:
    """The largest F over the admissible break dates, its position, and which critical values it exceeds."""

    n: int
    position: int
    f: float
    rejects_at: float | None
    profile: tuple[tuple[int, float], ...]
    note: str


def _f(y: np.ndarray, at: int) -> float:
    import numpy as np

    left, right = y[:at], y[at:]
    one = float(np.sum((y - y.mean()) ** 2))
    two = float(np.sum((left - left.mean()) ** 2) + np.sum((right - right.mean()) ** 2))
    if two <= 1e-12 * max(one, 1e-300):
        return float("inf") if one > 0 else 0.0
    return (one - two) / (two / (len(y) - 2))


def chow(values: Numbers, at: int) -> BreakTest:
    """Whether the mean differs before and from position `at` on (Chow, *Econometrica* 28, 1960, for a constant).

    values: shape (n,), for example growth rates; at least three on either side. The date must be known beforehand,
    for example from a change of definition: choosing it by looking makes the p-value too small (use `sup_f`).

    >>> found = chow([1, 2, 1, 5, 6, 5], 3)
    >>> round(found.f), round(found.before, 2), round(found.after, 2)
    (72, 1.33, 5.33)
    """
    from scipy import stats

    y = checked(values, 2 * LEAST_SEGMENT, "a break test")
    if not LEAST_SEGMENT <= at <= len(y) - LEAST_SEGMENT:
        raise UserError(
            f"a break at position {at} of {len(y)} leaves fewer than {LEAST_SEGMENT} points on one side"
        )
    f = _f(y, at)
    p = float(stats.f.sf(f, 1, len(y) - 2))
    note = "small sample: read the p-value as an order of magnitude" if len(y) < 20 else ""
    return BreakTest(len(y), float(y[:at].mean()), float(y[at:].mean()), f, p, note)


def sup_f(values: Numbers) -> SupF:
    """The strongest break in the mean at an unknown date (Quandt; Andrews, *Econometrica* 61, 1993).

    values: shape (n,), n ≥ 12, stationary, for example growth rates and not levels. Candidate dates leave a share `TRIM`
    on either side. Critical values are those of Andrews (2003) for it and one parameter.

    >>> sup_f([1, 2, 1, 2, 1, 2, 7, 8, 7, 8, 7, 8]).position
    6
    """
    y = checked(values, LEAST_SUP, "a test for a break at an unknown date")
    n = len(y)
    first = max(LEAST_SEGMENT, int(TRIM * n))
    profile: Sequence[tuple[int, float]] = [(k, _f(y, k)) for k in range(first, n - first + 1)]
    position, f = max(profile, key=_second)
    rejects = [size for size, critical in SUP_F_CRITICAL.items() if f > critical]
    note = "asymptotic critical values; with fewer than 50 points they reject too often" if n < 50 else ""
    return SupF(n, position, f, min(rejects) if rejects else None, tuple(profile), note)


def _second(pair: tuple[int, float]) -> Any:
    return pair[1]
