"""One chart of every form, small and quick to draw, for the tests of charts. All numbers are made for testing."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis import charts
from analysis.charts import Chart

ABOUT = {"title": "It rises", "subtitle": "Index, 2019 to 2020", "source": "Source: made for a test"}
QUARTERS = {"2019-Q4": 10.0, "2020-Q1": 12.5, "2020-Q2": 11.0, "2020-Q3": 14.0}
ZH = {"title": "逐季上升", "subtitle": "余额，万亿元", "source": "来源：测试用数据", "language": "zh"}


def lines(values: dict[str, float] | None = None) -> Chart:
    """Two lines, a break, a printed point."""
    second = {period: value / 2 for period, value in QUARTERS.items()}
    return charts.lines(
        {"first": values or QUARTERS, "second": second},
        unit="亿美元",
        breaks={"2020-Q1": "new scope"},
        printed={"2020-Q2": "11.50"},
        id="two-lines",
        **ABOUT,
    )


def levels_and_growth() -> Chart:
    """Bars over a growth line."""
    growth = {"2020-Q2": 20.0, "2020-Q3": 25.0}
    return charts.levels_and_growth(
        charts.Series(QUARTERS, "余额", "万亿元", {"2020-Q2": "11"}),
        charts.Series(growth, "同比增速", printed={"2020-Q3": "24.6"}),
        "levels",
        exhibit="图10",
        **ZH,
    )


def bars() -> Chart:
    """Grouped bars, one missing year, one bar missing."""
    groups = {"a": {"2018": 1.0, "2020": 3.0, "2021": 4.0}, "b": {"2020": 2.0}}
    return charts.bars(groups, unit="笔", printed={"2021": "4.5"}, id="grouped", **ABOUT)


def lying() -> Chart:
    """Lying bars in order of size, one negative."""
    values = {"a long name of a bank": 3.0, "b": -1.0, "c": 5.0}
    return charts.bars(
        values,
        unit="%",
        horizontal=True,
        sort=True,
        highlight=["c"],
        printed={"b": "-2"},
        id="lying",
        **ABOUT,
    )


def stacked_share() -> Chart:
    """Two parts and the rest."""
    parts = {"甲": {"2019": 40.0, "2020": 30.0}, "乙": {"2019": 35.0, "2020": 33.0}}
    return charts.stacked_share(parts, rest="其他", id="shares", **ZH)


def dot_interval() -> Chart:
    """One claim that holds, one that does not, one that only its hedge saves."""
    rows = pd.DataFrame(
        {
            "label": ["one", "two", "three"],
            "printed": [10.0, 34.54, 50.0],
            "low": [9.5, 34.535, 49.5],
            "high": [10.5, 34.545, 50.5],
            "computed": [10.1, 33.5, 47.0],
            "computed_low": [10.0, 33.4, 46.9],
            "computed_high": [10.2, 33.6, 47.1],
            "hedged_low": [None, None, 45.0],
            "hedged_high": [None, None, 50.5],
            "outcome": ["reproduced", "contradicted", "hedged"],
        }
    )
    return charts.dot_interval(rows, "claims", **ABOUT)


def slope() -> Chart:
    """Two names, one up, one down."""
    return charts.slope(
        {"up": {"2019": 10.0, "2020": 15.0}, "down": {"2019": 8.0, "2020": 6.0}},
        "slope",
        unit="亿元",
        **ABOUT,
    )


def waterfall() -> Chart:
    """From 10 by +4 and -1 to 13."""
    return charts.waterfall(
        {"more": 4.0, "less": -1.0}, start=("2019", 10.0), end=("2020", 13.0), id="bridge", **ABOUT
    )


def timeline() -> Chart:
    """Three rules of two issuers."""
    rows = [
        ("2021-03", "bank", "data", "Rule A"),
        ("2020", "bank", "loans", "Rule B"),
        ("2021-06-10", "congress", "data", "Law"),
    ]
    table = pd.DataFrame(rows, columns=["date", "issuer", "topic", "title"])
    return charts.timeline(table, "rules", **ABOUT)


def fan() -> Chart:
    """Two years ahead, one of them known by now."""
    forecast = pd.DataFrame(
        {
            "period": ["2021", "2022"],
            "mean": [5.0, 6.0],
            "low80": [4.5, 5.0],
            "high80": [5.5, 7.0],
            "low95": [4.0, 4.0],
            "high95": [6.0, 8.0],
        }
    )
    return charts.fan(
        {"2018": 2.0, "2019": 3.0, "2020": 4.0}, forecast, truth={"2021": 5.2}, unit="%", id="fan", **ABOUT
    )


def specification_curve() -> Chart:
    """Four specifications over two choices."""
    table = pd.DataFrame(
        {
            "banks": ["six", "five", "six", "five"],
            "by": ["sum", "sum", "mean", "mean"],
            "estimate": [33.5, 30.0, 36.0, 34.5],
            "low": [33.4, 29.9, 35.0, 34.0],
            "high": [33.6, 30.1, 37.0, 35.0],
        }
    )
    plainly = {"banks": "six", "by": "sum"}
    return charts.specification_curve(table, "curve", printed=34.54, main=plainly, unit="%", **ABOUT)


def diagram() -> Chart:
    """Three steps and what covers them."""
    boxes = [
        charts.Box("a", "采集", 0, 0, "传感器"),
        charts.Box("b", "清洗", 1, 0),
        charts.Box("c", "服务", 2, 0),
    ]
    boxes.append(charts.Box("all", "监控", 0, 1, width=3, kind="group"))
    arrows = [charts.Arrow("a", "b"), charts.Arrow("b", "c", "每日"), charts.Arrow("all", "b")]
    return charts.diagram(boxes, arrows, "flow", **ZH)


def card() -> Chart:
    """A card for an exhibit without data."""
    return charts.card(
        "Adoption by country.",
        known={"Singapore, 2019": "79 %"},
        missing="The series.",
        fill_file="data/series/adoption.csv",
        id="card",
        **ABOUT,
    )


FORMS: dict[str, Callable[[], Chart]] = {
    make.__name__: make
    for make in (
        lines,
        levels_and_growth,
        bars,
        lying,
        stacked_share,
        dot_interval,
        slope,
        waterfall,
        timeline,
        fan,
        specification_curve,
        diagram,
        card,
    )
}
