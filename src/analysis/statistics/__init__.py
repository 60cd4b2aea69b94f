"""Trends, forecasts and tests for short published series: pure functions of numbers with frozen results.

Each function states its smallest sample and refuses a smaller one (`TooFewPoints`); where a sample is small but
allowed, its intervals are wider because quantiles are Student's, and the result says so in `note`.
"""

from analysis.statistics.accounting import LogContributions, ShiftShare, log_contributions, shift_share
from analysis.statistics.breaks import BreakTest, SupF, chow, sup_f
from analysis.statistics.evaluation import Backtest, Coverage, coverage, evaluate, mase, rolling_origin
from analysis.statistics.forecast import MODELS, Forecast, forecast
from analysis.statistics.loglinear import LogLinearTrend, loglinear_trend
from analysis.statistics.proportions import (
    Difference,
    Proportion,
    count_candidates,
    difference_of_proportions,
    paired_difference_bounds,
    wilson,
)
from analysis.statistics.sample import BoundaryFit, Refused, TooFewPoints
from analysis.statistics.vocabulary import LEVELS, WORDS, Decision, decide

__all__ = [
    "LEVELS", "MODELS", "WORDS", "Backtest", "BoundaryFit", "BreakTest", "Coverage", "Decision", "Difference", "Forecast",
    "LogContributions", "LogLinearTrend", "Proportion", "Refused", "ShiftShare", "SupF", "TooFewPoints", "chow",
    "count_candidates", "coverage", "decide", "difference_of_proportions", "evaluate", "forecast", "log_contributions",
    "loglinear_trend", "mase",
    "paired_difference_bounds", "rolling_origin", "shift_share", "sup_f", "wilson",
]  # fmt: skip
