"""The arithmetic under the charts: periods, ticks, wrapping, and keeping labels apart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts import fonts, numbers
from analysis.charts.axes import Scale
from analysis.charts.labels import Placer, spread
from analysis.numbers import periods


@pytest.mark.parametrize(
    ("period", "place", "english", "chinese"),
    [
        ("2020", 2021.0, "2020", "2020"),
        ("2020-H1", 2020.5, "2020 H1", "2020上半年"),
        ("2020-Q4", 2021.0, "2020 Q4", "2020Q4"),
        ("2020-12", 2021.0, "2020-12", "2020-12"),
        ("first edition", None, "first edition", "first edition"),
    ],
)
def test_periods_stand_at_their_end(period, place, english, chinese):
    assert periods.position(period) == place
    assert (periods.label(period, "en"), periods.label(period, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("given_periods", "expected"),
    [
        (["2021", "2018", "2020"], ["2018", "2019", "2020", "2021"]),
        (["2019-Q3", "2019-Q4", "2020-Q2"], ["2019-Q3", "2019-Q4", "2020-Q1", "2020-Q2"]),
        (["2020-11", "2020-12", "2021-02"], ["2020-11", "2020-12", "2021-01", "2021-02"]),
        (["2019-H1", "2020-H1", "2021-H1"], ["2019-H1", "2020-H1", "2021-H1"]),
        (["2021-06", "2021-10", "2022-08"], ["2021-06", "2021-10", "2022-08"]),
        (["2019", "2020-Q1", "2020-Q2"], ["2019", "2020-Q1", "2020-Q2"]),
        (["1949", "2020", "2021"], ["1949", "2020", "2021"]),
    ],
)
def test_missing_periods_are_filled_on_an_even_grid_only(given_periods, expected):
    assert periods.filled(given_periods) == expected


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 8))
def test_ticks_enclose_the_values_evenly(low, span, target):
    ticks = numbers.nice_ticks(low, low + span, target)
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert ticks[0] <= low + 1e-6 * span and ticks[-1] >= low + span - 1e-6 * span
    assert max(steps) - min(steps) <= 1e-6 * max(steps)
    assert len(ticks) <= 2 * target + 3


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=20), st.booleans())
def test_a_scale_holds_every_value_and_zero_when_asked(values, zero):
    scale = Scale.of(values, "", "en", zero=zero)
    slack = 1e-9 * max(1.0, scale.high - scale.low)
    assert scale.low - slack <= min(values) and max(values) <= scale.high + slack
    assert not zero or scale.low <= 0 <= scale.high
    assert len(scale.ticks) == len(scale.texts)
    if max(values) > 0:  # marks at the highest value keep clear of the edge
        assert scale.high - max(values) >= 0.03 * (scale.high - scale.low) - slack


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([1271.0], 0), ([13.03, 12.0], 2), ([0.5], 1), ([26.512345], 2), ([float("nan")], 0)],
)
def test_as_many_decimals_as_the_values_need(values, decimals):
    assert numbers.decimals_of(values) == decimals


def test_numbers_have_separators_signs_and_no_negative_zero():
    assert numbers.plain(-1234.5, 1) == "−1,234.5"
    assert numbers.plain(-0.001, 1) == "0.0"
    assert (numbers.signed(2.0, 1), numbers.signed(-2.0, 1), numbers.signed(0.0, 1)) == (
        "+2.0",
        "−2.0",
        "0.0",
    )


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(5, 30)), min_size=1, max_size=8))
def test_spread_labels_do_not_overlap_and_keep_their_order(items):
    wanted, sizes = [w for w, _ in items], [s for _, s in items]
    centres = spread(wanted, sizes, -50.0, 350.0)
    boxes = sorted((c - s / 2, c + s / 2) for c, s in zip(centres, sizes, strict=True))
    assert all(b[0] >= a[1] - 1e-6 for a, b in itertools.pairwise(boxes))
    assert boxes[0][0] >= -50 - 1e-6 and boxes[-1][1] <= 350 + 1e-6
    order = sorted(range(len(items)), key=lambda i: (wanted[i], i))
    assert [centres[i] for i in order] == sorted(centres)


def test_labels_that_fit_stay_where_they_are():
    assert spread([10.0, 50.0, 90.0], [10.0, 10.0, 10.0], 0, 100) == [10.0, 50.0, 90.0]


def test_a_placer_avoids_what_is_taken():
    placer = Placer(200, 100)
    first = placer.beside(100, 50, 30, 12)
    assert first == (100, 64.0), "above, if nothing is there"
    second = placer.beside(100, 50, 30, 12)
    assert second != first and second[1] < 50
    blocked = Placer(200, 100)
    blocked.block_box(0, 55, 200, 100)
    assert blocked.beside(100, 50, 30, 12)[1] < 55


def test_a_text_goes_further_off_where_all_that_is_near_is_taken():
    placer = Placer(400, 200)
    placer.block_box(0, 70, 400, 130)  # what lies within three rows of the point
    assert placer.beside(200, 100, 160, 14) == (200, 100 + 8 + 7 + 2 * 14)


def test_wrapping_keeps_words_and_chinese_marks_together():
    assert fonts.wrap("one two three", 10, fonts.width("one two ", 10) + 1) == ["one two", "three"]
    lines = fonts.wrap("绿色贷款余额，逐季上升。", 10, 65)
    assert len(lines) > 1 and not any(line[0] in "，。" for line in lines)
    assert "".join(lines) == "绿色贷款余额，逐季上升。"
    assert fonts.wrap("a\nb", 10, 100) == ["a", "b"]


def test_balanced_titles_do_not_end_in_a_single_word():
    text = "Green loans grew faster with every quarter and reached a new height"
    room = fonts.width(text, 10) * 0.95
    assert fonts.wrap(text, 10, room)[-1] == "height"
    assert len(fonts.balanced(text, 10, room)) == 2 and len(fonts.balanced(text, 10, room)[-1]) > 20


def test_widths_are_those_of_the_face():
    assert fonts.width("绿色", 10) == 20.0
    assert 0 < fonts.width("il", 10) < fonts.width("MW", 10)
