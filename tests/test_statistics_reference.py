"""Every constant and branch of the estimators held to a second derivation: hand-made sums, closed forms, printed tables."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import statistics
from analysis.errors import UserError
from analysis.statistics import BoundaryFit, TooFewPoints

# Logarithms 0, 1, 3, 2, 4, 6, 5, 7, 9: steps 1, 2, −1, 2, 2, −1, 2, 2 with mean 9/8, and no step of zero.
LOGS = [0.0, 1.0, 3.0, 2.0, 4.0, 6.0, 5.0, 7.0, 9.0]
VALUES = [math.exp(v) for v in LOGS]
STEPS = [1.0, 2.0, -1.0, 2.0, 2.0, -1.0, 2.0, 2.0]
# The same four apart: 4−0, 6−1, 5−3, 7−2, 9−4.
SEASONAL = [4.0, 5.0, 2.0, 5.0, 5.0]


def reach(result: statistics.Forecast, level: int) -> tuple[list[float], list[float]]:
    """How far an interval reaches below and above its centre, in logarithms."""
    low, high = result.intervals[level]
    centre = np.log(result.mean)
    return list(centre - np.log(low)), list(np.log(high) - centre)


def hand_made(model: str) -> tuple[list[float], list[float], int]:
    """Centre and standard deviation at steps 1, 2, 3 and 5, and degrees of freedom, from the sums above."""
    horizons = np.array([1, 2, 3, 4, 5])
    cycles = np.array([1, 1, 1, 1, 2])
    last_year = np.array([6.0, 5.0, 7.0, 9.0, 6.0])  # the last four, then again
    if model == "naive":
        return [9.0] * 5, list(math.sqrt(23 / 8) * np.sqrt(horizons)), 8
    if model == "drift":
        sigma = math.sqrt((23 - 8 * (9 / 8) ** 2) / 7)
        return list(9 + 9 / 8 * horizons), list(sigma * np.sqrt(horizons * (1 + horizons / 8))), 7
    if model == "seasonal_naive":
        return list(last_year), list(math.sqrt(95 / 5) * np.sqrt(cycles)), 5
    mean = 21 / 5
    sigma = math.sqrt((95 - 5 * mean**2) / 4)
    return list(last_year + mean * cycles), list(sigma * np.sqrt(cycles * (1 + cycles / 5))), 4


@pytest.mark.parametrize("model", ["naive", "drift", "seasonal_naive", "seasonal_drift"])
@pytest.mark.parametrize("level", [50, 80, 95])
def test_the_simple_models_at_every_horizon(model: str, level: int) -> None:
    centre, deviation, freedom = hand_made(model)
    ahead = statistics.forecast(VALUES, 5, model, season=4)
    quantile = stats.t.ppf(0.5 + level / 200, freedom)
    assert list(np.log(ahead.mean)) == pytest.approx(centre)
    for side in reach(ahead, level):
        assert side == pytest.approx([quantile * d for d in deviation])
    assert f"{freedom} degrees of freedom" in ahead.note


@pytest.mark.parametrize("level", [50, 80, 95])
def test_the_log_linear_forecast_has_the_regressions_prediction_variance(level: int) -> None:
    """s²·(1 + 1/n + (t − t̄)²/Σ(t − t̄)²) with s² = SSE/(n − 2): any textbook of regression."""
    y, t = np.array(LOGS), np.arange(9.0)
    slope = float(((t - 4) @ y) / 60)
    level_0 = y.mean() - 4 * slope
    s2 = float(((y - level_0 - slope * t) ** 2).sum() / 7)
    later = np.array([9.0, 10.0, 11.0])
    ahead = statistics.forecast(VALUES, 3, "loglinear")
    assert list(np.log(ahead.mean)) == pytest.approx(list(level_0 + slope * later))
    deviation = np.sqrt(s2 * (1 + 1 / 9 + (later - 4) ** 2 / 60))
    assert reach(ahead, level)[0] == pytest.approx(list(stats.t.ppf(0.5 + level / 200, 7) * deviation))


def test_smoothing_variances_are_those_of_the_class() -> None:
    """c_j = α + β·(φ + … + φ^j); the variance at h is σ²·(1 + c_1² + … + c_{h−1}²): Hyndman et al. (2008), table 6.1."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    from tests.test_statistics import SMOOTH

    fit = ETSModel(np.log(SMOOTH), error="add", trend="add", damped_trend=True).fit(disp=False)
    a, b, phi = fit.smoothing_level, fit.smoothing_trend, fit.damping_trend
    assert 0.1 < a < 0.9  # inside, else the test says nothing
    c = [a + b * phi, a + b * (phi + phi**2), a + b * (phi + phi**2 + phi**3)]
    variances = [1, 1 + c[0] ** 2, 1 + c[0] ** 2 + c[1] ** 2, 1 + c[0] ** 2 + c[1] ** 2 + c[2] ** 2]
    sigma = math.sqrt(float((fit.resid**2).sum()) / 13)
    ahead = statistics.forecast(SMOOTH, 4, "exponential_smoothing")
    quantile = stats.t.ppf(0.9, 13)
    assert reach(ahead, 80)[1] == pytest.approx(
        [quantile * sigma * math.sqrt(v) for v in variances], rel=1e-6
    )


def test_a_degenerate_smoothing_fit_is_refused() -> None:
    """Noise around an exact trend: the level weight is estimated as zero, and the fan would not open."""
    noisy = [100 * 1.05**t * (1 + 0.02 * math.sin(t)) for t in range(16)]
    with pytest.raises(BoundaryFit, match="lies on the boundary"):
        statistics.forecast(noisy, 3, "exponential_smoothing")


def test_the_structural_forecast_is_that_of_the_filter_run_by_hand() -> None:
    """Random walk with drift plus noise: the Kalman recursions written out with the estimated variances."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    from tests.test_statistics import OIL

    y = np.log(OIL)
    scale = float(np.std(np.diff(y), ddof=1))
    fit = UnobservedComponents(y / scale, level="lldtrend").fit(disp=False, method="powell")
    irregular, level = fit.params
    state, cover = np.zeros(2), np.eye(2) * 1e6
    move, noise = np.array([[1.0, 1.0], [0.0, 1.0]]), np.diag([level, 0.0])
    for value in y / scale:
        gain = cover[:, 0] / (cover[0, 0] + irregular)
        state, cover = state + gain * (value - state[0]), cover - np.outer(gain, cover[0])
        state, cover = move @ state, move @ cover @ move.T + noise
    centre, deviation = [], []
    for _ in range(3):
        centre.append(state[0] * scale)
        deviation.append(math.sqrt(cover[0, 0] + irregular) * scale)
        state, cover = move @ state, move @ cover @ move.T + noise
    ahead = statistics.forecast(OIL, 3, "structural")
    assert list(np.log(ahead.mean)) == pytest.approx(centre, rel=1e-4)
    assert reach(ahead, 95)[0] == pytest.approx([stats.t.ppf(0.975, 15) * d for d in deviation], rel=1e-3)


@pytest.mark.parametrize(("n", "small"), [(19, True), (20, False)])
def test_quantiles_are_normal_from_twenty_points_on(n: int, small: bool) -> None:
    values = [math.exp(v) for v in np.random.default_rng(5).normal(size=n)]
    sigma = math.sqrt(float(np.mean(np.diff(np.log(values)) ** 2)))
    quantile = stats.t.ppf(0.975, n - 1) if small else stats.norm.ppf(0.975)
    ahead = statistics.forecast(values, 1, "naive")
    assert reach(ahead, 95)[0][0] == pytest.approx(quantile * sigma)
    assert bool(ahead.note) is small


LEAST = {"naive": 4, "drift": 5, "loglinear": 6, "exponential_smoothing": 10, "structural": 10}


@pytest.mark.parametrize("model", LEAST)
def test_the_smallest_sample_is_taken_and_one_less_refused(model: str) -> None:
    from tests.test_statistics import SMOOTH

    n = LEAST[model]
    with pytest.raises(TooFewPoints, match=f"{model} needs at least {n} points; there are {n - 1}"):
        statistics.forecast(SMOOTH[: n - 1], 1, model)
    try:
        assert statistics.forecast(SMOOTH[:n], 1, model).n == n
    except BoundaryFit:
        assert model == "exponential_smoothing"


@pytest.mark.parametrize("model", ["seasonal_naive", "seasonal_drift"])
@pytest.mark.parametrize("season", [2, 4, 12])
def test_seasonal_models_need_two_years_and_one_period(model: str, season: int) -> None:
    values = [float(v) for v in range(1, 2 * season + 2)]
    assert statistics.forecast(values, 1, model, season).n == 2 * season + 1
    with pytest.raises(TooFewPoints, match=f"at least {2 * season + 1} points"):
        statistics.forecast(values[:-1], 1, model, season)
    with pytest.raises(UserError, match="season ≥ 2"):
        statistics.forecast(values, 1, model, season=1)


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(UserError, match="unknown model 'prophet'; there are: naive, drift"):
        statistics.forecast(VALUES, 1, "prophet")


# floor(4·(n/100)^(2/9)): the integer changes at these n.
@pytest.mark.parametrize(("n", "lags"), [(4, 1), (5, 2), (27, 2), (28, 3), (100, 4), (272, 4), (273, 5)])
def test_the_number_of_lags_is_newey_and_wests(n: int, lags: int) -> None:
    assert statistics.loglinear.default_lags(n) == lags


def sums(y: np.ndarray, t: np.ndarray, lags: int) -> tuple[float, float, float]:
    """Slope, ordinary and robust error by the textbook's sums over centred time."""
    n, c = len(y), t - t.mean()
    slope = float(c @ y / (c @ c))
    e = y - y.mean() - slope * c
    ordinary = math.sqrt(float(e @ e) / (n - 2) / float(c @ c))
    g = e * c
    middle = float(g @ g) + sum(2 * (1 - k / (lags + 1)) * float(g[k:] @ g[:-k]) for k in range(1, lags + 1))
    return slope, ordinary, math.sqrt(middle * n / (n - 2)) / float(c @ c)


@pytest.mark.parametrize("n", [6, 9, 19, 20, 40])
def test_the_trend_takes_the_wider_error_below_twenty_points(n: int) -> None:
    seeds = {6: 1, 9: 2, 19: 4, 20: 4, 40: 6}
    y = np.cumsum(np.random.default_rng(seeds[n]).normal(0.05, 0.1, n))
    lags = {6: 2, 9: 2, 19: 2, 20: 2, 40: 3}[n]
    slope, ordinary, robust = sums(y, np.arange(n) / 4, lags)
    ours = statistics.loglinear_trend(np.exp(y), 4)
    assert (ours.n, ours.lags) == (n, lags)
    assert (ours.slope, ours.ordinary_error, ours.robust_error) == pytest.approx((slope, ordinary, robust))
    error = max(ordinary, robust) if n < 20 else robust
    assert ours.standard_error == pytest.approx(error)
    far = stats.t.ppf(0.975, n - 2) * error
    assert ours.low == pytest.approx((math.exp(slope - far) - 1) * 100)
    assert ours.high == pytest.approx((math.exp(slope + far) - 1) * 100)
    assert ours.p_value == pytest.approx(2 * stats.t.sf(abs(slope) / error, n - 2))
    assert ours.intercept == pytest.approx(float(y.mean()) - slope * (n - 1) / 8)
    fitted = slope * (np.arange(n) / 4 - (n - 1) / 8)
    assert ours.r_squared == pytest.approx(float(fitted @ fitted) / float(((y - y.mean()) ** 2).sum()))
    kind = "ordinary" if ordinary > robust else "robust"
    assert (
        ours.note.startswith(f"{n} points: the {kind} error, the wider of two") if n < 20 else not ours.note
    )


def test_the_level_of_the_interval_is_used() -> None:
    narrow, wide = (statistics.loglinear_trend(VALUES, level=level) for level in (0.8, 0.99))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    assert (narrow.level, wide.level) == (0.8, 0.99)


def test_the_wider_error_covers_more_than_the_robust_one_alone() -> None:
    """Six points, two lags: robust errors alone cover 83 % for 95 % (a simulation of its own seed); the wider one more."""
    rng = np.random.default_rng(99)
    held = 0
    for _ in range(1500):
        slope, _, robust = sums(rng.normal(size=6), np.arange(6.0), 2)
        held += abs(slope) <= stats.t.ppf(0.975, 4) * robust
    alone = held / 1500
    ours = statistics.loglinear.simulated_coverage(6, 2, 0.95)
    assert 0.79 < alone < 0.87
    assert 0.93 < ours < 0.98


@pytest.mark.parametrize(("n", "lags"), [(8, 1), (8, 3), (12, 2), (20, 2), (21, 4)])
def test_the_simulated_coverage_counts_the_intervals_that_hold_the_truth(n: int, lags: int) -> None:
    """The same draws through sums written out again; so few that every one of them shows."""
    held = []
    for y in np.random.default_rng(20211020).normal(size=(100, n)):
        slope, ordinary, robust = sums(y, np.arange(n), lags)
        error = max(ordinary, robust) if n < 20 else robust
        held.append(abs(slope) <= stats.t.ppf(0.9, n - 2) * error)
    assert statistics.loglinear.simulated_coverage(n, lags, 0.8, 100) == sum(held) / 100


def test_a_coverage_is_told_in_hundredths() -> None:
    found = statistics.loglinear.simulated_coverage(9, 2, 0.8, 301)
    assert found == round(found, 2)


def test_long_series_cover_what_they_promise() -> None:
    assert statistics.loglinear.simulated_coverage(200, 4, 0.95) == pytest.approx(0.945, abs=0.012)
    assert statistics.loglinear.simulated_coverage(200, 4, 0.80) == pytest.approx(0.795, abs=0.02)


YEARS = pd.Series([2.0**k for k in range(10)], index=[str(2010 + k) for k in range(10)])
QUARTERS = pd.Series([1.1**k for k in range(8)], index=[f"{2019 + k // 4}-Q{k % 4 + 1}" for k in range(8)])


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (YEARS.drop(["2013", "2016"]), "periods are missing before 2014"),
        (YEARS.iloc[::-1], "period 2018 stands after 2019; sort"),
        (pd.concat([YEARS.iloc[:6], YEARS.iloc[5:]]), "period 2015 stands twice"),
        (QUARTERS.drop("2019-Q4"), "periods are missing before 2020-Q1"),
        (YEARS.set_axis([int(y) for y in YEARS.index]).drop(2013), "periods are missing before 2014"),
        (YEARS.set_axis(pd.PeriodIndex(YEARS.index, freq="Y")).drop(pd.Period("2013", "Y")), "missing before 2014"),
        (YEARS.set_axis(pd.to_datetime([f"{y}-12-31" for y in YEARS.index])).drop(pd.Timestamp("2013-12-31")), "missing before 2014-12-31"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "use",
    [
        lambda s: statistics.loglinear_trend(s),
        lambda s: statistics.forecast(s, 1, "drift"),
        lambda s: statistics.rolling_origin(s, "naive"),
        lambda s: statistics.evaluate(s, [1.0], "naive"),
        lambda s: statistics.sup_f(pd.concat([s, s + 0.1]) if len(s) < 6 else s) if len(s) >= 12 else statistics.chow(s, 3),
    ],
)  # fmt: skip
def test_a_series_with_gaps_or_out_of_order_is_refused(series: pd.Series, message: str, use: object) -> None:
    with pytest.raises(UserError, match=message):
        use(series)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("index", "apart"),
    [
        (["2010", "2012"], 2.0), (["2010"], None), (["2020-H1", "2020-H2"], 0.5), (["2019-12", "2020-01", "2020-02"], 1 / 12), ([2010, 2011, 2012], 1.0), (["a", "b", "c"], None),
        ([1.0, 2.0, 3.5], None), (pd.PeriodIndex(["2019", "2020"], freq="Y"), 1.0), (pd.PeriodIndex(["2019-Q4", "2020-Q1"], freq="Q"), 0.25),
        (pd.PeriodIndex(["2019-12", "2020-01"], freq="M"), 1 / 12), (pd.PeriodIndex(["2020-01-06", "2020-01-13"], freq="W"), None),
        (pd.to_datetime(["2019-11-30", "2019-12-31", "2020-01-31"]), 1 / 12), (pd.to_datetime(["2019-12-31", "2020-12-31"]), 1.0),
        (pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"]), None),
    ],
)  # fmt: skip
def test_what_an_index_says_of_the_distance_in_years(index: object, apart: float | None) -> None:
    series = pd.Series(1.0, index=index)
    found = statistics.sample.spacing(series, "x")
    assert found == (None if apart is None else pytest.approx(apart, rel=1e-12))


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (["2019", "2020", "2020-Q4"], "period 2020-Q4 stands twice"), (["b", "a", "b"], "period b stands after a"), ([1.0, 2.0, 3.6], "missing before 3.6"),
        (pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-04"]), "missing before 2020-01-04"), (pd.to_datetime(["2020-01-02", "2020-01-02"]), "2020-01-02 stands twice"),
        (pd.PeriodIndex(["2020-01-06", "2020-01-20", "2020-01-27"], freq="W"), "missing before"),
    ],
)  # fmt: skip
def test_what_no_index_of_a_series_may_be(index: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        statistics.sample.spacing(pd.Series(1.0, index=index), "x")


def test_the_index_says_how_many_periods_a_year_has() -> None:
    assert statistics.loglinear_trend(YEARS * _wiggle(10)).growth_pct == pytest.approx(100, abs=1e-6)
    quarterly = statistics.loglinear_trend(QUARTERS * _wiggle(8))
    assert quarterly.growth_pct == pytest.approx((1.1**4 - 1) * 100, abs=1e-6)
    with pytest.raises(UserError, match="come 4 a year, not periods_per_year=1"):
        statistics.loglinear_trend(QUARTERS, 1)
    monthly = pd.Series(QUARTERS.to_numpy(), index=pd.period_range("2020-01", periods=8, freq="M"))
    assert statistics.loglinear_trend(monthly * _wiggle(8)).growth_pct == pytest.approx(
        (1.1**12 - 1) * 100, abs=1e-3
    )


def _wiggle(n: int) -> np.ndarray:
    return 1 + 1e-12 * (-1.0) ** np.arange(n)


def test_an_index_that_knows_no_time_is_no_evidence() -> None:
    named = pd.Series(VALUES, index=list("abcdefghi"))
    assert statistics.forecast(named, 1, "naive").mean == statistics.forecast(VALUES, 1, "naive").mean


@pytest.mark.parametrize(
    ("actual", "expected"), [([5.0], "1/1"), ([1.0], "1/1"), ([9.0], "1/1"), ([0.99], "0/1"), ([9.01], "0/1"), ([0.0, 5.0, 9.5], "1/3")]
)  # fmt: skip
def test_coverage_counts_both_ends_and_says_of_how_many(actual: list[float], expected: str) -> None:
    found = statistics.coverage(actual, [1.0] * len(actual), [9.0] * len(actual))
    assert str(found) == expected


def test_mase_with_and_without_season_by_hand() -> None:
    history = [10.0, 20.0, 13.0, 26.0, 16.0]
    assert statistics.mase([20.0], [14.0], history) == pytest.approx(6 / ((10 + 7 + 13 + 10) / 4))
    assert statistics.mase([20.0], [26.0], history, season=2) == pytest.approx(6 / ((3 + 6 + 3) / 3))
    with pytest.raises(UserError, match="as many forecasts as outcomes: 2 and 1"):
        statistics.mase([1.0], [1.0, 2.0], history)
    with pytest.raises(TooFewPoints, match="at least 3 points; there are 2"):
        statistics.mase([1.0], [1.0], [1.0, 2.0], season=2)


def test_an_evaluation_by_hand() -> None:
    """Naive says 4, 4; truth 5, 7: error 2. Drift (log steps ln 2, 0, 0, ln 2 → mean ln √2) says 4√2, 8."""
    history, later = [1.0, 2.0, 2.0, 2.0, 4.0], [5.0, 7.0]
    result = statistics.evaluate(history, later, "drift")
    error = (abs(5 - 4 * math.sqrt(2)) + 1) / 2
    assert result.relative_to_naive == pytest.approx(error / 2)
    assert result.mase == pytest.approx(error / ((1 + 0 + 0 + 2) / 4))
    assert (result.steps, result.mase_seasonal, result.relative_to_seasonal_naive) == (2, None, None)
    assert {level: c.n for level, c in result.coverage.items()} == {50: 2, 80: 2, 95: 2}


def test_a_seasonal_evaluation_needs_two_years_and_one_period() -> None:
    enough = statistics.evaluate(VALUES, [1.0], "naive", season=4)
    assert enough.mase_seasonal is not None and enough.relative_to_seasonal_naive is not None
    few = statistics.evaluate(VALUES[:8], [1.0], "naive", season=4)
    assert few.mase_seasonal is None and few.relative_to_seasonal_naive is None


def test_relative_errors_where_the_naive_forecast_is_exact() -> None:
    still = [1.0, 2.0, 1.0, 2.0, 2.0]
    assert statistics.evaluate(still, [2.0], "naive").relative_to_naive == 1.0
    assert statistics.evaluate(still, [2.0], "drift").relative_to_naive == math.inf


def test_a_backtest_by_hand() -> None:
    """1, 2, 4, 4, 8, 8 from four points on, one step ahead, naive: 4 → 8 and 8 → 8."""
    back = statistics.rolling_origin([1.0, 2.0, 4.0, 4.0, 8.0, 8.0], "naive", first=4)
    assert (back.origins, back.steps) == (2, 1)
    assert back.mape == pytest.approx((4 / 8 + 0) / 2 * 100)
    assert back.relative_to_naive == pytest.approx(1)
    assert back.coverage[95].n == 2
    two = statistics.rolling_origin([1.0, 2.0, 4.0, 4.0, 8.0, 8.0], "naive", steps=2, first=4)
    assert (two.origins, two.mape) == (1, pytest.approx(50))
    drift = statistics.rolling_origin([1.0, 2.0, 4.0, 8.0, 16.0, 20.0], "drift", first=5)
    assert drift.relative_to_naive == pytest.approx((32 - 20) / (20 - 16))
    with pytest.raises(UserError, match="season ≥ 2"):  # one that nobody gave is none
        statistics.rolling_origin([float(v) for v in range(1, 11)], "seasonal_naive")


@pytest.mark.parametrize("at", [3, 4, 5, 6])
def test_chow_at_every_admissible_position(at: int) -> None:
    values = [1.0, 1.4, 0.9, 1.1, 2.0, 2.3, 1.8, 2.6, 1.9]
    ours = statistics.chow(values, at)
    t = stats.ttest_ind(values[:at], values[at:])
    assert (ours.f, ours.p_value) == pytest.approx((t.statistic**2, t.pvalue))
    assert (ours.before, ours.after) == pytest.approx((np.mean(values[:at]), np.mean(values[at:])))


@pytest.mark.parametrize("at", [2, 7])
def test_chow_leaves_three_points_on_either_side(at: int) -> None:
    with pytest.raises(UserError, match="fewer than 3 points"):
        statistics.chow([1.0, 1.4, 0.9, 1.1, 2.0, 2.3, 1.8, 2.6, 1.9], at)


@pytest.mark.parametrize(("n", "warned"), [(19, True), (20, False)])
def test_a_small_break_test_says_so(n: int, warned: bool) -> None:
    values = list(np.random.default_rng(8).normal(size=n))
    assert bool(statistics.chow(values, 9).note) is warned


def test_breaks_without_noise() -> None:
    assert statistics.chow([1.0, 1, 1, 2, 2, 2], 3).f == math.inf
    assert statistics.chow([1.0] * 6, 3).f == 0.0
    with pytest.raises(TooFewPoints, match="at least 6 points; there are 5"):
        statistics.chow([1.0, 1, 1, 2, 2], 2)


@pytest.mark.parametrize(("n", "first"), [(12, 3), (19, 3), (20, 3), (26, 3), (27, 4), (40, 6), (100, 15)])
def test_the_search_for_a_break_trims_fifteen_per_cent(n: int, first: int) -> None:
    profile = statistics.sup_f(list(np.random.default_rng(n).normal(size=n))).profile
    assert [profile[0][0], profile[-1][0]] == [first, n - first]


def test_the_search_finds_the_largest_f_of_all_dates() -> None:
    values = list(np.random.default_rng(11).normal(size=14))
    values = [v + (1.5 if k >= 8 else 0) for k, v in enumerate(values)]
    found = statistics.sup_f(values)
    by_hand = {k: stats.ttest_ind(values[:k], values[k:]).statistic ** 2 for k in range(3, 12)}
    assert found.f == pytest.approx(max(by_hand.values()))
    assert found.position == max(by_hand, key=by_hand.__getitem__)
    assert dict(found.profile) == pytest.approx(by_hand)
    assert found.n == 14
    with pytest.raises(TooFewPoints, match="at least 12 points; there are 11"):
        statistics.sup_f(values[:11])


def shifted(f: float, n: int = 52) -> list[float]:
    """Values of alternating sign with a shift of the second half so large that F at the middle is `f`."""
    noise = np.array([1.0 if k % 2 == 0 else -1.0 for k in range(n)])
    shift = math.sqrt(4 * f / (n - 2))
    return list(noise + shift * (np.arange(n) >= n // 2))


@pytest.mark.parametrize(
    ("f", "rejects"), [(7.0, None), (7.3, 0.10), (8.5, 0.10), (8.9, 0.05), (12.0, 0.05), (12.4, 0.01)]
)
def test_each_critical_value_of_andrews_is_used(f: float, rejects: float | None) -> None:
    found = statistics.sup_f(shifted(f))
    assert found.f == pytest.approx(f, rel=0.02)
    assert found.rejects_at == rejects


@pytest.mark.parametrize(("n", "warned"), [(49, True), (50, False)])
def test_asymptotic_values_are_warned_of_below_fifty_points(n: int, warned: bool) -> None:
    assert bool(statistics.sup_f(list(np.random.default_rng(9).normal(size=n))).note) is warned


def test_a_finite_population_narrows_the_score_interval() -> None:
    """(p̂ − p)² ≤ z²·p(1 − p)/n·(N − n)/(N − 1), solved by bisection."""
    from scipy.optimize import brentq

    ours = statistics.wilson(39, 65, population=190)
    z2 = stats.norm.ppf(0.975) ** 2 * (190 - 65) / (190 - 1)

    def excess(p: float) -> float:
        return (0.6 - p) ** 2 - z2 * p * (1 - p) / 65

    assert ours.low == pytest.approx(brentq(excess, 0.3, 0.6))
    assert ours.high == pytest.approx(brentq(excess, 0.6, 0.9))
    assert (ours.share, ours.n, ours.level, ours.population) == (pytest.approx(0.6), 65, 0.95, 190)


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (0, 0), (1, -2)])
def test_impossible_counts_are_no_share(count: int, n: int) -> None:
    with pytest.raises(UserError, match="is no share"):
        statistics.wilson(count, n)


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5])
def test_a_level_lies_between_nothing_and_one(level: float) -> None:
    with pytest.raises(UserError, match="between 0 and 1"):
        statistics.wilson(1, 5, level)


@pytest.mark.parametrize(
    ("low", "high", "clear"), [(0.1, 0.2, True), (-0.2, -0.1, True), (-0.1, 0.1, False), (0.0, 0.2, False), (-0.2, 0.0, False)]
)  # fmt: skip
def test_a_difference_is_clear_when_its_interval_excludes_none(low: float, high: float, clear: bool) -> None:
    assert statistics.Difference(0.0, low, high, 0.95, "").is_clear is clear


def test_paired_bounds_by_hand() -> None:
    """10 → 14 of 20: at least 4 changed (4 up), at most 16 (10 up, 6 down)."""
    narrow, wide = statistics.paired_difference_bounds(10, 14, 20, 0.9)
    z = stats.norm.ppf(0.95)
    for found, changed in ((narrow, 4), (wide, 16)):
        half = z * math.sqrt(changed - 16 / 20) / 20
        assert (found.difference, found.low, found.high) == pytest.approx(
            (0.2, 0.2 - half, min(1, 0.2 + half))
        )
    many, few = (
        statistics.paired_difference_bounds(2, 3, 20)[1],
        statistics.paired_difference_bounds(17, 18, 20)[1],
    )
    assert many.high - many.low == pytest.approx(few.high - few.low)  # 2 + 3 and 40 − 17 − 18 may change


@pytest.mark.parametrize(
    ("printed", "n", "counts"),
    [("42", 66, [28]), ("42", 65, [27]), ("41", 66, [27]), ("60.0", 65, [39]), ("33.3", 3, [1]), ("0.5", 200, [1]), ("100", 7, [7]), ("50", 200, [99, 100])],
)  # fmt: skip
def test_whole_counts_that_print_as_a_percentage(printed: str, n: int, counts: list[int]) -> None:
    assert statistics.count_candidates(printed, n) == counts


def test_contributions_by_hand() -> None:
    parts = statistics.log_contributions(4.0, 2.0)
    assert (parts.total, parts.count, parts.size) == pytest.approx((138.629436, 69.314718, 69.314718))
    assert (parts.count_share_pct, parts.size_share_pct) == pytest.approx((50, 50))
    for ratios in ((0.0, 1.0), (1.0, 0.0), (-1.0, 2.0)):
        with pytest.raises(UserError, match="positive values"):
            statistics.log_contributions(*ratios)
    with pytest.raises(UserError, match="nothing to share out"):
        statistics.log_contributions(1.0, 2.0)


def test_shift_share_by_hand() -> None:
    """60 → 90 and 40 → 40: the whole grows by 30 %, of which a gives all; at 30 % b would have given 12 points."""
    result = statistics.shift_share({"a": 60, "b": 40}, {"a": 90, "b": 40})
    assert result.whole_growth_pct == pytest.approx(30)
    assert result.contribution == pytest.approx({"a": 30, "b": 0})
    assert result.standard == pytest.approx({"a": 18, "b": 12})
    assert result.shift == pytest.approx({"a": 12, "b": -12})
    with pytest.raises(UserError, match="positive whole"):
        statistics.shift_share({"a": 0.0}, {"a": 1.0})


@pytest.mark.parametrize("values", [[[1.0, 2.0]], 3.0])
def test_only_one_series_is_taken(values: object) -> None:
    with pytest.raises(UserError, match="one series of numbers"):
        statistics.forecast(values, 1, "naive")


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_f_does_not_depend_on_the_unit(scale: float) -> None:
    values = [0.0, 0.01, 0.0, 1.0, 1.01, 1.0]
    ours = statistics.chow([scale * v for v in values], 3)
    assert ours.f == pytest.approx(stats.ttest_ind(values[:3], values[3:]).statistic ** 2)


def test_a_small_step_without_noise_is_a_break_too() -> None:
    assert statistics.chow([0.125] * 3 + [0.25] * 3, 3).f == math.inf


def test_a_difference_is_second_minus_first() -> None:
    d = statistics.difference_of_proportions(27, 65, 39, 65)
    assert d.difference == pytest.approx(12 / 65)
    assert d.design == "independent samples"


@pytest.mark.parametrize("n", range(1, 40))
def test_score_intervals_of_a_population_stay_between_nothing_and_all(n: int) -> None:
    none, whole = (statistics.wilson(count, n, 0.5, population=50) for count in (0, n))
    assert (none.low, whole.high) == (0.0, 1.0)


def test_a_small_share_of_a_population_has_a_small_lower_end() -> None:
    few = statistics.wilson(1, 500, population=10**9)
    assert few.low == pytest.approx(statistics.wilson(1, 500).low, rel=1e-5) and few.low < 0.001


def test_score_intervals_of_none_and_all() -> None:
    none, every = statistics.wilson(0, 20, population=50), statistics.wilson(20, 20, population=50)
    assert (none.low, every.high) == (0.0, 1.0)
    assert none.high == pytest.approx(1 - every.low)
    one_of_two = statistics.wilson(1, 1, population=2)
    assert one_of_two.low == pytest.approx(statistics.wilson(1, 1).low)  # (2 − 1)/(2 − 1): nothing shrinks


def test_paired_differences_stay_between_minus_one_and_one() -> None:
    for before, after, sign in ((1, 10, 1), (10, 1, -1)):
        narrow, _ = statistics.paired_difference_bounds(before, after, 10)
        half = stats.norm.ppf(0.975) * math.sqrt(9 - 8.1) / 10
        assert sorted((sign * narrow.low, sign * narrow.high)) == pytest.approx([0.9 - half, 1.0])
    whole, _ = statistics.paired_difference_bounds(0, 10, 10)
    assert (whole.low, whole.high) == (1.0, 1.0)


def test_growth_accounting_of_small_wholes() -> None:
    assert statistics.shift_share({"a": 0.5}, {"a": 1.0}).whole_growth_pct == pytest.approx(100)


def test_a_coverage_is_a_share_of_its_n() -> None:
    assert statistics.Coverage(3, 4).share == 0.75


def test_a_backtest_names_what_it_cannot_use() -> None:
    with pytest.raises(TooFewPoints, match="no origin of 2 points"):
        statistics.rolling_origin([1.0, 2.0], "naive")
    with pytest.raises(UserError, match="a backtest takes logarithms: point 2 is not positive"):
        statistics.rolling_origin([1.0, -2.0, 3.0, 4.0, 5.0], "naive")


def test_a_backtest_counts_the_truths_inside_each_interval() -> None:
    values = np.exp(np.cumsum(np.random.default_rng(21).normal(0, 0.1, 24)))
    back = statistics.rolling_origin(values, "naive", first=10)
    for level in (50, 80, 95):
        ends = [
            (statistics.forecast(values[:k], 1, "naive").intervals[level], values[k]) for k in range(10, 24)
        ]
        inside = sum(bool(low[0] < truth < high[0]) for (low, high), truth in ends)
        assert (back.coverage[level].inside, back.coverage[level].n) == (inside, 14)
    assert 0 < back.coverage[50].inside < 14
    still = statistics.rolling_origin([1.0] * 8, "naive", first=4)
    assert still.coverage[50].inside == 4, "an end belongs to its interval"


def test_errors_are_scaled_by_naive_ones_of_any_size() -> None:
    tenths = [0.1 * v for v in (1.0, 2.0, 2.0, 2.0, 4.0)]
    result = statistics.evaluate(tenths, [0.5, 0.7], "drift")
    assert result.relative_to_naive == pytest.approx((abs(5 - 4 * math.sqrt(2)) + 1) / 2 / 2)
    exact = statistics.evaluate([v / 10 for v in (1.0, 2.0, 1.0, 2.0, 2.0)], [0.2], "drift")
    assert exact.relative_to_naive == math.inf
    still = statistics.rolling_origin([1.0, 2.0, 1.0, 2.0, 2.0, 2.0], "drift", first=5)
    assert still.relative_to_naive == math.inf
    small = statistics.rolling_origin([0.1, 0.2, 0.4, 0.8, 1.6, 2.0], "drift", first=5)
    assert small.relative_to_naive == pytest.approx(3)


def test_two_seasons_are_seasons_too() -> None:
    assert statistics.evaluate(VALUES[:5], [1.0], "naive", season=2).mase_seasonal is not None


def test_a_constant_series_has_no_trend_and_no_spread() -> None:
    flat = statistics.loglinear_trend([1.0] * 6)
    assert (flat.growth_pct, flat.p_value) == (0.0, 1.0)
    assert statistics.forecast([5.0] * 12, 2, "structural").mean == pytest.approx((5.0, 5.0), rel=1e-3)


def test_estimators_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    from tests.test_statistics import SMOOTH

    for model in ("exponential_smoothing", "structural"):
        statistics.forecast(SMOOTH, 1, model)
    assert capfd.readouterr().out == ""


def test_a_seasonal_model_without_a_season_is_refused() -> None:
    with pytest.raises(UserError, match="season ≥ 2"):
        statistics.forecast(VALUES, 1, "seasonal_naive")


def test_a_trend_takes_logarithms_of_positive_values_alone() -> None:
    with pytest.raises(UserError, match="a log-linear trend takes logarithms: point 3 is not positive"):
        statistics.loglinear_trend([1.0, 2.0, -3.0, 4.0, 5.0, 6.0])


def test_the_periods_of_a_year_may_be_said_again_but_not_otherwise() -> None:
    expected = statistics.loglinear_trend(QUARTERS).growth_pct
    assert statistics.loglinear_trend(QUARTERS, 4).growth_pct == expected
    assert statistics.loglinear_trend(QUARTERS, 4.03).growth_pct == expected
    with pytest.raises(UserError, match=r"come 4 a year, not periods_per_year=4\.05"):
        statistics.loglinear_trend(QUARTERS, 4.05)
