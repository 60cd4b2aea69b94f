"""What each form plots: numbers and artists, never pixels; and how it refuses what it cannot draw."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree

import pandas as pd
import pytest

from analysis import charts
from analysis.charts import ChartError, Printed
from analysis.charts.alt import direction, sentence
from analysis.charts.canvas import drawn, figure
from analysis.charts.palette import PALETTE
from analysis.numbers.printed import Quantity
from analysis.report import assume
from tests.charts_samples import ABOUT, FORMS, QUARTERS


def _axes(form: str, index: int = 0, narrow: bool = False):
    return figure(FORMS[form](), narrow).axes[index]


def _texts(drawn) -> list[str]:
    from matplotlib.text import Text

    return [text.get_text() for text in drawn.findobj(Text) if text.get_text()]


def _line(axes, label: str):
    return next(line for line in axes.get_lines() if line.get_label() == label)


def _ys(axes) -> list[list[float]]:
    return [[float(y) for y in line.get_ydata()] for line in axes.get_lines()]


def test_lines_are_interrupted_at_a_break():
    axes = _axes("lines")
    drawn = _ys(axes)
    assert [12.5, 11.0, 14.0] in drawn and [6.25, 5.5, 7.0] in drawn
    assert [10.0, 12.5, 11.0, 14.0] not in drawn


def test_a_break_is_drawn_between_periods_that_are_drawn():
    series = charts.Series({"2019": 1.0, "2020": 2.0}, "a")
    breaks = {"2018": "long ago", "2019": "before all", "2020": "between", "2021": "to come"}
    for chart in (
        charts.lines(series, "x", breaks=breaks, **ABOUT),
        charts.levels_and_growth(series, series, "x", breaks=breaks, **ABOUT),
    ):
        assert [what in chart.alt for what in breaks.values()] == [False, False, True, False]
    stages = charts.lines({"then": 1.0, "now": 2.0}, "x", breaks={"now": "between"}, **ABOUT)
    assert "between" in stages.alt


def test_a_line_without_break_is_whole():
    axes = figure(charts.lines(QUARTERS, id="x", **ABOUT)).axes[0]
    assert list(QUARTERS.values()) in _ys(axes)


def test_a_range_without_an_end_is_not_drawn():
    table = pd.DataFrame(
        {"period": ["2019", "2020"], "value": [1.0, 2.0], "low": [0.9, 2.0], "high": [1.1, math.inf]}
    )
    found = charts.lines({"a": table}, id="x", **ABOUT).data
    assert found["high"].dropna().tolist() == [1.1]


def test_a_missing_period_is_dotted_not_joined():
    series = {"2019-Q1": 1.0, "2019-Q2": 2.0, "2019-Q3": 3.0, "2020-Q2": 5.0, "2020-Q3": 6.0}
    axes = figure(charts.lines(series, id="x", **ABOUT)).axes[0]
    assert [1.0, 2.0, 3.0] in _ys(axes) and [5.0, 6.0] in _ys(axes)
    bridge = next(line for line in axes.get_lines() if list(line.get_ydata()) == [3.0, 5.0])
    assert bridge.get_linestyle() != "-"


def test_printed_points_are_diamonds_with_their_digits():
    drawn = figure(FORMS["lines"]())
    mark = _line(drawn.axes[0], "printed")
    assert list(mark.get_ydata()) == [11.5] and mark.get_marker() == "D"
    assert mark.get_markerfacecolor() == PALETTE["paper"]
    assert "1.150" in _texts(drawn), "亿美元 is shown in billions, with the printed precision"


def test_printed_quantity_brings_its_rounding_interval():
    point = Printed.of("2020-Q2", Quantity.parse("11.50", "亿美元"))
    assert (point.low, point.high) == pytest.approx((11.495, 11.505)) and point.label() == "11.50"
    assert Printed.of("2020", Quantity.parse("1271", "笔")).label() == "1,271"
    assert Printed.of("2020", Quantity.parse("1.42", "亿户"), factor=1e4).label() == "14,200"


@pytest.mark.parametrize(
    ("text", "unit", "axis", "label"),
    [
        ("1.42", "亿户", "万户", "14,200"),
        ("13.30", "亿美元", "十亿美元", "1.330"),
        ("24.6", "%", "%", "24.6%"),
        ("1,271", "笔", "笔", "1,271"),
    ],
)
def test_a_printed_quantity_keeps_its_digits_in_the_unit_of_the_axis(text, unit, axis, label):
    chart = charts.bars(
        {"2019": 1.0}, "x", unit=axis, printed={"2020": Quantity.parse(text, unit)}, language="zh", **ABOUT
    )
    assert label in _texts(figure(chart))


def test_a_rate_of_exchange_leaves_a_printed_number_its_decimals():
    assert Printed.of("2020", Quantity.parse("134.1", "亿元"), factor=1 / 6.9).label() == "19.4"


def test_values_bring_their_unit_and_where_it_is_drawn_their_range():
    known = {"2019": assume(1.0, "GW", "a"), "2020": assume(2.0, "GW", "b", low=1.5, high=2.5)}
    line, bar = charts.lines(known, "x", **ABOUT), charts.bars(known, "x", **ABOUT)
    assert "2 GW" in line.alt and "2 GW" in bar.alt
    assert line.data["high"].tolist() == [1.0, 2.5] and bar.data["high"].isna().all()
    table = pd.DataFrame({"period": ["2019"], "value": [1.0], "unit": ["GW"]})
    assert "1 GW" in charts.lines({"a": table}, "x", **ABOUT).alt
    assert "1 GW" in charts.lines(charts.Series({"2019": 1.0}, "a", "GW"), "x", **ABOUT).alt


def test_one_axis_has_one_unit():
    several = {"2019": assume(1.0, "GW", "a"), "2020": assume(1000.0, "MW", "b")}
    with pytest.raises(ChartError, match="chart x: one axis has one unit, and there are GW and MW"):
        charts.lines(several, "x", **ABOUT)
    with pytest.raises(ChartError, match="chart x: one axis has one unit, and there are MW and GW"):
        charts.bars({"2019": several["2019"]}, "x", unit="MW", **ABOUT)


def test_marks_of_a_series_go_with_its_periods():
    printed = {"2019": "1.0", "2021": "3.0"}
    of_series = charts.lines(charts.Series({"2019": 1.0, "2020": 2.0}, printed=printed), "x", **ABOUT)
    of_chart = charts.lines({"2019": 1.0, "2020": 2.0}, "x", printed=printed, **ABOUT)
    marked = [c.data.query("kind == 'printed'")["period"].tolist() for c in (of_series, of_chart)]
    assert marked == [["2019"], ["2019", "2021"]]


def test_a_slope_has_two_times():
    with pytest.raises(ChartError, match="a slope has two times, the same for all, and “b” has 2020"):
        charts.slope({"a": {"2019": 1.0, "2020": 2.0}, "b": {"2020": 2.0}}, "x", **ABOUT)


def test_a_curve_takes_its_choices_and_its_unit_from_what_it_is_given():
    table = pd.DataFrame({"estimate": [1.0, 2.0], "by": ["sum", "mean"]})
    printed = Quantity.parse("1.0", "%")
    chart = charts.specification_curve(table, "x", printed=printed, main={"by": "sum"}, **ABOUT)
    assert "1 of them meet the printed 1%" in chart.alt


def test_rounding_intervals_of_a_series_are_whiskers():
    table = pd.DataFrame(
        {"value": [1.0, 2.0], "low": [0.95, 1.95], "high": [1.05, 2.05]}, index=["2019", "2020"]
    )
    axes = figure(charts.lines({"a": table}, id="x", **ABOUT)).axes[0]
    segments = [segment.tolist() for segment in axes.collections[0].get_segments()]
    assert [[2020.0, 0.95], [2020.0, 1.05]] in segments


def test_axis_shows_the_readers_unit():
    english = figure(charts.lines({"2019": 100.0, "2020": 300.0}, unit="亿元", id="x", **ABOUT)).axes[0]
    assert [t.get_text() for t in english.get_yticklabels()] == ["0", "10", "20", "30"]
    chinese = figure(
        charts.lines({"2019": 100.0, "2020": 300.0}, unit="亿元", id="x", language="zh", **ABOUT)
    ).axes[0]
    assert [t.get_text() for t in chinese.get_yticklabels()] == ["0", "100", "200", "300"]


def test_the_first_period_does_not_touch_the_numbers_of_the_axis():
    series = {f"{year}-Q4": float(year - 2017) for year in range(2018, 2026)}
    for narrow in (False, True):
        axes = figure(charts.lines(series, zero=True, id="x", **ABOUT), narrow).axes[0]
        first = axes.get_xticklabels()[0].get_window_extent()
        numbers = [label.get_window_extent() for label in axes.get_yticklabels()]
        assert all(first.x0 > number.x1 for number in numbers), narrow


def test_a_printed_level_is_not_written_across_a_break():
    quarters = [f"{year}-Q{q}" for year in (2019, 2020, 2021) for q in (1, 2, 3, 4)]
    levels = {quarter: 2.7 * number for number, quarter in enumerate(quarters, start=1)}
    chart = charts.levels_and_growth(
        charts.Series(levels, "level", printed=[Printed("2020-Q1", 13.0, text="CNY 13 trillion")]),
        charts.Series(dict.fromkeys(levels, 5.0), "growth"), "x", breaks={"2019-Q4": "x"}, **ABOUT,
    )  # fmt: skip
    for narrow in (False, True):
        axes = figure(chart, narrow).axes[0]
        cut = next(line for line in axes.get_lines() if line.get_linestyle() == "--")
        across = axes.transData.transform((float(cut.get_xdata()[0]), 0.0))[0]
        box = next(t for t in axes.texts if "13" in t.get_text()).get_window_extent()
        assert not box.x0 <= across <= box.x1, narrow


def test_what_a_card_knows_stands_apart_from_its_value():
    from matplotlib.text import Text

    known = {"E-wallet use among urban bank customers, six countries, 2019 (BCG)": "49%", "a b": "1"}
    drawn = figure(charts.card("x", known=known, missing="y", id="x", **ABOUT), narrow=True)
    texts = [t for t in drawn.findobj(Text) if t.get_text()]
    value = next(t for t in texts if t.get_text() == "49%").get_window_extent()
    beside = [t.get_window_extent() for t in texts if t.get_text() in known or "E-wallet" in t.get_text()]
    assert beside and all(value.x0 - box.x1 > 10 for box in beside)


def test_levels_are_bars_from_zero_and_growth_has_its_own_panel():
    drawn = figure(FORMS["levels_and_growth"]())
    levels, growth = drawn.axes
    assert [bar.get_height() for bar in levels.containers[0]] == list(QUARTERS.values())
    assert levels.get_ylim()[0] == 0 and levels.get_xlim() == growth.get_xlim()
    assert [20.0, 25.0] in _ys(growth)
    assert list(_line(levels, "printed").get_ydata()) == [11.0]
    assert list(_line(growth, "printed").get_ydata()) == [24.6]


def test_where_no_two_stand_side_by_side_bars_are_whole():
    for groups, wide in (
        ({"a": {"2019": 1.0}, "b": {"2020": 2.0}}, 0.72),
        ({"a": {"2019": 1.0}, "b": {"2019": 2.0}}, 0.36),
    ):
        axes = figure(charts.bars(groups, "x", **ABOUT)).axes[0]
        assert [bar.get_width() for group in axes.containers for bar in group] == pytest.approx([wide, wide])


def test_bars_keep_the_place_of_a_missing_year_and_centre_what_is_there():
    axes = _axes("bars")
    assert [t.get_text() for t in axes.get_xticklabels()] == ["2018", "2019", "2020", "2021"]
    heights = {
        round(p.get_x() + p.get_width() / 2, 2): p.get_height() for group in axes.containers for p in group
    }
    assert heights[0.0] == 1.0 and heights[3.0] == 4.0, "a bar alone in its year stands over its label"
    assert heights[1.82] == 3.0 and heights[2.18] == 2.0
    assert axes.get_ylim()[0] == 0


def test_lying_bars_are_sorted_and_the_others_stand_back():
    axes = _axes("lying")
    assert [t.get_text().replace("\n", " ") for t in axes.get_yticklabels()] == [
        "c",
        "a long name of a bank",
        "b",
    ]
    bars = list(axes.containers[0])
    assert [bar.get_width() for bar in bars] == [5.0, 3.0, -1.0]
    from matplotlib.colors import to_hex

    assert [to_hex(bar.get_facecolor()) for bar in bars] == [
        PALETTE["series1"],
        PALETTE["context"],
        PALETTE["context"],
    ]
    assert "−1%  ◇ −2%" in [text.get_text() for text in axes.texts]


def test_shares_are_stacked_to_a_hundred():
    axes = _axes("stacked_share")
    tops = [group[0].get_y() + group[0].get_height() for group in axes.containers]
    assert tops == [40.0, 75.0, 100.0]
    data = FORMS["stacked_share"]().data
    assert data.loc[(data["series"] == "其他") & (data["period"] == "2020"), "value"].tolist() == [37.0]


def test_shares_over_a_hundred_are_refused():
    with pytest.raises(ChartError, match="the shares at 2020 add up to 110 %"):
        charts.stacked_share({"a": {"2020": 60.0}, "b": {"2020": 50.0}}, id="x", **ABOUT)


def test_claims_are_deviations_with_bands_and_verdict_marks():
    axes = _axes("dot_interval")
    dots = {label: _line(axes, label) for label in ("one", "two", "three")}
    assert [round(float(dot.get_xdata()[0]), 2) for dot in dots.values()] == [1.0, -3.01, -6.0]
    assert [dot.get_color() for dot in dots.values()] == [
        PALETTE[k] for k in ("reproduced", "contradicted", "hedged")
    ]
    assert len({dot.get_marker() for dot in dots.values()}) == 3, "no meaning by colour alone"
    bands = {group.get_label(): group for group in axes.containers}
    hedge = bands["hedge"][0]
    assert (hedge.get_x(), hedge.get_width()) == pytest.approx((-10.0, 11.0))


def test_claims_beyond_the_limit_become_arrows():
    rows = pd.DataFrame(
        {"label": ["far"], "printed": [10.0], "low": [9.5], "high": [10.5], "computed": [90.0]}
    )
    axes = figure(charts.dot_interval(rows, limit=20, id="x", **ABOUT)).axes[0]
    assert _line(axes, "far").get_marker() == ">" and axes.get_xlim()[1] < 30


def test_slope_shows_growth():
    drawn = figure(FORMS["slope"]())
    assert list(_line(drawn.axes[0], "up").get_ydata()) == [1.0, 1.5], "CNY billion for 亿元"
    assert "1.5 (+50.0%)" in _texts(drawn) and "0.6 (−25.0%)" in _texts(drawn)


def test_waterfall_arrives():
    axes = _axes("waterfall")
    bars = list(axes.containers[0])
    assert [(bar.get_y(), bar.get_height()) for bar in bars] == [
        (0, 10.0),
        (10.0, 4.0),
        (13.0, 1.0),
        (0, 13.0),
    ]
    with pytest.raises(ChartError, match="10 and the steps make 14, not 15"):
        charts.waterfall({"a": 4.0}, start=("2019", 10.0), end=("2020", 15.0), id="x", **ABOUT)
    rest = charts.waterfall(
        {"a": 4.0}, start=("2019", 10.0), end=("2020", 15.0), rest="unexplained", id="x", **ABOUT
    )
    assert rest.data.loc[rest.data["name"] == "unexplained", "value"].tolist() == [1.0]


def test_timeline_shows_every_title_and_refuses_a_wrong_date():
    drawn = figure(FORMS["timeline"]())
    texts = " ".join(_texts(drawn))
    assert all(title in texts for title in ("Rule A", "Rule B", "Law"))
    data = _line(drawn.axes[0], "data").get_xdata()
    assert [round(float(x), 2) for x in data] == [2021.21, 2021.44]
    table = pd.DataFrame({"date": ["March 2021"], "issuer": ["a"], "topic": ["b"], "title": ["c"]})
    with pytest.raises(ChartError, match=r"date 'March 2021' in row 1 is not"):
        charts.timeline(table, id="x", **ABOUT)


def test_fan_nests_its_intervals():
    axes = _axes("fan")
    wide, narrow = axes.collections
    assert wide.get_datalim(axes.transData).height > narrow.get_datalim(axes.transData).height
    assert list(_line(axes, "truth").get_ydata()) == [5.2]
    assert "1 of 1 later value lies inside it" in FORMS["fan"]().alt


def test_fan_refuses_crossed_intervals_and_none():
    crossed = pd.DataFrame({"period": ["2021"], "mean": [1.0], "low80": [2.0], "high80": [0.5]})
    with pytest.raises(ChartError, match="low80 lies above high80"):
        charts.fan({"2020": 1.0}, crossed, id="x", **ABOUT)
    with pytest.raises(ChartError, match="0 intervals"):
        charts.fan({"2020": 1.0}, crossed[["period", "mean"]], id="x", **ABOUT)


def test_specifications_are_sorted_over_their_choices():
    drawn = figure(FORMS["specification_curve"]())
    near, curve, matrix = drawn.axes
    assert [list(line.get_xdata()) for line in near.get_lines() if line.get_label() == "connector"] == [
        [33.5, 34.54]
    ], "how far the plain reading is from what is printed can be seen"
    assert list(_line(curve, "meets").get_ydata()) == [34.5]
    assert list(_line(curve, "misses").get_ydata()) == [30.0, 33.5, 36.0]
    labels = [t.get_text().replace("\n", " ") for t in matrix.get_yticklabels()]
    assert labels == ["banks: five", "banks: six", "by: mean", "by: sum"]
    five = sorted(
        float(x) for line in matrix.get_lines() if list(line.get_ydata())[:1] == [0] for x in line.get_xdata()
    )
    assert five == [0.0, 2.0]


def test_the_plain_specification_must_be_one_of_them():
    table = pd.DataFrame({"by": ["sum", "mean"], "estimate": [1.0, 2.0]})
    with pytest.raises(ChartError, match="is 0 of the specifications; name one"):
        charts.specification_curve(table, choices=["by"], main={"by": "median"}, id="x", **ABOUT)


TOLD = {"slope": 4, "specification_curve": 7, "diagram": 0, "card": 0}
"""How many marks stand for a value, where it is not one for each row of data: both ends; four, and three again near by."""


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("narrow", [False, True])
def test_every_mark_says_what_it_stands_for(name: str, narrow: bool):
    chart = FORMS[name]()
    root = ElementTree.fromstring(chart.svg(narrow))
    marks = [(e, e[0].text) for e in root.iter() if e.tag.endswith("circle")]
    assert len(marks) == TOLD.get(name, len(chart.data))
    wide, high = float(root.get("width", 0)), float(root.get("height", 0))
    for mark, text in marks:
        assert text and re.search(r"\d", text), name
        assert 0 <= float(mark.get("cx", -1)) <= wide and 0 <= float(mark.get("cy", -1)) <= high, text


@pytest.mark.parametrize("name", ["lines", "levels_and_growth", "fan", "timeline"])
def test_a_mark_is_told_where_it_is_drawn(name: str):
    """Against matplotlib's own transformation of the drawn points."""
    sheet, told = drawn(FORMS[name]())
    high = sheet.get_size_inches()[1] * 72
    points = {
        (round(float(x)), round(high - float(y)))
        for axes in sheet.axes
        for line in axes.get_lines()
        if line.get_transform() == axes.transData
        for x, y in axes.transData.transform(line.get_xydata())
    }
    bars = (
        {
            (round(float(x)), round(high - float(y)))
            for axes in sheet.axes
            for patch in axes.patches
            for x, y in [
                axes.transData.transform((patch.get_x() + patch.get_width() / 2, patch.get_height()))
            ]
        }
        if name == "levels_and_growth"
        else set()
    )
    assert told and {(round(x), round(y)) for x, y, _ in told} <= points | bars


def test_diagram_turns_on_its_side_for_a_phone():
    wide, narrow = (figure(FORMS["diagram"](), turned).axes[0] for turned in (False, True))
    assert len(wide.patches) == len(narrow.patches) == 4
    first, second = (patch.get_bbox() for patch in wide.patches[:2])
    assert first.y0 == second.y0 and first.x0 < second.x0
    first, second = (patch.get_bbox() for patch in narrow.patches[:2])
    assert first.x0 == second.x0 and first.y0 < second.y0


@pytest.mark.parametrize(
    ("boxes", "arrows", "message"),
    [
        ([charts.Box("a", "A", 0, 0)], [charts.Arrow("a", "z")], "an arrow names the box 'z'"),
        ([charts.Box("a", "A", 0, 0), charts.Box("a", "B", 1, 0)], [], "two boxes have the id 'a'"),
        (
            [charts.Box("a", "A", 0, 0, width=2), charts.Box("b", "B", 1, 0)],
            [],
            r"two boxes stand in cell \(1, 0\)",
        ),
        ([], [], "no boxes"),
    ],
)
def test_diagram_refuses_what_cannot_be_placed(boxes, arrows, message):
    with pytest.raises(ChartError, match=message):
        charts.diagram(boxes, arrows, id="x", **ABOUT)


def test_card_says_what_is_missing_and_which_file_completes_it():
    texts = " ".join(_texts(figure(FORMS["card"]())))
    assert "The series." in texts and "data/series/adoption.csv" in texts and "79 %" in texts
    with pytest.raises(ChartError, match="'missing'; it is empty"):
        charts.card("a", missing=" ", id="x", **ABOUT)


@pytest.mark.parametrize("name", FORMS)
def test_alt_names_the_last_value(name):
    chart, expected = FORMS[name](), LAST_VALUES[name]
    assert expected in chart.alt, chart.alt


LAST_VALUES = {
    "lines": "second: rises from USD 0.50 billion in 2019 Q4 to USD 0.70 billion in 2020 Q3",
    "levels_and_growth": "余额：由2019Q4的10.0万亿元上升至2020Q3的14.0万亿元",
    "bars": "a: rises throughout from 1 deals in 2018 to 4 deals in 2021",
    "lying": "last b (−1%)",
    "stacked_share": "其他：由2019的25%上升至2020的37%",
    "dot_interval": "Last row, three: printed 50, recomputed 47",
    "slope": "down: falls from CNY 0.8 billion in 2019 to CNY 0.6 billion in 2020",
    "waterfall": "From 2019 10 to 2020 13",
    "timeline": "last 2021-06-10, Law",
    "fan": "Forecast for 2022: 6.00%, 95% prediction interval 4.00% to 8.00%",
    "specification_curve": "estimates rise from 30.0% to 36.0%, median 34.0%. 1 of them meet the printed 34.54%",
    "diagram": "清洗 → 服务 (每日)",
    "card": "Singapore, 2019: 79 %",
}


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ({}, "there are no values"),
        ({"2019": float("nan")}, "the value at 2019 is missing"),
        ({"2019": "many"}, "column value at 2019 is not a number: 'many'"),
        (pd.Series([1.0, 2.0], index=["2019", "2019"]), "2019 stands twice"),
        (pd.DataFrame({"period": ["2019"], "wert": [1.0]}), "has no column “value”"),
    ],
)
@pytest.mark.parametrize("form", [charts.lines, charts.bars])
def test_unusable_data_names_chart_series_and_period(form, series, message):
    with pytest.raises(ChartError, match=message) as caught:
        form({"deals": series}, id="x", **ABOUT)
    assert "chart x" in str(caught.value) and "deals" in str(caught.value)


@pytest.mark.parametrize("form", [charts.dot_interval, charts.timeline, charts.specification_curve])
def test_empty_tables_are_refused(form):
    extra = {"choices": ["a"]} if form is charts.specification_curve else {}
    with pytest.raises(ChartError, match="the table to draw is empty"):
        form(pd.DataFrame(), id="x", **extra, **ABOUT)
    with pytest.raises(ChartError, match="the table lacks the column"):
        form(pd.DataFrame({"z": [1]}), id="x", **extra, **ABOUT)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([4.0, 10.0, 23.0], "rises throughout"),
        ([4.0, 10.0, 10.0, 23.0], "rises"),
        ([9.0, 5.0, 5.0, 2.0], "falls"),
        ([9.0, 5.0, 2.0], "falls throughout"),
    ],
)
def test_a_pause_is_no_step_throughout(values: list[float], says: str):
    assert direction(values, "en") == says


def test_a_sentence_has_one_full_stop():
    assert [sentence(said, "en") for said in ("a", "a.", "甲。")] == ["a.", "a.", "甲。"]
    assert [sentence(said, "zh") for said in ("甲", "a.", "甲。")] == ["甲。", "a.", "甲。"]


def test_a_step_is_told_with_its_plus_whatever_its_name():
    chart = charts.waterfall({"sum: all": 4.0}, start=("2019", 1.0), end=("2020", 5.0), id="x", **ABOUT)
    assert "<title>sum: all: +4</title>" in chart.svg()
