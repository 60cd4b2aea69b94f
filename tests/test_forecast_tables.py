"""Forecast models side by side: who refuses says why, and the numbers are those of the models themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import kept, statistics
from analysis.errors import UserError
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


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What was computed while a folder keeps tables, by name."""
    found: list[str] = []
    for name in ("evaluate", "rolling_origin"):
        plain = getattr(statistics, name)
        monkeypatch.setattr(
            statistics, name, lambda *a, _name=name, _plain=plain: (found.append(_name), _plain(*a))[1]
        )
    monkeypatch.setenv(kept.FOLDER_VARIABLE, str(tmp_path))
    return found


# Models that refuse, and errors that are infinite beside a naive forecast that was right.
@pytest.mark.parametrize("values", [GROWING, GROWING.clip(upper=163.0)], ids=["growing", "level"])
def test_a_table_is_computed_once_and_is_the_same_then(
    values: pd.Series, fits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def made() -> tuple[pd.DataFrame, dict[str, statistics.Forecast], pd.DataFrame]:
        table, forecasts = forecast_tables.compared(values[:7], values[7:], "en")
        return table, forecasts, forecast_tables.backtested(values, 1, 5, "en")

    first, computed = made(), len(fits)
    again = made()
    assert len(fits) == computed > 2
    monkeypatch.delenv(kept.FOLDER_VARIABLE)
    for table, forecasts, backtest in (first, again):
        plain = made()
        pd.testing.assert_frame_equal(table, plain[0], check_exact=True)
        pd.testing.assert_frame_equal(backtest, plain[2], check_exact=True)
        assert forecasts == plain[1]
        assert [*forecasts] == [*plain[1]]


@pytest.mark.parametrize(
    "other",
    [
        {"values": GROWING * 1.0000001},
        {"values": GROWING.rename(lambda year: str(int(year) + 1))},
        {"steps": 2},
        {"first": 6},
        {"language": "zh"},
        {"models": ["drift", "naive"]},
    ],
    ids=str,
)
def test_whatever_a_table_depends_on_computes_it_anew(fits: list[str], other: dict[str, Any]) -> None:
    plain = {"values": GROWING, "steps": 1, "first": 5, "language": "en", "models": ["naive", "drift"]}
    forecast_tables.backtested(**plain)  # type: ignore[arg-type]
    computed = len(fits)
    forecast_tables.backtested(**plain | other)
    assert len(fits) == 2 * computed


@pytest.mark.parametrize("kind", [np.array, list, pd.Series])
def test_whatever_holds_the_values_each_of_them_counts(fits: list[str], kind: Callable[[Any], Any]) -> None:
    """`repr` leaves out most of a long array, and the last digits of each value."""
    plain = [100 + k % 7 + k / 1000 for k in range(1200)]
    shown = []
    for place, more in ((0, 0.0), (600, 1e-9), (601, 5.0)):
        values = plain.copy()
        values[place] += more
        shown.append(forecast_tables.backtested(kind(values), 1, 1190, "en", ["naive"]))
    assert len(fits) == 3
    again = forecast_tables.backtested(kind(plain), 1, 1190, "en", (m for m in ["naive"]))  # type: ignore[arg-type]
    assert len(fits) == 3
    pd.testing.assert_frame_equal(again, shown[0], check_exact=True)


def test_a_gap_is_refused_whatever_was_computed_of_the_same_values_before(fits: list[str]) -> None:
    """Of which kind an index is decides whether it tells of time."""
    years = [1, 2, 3, 6, 7, 8]
    values = [100.0, 110, 118, 131, 140, 155]
    loose, strict = (pd.Series(values, pd.Index(years, dtype=kind)) for kind in (object, "int64"))
    assert len(forecast_tables.backtested(loose, 1, 4, "en", ["naive"])) == 1
    with pytest.raises(UserError, match="periods are missing before 6"):
        forecast_tables.backtested(strict, 1, 4, "en", ["naive"])


def test_models_that_a_notebook_puts_in_place_are_fitted_each_time(
    fits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = forecast_tables.backtested(GROWING, 1, 5, "en", ["drift"])
    of_naive = statistics.MODELS["naive"].paths
    own = replace(statistics.MODELS["drift"], paths=lambda *given: of_naive(*given))
    monkeypatch.setitem(statistics.MODELS, "drift", own)
    for _ in range(2):
        table = forecast_tables.backtested(GROWING, 1, 5, "en", ["drift"])
        assert table["mean absolute error, %"][0] > plain["mean absolute error, %"][0]
    monkeypatch.setitem(statistics.MODELS, "drift", replace(statistics.MODELS["drift"], paths=of_naive))
    assert forecast_tables.backtested(GROWING, 1, 5, "en", ["drift"]).equals(table)
    monkeypatch.undo()
    assert len(fits) == 4


def test_a_forecast_does_not_stand_for_a_backtest(fits: list[str]) -> None:
    forecast_tables.compared(GROWING[:7], GROWING[7:], "en", ["drift"])
    forecast_tables.compared(GROWING[:7], GROWING[7:] + 1, "en", ["drift"])
    forecast_tables.compared(GROWING[1:7], GROWING[7:], "en", ["drift"])
    assert len(fits) == 3
