"""Turns what notebooks have (series, tables, dictionaries) into one tidy table, or says clearly what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.charts import numbers
from analysis.errors import UserError
from analysis.numbers import periods, units
from analysis.numbers.interval import Interval
from analysis.numbers.printed import Quantity

# One series: {period: value}, a pandas Series indexed by period, or a table with the column `value` (and, where its rounding
# interval is to be drawn, `low` and `high`; and `unit`) indexed by period or with a column `period`. A value is a number, or
# a Measured one, which brings its unit, and its interval where the form draws it.
OneSeries = Any
ManySeries = Any  # {name: OneSeries}, Series, or one OneSeries
Marks = Any  # {period: what the report prints there, as printed or as its Quantity}, or Printed points; None for none


class Measured(Protocol):
    """A number that knows its unit and its range: an observation, a recomputed value, a number of the report."""

    @property
    def value(self) -> float | None:
        """The number."""

    @property
    def unit(self) -> str:
        """Its unit."""

    @property
    def interval(self) -> Interval:
        """What it may be."""


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
    suffix: str = ""  # behind the digits: %

    def label(self, factor: float = 1.0) -> str:
        """The text beside the point; `factor` converts to the unit of the axis and keeps the printed precision."""
        if self.text:
            return self.text
        if self.digits:
            exact = _times(Decimal(self.digits), factor)
            return numbers.plain(float(exact), max(0, -int(exact.as_tuple().exponent))) + self.suffix
        return numbers.plain(self.value * factor, numbers.decimals_of([self.value * factor])) + self.suffix

    @classmethod
    def of(cls, period: str, quantity: Quantity, text: str = "", factor: float = 1.0) -> Printed:
        """From a Quantity of the report; `factor` converts its unit to that of the data (亿 to 万亿: 1e-4)."""
        assert quantity.value is not None
        low, high = quantity.interval.low * factor, quantity.interval.high * factor
        plain = quantity.text.replace(",", "")
        digits = f"{_times(Decimal(plain), factor):f}" if re.fullmatch(r"-?\d+(\.\d+)?", plain) else ""
        suffix = "%" if quantity.unit == "%" else ""
        return cls(period, quantity.value * factor, text, low, high, digits, suffix)


def _times(printed: Decimal, factor: float) -> Decimal:
    """A printed number in another unit, to as many digits as it had: a power of ten moves its point."""
    power = math.log10(factor)
    if abs(power - round(power)) < 1e-9:
        return printed.scaleb(round(power))
    return round(printed * Decimal(repr(factor)), max(0, -int(printed.as_tuple().exponent)))


@dataclass(frozen=True)
class Series:
    """A series with what belongs to it: its name, its unit where the values do not know it, and what the report prints of it.

    `printed` is drawn at the periods that the series has.
    """

    values: OneSeries
    name: str = ""
    unit: str = ""
    printed: Marks = None


@dataclass(frozen=True)
class Given:
    """What a form draws: a table of series, period, value, low, high; its unit; the points that the report prints."""

    tidy: pd.DataFrame
    unit: str
    printed: tuple[Printed, ...]


def given(
    chart: str, data: ManySeries, unit: str = "", printed: Marks = None, *, ranges: bool = False
) -> Given:
    """What a form was given, in one table. `ranges`: it draws the intervals of Measured values.

    Raises ChartError for empty, missing, double or non-numeric values, and for values in more than one unit.
    """
    series = _named(data)
    if not series:
        raise ChartError(f"chart {chart}: there is no series to draw")
    parts = [one_series(chart, one.name, one.values, ranges).assign(series=one.name) for one in series]
    tidy = pd.concat(parts, ignore_index=True)
    unit = _one_unit(chart, [unit, *(one.unit for one in series), *tidy["unit"]])
    points = list(as_printed(printed, unit))
    for one, part in zip(series, parts, strict=True):
        points += [point for point in as_printed(one.printed, unit) if point.period in set(part["period"])]
    return Given(tidy[["series", "period", "value", "low", "high"]], unit, tuple(points))


def _named(data: ManySeries) -> list[Series]:
    if isinstance(data, Series):
        return [data]
    if isinstance(data, list) and data and all(isinstance(one, Series) for one in data):
        return data
    if isinstance(data, Mapping) and all(
        isinstance(value, Mapping | pd.Series | pd.DataFrame | list | tuple) for value in data.values()
    ):
        return [Series(values, str(name)) for name, values in data.items()]
    return [Series(data)]


def _one_unit(chart: str, units: Sequence[Any]) -> str:
    """The unit of all values that know theirs, and of the axis."""
    known = list(dict.fromkeys(unit for unit in units if unit and isinstance(unit, str)))
    if len(known) > 1:
        raise ChartError(f"chart {chart}: one axis has one unit, and there are {' and '.join(known)}")
    return known[0] if known else ""


def one_series(chart: str, name: str, data: OneSeries, ranges: bool = False) -> pd.DataFrame:
    """A table of period, value, low, high, unit in time order; low and high are missing where unknown.

    `ranges`: also those of Measured values, which else are their numbers alone.
    """
    if isinstance(data, pd.DataFrame):
        frame = data.reset_index(drop="period" in data.columns)
        if "period" not in frame.columns:
            frame = frame.rename(columns={frame.columns[0]: "period"})
        if "value" not in frame.columns:
            raise ChartError(
                f"chart {chart}: the table of series “{name}” has no column “value”: {list(data.columns)}"
            )
    else:
        pairs = data.items() if hasattr(data, "items") else data
        rows = [(period, *_parts(value, ranges)) for period, value in pairs]
        frame = pd.DataFrame(rows, columns=["period", "value", "low", "high", "unit"])
    frame = frame.reindex(columns=["period", "value", "low", "high", "unit"])
    frame["period"] = frame["period"].astype(str)
    _check(chart, name, frame)
    order = periods.positions(frame["period"].tolist())
    return frame.sort_values("period", key=lambda column: column.map(order), kind="stable", ignore_index=True)


def _parts(value: Any, ranges: bool) -> tuple[Any, Any, Any, str]:
    """Value, low, high and unit of a number or of a Measured one."""
    if not hasattr(value, "interval"):
        return value, None, None, ""
    low, high = (value.interval.low, value.interval.high) if ranges else (None, None)
    return value.value, low, high, value.unit


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


def as_printed(points: Marks, unit: str) -> tuple[Printed, ...]:
    """Printed points from a list, or from {period: value as printed, or its Quantity}, in the unit of the axis."""
    if not isinstance(points, Mapping):
        return tuple(points or ())
    return tuple(_point(str(period), value, unit) for period, value in points.items())


def _point(period: str, value: Any, unit: str) -> Printed:
    if isinstance(value, Quantity):
        return Printed.of(period, value, factor=units.factor(value.unit, unit) if unit else 1.0)
    plain = str(value).replace(",", "")
    return Printed(period, float(plain), digits=plain, suffix="%" if unit == "%" else "")
