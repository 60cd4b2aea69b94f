"""A forecast as a fan: history, the middle of the forecast, its intervals, and what came later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis.charts import alt
from analysis.charts.axes import Scale, axis_depth, period_axis, value_axis
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, OneSeries, check_table, one_series
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE, series_colour
from analysis.errors import counted
from analysis.numbers import periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OPACITY = (0.14, 0.22, 0.32, 0.42)  # widest interval first


@dataclass(frozen=True)
class FanSpec:
    """History, forecast (period, mean, low50, high50, ...), the levels from wide to narrow, later truth."""

    history: pd.DataFrame
    forecast: pd.DataFrame
    levels: tuple[int, ...]
    truth: pd.DataFrame | None
    unit: str


@optional
def fan(
    history: OneSeries,
    forecast: pd.DataFrame,
    id: str,
    *,
    truth: OneSeries | None = None,
    unit: str = "",
    **about: Unpack[About],
) -> Chart:
    """A forecast with its prediction intervals and, if known, the later truth.

    forecast: period (column or index), mean, and lowNN/highNN for one or more levels NN, such as low80 and high80.
    truth: the values published later, drawn as hollow circles. Raises ChartError for missing or crossed intervals.
    """
    table, levels = _checked(id, forecast)
    needed = _bounds(levels)
    past = one_series(id, "history", history)
    later = one_series(id, "truth", truth) if truth is not None else None
    spec = FanSpec(past, table, levels, later, unit)
    said = _said(spec, language_of(about))
    return make(id, about, _data(spec, needed), "fan", said, partial(_draw, spec=spec), unit)


def _bounds(levels: tuple[int, ...]) -> list[str]:
    return [f"{side}{level}" for level in levels for side in ("low", "high")]


def _checked(chart: str, forecast: pd.DataFrame) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """The forecast with `period` as text, and its levels from wide to narrow."""
    table = forecast if "period" in forecast.columns else forecast.rename_axis("period").reset_index()
    table = check_table(chart, table, ["period", "mean"])
    table = table.assign(period=table["period"].astype(str))
    found = {int(column[3:]) for column in map(str, table.columns) if re.fullmatch(r"low\d+", column)}
    levels = tuple(sorted(found, reverse=True))
    if not 1 <= len(levels) <= len(OPACITY):
        raise ChartError(
            f"chart {chart}: the forecast has {counted(len(levels), 'interval')}; "
            f"give low80 and high80 or up to {len(OPACITY)} other levels"
        )
    check_table(chart, table, _bounds(levels))
    for column in ("mean", *_bounds(levels)):
        if table[column].isna().any():
            period = table.loc[table[column].isna(), "period"].iloc[0]
            raise ChartError(f"chart {chart}: {column} is missing at {period}")
    for level in levels:
        if (table[f"low{level}"] > table[f"high{level}"]).any():
            raise ChartError(f"chart {chart}: low{level} lies above high{level}; exchange them")
    return table, levels


def _data(spec: FanSpec, bounds: list[str]) -> pd.DataFrame:
    parts = [spec.history[["period", "value"]].assign(kind="history")]
    parts.append(
        spec.forecast[["period", "mean", *bounds]].rename(columns={"mean": "value"}).assign(kind="forecast")
    )
    if spec.truth is not None:
        parts.append(spec.truth[["period", "value"]].assign(kind="truth"))
    table = pd.concat(parts, ignore_index=True)
    return table[["kind", "period", "value", *bounds]]


def _said(spec: FanSpec, language: str) -> list[str]:
    past, last, level = spec.history, spec.forecast.iloc[-1], spec.levels[0]
    span = past["period"].tolist()
    name = alt.say("fan_past", language)
    said = [alt.course(name, span, past["value"].tolist(), spec.unit, language)]
    when = periods.label(last["period"], language)
    mean, low, high = (
        alt.amount(last[c], spec.unit, language, 2) for c in ("mean", f"low{level}", f"high{level}")
    )
    said.append(alt.say("fan_ahead", language, when=when, mean=mean, level=level, low=low, high=high))
    if spec.truth is not None:
        inside, known = _inside(spec)
        end = spec.truth.iloc[-1]
        value, when = alt.amount(end["value"], spec.unit, language), periods.label(end["period"], language)
        said.append(alt.say("fan_later", language, n=known, inside=inside, when=when, value=value))
    return said


def _inside(spec: FanSpec) -> tuple[int, int]:
    """How many later values lie in the widest interval, of how many that were forecast."""
    assert spec.truth is not None
    both = spec.truth.merge(spec.forecast, on="period")
    level = spec.levels[0]
    return int(both["value"].between(both[f"low{level}"], both[f"high{level}"]).sum()), len(both)


def _draw(canvas: Canvas, spec: FanSpec) -> None:
    ink, cone = PALETTE["ink"], series_colour(0)
    levels = alt.say("items", canvas.language).join(f"{level}%" for level in reversed(spec.levels))
    past, ahead, later = _words(canvas.language)
    key = [KeyItem(past, ink), KeyItem(ahead, cone, "dashed")]
    key.append(KeyItem(alt.say("fan_key_interval", canvas.language, levels=levels), cone, "faint"))
    if spec.truth is not None:
        key.append(KeyItem(later, series_colour(1), "ring"))
    canvas.key(key)
    bounds = _bounds(spec.levels)
    values = [*spec.history["value"], *spec.forecast[["mean", *bounds]].stack()]
    names_ = [*spec.history["period"], *spec.forecast["period"]]
    if spec.truth is not None:
        values, names_ = [*values, *spec.truth["value"]], [*names_, *spec.truth["period"]]
    scale = Scale.of(values, spec.unit, canvas.language, target=4 if canvas.narrow else 5)
    axes = canvas.panel(300 * (0.8 if canvas.narrow else 1), scale.margin(canvas), EDGE + 8, top=6, bottom=0)
    value_axis(canvas, axes, scale)
    place = period_axis(canvas, axes, names_, pad=10)
    canvas.cursor += axis_depth(canvas, axes)
    _cone(axes, spec, place)
    _tell(canvas, axes, spec, place)


def _words(language: str) -> tuple[str, str, str]:
    """What the three kinds of values are called."""
    past, ahead, later = (alt.say(f"fan_key_{kind}", language) for kind in ("past", "ahead", "later"))
    return past, ahead, later


def _tell(canvas: Canvas, axes: Axes, spec: FanSpec, place: dict[str, float]) -> None:
    """Every value with its period; a forecast with its widest interval."""
    language, level = canvas.language, spec.levels[0]
    past, ahead, later = _words(language)
    for name, table in ((past, spec.history), (later, spec.truth)):
        for known in [] if table is None else table.to_dict("records"):
            said = alt.point(name, known["period"], known["value"], spec.unit, language)
            canvas.tell(axes, place[known["period"]], known["value"], said)
    for row in spec.forecast.to_dict("records"):
        said = alt.point(ahead, row["period"], row["mean"], spec.unit, language)
        low, high = (alt.amount(row[f"{side}{level}"], spec.unit, language) for side in ("low", "high"))
        said = alt.say("fan_within", language, said=said, level=level, low=low, high=high)
        canvas.tell(axes, place[row["period"]], row["mean"], said)


def _cone(axes: Axes, spec: FanSpec, place: dict[str, float]) -> None:
    """Nested bands that begin at the last known point, the middle dashed, history and truth over them."""
    start = spec.history.iloc[-1]
    joined = place[start["period"]] < place[spec.forecast["period"].iloc[0]]
    head = [place[start["period"]]] if joined else []
    xs = [*head, *spec.forecast["period"].map(place)]
    first = [start["value"]] if joined else []
    for level, opacity in zip(spec.levels, OPACITY[-len(spec.levels) :], strict=False):
        low, high = [*first, *spec.forecast[f"low{level}"]], [*first, *spec.forecast[f"high{level}"]]
        axes.fill_between(
            xs, low, high, color=series_colour(0), alpha=opacity, linewidth=0, zorder=2, label=f"{level}%"
        )
    middle: dict[str, Any] = {"linewidth": 2, "linestyle": (0, (4, 2)), "zorder": 3, "label": "forecast"}
    axes.plot(xs, [*first, *spec.forecast["mean"]], color=series_colour(0), **middle)
    past: dict[str, Any] = {"linewidth": 2.2, "zorder": 3.5, "label": "history"}
    axes.plot(spec.history["period"].map(place), spec.history["value"], color=PALETTE["ink"], **past)
    if spec.truth is not None:
        ring: dict[str, Any] = {"marker": "o", "markersize": 7, "markeredgewidth": 1.8, "linestyle": ""}
        ring |= {"markerfacecolor": PALETTE["paper"], "zorder": 4, "label": "truth"}
        axes.plot(spec.truth["period"].map(place), spec.truth["value"], color=series_colour(1), **ring)
