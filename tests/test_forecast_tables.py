"""Forecast models side by side: who refuses says why, and the numbers are those of the models themselves."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import statistics
from analysis.report import forecast_tables

GROWING = pd.Series(
    [100.0, 110, 118, 131, 140, 155, 163, 180, 190], index=[str(y) for y in range(2010, 2019)]
)


def test_each_model_stands_beside_the_later_truth() -> None:
    history, truth = GROWING[:7], GROWING[7:]
    table, forecasts = forecast_tables.compared(history, truth, "en", ["naive", "drift"])
    assert table["model"].tolist() == ["no change", "drift"]
    drift = statistics.evaluate(history, truth, "drift")
    assert table.loc[1, "MASE"] == drift.mase
    assert table.loc[1, "inside 80%"] == str(drift.coverage[80])
    assert forecasts["drift"] == drift.result


def test_a_model_that_refuses_says_why_and_gives_no_forecast() -> None:
    table, forecasts = forecast_tables.compared(GROWING[:3], GROWING[3:5], "zh", ["naive", "structural"])
    assert "structural" not in forecasts
    assert table.iloc[-1]["模型"] == "结构时间序列模型"
    assert table.iloc[-1]["说明"] == "拒绝运行：点数不足"


def test_a_backtest_counts_its_origins() -> None:
    table = forecast_tables.backtested(GROWING, 1, 5, "en", ["drift"])
    found = statistics.rolling_origin(GROWING, "drift", 1, 5)
    assert table.loc[0, "origins"] == found.origins == 4
    assert table.loc[0, "mean absolute error, %"] == found.mape


def test_a_backtest_without_an_origin_says_so() -> None:
    table = forecast_tables.backtested(GROWING[:4], 1, 4, "zh", ["naive", "loglinear"])
    assert set(table["说明"]) == {"拒绝运行：没有可用的起点"}


def test_a_fan_has_a_band_for_each_level() -> None:
    forecast = statistics.evaluate(GROWING[:7], GROWING[7:], "drift").result
    table = forecast_tables.fan(forecast, ["2017", "2018"])
    assert list(table.index) == ["2017", "2018"]
    assert {"mean", "low80", "high80"} <= set(table.columns)
    assert (table["low80"] < table["mean"]).all()
    assert table["high80"].tolist() == pytest.approx(list(forecast.intervals[80][1]))
