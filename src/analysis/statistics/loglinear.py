"""The log-linear trend and the compound growth it implies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from analysis.errors import UserError
from analysis.statistics.sample import Numbers, checked, spacing

if TYPE_CHECKING:
    import numpy as np

LEAST = 6
SHORT = 20
"""Points below which autocorrelation-robust errors are too small on average, so that the wider of two is taken."""


@dataclass(frozen=True)
class LogLinearTrend:
    """log y = a + b·t with t in years. Growth in per cent a year, `low` … `high` its interval at `level`.

    `standard_error` is the one used: the robust one, or below 20 points the wider of the robust and the ordinary one.
    `coverage` is how often an interval made in this way held the truth in simulated white noise of this length.
    """

    n: int
    growth_pct: float
    low: float
    high: float
    level: float
    slope: float
    standard_error: float
    robust_error: float
    ordinary_error: float
    coverage: float
    intercept: float
    lags: int
    r_squared: float
    p_value: float
    note: str


def loglinear_trend(
    values: Numbers, periods_per_year: float | None = None, *, lags: int | None = None, level: float = 0.95
) -> LogLinearTrend:
    """Least-squares trend of the logarithm, with standard errors that allow for autocorrelation.

    values: shape (n,), n ≥ 6, positive, equally spaced, `periods_per_year` a year (by default as a Series' index says, else
    one). Heteroskedasticity and autocorrelation consistent errors with Bartlett weights (Newey and West, *Econometrica* 55,
    1987), by default with floor(4·(n/100)^(2/9)) lags (their rule of 1994), small-sample factor n/(n − 2), and Student's
    quantiles. In short samples these errors are too small (Andrews, *Econometrica* 59, 1991): below 20 points the
    ordinary error is used where it is larger. `UserError` where the index contradicts `periods_per_year`.

    >>> round(loglinear_trend([100 * 1.05**t * (1 + (-1)**t / 1e6) for t in range(8)]).growth_pct, 3)
    5.0
    """
    import numpy as np
    from scipy import stats

    y = np.log(checked(values, LEAST, "a log-linear trend", positive=True))
    n = len(y)
    time = np.arange(n) / _frequency(values, periods_per_year)
    used = default_lags(n) if lags is None else lags
    fit, ordinary, robust = _fits(y, time, used)
    error = max(ordinary, robust) if n < SHORT else robust
    slope = float(fit.params[1])
    reach = float(stats.t.ppf(0.5 + level / 2, n - 2)) * error
    low, middle, high = ((float(np.exp(b)) - 1) * 100 for b in (slope - reach, slope, slope + reach))
    p = float(2 * stats.t.sf(abs(slope) / error, n - 2)) if error else float(slope == 0)
    covered = simulated_coverage(n, used, level)
    note = ""
    if n < SHORT:
        kind = "ordinary" if ordinary > robust else "robust"
        note = f"{n} points: the {kind} error, the wider of two; in simulations it covers {covered:.0%} for {level:.0%}"
    return LogLinearTrend(
        n, middle, low, high, level, slope, error, robust, ordinary, covered, float(fit.params[0]), used,
        float(fit.rsquared), p, note,
    )  # fmt: skip


def default_lags(n: int) -> int:
    """Newey and West's rule of 1994 for the number of lags: floor(4·(n/100)^(2/9)).

    >>> [default_lags(n) for n in (6, 20, 100, 284)]
    [2, 2, 4, 5]
    """
    return int(4 * (n / 100) ** (2 / 9))


def _frequency(values: Numbers, given: float | None) -> float:
    apart = spacing(values, "a log-linear trend")
    if apart is None:
        return 1.0 if given is None else given
    if given is not None and abs(given * apart - 1) > 0.01:
        raise UserError(
            f"a log-linear trend: the series' periods come {1 / apart:.4g} a year, not periods_per_year={given:g}"
        )
    return 1 / apart


def _fits(y: np.ndarray, time: np.ndarray, lags: int) -> tuple[Any, float, float]:
    """The least-squares fit, and the ordinary and the robust standard error of its slope."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools import add_constant

    model = OLS(y, add_constant(time))
    plain = model.fit()
    robust = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    return plain, float(plain.bse[1]), float(robust.bse[1])


@cache
def simulated_coverage(n: int, lags: int, level: float, draws: int = 4000) -> float:
    """How often the interval of `loglinear_trend` holds a true slope of zero in white noise, rounded to a hundredth.

    A fixed seed; `draws` series of `n` independent normal values, ordinary and robust errors by their textbook sums.

    >>> simulated_coverage(8, 1, 0.95)
    0.95
    """
    import numpy as np
    from scipy import stats

    noise = np.random.default_rng(20211020).normal(size=(draws, n))
    time = np.arange(n) - (n - 1) / 2
    square = float(time @ time)
    slope = noise @ time / square
    residual = noise - noise.mean(axis=1, keepdims=True) - np.outer(slope, time)
    ordinary = np.sqrt((residual**2).sum(axis=1) / (n - 2) / square)
    scores = residual * time
    middle = (scores**2).sum(axis=1)
    for lag in range(1, lags + 1):
        middle += 2 * (1 - lag / (lags + 1)) * (scores[:, lag:] * scores[:, :-lag]).sum(axis=1)
    robust = np.sqrt(middle * n / (n - 2)) / square  # weights of Bartlett leave no sum below zero
    error = np.maximum(ordinary, robust) if n < SHORT else robust
    held = np.abs(slope) <= stats.t.ppf(0.5 + level / 2, n - 2) * error
    return round(float(held.mean()), 2)
