"""The log-linear trend and the compound growth it implies."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.statistics.sample import Numbers, checked

LEAST = 6


@dataclass(frozen=True)
class LogLinearTrend:
    """log y = a + b·t with t in years. Growth in per cent a year, `low` … `high` its interval at `level`."""

    n: int
    growth_pct: float
    low: float
    high: float
    level: float
    slope: float
    standard_error: float
    intercept: float
    lags: int
    r_squared: float
    p_value: float
    note: str


def loglinear_trend(
    values: Numbers, periods_per_year: float = 1, *, lags: int | None = None, level: float = 0.95
) -> LogLinearTrend:
    """Least-squares trend of the logarithm, with standard errors that allow for autocorrelation.

    values: shape (n,), n ≥ 6, positive, equally spaced, `periods_per_year` a year. Heteroskedasticity and
    autocorrelation consistent errors with Bartlett weights (Newey and West, *Econometrica* 55, 1987), by default with
    floor(4·(n/100)^(2/9)) lags (their rule of 1994), small-sample factor n/(n − 2), and Student's quantiles.
    """
    import numpy as np
    import statsmodels.api as sm
    from scipy import stats

    y = np.log(checked(values, LEAST, "a log-linear trend", positive=True))
    n = len(y)
    used = int(4 * (n / 100) ** (2 / 9)) if lags is None else lags
    time = np.arange(n) / periods_per_year
    fit = sm.OLS(y, sm.add_constant(time)).fit(
        cov_type="HAC", cov_kwds={"maxlags": used, "use_correction": True}, use_t=True
    )
    slope, error = float(fit.params[1]), float(fit.bse[1])
    reach = float(stats.t.ppf(0.5 + level / 2, n - 2)) * error
    low, middle, high = ((float(np.exp(b)) - 1) * 100 for b in (slope - reach, slope, slope + reach))
    note = f"{n} points: the autocorrelation correction itself is rough below 20" if n < 20 else ""
    return LogLinearTrend(
        n, middle, low, high, level, slope, error, float(fit.params[0]), used, float(fit.rsquared),
        float(fit.pvalues[1]), note,
    )  # fmt: skip
