"""Growth of a group: the several things that "the banks' spending grew by x %" can mean.

Growth of the total, the mean or the median of the members' growth rates, or their mean weighted by the later values.
Prose seldom says which, and they differ by percentage points.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Literal, get_args

How = Literal["sum", "mean", "median", "weighted"]
HOWS: tuple[How, ...] = get_args(How)


def group_growth(now: Sequence[float], before: Sequence[float], how: How) -> float:
    """Growth of a group in per cent, from its members' later and earlier values in the same order.

    `sum`: growth of the total, which is the mean of the members' rates weighted by the earlier values.
    `mean`, `median`: of the members' rates. `weighted`: their mean weighted by the later values.
    `ValueError` for groups that are empty or of unequal length.
    """
    if not now or len(now) != len(before):
        raise ValueError("group_growth needs as many later values as earlier ones, at least one")
    if how == "sum":
        return (sum(now) / sum(before) - 1) * 100
    rates = [(n / b - 1) * 100 for n, b in zip(now, before, strict=True)]
    if how == "mean":
        return statistics.fmean(rates)
    if how == "median":
        return statistics.median(rates)
    if how == "weighted":
        return statistics.fmean(rates, weights=now)
    raise ValueError(f"a group's growth is {', '.join(HOWS)}, not {how!r}")


def by_name(members: Sequence[str], now: str, before: str, how: How) -> Callable[..., float]:
    """`group_growth` as a function of keywords `<member>_<now>` and `<member>_<before>`, for `claims.compute`.

    It says in which direction each keyword moves it, but for `weighted`, where a later value is both weight and numerator.
    """

    later, earlier = [f"{m}_{now}" for m in members], [f"{m}_{before}" for m in members]

    def function(**values: float) -> float:
        return group_growth([values[name] for name in later], [values[name] for name in earlier], how)

    if how != "weighted":
        function.directions = dict.fromkeys(later, 1) | dict.fromkeys(earlier, -1)  # type: ignore[attr-defined]
    return function


def notation(members: Sequence[str], now: str, before: str, how: How) -> str:
    """How that function is written, in its own argument names."""
    if how == "sum":
        above, below = (" + ".join(f"{m}_{period}" for m in members) for period in (now, before))
        return f"(({above}) ÷ ({below}) − 1) × 100"
    rates = ", ".join(f"{m}_{now} ÷ {m}_{before}" for m in members)
    words = {"mean": "mean", "median": "median", "weighted": "weighted mean"}[how]
    return f"({words} of ({rates}) − 1) × 100"


def subsets(members: Sequence[str], least: int = 1) -> Iterator[tuple[str, ...]]:
    """Every group of at least `least` members, small groups first, in the order of `members`."""
    for size in range(least, len(members) + 1):
        yield from combinations(members, size)
