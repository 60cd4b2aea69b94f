"""Turns what notebooks have (series, tables, dictionaries) into one tidy table, or says clearly what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from analysis.charts import numbers
from analysis.errors import UserError
from analysis.numbers import periods

# One series: {period: value}, a pandas Series indexed by period, or a table with the column `value`
# (and, where its rounding interval is to be drawn, `low` and `high`) indexed by period or with a column `period`.
OneSeries = Any
ManySeries = Any  # {name: OneSeries}, or one OneSeries


class ChartError(UserError):
    """A chart cannot be drawn from what it was given."""


@dataclass(frozen=True)
class Printed:
    """A point that the report prints: its period, value, the text beside it, and its rounding interval if known."""

    period: str
    value: float
    text: str = ""
    low: float | None = None
    high: float | None = None
    digits: str = ""  # the value as printed, where its trailing zeros matter

    def label(self, factor: float = 1.0) -> str:
        """The text beside the point; `factor` converts to the unit of the axis and keeps the printed precision."""
        if self.text:
            return self.text
        if self.digits:
            exact = Decimal(self.digits.replace(",", "")) * Decimal(f"{factor:g}")
            return numbers.plain(float(exact), max(0, -int(exact.as_tuple().exponent)))
        return numbers.plain(self.value * factor, numbers.decimals_of([self.value * factor]))

    @classmethod
    def of(cls, period: str, quantity: Any, text: str = "", factor: float = 1.0) -> Printed:
        """From a Quantity of the report; `factor` converts its unit to that of the data (亿 to 万亿: 1e-4)."""
        low, high = quantity.interval.low * factor, quantity.interval.high * factor
        digits = quantity.text if factor == 1 and re.fullmatch(r"-?[\d,]+(\.\d+)?", quantity.text) else ""
        return cls(period, float(quantity.value) * factor, text, low, high, digits)


def one_series(chart: str, name: str, data: OneSeries) -> pd.DataFrame:
    """A table of period, value, low, high in time order; low and high are missing where unknown."""
    if isinstance(data, pd.DataFrame):
        frame = data.reset_index(drop="period" in data.columns)
        if "period" not in frame.columns:
            frame = frame.rename(columns={frame.columns[0]: "period"})
        if "value" not in frame.columns:
            raise ChartError(
                f"chart {chart}: the table of series “{name}” has no column “value”: {list(data.columns)}"
            )
    else:
        pairs = list(data.items()) if hasattr(data, "items") else list(data)
        frame = pd.DataFrame(pairs, columns=["period", "value"])
    frame = frame.reindex(columns=["period", "value", "low", "high"])
    frame["period"] = frame["period"].astype(str)
    _check(chart, name, frame)
    order = periods.positions(frame["period"].tolist())
    return frame.sort_values("period", key=lambda column: column.map(order), kind="stable", ignore_index=True)


def many_series(chart: str, data: ManySeries, name: str = "") -> pd.DataFrame:
    """One table of series, period, value, low, high; the series keep the order in which they were given."""
    named = data if _is_mapping_of_series(data) else {name: data}
    if not named:
        raise ChartError(f"chart {chart}: there is no series to draw")
    parts = [one_series(chart, str(key), value).assign(series=str(key)) for key, value in named.items()]
    return pd.concat(parts, ignore_index=True)[["series", "period", "value", "low", "high"]]


def _is_mapping_of_series(data: ManySeries) -> bool:
    if not isinstance(data, Mapping):
        return False
    return all(
        isinstance(value, Mapping | pd.Series | pd.DataFrame | list | tuple) for value in data.values()
    )


def _check(chart: str, name: str, frame: pd.DataFrame) -> None:
    where = f"chart {chart}, series “{name}”" if name else f"chart {chart}"
    if frame.empty:
        raise ChartError(f"{where}: there are no values; check the filter or the period window that made it")
    for column in ("value", "low", "high"):
        numbers = pd.to_numeric(frame[column], errors="coerce")
        text = frame[column].notna() & numbers.isna()
        if text.any():
            row = frame.loc[text].iloc[0]
            raise ChartError(f"{where}: column {column} at {row['period']} is not a number: {row[column]!r}")
        found = numbers.to_numpy(float)
        # "over 39" has no upper end to draw.
        frame[column] = found if column == "value" else np.where(np.isinf(found), math.nan, found)
    missing = frame.loc[frame["value"].isna(), "period"]
    if len(missing):
        raise ChartError(
            f"{where}: the value at {missing.iloc[0]} is missing; drop the row (a gap is drawn as a gap) or fill it"
        )
    twice = frame.loc[frame["period"].duplicated(), "period"]
    if len(twice):
        raise ChartError(f"{where}: {twice.iloc[0]} stands twice; choose one edition or status")


def check_table(chart: str, table: pd.DataFrame, needed: Sequence[str]) -> pd.DataFrame:
    """The table itself, or one clear error if it is empty or lacks one of the `needed` columns."""
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ChartError(f"chart {chart}: the table to draw is empty")
    lacking = [column for column in needed if column not in table.columns]
    if lacking:
        raise ChartError(
            f"chart {chart}: the table lacks the column {lacking[0]!r}; it has {list(table.columns)}"
        )
    return table.reset_index(drop=True)


def as_printed(points: Iterable[Printed] | Mapping[str, Any] | None) -> tuple[Printed, ...]:
    """Printed points from a list, or from {period: value as printed}."""
    if not points:
        return ()
    if isinstance(points, Mapping):
        return tuple(
            Printed(str(period), float(value), digits=str(value)) for period, value in points.items()
        )
    return tuple(points)
