"""Forecasts of short positive series with prediction intervals.

All models work on logarithms, so that intervals stay positive and multiply rather than add. Below 20 points the
quantiles are Student's: the noise itself is poorly known, and intervals that ignore it are too narrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import UserError
from analysis.statistics.sample import BoundaryFit, Numbers, checked

if TYPE_CHECKING:
    import numpy as np

LEVELS = (50, 80, 95)
EDGE = 1e-3
"""Below this a level weight is zero: every forecast has the same error, and the fan does not open."""


@dataclass(frozen=True)
class Forecast:
    """`mean[h]` for each step ahead (the median in the original unit), and intervals {level: (low, high)} of shape (h,)."""

    model: str
    mean: tuple[float, ...]
    intervals: dict[int, tuple[tuple[float, ...], tuple[float, ...]]]
    n: int
    note: str


Paths = tuple["np.ndarray", "np.ndarray", int]
"""Log-scale centre (h,), standard deviation (h,), and degrees of freedom of the latter."""


def _naive(y: np.ndarray, h: int, m: int) -> Paths:
    import numpy as np

    steps = np.diff(y)
    sigma = float(np.sqrt(np.mean(steps**2)))
    return np.full(h, y[-1]), sigma * np.sqrt(np.arange(1, h + 1)), len(steps)


def _drift(y: np.ndarray, h: int, m: int) -> Paths:
    import numpy as np

    steps = np.diff(y)
    ahead = np.arange(1, h + 1)
    sigma = float(np.std(steps, ddof=1))
    return y[-1] + steps.mean() * ahead, sigma * np.sqrt(ahead * (1 + ahead / len(steps))), len(steps) - 1


def _seasonal_naive(y: np.ndarray, h: int, m: int) -> Paths:
    import numpy as np

    steps = y[m:] - y[:-m]
    sigma = float(np.sqrt(np.mean(steps**2)))
    centre = np.array([y[len(y) - m + (k % m)] for k in range(h)])
    return centre, sigma * np.sqrt(np.arange(h) // m + 1), len(steps)


def _seasonal_drift(y: np.ndarray, h: int, m: int) -> Paths:
    import numpy as np

    steps = y[m:] - y[:-m]
    cycles = np.arange(h) // m + 1
    centre = np.array([y[len(y) - m + (k % m)] for k in range(h)]) + steps.mean() * cycles
    sigma = float(np.std(steps, ddof=1))
    return centre, sigma * np.sqrt(cycles * (1 + cycles / len(steps))), len(steps) - 1


def _loglinear(y: np.ndarray, h: int, m: int) -> Paths:
    import numpy as np
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools import add_constant

    n = len(y)
    fit = OLS(y, add_constant(np.arange(n, dtype=float))).fit()
    ahead = add_constant(np.arange(n, n + h, dtype=float), has_constant="add")
    frame = fit.get_prediction(ahead)
    return frame.predicted_mean, np.sqrt(frame.var_pred_mean + fit.mse_resid), n - 2


def _exponential_smoothing(y: np.ndarray, h: int, m: int) -> Paths:
    import numpy as np
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fit = ETSModel(y, error="add", trend="add", damped_trend=True).fit(disp=False)
    alpha, beta, phi = fit.smoothing_level, fit.smoothing_trend, fit.damping_trend
    if alpha < EDGE:
        raise BoundaryFit(
            f"exponential smoothing: the fit lies on the boundary (level weight {alpha:.4f}, damping {phi:.2f}), so that "
            "its intervals would not widen as they should; take another model"
        )
    sigma = float(np.sqrt(np.sum(fit.resid**2) / (len(y) - 5)))
    # Class 1 variances of Hyndman et al., Forecasting with Exponential Smoothing (2008), table 6.1, model A,Ad,N.
    weights = np.array([alpha + beta * sum(phi**i for i in range(1, j + 1)) for j in range(1, h)])
    spread = sigma * np.sqrt(1 + np.concatenate([[0.0], np.cumsum(weights**2)]))
    return np.asarray(fit.forecast(h)), spread, len(y) - 5


def _structural(y: np.ndarray, h: int, m: int) -> Paths:
    import numpy as np
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    # Steps of size one keep the likelihood well conditioned whatever the series' volatility.
    scale = float(np.std(np.diff(y), ddof=1)) or 1.0
    fit = UnobservedComponents(y / scale, level="lldtrend").fit(disp=False, method="powell")
    ahead = fit.get_forecast(h)
    return np.asarray(ahead.predicted_mean) * scale, np.asarray(ahead.se_mean) * scale, len(y) - 3


@dataclass(frozen=True)
class Model:
    """A forecasting model: its smallest sample, whether it needs a season, and its source."""

    least: int
    paths: Callable[[np.ndarray, int, int], Paths]
    seasonal: bool
    source: str


_FPP = "Hyndman and Athanasopoulos, Forecasting: Principles and Practice (2021), 5.5"
MODELS: dict[str, Model] = {
    "naive": Model(4, _naive, False, _FPP),
    "drift": Model(5, _drift, False, _FPP),
    "seasonal_naive": Model(0, _seasonal_naive, True, _FPP),
    "seasonal_drift": Model(0, _seasonal_drift, True, _FPP),
    "loglinear": Model(6, _loglinear, False, "least squares on time; prediction variance of the regression"),
    "exponential_smoothing": Model(
        10, _exponential_smoothing, False, "Hyndman, Koehler, Ord and Snyder (2008), damped additive trend"
    ),
    "structural": Model(
        10,
        _structural,
        False,
        "Harvey (1989), random walk with drift plus noise, by statsmodels' Kalman filter",
    ),
}


def forecast(values: Numbers, steps: int, model: str = "naive", season: int = 1) -> Forecast:
    """Forecast `steps` periods ahead.

    values: shape (n,), positive, equally spaced, one definition throughout (cut at a change of scope). `season` is the
    number of periods in a year for the seasonal models, which need two full years and one period. `UserError` for an
    unknown model or a gap, `TooFewPoints` below the model's smallest sample, `BoundaryFit` for a degenerate estimate.

    >>> forecast([100, 110, 121, 133.1, 146.41], 1, "drift").mean[0]  # doctest: +ELLIPSIS
    161.05...
    """
    import numpy as np
    from scipy import stats

    if model not in MODELS:
        raise UserError(f"unknown model {model!r}; there are: {', '.join(MODELS)}")
    chosen = MODELS[model]
    if chosen.seasonal and season < 2:
        raise UserError(f"{model} needs season ≥ 2 (4 for quarters)")
    least = 2 * season + 1 if chosen.seasonal else chosen.least
    y = np.log(checked(values, least, model, positive=True))
    centre, spread, freedom = chosen.paths(y, steps, season)
    small = len(y) < 20
    intervals = {}
    for level in LEVELS:
        p = 0.5 + level / 200
        z = float(stats.t.ppf(p, freedom)) if small else float(stats.norm.ppf(p))
        low, high = np.exp(centre - z * spread), np.exp(centre + z * spread)
        intervals[level] = (tuple(map(float, low)), tuple(map(float, high)))
    note = f"{len(y)} points: Student's quantiles with {freedom} degrees of freedom" if small else ""
    return Forecast(model, tuple(map(float, np.exp(centre))), intervals, len(y), note)
