"""Trends, forecasts and tests, each against an independent source.

Tolerances and their reasons:
- EXACT: closed forms; only floating-point rounding.
- PRINTED: published tables print three or four decimals, so half a unit of the last one.
- FITTED: maximum-likelihood estimates depend on the optimiser's stopping rule; published values have four digits.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import statistics
from analysis.errors import UserError
from analysis.statistics import TooFewPoints

EXACT = 1e-10
PRINTED = 6e-5
FITTED = 1e-2

# Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score, no continuity correction).
NEWCOMBE_SINGLE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
# Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10 (p1 − p2 of 56/70 − 48/80 and 9/10 − 3/10).
NEWCOMBE_DIFFERENCE = [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090)]
# Hyndman and Athanasopoulos, Forecasting: Principles and Practice (2nd ed.), 7.1: Saudi oil production 1996-2013.
OIL = [
    445.36, 453.20, 454.41, 422.38, 456.04, 440.39, 425.19, 486.21, 500.43,
    521.28, 508.95, 488.89, 509.87, 456.72, 473.82, 525.95, 549.83, 542.34,
]  # fmt: skip


def damped_trend(n: int, seed: int) -> list[float]:
    """Values of the model A,Ad,N (alpha 0.6, beta 0.2, phi 0.95) in logarithms: its estimate lies inside the bounds."""
    rng, level, slope, values = np.random.default_rng(seed), 4.0, 0.05, []
    for _ in range(n):
        error = rng.normal(0, 0.05)
        values.append(math.exp(level + 0.95 * slope + error))
        level, slope = level + 0.95 * slope + 0.6 * error, 0.95 * slope + 0.2 * error
    return values


SMOOTH = damped_trend(18, 0)


@pytest.mark.parametrize(("count", "n", "low", "high"), NEWCOMBE_SINGLE)
def test_wilson_gives_newcombes_table(count: int, n: int, low: float, high: float) -> None:
    interval = statistics.wilson(count, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=PRINTED)


@given(st.integers(0, 200), st.integers(1, 200), st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_wilson_agrees_with_statsmodels(count: int, n: int, level: float) -> None:
    from statsmodels.stats.proportion import proportion_confint

    count = min(count, n)
    low, high = proportion_confint(count, n, alpha=1 - level, method="wilson")
    ours = statistics.wilson(count, n, level)
    assert (ours.low, ours.high) == pytest.approx((max(low, 0), min(high, 1)), abs=1e-9)
    assert ours.low <= ours.share <= ours.high


def test_a_census_has_no_sampling_error() -> None:
    whole = statistics.wilson(39, 65, population=65)
    assert whole.low == pytest.approx(whole.high)
    part = statistics.wilson(39, 65, population=190)
    free = statistics.wilson(39, 65)
    assert free.low < part.low < part.high < free.high
    with pytest.raises(UserError, match="does not fit into a population of 60"):
        statistics.wilson(39, 65, population=60)


@pytest.mark.parametrize(("x1", "n1", "x2", "n2", "low", "high"), NEWCOMBE_DIFFERENCE)
def test_differences_give_newcombes_table(
    x1: int, n1: int, x2: int, n2: int, low: float, high: float
) -> None:
    d = statistics.difference_of_proportions(x2, n2, x1, n1)
    assert (d.low, d.high) == pytest.approx((low, high), abs=PRINTED)


def test_paired_bounds_enclose_every_possible_table() -> None:
    """Totals 27 → 39 of 65: walk through all tables with these totals and compute each variance by hand."""
    narrow, wide = statistics.paired_difference_bounds(27, 39, 65)
    for gained in range(66):
        lost = gained - 12
        stayed = 27 - lost
        if lost < 0 or stayed < 0 or stayed + gained != 39 or stayed + gained + lost > 65:
            continue
        error = math.sqrt(gained + lost - 144 / 65) / 65
        low = 12 / 65 - 1.959963984540054 * error
        assert wide.low - EXACT <= low <= narrow.low + EXACT
    assert narrow.is_clear


def test_counts_behind_a_rounded_percentage() -> None:
    assert statistics.count_candidates("17.9", 28) == [5] and statistics.count_candidates("50.1", 18) == []
    assert (statistics.count_candidates("13", 8), statistics.count_candidates("12", 8)) == (
        [1],
        [],
    )  # half up
    assert [statistics.count_candidates(text, 1) for text in ("0.0", "100.0")] == [[0], [1]]
    with pytest.raises(UserError, match="0 answers have no share"):
        statistics.count_candidates("60", 0)
    assert statistics.count_candidates("60", 65) == [39]
    assert statistics.count_candidates("42", 65) == [27]
    assert statistics.count_candidates("1", 65) == []


def newey_west(y: np.ndarray, lags: int) -> tuple[float, float]:
    """Slope and its Newey-West error by the textbook sums: a second implementation."""
    n = len(y)
    x = np.column_stack([np.ones(n), np.arange(n)])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    scores = x * (y - x @ beta)[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        gamma = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (gamma + gamma.T)
    covariance = inverse @ middle @ inverse * n / (n - 2)
    return float(beta[1]), math.sqrt(covariance[1, 1])


def test_the_log_linear_trend_against_a_second_implementation() -> None:
    ours = statistics.loglinear_trend(OIL, lags=3)
    slope, error = newey_west(np.log(np.array(OIL)), 3)
    assert ours.slope == pytest.approx(slope, rel=1e-9)
    assert ours.robust_error == pytest.approx(error, rel=1e-9)
    assert ours.growth_pct == pytest.approx((math.exp(slope) - 1) * 100)


@given(st.floats(-0.2, 0.2), st.floats(0.1, 1e6), st.integers(6, 30))
def test_exact_growth_is_found_whatever_the_unit(rate: float, scale: float, n: int) -> None:
    wiggle = 1 + 1e-12 * (-1.0) ** np.arange(n)  # R² of a constant series is undefined
    quarterly = scale * wiggle * (1 + rate) ** (np.arange(n) / 4)
    assert statistics.loglinear_trend(quarterly, 4).growth_pct == pytest.approx(rate * 100, abs=1e-6)


def test_the_smoothing_estimator_is_the_textbooks() -> None:
    """Simple smoothing of these data: the book prints alpha 0.8339, level 446.5868, forecast 542.68."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fit = ETSModel(np.array(OIL), error="add").fit(disp=False)
    assert fit.smoothing_level == pytest.approx(0.8339, rel=FITTED)
    assert fit.initial_level == pytest.approx(446.5868, rel=FITTED)
    assert fit.forecast(1)[0] == pytest.approx(542.68, rel=1e-3)


def test_smoothing_intervals_have_the_books_variance() -> None:
    """Our variances of the damped trend against those that statsmodels derives for the same fit."""
    import pandas as pd
    from scipy import stats
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    y = pd.Series(np.log(SMOOTH))
    fit = ETSModel(y, error="add", trend="add", damped_trend=True).fit(disp=False)
    theirs = np.sqrt(fit.get_prediction(len(y), len(y) + 3).forecast_variance)
    ahead = statistics.forecast(SMOOTH, 4, "exponential_smoothing")
    reach = np.log(ahead.intervals[95][1]) - np.log(ahead.mean)
    ratio = reach / stats.t.ppf(0.975, len(y) - 5) / theirs
    assert ratio == pytest.approx([ratio[0]] * 4, rel=1e-6)
    assert ratio[0] == pytest.approx(math.sqrt(len(y) / (len(y) - 5)), rel=1e-6)


def test_the_structural_model_is_durbin_and_koopmans_nile() -> None:
    """Local level on the Nile: Durbin and Koopman (2001), 2.2.5, print variances 15099 and 1469.1."""
    from statsmodels.datasets import nile
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    flow = nile.load_pandas().data["volume"].to_numpy()
    fit = UnobservedComponents(flow, level="local level").fit(disp=False)
    assert fit.params == pytest.approx([15099, 1469.1], rel=FITTED)


def test_the_structural_model_follows_an_exact_trend() -> None:
    """Without noise the drift is the only solution, whatever the optimiser does."""
    exact = [100 * 1.03**t for t in range(14)]
    noisy = [v * (1 + 1e-4 * (-1) ** t) for t, v in enumerate(exact)]
    ahead = statistics.forecast(noisy, 3, "structural")
    assert ahead.mean == pytest.approx([100 * 1.03**t for t in (14, 15, 16)], rel=1e-3)


def test_naive_and_drift_are_the_closed_forms_of_the_textbook() -> None:
    y = np.log(np.array(OIL))
    steps = np.diff(y)
    naive, drift = statistics.forecast(OIL, 4, "naive"), statistics.forecast(OIL, 4, "drift")
    assert naive.mean == pytest.approx([OIL[-1]] * 4)
    assert drift.mean == pytest.approx(list(np.exp(y[-1] + np.arange(1, 5) * (y[-1] - y[0]) / (len(y) - 1))))
    from scipy import stats

    reach = stats.t.ppf(0.975, len(steps)) * math.sqrt(np.mean(steps**2)) * math.sqrt(4)
    assert naive.intervals[95][1][3] == pytest.approx(OIL[-1] * math.exp(reach))


def test_seasonal_models_repeat_last_years_season() -> None:
    quarters = [10, 20, 30, 40, 11, 22, 33, 44, 12.1]
    ahead = statistics.forecast(quarters, 5, "seasonal_naive", season=4)
    assert ahead.mean == pytest.approx((22, 33, 44, 12.1, 22))
    grown = statistics.forecast(quarters, 1, "seasonal_drift", season=4)
    assert grown.mean[0] == pytest.approx(22 * 1.1)


@pytest.mark.parametrize("model", statistics.MODELS)
def test_every_model_widens_nests_and_scales(model: str) -> None:
    values = SMOOTH
    ahead = statistics.forecast(values, 3, model, season=4)
    scaled = statistics.forecast([v * 1000 for v in values], 3, model, season=4)
    assert scaled.mean == pytest.approx([m * 1000 for m in ahead.mean], rel=1e-3)
    for inner, outer in ((50, 80), (80, 95)):
        for step in range(3):
            assert ahead.intervals[outer][0][step] < ahead.intervals[inner][0][step] < ahead.mean[step]
            assert ahead.mean[step] < ahead.intervals[inner][1][step] < ahead.intervals[outer][1][step]


def test_intervals_cover_what_they_promise() -> None:
    """A random walk simulated 400 times: the 80 % interval of the naive forecast holds the truth about 320 times."""
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(400):
        walk = np.exp(np.cumsum(rng.normal(0, 0.1, 31)))
        low, high = statistics.forecast(walk[:30], 1, "naive").intervals[80]
        hits += low[0] <= walk[30] <= high[0]
    assert 0.74 < hits / 400 < 0.86


@pytest.mark.parametrize(
    ("model", "n"), [("naive", 3), ("loglinear", 5), ("exponential_smoothing", 9), ("structural", 9)]
)
def test_too_few_points_are_refused(model: str, n: int) -> None:
    with pytest.raises(TooFewPoints, match=f"{model} needs at least {n + 1} points; there are {n}"):
        statistics.forecast(list(range(1, n + 1)), 1, model)


@pytest.mark.parametrize(
    ("values", "message"),
    [([1, 2, float("nan"), 4, 5, 6], "point 3 is missing"), ([1, 2, 0, 4, 5, 6], "point 3 is not positive")],
)
def test_gaps_and_impossible_values_are_named(values: list[float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        statistics.forecast(values, 1, "naive")


def test_mase_by_hand() -> None:
    assert statistics.mase([12, 14], [11, 11], [1, 3, 2, 6]) == pytest.approx(2 / ((2 + 1 + 4) / 3))
    with pytest.raises(UserError, match="never changes"):
        statistics.mase([1], [1], [5, 5, 5])


def test_a_naive_forecast_has_relative_error_one() -> None:
    result = statistics.evaluate(OIL[:15], OIL[15:], "naive")
    assert result.relative_to_naive == 1
    assert set(result.coverage) == {50, 80, 95}


def test_later_values_take_no_part_in_the_fit() -> None:
    a = statistics.evaluate(OIL[:15], OIL[15:], "drift").result
    b = statistics.evaluate(OIL[:15], [1.0, 2.0, 3.0], "drift").result
    assert a.mean == b.mean


def test_the_backtest_counts_its_origins() -> None:
    back = statistics.rolling_origin(OIL, "drift", steps=2, first=8)
    assert back.origins == len(OIL) - 2 - 8 + 1
    exact = statistics.rolling_origin([1.1**t for t in range(12)], "drift", first=6)
    assert exact.mape == pytest.approx(0, abs=1e-6)
    with pytest.raises(TooFewPoints, match="no origin"):
        statistics.rolling_origin([1, 2, 3], "structural")


def test_chow_is_the_two_sample_t_test_squared() -> None:
    from scipy import stats

    values = [1.0, 1.2, 0.9, 1.1, 2.0, 2.2, 1.9]
    ours = statistics.chow(values, 4)
    t = stats.ttest_ind(values[:4], values[4:])
    assert ours.f == pytest.approx(t.statistic**2, rel=1e-9)
    assert ours.p_value == pytest.approx(t.pvalue, rel=1e-9)
    with pytest.raises(UserError, match="fewer than 3 points"):
        statistics.chow(values, 6)


def test_the_nile_breaks_in_1898() -> None:
    """The dam at Aswan: the textbook break of the Nile series lies after 1898, position 28 (Zeileis et al., JSS 2002)."""
    from statsmodels.datasets import nile

    result = statistics.sup_f(nile.load_pandas().data["volume"].to_numpy())
    assert result.position == 28
    assert result.rejects_at == 0.01
    assert result.f == pytest.approx(75.93, abs=0.01)


def test_sup_f_critical_values_by_simulation() -> None:
    """Without a break, 400 long series of white noise exceed the 5 % value about one time in twenty."""
    rng = np.random.default_rng(7)
    exceed = sum(statistics.sup_f(rng.normal(size=100)).f > 8.68 for _ in range(400))
    assert 0.02 < exceed / 400 < 0.09


ratios = st.floats(0.05, 20).filter(lambda r: abs(math.log(r)) > 1e-3)


@given(ratios, ratios)
def test_contributions_of_count_and_size_add_up(value: float, count: float) -> None:
    parts = statistics.log_contributions(value, count)
    assert parts.count + parts.size == pytest.approx(parts.total, abs=1e-9)
    assert parts.count_share_pct + parts.size_share_pct == pytest.approx(100, abs=1e-6)


parts = st.dictionaries(st.sampled_from("abcde"), st.floats(1, 1e4), min_size=2)


@given(parts, st.lists(st.floats(1, 1e4), min_size=5, max_size=5))
def test_shift_share_adds_up(before: dict[str, float], later: list[float]) -> None:
    now = dict(zip(before, later, strict=False))
    result = statistics.shift_share(before, now)
    assert sum(result.contribution.values()) == pytest.approx(result.whole_growth_pct, rel=1e-6, abs=1e-6)
    assert sum(result.shift.values()) == pytest.approx(0, abs=1e-6 * max(1, abs(result.whole_growth_pct)))


def test_shift_share_refuses_other_parts() -> None:
    with pytest.raises(UserError, match=r"different parts: \['b'\]"):
        statistics.shift_share({"a": 1}, {"a": 1, "b": 2})
