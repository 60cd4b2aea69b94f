"""One quantity in several editions: how a publisher restates what it published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Unpack

import pandas as pd

from analysis.charts import alt
from analysis.charts.inputs import ChartError, Printed, as_printed, many_series
from analysis.charts.lines import LineSpec, draw_lines, extra_sentences, with_printed
from analysis.charts.marks import Break, as_breaks
from analysis.charts.model import About, Chart, make
from analysis.charts.palette import PALETTE, series_colour
from analysis.numbers import periods


def vintages(
    editions: Mapping[str, Any],
    *,
    unit: str = "",
    printed: Iterable[Printed] | Mapping[str, Any] | None = None,
    breaks: Iterable[Break] | Mapping[str, str] | None = None,
    zero: bool = False,
    decimals: int | None = None,
    **about: Unpack[About],
) -> Chart:
    """One quantity as each edition of a publication gives it.

    editions: {edition: series}, oldest first. With more than three periods in all: one line per edition, the
    newest dark. With up to three periods the axis shows the editions instead, one line per period, so that each
    restatement is a step (printed values stand first, as the report's own). Raises ChartError for fewer than two editions.
    """
    if len(editions) < 2:
        raise ChartError(
            f"chart {about['id']}: a chart of editions needs at least two, there is {len(editions)}"
        )
    tidy = many_series(about["id"], dict(editions))
    language = about.get("language", "en")
    points, cuts = as_printed(printed), as_breaks(breaks)
    names = list(dict.fromkeys(tidy["series"]))
    few = tidy["period"].nunique() <= 3
    text = _alt(tidy, unit, language, extra_sentences(cuts, points, language))
    spec = LineSpec(tidy, unit, language, _shades(names), cuts, points, zero, decimals)
    if few:
        spec = _by_edition(spec, points)
    return make(about, with_printed(tidy, points), text, partial(draw_lines, spec=spec))


def _shades(names: list[str]) -> dict[str, str]:
    """The newest edition dark, the one before in its light tint, older ones in colours that stand back."""
    older = [
        PALETTE["context"],
        PALETTE["series5"],
        PALETTE["series3"],
        PALETTE["series6"],
        PALETTE["series4"],
    ]
    colours = {name: older[index % len(older)] for index, name in enumerate(reversed(names[:-1]), start=1)}
    return {**colours, names[-1]: series_colour(0)}


def _by_edition(spec: LineSpec, points: tuple[Printed, ...]) -> LineSpec:
    """Swaps editions and periods: the axis shows editions, a line follows one period through them."""
    order = spec.names()
    swapped = spec.tidy.rename(columns={"series": "period", "period": "series"})
    wanted = periods.in_order(list(swapped["series"]))
    parts = [swapped[swapped["series"] == period] for period in wanted]
    tidy = pd.concat(parts, ignore_index=True)[["series", "period", "value", "low", "high"]]
    tidy["series"] = tidy["series"].map(lambda period: periods.label(str(period), spec.language))
    names = list(dict.fromkeys(tidy["series"]))
    colours = {name: series_colour(index) for index, name in enumerate(names)}
    report = "报告" if spec.language == "zh" else "the report"
    moved = tuple(replace(point, period=report) for point in points)
    spans = (report, *order) if points else tuple(order)
    return replace(spec, tidy=tidy, colours=colours, printed=moved, breaks=(), spans=spans)


def _alt(tidy: pd.DataFrame, unit: str, language: str, extra: list[str]) -> str:
    """How the last common period moved from the first edition to the last, and where the newest ends."""
    zh = language == "zh"
    names = list(dict.fromkeys(tidy["series"]))
    said = [("版本：" + "、".join(names) + "。") if zh else f"Editions: {', '.join(names)}."]
    shared = tidy.groupby("period")["series"].nunique()
    common = periods.in_order([str(name) for name in shared[shared > 1].index]) if (shared > 1).any() else []
    if common:
        rows = tidy[tidy["period"] == common[-1]]
        first, last = rows.iloc[0], rows.iloc[-1]
        decimals = alt.decimals_shown([first["value"], last["value"]], unit, language)
        a, b = (alt.amount(row["value"], unit, language, decimals) for row in (first, last))
        when = periods.label(common[-1], language)
        if zh:
            said.append(f"{when}在{first['series']}为{a}，在{last['series']}为{b}。")
        else:
            said.append(f"{when} is {a} in {first['series']} and {b} in {last['series']}.")
    newest = tidy[tidy["series"] == names[-1]]
    said.append(alt.course(names[-1], newest["period"].tolist(), newest["value"].tolist(), unit, language))
    head = alt.kind("vintage", language) + ("。" if zh else ". ")
    return head + ("" if zh else " ").join([*said, *extra])
