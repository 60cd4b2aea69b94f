"""Intervals and differences of survey proportions, when only rounded percentages and the sample size are printed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.errors import UserError
from analysis.numbers.printed import decimals_interval


@dataclass(frozen=True)
class Proportion:
    """A share of `n` answers, with its interval `low` … `high` at `level`; all as fractions of one."""

    share: float
    low: float
    high: float
    n: int
    level: float
    population: int | None


@dataclass(frozen=True)
class Difference:
    """Second share minus first, with its interval at `level`; `design` says how the two samples relate."""

    difference: float
    low: float
    high: float
    level: float
    design: str

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes no difference."""
        return self.low > 0 or self.high < 0


def _valid(level: float) -> float:
    if not 0 < level < 1:
        raise UserError(f"a confidence level lies between 0 and 1, not {level}")
    return level


def _quantile(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + _valid(level) / 2)


def wilson(count: float, n: int, level: float = 0.95, *, population: int | None = None) -> Proportion:
    """Wilson's score interval for `count` out of `n` (Wilson, *JASA* 22, 1927).

    With a known finite `population` of at least `n`, the variance shrinks by (N − n)/(N − 1) (Cochran, *Sampling
    Techniques*, 1977, 3.2): a census has no sampling error at all. `UserError` for impossible counts.

    >>> found = wilson(50, 100)
    >>> round(found.low, 3), round(found.high, 3)
    (0.404, 0.596)
    """
    if n <= 0 or not 0 <= count <= n:
        raise UserError(f"{count} out of {n} is no share")
    if population is not None and population < n:
        raise UserError(f"a sample of {n} does not fit into a population of {population}")
    p = count / n
    if population is None:
        from statsmodels.stats.proportion import proportion_confint

        low, high = map(float, proportion_confint(count, n, alpha=1 - _valid(level), method="wilson"))
        return Proportion(p, min(low, p), max(high, p), n, level, None)
    z2 = _quantile(level) ** 2 * (population - n) / max(population - 1, 1)
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    reach = math.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low, high = max(0.0, centre - reach), min(1.0, centre + reach)
    return Proportion(p, min(low, p), max(high, p), n, level, population)


def count_candidates(percentage: str, n: int) -> list[int]:
    """The whole counts out of `n` that print as this percentage; none means no such count exists: the integer test of
    Brown and Heathers (2017, GRIM) for shares. Rounding is half up, as printed reports do.

    >>> count_candidates("33.3", 12), count_candidates("33.4", 12)
    ([4], [])
    """
    if n <= 0:
        raise UserError(f"{n} answers have no share")
    return [k for k in decimals_interval(percentage).scaled(n / 100).whole_numbers() if 0 <= k <= n]


def difference_of_proportions(
    count_1: float, n_1: int, count_2: float, n_2: int, level: float = 0.95
) -> Difference:
    """Second minus first share of two independent samples.

    Newcombe's hybrid score interval, method 10 of *Statistics in Medicine* 17 (1998), pp. 873-890.

    >>> difference_of_proportions(10, 100, 30, 100).is_clear
    True
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    first, second = wilson(count_1, n_1, level), wilson(count_2, n_2, level)
    low, high = confint_proportions_2indep(count_2, n_2, count_1, n_1, method="newcomb", alpha=1 - level)
    d = second.share - first.share
    return Difference(d, float(low), float(high), level, "independent samples")


def paired_difference_bounds(
    count_1: int, count_2: int, n: int, level: float = 0.95
) -> tuple[Difference, Difference]:
    """Second minus first share when the same `n` units answered twice but only the two totals are printed.

    The variance of a paired difference is (b + c − (b − c)²/n)/n² with b and c the units that changed
    either way (Agresti, *Categorical Data Analysis*, 2013, 11.1). Totals fix only b − c, so the result is the narrowest
    and the widest Wald interval over all tables that have these totals.

    >>> [d.design for d in paired_difference_bounds(40, 50, 100)]
    ['same panel, fewest changes', 'same panel, most changes']
    """
    wilson(count_1, n), wilson(count_2, n)
    d = count_2 - count_1
    fewest, most = abs(d), min(count_1 + count_2, 2 * n - count_1 - count_2)

    def interval(changed: int, design: str) -> Difference:
        reach = _quantile(level) * math.sqrt(max(changed - d * d / n, 0.0)) / n
        return Difference(d / n, max(-1.0, d / n - reach), min(1.0, d / n + reach), level, design)

    return (
        interval(fewest, "same panel, fewest changes"),
        interval(most, "same panel, most changes"),
    )
