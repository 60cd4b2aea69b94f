"""Trends, forecasts and tests for short published series: pure functions of numbers with frozen results.

Each function states its smallest sample and refuses a smaller one (`TooFewPoints`); where a sample is small but
allowed, its intervals are wider because quantiles are Student's, and the result says so in `note`.
"""

from analysis.trend.accounting import LogContributions, ShiftShare, log_contributions, shift_share
from analysis.trend.breaks import BreakTest, SupF, chow, sup_f
from analysis.trend.evaluation import Backtest, coverage, evaluate, mase, rolling_origin
from analysis.trend.forecast import MODELS, Forecast, forecast
from analysis.trend.loglinear import LogLinearTrend, loglinear_trend
from analysis.trend.proportions import (
    Difference,
    Proportion,
    count_candidates,
    difference_of_proportions,
    paired_difference_bounds,
    wilson,
)
from analysis.trend.sample import TooFewPoints
from analysis.trend.vocabulary import DEFINITIONS, Decision, decide, definition_for

__all__ = [
    "DEFINITIONS", "MODELS", "Backtest", "BreakTest", "Decision", "Difference", "Forecast", "LogContributions",
    "LogLinearTrend", "Proportion", "ShiftShare", "SupF", "TooFewPoints", "chow", "count_candidates", "coverage",
    "decide", "definition_for", "difference_of_proportions", "evaluate", "forecast", "log_contributions", "loglinear_trend", "mase",
    "paired_difference_bounds", "rolling_origin", "shift_share", "sup_f", "wilson",
]  # fmt: skip
