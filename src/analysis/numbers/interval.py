"""Ranges of values with open or closed ends, and how they meet."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

_NOISE = 1e-9
"""What is left to the last bits of arithmetic on floats, as a share of the values; never more than a millionth of a range."""


@dataclass(frozen=True)
class Interval:
    """A range of values; `low` may equal `high` (a point, which is closed), an end may be infinite or left out (`_open`).

    >>> printed = Interval(6.115, 6.125, high_open=True)
    >>> printed.contains(6.115), printed.contains(6.125)
    (True, False)
    """

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"not an interval: {self.low} … {self.high}")
        if self.low == self.high:
            object.__setattr__(self, "low_open", False)
            object.__setattr__(self, "high_open", False)

    @property
    def mid(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low

    def written(self, number: Callable[[float], str] = "{:g}".format) -> str:
        """The range in signs that read alike in every language; one without an end by the end that it has.

        >>> Interval(10, 20).written(), Interval(10, math.inf).written(), Interval(98, math.inf, low_open=True).written()
        ('10 … 20', '≥ 10', '> 98')
        """
        ends = math.isfinite(self.low), math.isfinite(self.high)
        if ends == (True, True):
            return number(self.low) if self.low == self.high else f"{number(self.low)} … {number(self.high)}"
        if not any(ends):
            return "?"
        sign = ("> " if self.low_open else "≥ ") if ends[0] else ("< " if self.high_open else "≤ ")
        return sign + number(self.low if ends[0] else self.high)

    def meets(self, other: Interval) -> bool:
        """Whether the two ranges share a value, up to the last bits of floating-point arithmetic.

        What rounds to 2078 ends where what rounds to 2079 begins, so they touch and do not meet.

        >>> Interval(1, 2).meets(Interval(2, 3)), Interval(1, 2, high_open=True).meets(Interval(2, 3))
        (True, False)
        """
        low, high = max(self.low, other.low), min(self.high, other.high)
        slack = self._slack(other)
        if high - low > slack:
            return True
        if high - low < -slack:
            return False
        open_low = any(i.low_open for i in (self, other) if abs(i.low - low) <= slack)
        open_high = any(i.high_open for i in (self, other) if abs(i.high - high) <= slack)
        return not (open_low or open_high)

    def within(self, other: Interval) -> bool:
        """Whether every value of this range is one of the other.

        >>> Interval(1, 2).within(Interval(1, 2, high_open=True)), Interval(1, 2, high_open=True).within(Interval(1, 2))
        (False, True)
        """
        slack = self._slack(other)
        return _inside(self.low - other.low, slack, self.low_open or not other.low_open) and _inside(
            other.high - self.high, slack, self.high_open or not other.high_open
        )

    def contains(self, value: float) -> bool:
        """Whether the value lies in the range."""
        return self.meets(Interval(value, value))

    def whole_numbers(self) -> list[int]:
        """The whole numbers in a range that has two ends.

        >>> Interval(55.9, 58, high_open=True).whole_numbers()
        [56, 57]
        """
        return [n for n in range(math.floor(self.low), math.ceil(self.high) + 1) if self.contains(n)]

    def scaled(self, factor: float) -> Interval:
        """The range in another unit; `factor` is positive."""
        return replace(self, low=self.low * factor, high=self.high * factor)

    def stretched(self, factor: float) -> Interval:
        """The range with its low end divided and its high end multiplied, by size.

        >>> Interval(2, 3).stretched(2), Interval(-3, -2).stretched(2)
        (Interval(low=1.0, high=6), Interval(low=-6, high=-1.0))
        """
        ends = sorted((self.low / factor, self.low * factor, self.high / factor, self.high * factor))
        return replace(self, low=ends[0], high=ends[-1])

    def mirrored(self) -> Interval:
        """The range of the negative values.

        >>> Interval(1, 2, high_open=True).mirrored()
        Interval(low=-2, high=-1, low_open=True)
        """
        return Interval(-self.high, -self.low, self.high_open, self.low_open)

    def clipped(self, low: float, high: float) -> Interval:
        """What of the range lies in low … high, both ends included; `ValueError` when nothing does."""
        bottom = (low, False) if self.low < low else (self.low, self.low_open)
        top = (high, False) if self.high > high else (self.high, self.high_open)
        return Interval(bottom[0], top[0], bottom[1], top[1])

    def _slack(self, other: Interval) -> float:
        ends = [abs(e) for e in (self.low, self.high, other.low, other.high) if math.isfinite(e)]
        size = max(ends, default=0.0)
        widths = [w for w in (self.width, other.width) if w > 0]
        return max(min(_NOISE * size, 1e-6 * min(widths, default=math.inf)), 4 * math.ulp(size))

    def __repr__(self) -> str:
        sides = [name for name in ("low_open", "high_open") if getattr(self, name)]
        return f"Interval(low={self.low!r}, high={self.high!r}{''.join(f', {side}=True' for side in sides)})"


def _inside(distance: float, slack: float, may_touch: bool) -> bool:
    """Whether an end lies inside another by that distance, or touches it and may. Two infinite ends touch."""
    return distance > slack or ((abs(distance) <= slack or math.isnan(distance)) and may_touch)
