"""Forecast models side by side as tables: against what came later, and from every origin of a backtest.

A model that refuses its sample stands in the table with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from analysis import kept, statistics
from analysis.words import label

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, str | float]
"""A row of a table, by the name of its column."""
MODELS = ("naive", "drift", "loglinear", "exponential_smoothing", "structural")


def compared(
    history: pd.Series, truth: pd.Series, language: str, models: Sequence[str] = MODELS
) -> tuple[pd.DataFrame, dict[str, statistics.Forecast]]:
    """Every model's forecast from `history` held against the later `truth`; and the forecasts, by model.

    Columns: model, MASE, error against no change, how many of the truth lie inside each interval, note.
    """

    names = tuple(models)

    def made() -> tuple[list[Row], list[dict[str, Any]]]:
        rows, forecasts = [], []
        for model in names:
            try:
                found = statistics.evaluate(history, truth, model)
            except statistics.Refused as reason:
                rows.append(_refused(model, reason, language))
                continue
            forecasts.append(asdict(found.result))
            inside: Row = {
                label("inside", language).format(level=k): str(n) for k, n in found.coverage.items()
            }
            errors: Row = {"MASE": found.mase, label("relative_error", language): found.relative_to_naive}
            rows.append(_model(model, language) | errors | inside)
        return rows, forecasts

    rows, forecasts = _before(made, "compared", history, truth, language, *names)
    return _frame(rows, language), {f["model"]: _forecast(**f) for f in forecasts}


def backtested(
    values: pd.Series, steps: int, first: int, language: str, models: Sequence[str] = MODELS
) -> pd.DataFrame:
    """Every model `steps` ahead from each origin with `first` values or more behind it.

    Columns: model, origins, mean absolute error in %, error against no change, how many lie inside 80 %, note.
    """

    names = tuple(models)

    def made() -> list[Row]:
        rows = []
        for model in names:
            try:
                found = statistics.rolling_origin(values, model, steps, first)
            except statistics.Refused as reason:
                rows.append(_refused(model, reason, language, "refused_origin"))
                continue
            errors: Row = {
                label("origins", language): found.origins,
                label("mean_absolute_error", language): found.mape,
                label("relative_error", language): found.relative_to_naive,
                label("inside", language).format(level=80): str(found.coverage[80]),
            }
            rows.append(_model(model, language) | errors)
        return rows

    return _frame(_before(made, "backtested", values, steps, first, language, *names), language)


def fan(forecast: statistics.Forecast, periods: Sequence[str]) -> pd.DataFrame:
    """A forecast as `charts.fan` takes it: mean, low80, high80, … by period."""
    import pandas as pd

    columns = {"mean": forecast.mean}
    for level, (low, high) in forecast.intervals.items():
        columns |= {f"low{level}": low, f"high{level}": high}
    return pd.DataFrame(columns, index=pd.Index(periods, name="period"))


def _before(make: Callable[[], Any], *made_of: object) -> Any:
    """What `make` gives of these things, or gave before: lists, mappings with names, texts and numbers."""
    own, known = statistics.forecast.__module__, statistics.MODELS.items()
    is_own = all(
        model.paths.__module__ == own for _, model in known
    )  # a notebook may put others in their place
    facts = [(name, m.least, m.seasonal, m.paths.__qualname__) for name, m in known]
    told = repr([facts, *map(_told, made_of)]).encode() if is_own else b""
    return json.loads(kept.text(told, lambda: json.dumps(make())))


def _told(part: object) -> object:
    """Something of which `repr` tells all that counts: that of an array leaves out digits and values."""
    import pandas as pd

    if type(part) in (str, int):
        return part
    values = part if isinstance(part, pd.Series) else pd.Series(part)
    kinds = type(part).__name__, type(values.index).__name__, str(values.index.dtype), str(values.dtype)
    return kinds, values.index.tolist(), values.tolist()


def _forecast(
    intervals: Mapping[str, Sequence[Sequence[float]]], mean: Sequence[float], **others: Any
) -> statistics.Forecast:
    spans = {int(level): (tuple(low), tuple(high)) for level, (low, high) in intervals.items()}
    return statistics.Forecast(mean=tuple(mean), intervals=spans, **others)


def _model(model: str, language: str) -> Row:
    return {label("model", language): label(f"model_{model}", language)}


def _refused(model: str, reason: statistics.Refused, language: str, why: str = "") -> Row:
    """The row of a model that refuses its sample."""
    why = why or ("refused_edge" if isinstance(reason, statistics.BoundaryFit) else "refused_points")
    told = label("refused", language).format(reason=reason, why=label(why, language))
    return _model(model, language) | {label("note", language): told}


def _frame(rows: list[Row], language: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows).fillna({label("note", language): ""})
