"""How good a forecast was: scaled errors, coverage, and a rolling-origin backtest."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import UserError
from analysis.statistics.forecast import Forecast, forecast
from analysis.statistics.sample import Numbers, Refused, TooFewPoints, checked


def mase(actual: Numbers, predicted: Numbers, history: Numbers, season: int = 1) -> float:
    """Mean absolute scaled error (Hyndman and Koehler, *International Journal of Forecasting* 22, 2006).

    Errors over `actual` (h,) divided by the mean absolute one-step (seasonal) naive error within `history` (n,):
    below one beats the naive forecast's average step in the past.

    >>> mase([20], [14], [10, 20, 13, 26, 16])
    0.6
    """
    import numpy as np

    a, p = checked(actual, 1, "MASE"), checked(predicted, 1, "MASE")
    past = checked(history, season + 1, "MASE")
    if len(a) != len(p):
        raise UserError(f"MASE compares as many forecasts as outcomes: {len(p)} and {len(a)}")
    scale = float(np.mean(np.abs(past[season:] - past[:-season])))
    if scale == 0:
        raise UserError("MASE is undefined: the history never changes")
    return float(np.mean(np.abs(a - p)) / scale)


@dataclass(frozen=True)
class Coverage:
    """How many of `n` outcomes fell inside their interval. A share without its n says nothing.

    >>> str(Coverage(3, 5)), Coverage(3, 5).share
    ('3/5', 0.6)
    """

    inside: int
    n: int

    @property
    def share(self) -> float:
        """Inside ÷ n, 0 to 1."""
        return self.inside / self.n

    def __str__(self) -> str:
        return f"{self.inside}/{self.n}"


def coverage(actual: Numbers, low: Numbers, high: Numbers) -> Coverage:
    """How many outcomes fell inside their interval, ends included.

    >>> str(coverage([1, 5, 9], [0, 0, 0], [5, 5, 5]))
    '2/3'
    """
    a, lo, hi = (checked(v, 1, "coverage") for v in (actual, low, high))
    return Coverage(int(((a >= lo) & (a <= hi)).sum()), len(a))


@dataclass(frozen=True)
class Evaluation:
    """One model against the later truth: MASE, the same error relative to naive (< 1 beats it), coverage by level."""

    model: str
    steps: int
    mase: float
    mase_seasonal: float | None
    relative_to_naive: float
    relative_to_seasonal_naive: float | None
    coverage: dict[int, Coverage]
    result: Forecast


def evaluate(history: Numbers, later: Numbers, model: str, season: int = 1) -> Evaluation:
    """Forecast from `history` (n,) as many steps as `later` (h,) has, and compare. `later` takes no part in the fit.

    >>> round(evaluate([1, 2, 2, 2, 4], [5, 7], "naive").mase, 3)
    2.667
    """
    import numpy as np

    truth = checked(later, 1, "an evaluation")
    result = forecast(history, len(truth), model, season)
    error = float(np.mean(np.abs(truth - np.asarray(result.mean))))

    def against(benchmark: str) -> float:
        other = forecast(history, len(truth), benchmark, season)
        base = float(np.mean(np.abs(truth - np.asarray(other.mean))))
        return error / base if base > 0 else float("inf") if error > 0 else 1.0

    seasonal = season > 1 and len(np.asarray(history)) >= 2 * season + 1
    return Evaluation(
        model,
        len(truth),
        mase(truth, result.mean, history),
        mase(truth, result.mean, history, season) if seasonal else None,
        against("naive"),
        against("seasonal_naive") if seasonal else None,
        {level: coverage(truth, low, high) for level, (low, high) in result.intervals.items()},
        result,
    )


@dataclass(frozen=True)
class Backtest:
    """A rolling origin: number of forecasts made, mean absolute percentage error, error relative to naive, coverage."""

    model: str
    origins: int
    steps: int
    mape: float
    relative_to_naive: float
    coverage: dict[int, Coverage]


def rolling_origin(values: Numbers, model: str, steps: int = 1, first: int = 0, season: int = 1) -> Backtest:
    """Forecast from every origin with at least `first` points behind it and `steps` ahead (Tashman, *IJF* 16, 2000).

    The model is fitted anew at each origin with the data up to it; an origin at which it refuses its sample is passed over.
    `TooFewPoints` when no origin is admissible.

    >>> rolling_origin([1, 2, 4, 8, 16, 32, 64], "naive").origins
    3
    """
    import numpy as np

    y = checked(values, 2, "a backtest", positive=True)
    errors: list[float] = []
    naive: list[float] = []
    relative: list[float] = []
    inside: dict[int, list[bool]] = {}
    for origin in range(max(first, 2), len(y) - steps + 1):
        try:
            ahead = forecast(y[:origin], steps, model, season)
        except Refused:
            continue
        truth = y[origin + steps - 1]
        errors.append(abs(truth - ahead.mean[-1]))
        naive.append(abs(truth - y[origin - 1]))
        relative.append(abs(truth - ahead.mean[-1]) / truth * 100)
        for level, (low, high) in ahead.intervals.items():
            inside.setdefault(level, []).append(bool(low[-1] <= truth <= high[-1]))
    if not errors:
        raise TooFewPoints(f"no origin of {len(y)} points lets {model} forecast {steps} ahead")
    base = float(np.mean(naive))
    return Backtest(
        model,
        len(errors),
        steps,
        float(np.mean(relative)),
        float(np.mean(errors)) / base if base > 0 else float("inf"),
        {level: Coverage(sum(hits), len(hits)) for level, hits in inside.items()},
    )
