"""Arithmetic of enclosures: pairs of a low and a high end that hold every result (Moore, Kearfott and Cloud 2009, ch. 2).

Ends may be infinite. Whether an end is reached is no matter of an enclosure.
"""

from __future__ import annotations

import math
from functools import reduce

Ends = tuple[float, float]
NONE: Ends = (0.0, 0.0)
ONE: Ends = (1.0, 1.0)
WHOLE: Ends = (-math.inf, math.inf)


def point(value: float) -> Ends:
    """The enclosure of one number.

    >>> point(3)
    (3, 3)
    """
    return value, value


def plus(*many: Ends) -> Ends:
    """Of the sum.

    >>> plus((1, 2), (0, 1))
    (1, 3)
    """
    return _sure(sum(a[0] for a in many), sum(a[1] for a in many))


def minus(a: Ends, b: Ends) -> Ends:
    """Of the difference.

    >>> minus((1, 2), (1, 2))
    (-1, 1)
    """
    return _sure(a[0] - b[1], a[1] - b[0])


def times(*many: Ends) -> Ends:
    """Of the product; nothing times no end is nothing.

    >>> times((-1, 2), (3, 4))
    (-4.0, 8.0)
    """
    return reduce(_times, many, ONE)


def inverse(a: Ends) -> Ends:
    """Of 1 ÷ a, where a does not hold zero.

    >>> inverse((2, 4))
    (0.25, 0.5)
    """
    return 1 / a[1], 1 / a[0]


def power(a: Ends, n: int) -> Ends:
    """Of a to a whole power, where a does not hold zero if n is negative.

    >>> power((-1, 2), 2), power((1, 2), -1)
    ((0.0, 4), (0.5, 1.0))
    """
    if n < 0:
        return inverse(power(a, -n))
    low, high = sorted((a[0] ** n, a[1] ** n))
    return (0.0, high) if n and n % 2 == 0 and holds_zero(a) else (low, high)


def holds_zero(a: Ends) -> bool:
    """Whether zero lies in it or at its end.

    >>> holds_zero((-1, 1)), holds_zero((1, 2))
    (True, False)
    """
    return a[0] <= 0 <= a[1]


def both(a: Ends, b: Ends) -> Ends:
    """What two enclosures of the same thing have in common.

    >>> both((0, 2), (1, 3))
    (1, 2)
    """
    low, high = max(a[0], b[0]), min(a[1], b[1])
    return (low, high) if low <= high else a


def _times(a: Ends, b: Ends) -> Ends:
    products = [0.0 if 0 in (x, y) else x * y for x in a for y in b]
    return _sure(min(products), max(products))


def _sure(low: float, high: float) -> Ends:
    return WHOLE if math.isnan(low) or math.isnan(high) else (low, high)
