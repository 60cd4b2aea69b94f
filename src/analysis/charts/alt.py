"""Alt texts made from the plotted data: which series, which way they go, and their last value."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pandas as pd

from analysis import words
from analysis.charts import numbers
from analysis.errors import counted
from analysis.numbers import periods

KINDS: dict[str, tuple[str, str]] = {
    "line": ("Line chart", "折线图"),
    "bar": ("Bar chart", "柱形图"),
    "stack": ("Stacked bar chart of shares", "百分比堆积柱形图"),
    "interval": ("Dot and interval plot", "点与区间图"),
    "slope": ("Slope chart", "斜率图"),
    "waterfall": ("Waterfall chart", "瀑布图"),
    "timeline": ("Timeline", "时间线"),
    "fan": ("Forecast fan chart", "预测扇形图"),
    "specification": ("Specification curve", "设定曲线"),
    "diagram": ("Diagram", "示意图"),
    "card": ("Card in place of a chart", "替代图表的说明卡"),
}


def kind(name: str, language: str) -> str:
    """The name of a form of chart in the language."""
    return KINDS[name][1 if language == "zh" else 0]


def point(name: str, period: str, value: float, unit: str, language: str) -> str:
    """What one mark stands for, in one line: its series, its period or category, its value with the unit."""
    what = [part for part in (name, periods.label(period, language) if period else "") if part]
    said = amount(value, unit, language)
    if language == "zh":
        return "，".join(what) + "：" + said if what else said
    return ", ".join(what) + ": " + said if what else said


def direction(values: Sequence[float], language: str) -> str:
    """How a series goes from its first to its last value: rises, falls, or stays."""
    first, last = values[0], values[-1]
    steps = [after - before for before, after in itertools.pairwise(values)]
    zh = language == "zh"
    if len(values) == 1 or last == first:
        return "持平" if zh else "stays the same"
    if last > first:
        steady = all(change > 0 for change in steps) and len(steps) > 1
        return ("逐期上升" if zh else "rises throughout") if steady else ("上升" if zh else "rises")
    steady = all(change < 0 for change in steps) and len(steps) > 1
    return ("逐期下降" if zh else "falls throughout") if steady else ("下降" if zh else "falls")


def amount(value: float, unit: str, language: str, decimals: int | None = None) -> str:
    """A value with its unit in words of the language; `decimals` counts in the unit that the reader sees."""
    if decimals is None:
        decimals = decimals_shown([value], unit, language)
    factor = words.display_unit(unit, language)[0]
    given = decimals + round(math.log10(factor))  # words.number counts decimals in the given unit
    return words.number(value, unit, language, given, on_axis=True).replace("-", numbers.MINUS, 1)


def decimals_shown(values: Sequence[float], unit: str, language: str) -> int:
    """How many decimals a set of values needs in the unit that the reader sees."""
    factor = words.display_unit(unit, language)[0]
    return numbers.decimals_of([value * factor for value in values])


def course(name: str, span: Sequence[str], values: Sequence[float], unit: str, language: str) -> str:
    """One sentence on one series: its direction, first and last value with their periods."""
    decimals = decimals_shown(values, unit, language)
    first, last = (amount(v, unit, language, decimals) for v in (values[0], values[-1]))
    start, end = periods.label(span[0], language), periods.label(span[-1], language)
    if language == "zh":
        head = f"{name}：" if name else ""
        if len(values) == 1:
            return f"{head}{end}为{last}。"
        return f"{head}由{start}的{first}{direction(values, language)}至{end}的{last}。"
    head = f"{name}: " if name else ""
    if len(values) == 1:
        return f"{head}{last} in {end}."
    return f"{head}{direction(values, language)} from {first} in {start} to {last} in {end}."


def of_series(form: str, tidy: pd.DataFrame, unit: str, language: str, extra: Sequence[str] = ()) -> str:
    """An alt text for a table of series, period, value; `extra` sentences follow (breaks, printed points)."""
    sentences = [
        course(str(name), part["period"].tolist(), part["value"].tolist(), unit, language)
        for name, part in tidy.groupby("series", sort=False)
    ]
    if language == "zh":
        return f"{kind(form, language)}。" + "".join([*sentences, *extra])
    return f"{kind(form, language)}. " + " ".join([*sentences, *extra])


def printed_sentence(count: int, language: str) -> str:
    """Says that printed points are marked, if there are any."""
    if not count:
        return ""
    if language == "zh":
        return f"空心菱形标出报告所印的{count}个数值。"
    return f"Hollow diamonds mark {counted(count, 'value')} printed in the report."
