"""Growth of a group: the several things that "the banks' spending grew by x %" can mean.

Growth of the total, the mean or the median of the members' growth rates, or their mean weighted by the later values.
Prose seldom says which, and they differ by percentage points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal, get_args

from analysis.numbers.growth import Named, named

How = Literal["sum", "mean", "median", "weighted"]
HOWS: tuple[How, ...] = get_args(How)


def group_growth(members: Sequence[str], now: str, before: str, how: How) -> Named:
    """Growth of a group as a formula of `<member>_<now>` and `<member>_<before>`.

    `sum`: growth of the total, which is the mean of the members' rates weighted by the earlier values.
    `mean`, `median`: of the members' rates. `weighted`: their mean weighted by the later values.
    `ValueError` for a group without members or an unknown way.

    >>> group_growth(["a", "b"], "2020", "2019", "sum")(a_2020=45, b_2020=30, a_2019=20, b_2019=30)
    50.0
    """
    if not members:
        raise ValueError("the growth of a group needs a member")
    later, earlier = [f"{m}_{now}" for m in members], [f"{m}_{before}" for m in members]
    ratios = [f"{n} ÷ {b}" for n, b in zip(later, earlier, strict=True)]
    if how == "sum":
        text = f"(({' + '.join(later)}) ÷ ({' + '.join(earlier)}) − 1) × 100"
    elif how in ("mean", "median"):
        text = f"({how}({', '.join(ratios)}) − 1) × 100"
    elif how == "weighted":
        weighed = " + ".join(f"{n} × {n} ÷ {b}" for n, b in zip(later, earlier, strict=True))
        text = f"(({weighed}) ÷ ({' + '.join(later)}) − 1) × 100"
    else:
        raise ValueError(f"a group's growth is {', '.join(HOWS)}, not {how!r}")
    return named(text, "%", f"Growth of a group: {how}.", " ".join([*later, *earlier]))


def subsets(members: Sequence[str], least: int = 1) -> Iterator[tuple[str, ...]]:
    """Every group of at least `least` members, small groups first, in the order of `members`.

    >>> list(subsets(["a", "b", "c"], least=2))
    [('a', 'b'), ('a', 'c'), ('b', 'c'), ('a', 'b', 'c')]
    """
    for size in range(least, len(members) + 1):
        yield from combinations(members, size)
