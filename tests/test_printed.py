"""Printed numbers: what digits and hedge words claim (P), and what the words allow besides (H)."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import words
from analysis.numbers.printed import (
    HEDGES,
    Interval,
    PrintedNumberError,
    Quantity,
    Reading,
    decimals_interval,
    written,
)

LEDGER = Path(__file__).parents[1] / "data/report/claims.csv"
_RANGE = re.compile(r"(?P<left>[\[(])(?P<low>\S+), (?P<high>\S+)(?P<right>[\])])")


def interval(text: str) -> Interval:
    """The range that is written as mathematics writes it: [6.115, 6.125), (98, inf)."""
    match = _RANGE.fullmatch(text)
    assert match
    low, high = float(match["low"]), float(match["high"])
    return Interval(
        low, high, match["left"] == "(" and low > -math.inf, match["right"] == ")" and high < math.inf
    )


def assert_is(found: Interval, expected: str) -> None:
    """Ends, openness, and what lies just inside and just outside each end."""
    wanted = interval(expected)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), rel=1e-14, abs=1e-15)
    assert (found.low_open, found.high_open) == (wanted.low_open, wanted.high_open)
    for end, is_open, inward in ((wanted.low, wanted.low_open, 1), (wanted.high, wanted.high_open, -1)):
        if math.isinf(end):
            assert found.contains(-inward * 1e15)
            continue
        size = wanted.width if 0 < wanted.width < math.inf else max(abs(end), 1e-3)
        step = max(1e-4 * size, 16 * math.ulp(end)) * inward
        assert found.contains(end) is not is_open
        assert not found.contains(end - step)
        assert found.width == 0 or found.contains(end + step)


# --- digits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "claims"),
    [
        ("34.54", "%", "[34.535, 34.545)"),
        ("6.12", "%", "[6.115, 6.125)"),
        ("-6.12", "%", "(-6.125, -6.115]"),
        ("−3.5", "%", "(-3.55, -3.45]"),
        ("负三", "%", "(-3.5, -2.5]"),
        ("12.50", "亿元", "[12.495, 12.505)"),
        ("12.5", "亿元", "[12.45, 12.55)"),
        ("1,271", "亿元", "[1270.5, 1271.5)"),
        ("200", "亿元", "[199.5, 200.5)"),
        ("13030000000000", "元", "[13029999999999.5, 13030000000000.5)"),
        ("１３．０３", "万亿元", "[13.025, 13.035)"),
        ("0", "%", "(-0.5, 0.5)"),
        ("0.0", "", "(-0.05, 0.05)"),
        ("七十", "亿元", "[69.5, 70.5)"),
        ("百", "亿元", "[99.5, 100.5)"),
        ("三百五", "亿元", "[345, 355)"),
        ("三百零五", "亿元", "[304.5, 305.5)"),
        ("二〇二一", "亿元", "[2020.5, 2021.5)"),
        ("三点五万", "元", "[34500, 35500)"),
        ("1.3万亿", "元", "[1250000000000, 1350000000000)"),
        ("14亿1178万", "元", "[1411775000, 1411785000)"),
        ("三万三千亿", "元", "[3299950000000, 3300050000000)"),
        ("3万4000", "元", "[33999.5, 34000.5)"),
        ("5千万", "元", "[45000000, 55000000)"),
        ("百分之三十五", "", "[0.345, 0.355)"),
        ("千分之五", "", "[0.0045, 0.0055)"),
        ("three million", "USD", "[2500000, 3500000)"),
        ("two hundred thousand", "USD", "[199500, 200500)"),
        ("twenty-five", "USD", "[24.5, 25.5)"),
        ("3.5 million", "USD", "[3450000, 3550000)"),
        ("54bn", "USD", "[53500000000, 54500000000)"),
        ("double", "", "[1.5, 2.5)"),
        ("a dozen", "GW", "[11.5, 12.5)"),
    ],
)
def test_digits_claim_half_a_unit_of_their_last_place(text: str, unit: str, claims: str) -> None:
    quantity = Quantity.parse(text, unit)
    assert_is(quantity.interval, claims)
    assert quantity.hedged == quantity.interval
    assert not quantity.blurs


def test_a_trailing_zero_is_a_claim() -> None:
    assert Quantity.parse("12.50").interval.width < Quantity.parse("12.5").interval.width


def test_a_point_on_the_edge_belongs_to_one_number() -> None:
    edge = Interval(6.125, 6.125)
    assert Quantity.parse("6.13").interval.meets(edge)
    assert not Quantity.parse("6.12").interval.meets(edge)


@pytest.mark.parametrize(
    ("text", "hedge", "claims"),
    [
        ("200", "约", "[195, 205)"),
        ("4000", "约", "[3995, 4005)"),
        ("1271", "约", "[1270.5, 1271.5)"),
        ("12.50", "约", "[12.495, 12.505)"),
        ("-30", "约", "(-35, -25]"),
        ("200", "", "[199.5, 200.5)"),
    ],
)
def test_the_last_zero_after_about_may_not_count_as_printed(text: str, hedge: str, claims: str) -> None:
    loose = Reading(trailing_zeros="insignificant")
    assert_is(Quantity.parse(text, "亿元", hedge, reading=loose).interval, claims)


@pytest.mark.parametrize(
    ("text", "unit", "kind", "claims"),
    [
        ("28", "家", "", "[28, 28]"),
        ("六", "部委", "", "[6, 6]"),
        ("七十", "种", "", "[70, 70]"),
        ("5", "年", "count", "[5, 5]"),
        ("5", "年", "level", "[4.5, 5.5)"),
        ("10", "", "form", "[10, 10]"),
        ("2", "", "rank", "[2, 2]"),
        ("7", "", "", "[6.5, 7.5)"),
        ("351", "万个", "count", "[350.5, 351.5)"),
        ("1.5", "家", "", "[1.45, 1.55)"),
        ("3万", "人", "", "[25000, 35000)"),
        ("15", "deals", "", "[15, 15]"),
    ],
)
def test_counts_are_whole(text: str, unit: str, kind: str, claims: str) -> None:
    assert_is(Quantity.parse(text, unit, kind=kind).interval, claims)


# --- hedges ---------------------------------------------------------------------------------------------------------

READINGS = {
    # how it is read: P and H of 100 亿元, P and H of −5 %
    "near": ("[99.5, 100)", "[90, 100)", "(-5, -4.5]", "(-5, -4.5]"),
    "about": ("[99.5, 100.5)", "[95, 105]", "(-5.5, -4.5]", "(-5.5, -4.5]"),
    "above": ("(100, 125]", "(100, inf)", "[-6.25, -5)", "(-inf, -5)"),
    "from": ("[100, 125]", "[100, inf)", "[-6.25, -5]", "(-inf, -5]"),
    "below": ("[75, 100)", "[0, 100)", "(-5, -3.75]", "(-5, 0]"),
    "upto": ("[75, 100]", "[0, 100]", "[-5, -3.75]", "[-5, 0]"),
    "rest": ("[100, 200)", "[100, 200)", "(-6, -5]", "(-6, -5]"),
    "stress": ("[99.5, 100.5)", "[99.5, 100.5)", "(-5.5, -4.5]", "(-5.5, -4.5]"),
}
SIDES = {"above": "above", "from": "above", "rest": "above", "below": "below", "upto": "below"}
KINDS = {
    "near": "近 接近 接近于 将近 几乎|nearly|almost|close to",
    "about": "约 大约 约为 左右 上下|about|around|roughly|approximately|some|or so",
    "above": "超过 超 超出 逾 高于 多于 大于 突破|more than|over|above",
    "from": "至少 不少于 不低于 以上 及以上|at least|no less than|or more",
    "below": "不足 不到 不满 低于 少于 小于|less than|fewer than|under|below",
    "upto": "至多 最多 不超过 不高于 不多于 以下 及以下|up to|at most|no more than|or less",
    "rest": "余 多 有余",
    "stress": "高达 多达 达 达到 仅 只有|as much as|as many as|only",
}
SAID = [
    (word, kind)
    for kind, listed in KINDS.items()
    for chinese, *english in [listed.split("|")]
    for word in [*chinese.split(), *english]
]


@pytest.mark.parametrize(("word", "kind"), SAID)
def test_a_hedge_cuts_and_stretches_as_it_is_read(word: str, kind: str) -> None:
    level, fall = Quantity.parse("100", "亿元", word), Quantity.parse("-5", "%", word)
    for found, claims in zip(
        (level.interval, level.hedged, fall.interval, fall.hedged), READINGS[kind], strict=True
    ):
        assert_is(found, claims)
    assert level.side == fall.side == SIDES.get(kind, "")
    assert level.blurs is (READINGS[kind][0] != READINGS[kind][1])


def test_every_hedge_word_of_the_packs_is_told_here() -> None:
    assert {word for word, _ in SAID} == HEDGES


@pytest.mark.parametrize(
    ("text", "unit", "hedge", "printed", "allowed"),
    [
        ("30", "%", "近", "[29.5, 30)", "[27, 30)"),
        ("3", "倍", "近", "[2.7, 3)", "[2.7, 3)"),  # does not stack on the width of the digit
        ("百", "项", "近", "[99.5, 100)", "[90, 100)"),
        ("130", "%", "近", "[129.5, 130)", "[117, 130)"),
        ("345", "亿元", "约", "[344.5, 345.5)", "[327.75, 362.25]"),
        ("3", "倍", "约", "[2.5, 3.5)", "[2.5, 3.5)"),
        ("28", "家", "约", "[28, 28]", "[26.6, 29.4]"),
        ("5", "亿美元", "超过", "(5, 6.25]", "(5, inf)"),
        ("150", "%", "以上", "[150, 187.5]", "[150, inf)"),
        ("5", "亿美元", "不足", "[3.75, 5)", "[0, 5)"),
        ("0.8", "倍", "不足", "[0.6, 0.8)", "[0, 0.8)"),
        ("10", "亿元", "约", "[9.5, 10.5)", "[9.5, 10.5]"),
        ("2087", "万个", "余", "[2087, 2088)", "[2087, 2088)"),
        ("七十", "种", "余", "[70, 80)", "[70, 80)"),
        ("30", "家", "多", "[30, 40)", "[30, 40)"),
        ("三万四千", "户", "余", "[34000, 35000)", "[34000, 35000)"),
        ("3万4千", "户", "余", "[34000, 35000)", "[34000, 35000)"),
        ("3.5", "亿元", "余", "[3.5, 3.6)", "[3.5, 3.6)"),
        ("300万", "元", "余", "[3000000, 3010000)", "[3000000, 3010000)"),
        ("0", "倍", "近", "(-0.5, 0.5)", "(-0.5, 0.5)"),
        ("0", "%", "近", "[0, 0.5)", "[0, 0.5)"),
        ("0", "%", "超过", "(0, 0.5]", "(0, 100]"),
        ("0", "%", "低于", "[-0.5, 0)", "(-inf, 0)"),
        ("double", "", "nearly", "[1.8, 2)", "[1.8, 2)"),
    ],
)
def test_hedged_numbers(text: str, unit: str, hedge: str, printed: str, allowed: str) -> None:
    quantity = Quantity.parse(text, unit, hedge)
    assert_is(quantity.interval, printed)
    assert_is(quantity.hedged, allowed)


def test_a_reading_says_how_far_words_reach() -> None:
    wide = Reading(near=0.2, about=0.3, above=0.5, below=0.4)
    assert_is(Quantity.parse("100", "亿元", "近", wide).hedged, "[80, 100)")
    assert_is(Quantity.parse("100", "亿元", "约", wide).hedged, "[70, 130]")
    assert_is(Quantity.parse("100", "亿元", "超过", wide).interval, "(100, 150]")
    assert_is(Quantity.parse("100", "亿元", "不足", wide).interval, "[60, 100)")


def test_what_is_read_where_no_report_says_otherwise() -> None:
    assert Reading() == Reading(0.10, 0.05, 0.25, 0.25, "printed", "half up", widest=2.0, blunt=0.1)


@pytest.mark.parametrize(
    ("text", "rest"), [("3.5", 0.1), ("3.50", 0.01), ("70", 10), ("300", 100), ("305", 1), ("300万", 1e4)]
)
def test_more_than_a_number_adds_no_full_unit_of_its_last_digit(text: str, rest: float) -> None:
    assert Quantity.parse(text, "", "余").rest == rest


def test_a_hedge_that_reaches_nowhere_still_cuts() -> None:
    strict = Reading(near=0.0, about=0.0, above=0.0, below=0.0)
    for hedge in ("近", "超过", "不足"):
        assert not Quantity.parse("100", "亿元", hedge, strict).hedged.contains(100)


# --- shares and fractions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "hedge", "kind", "printed", "allowed"),
    [
        ("98", "%", "超过", "share", "(98, 100]", "(98, 100]"),
        ("98", "%", "超过", "", "(98, 100]", "(98, 100]"),
        ("98", "%", "超过", "growth", "(98, 122.5]", "(98, inf)"),
        ("70", "%", "以上", "share", "[70, 87.5]", "[70, 100]"),
        ("98", "%", "约", "share", "[97.5, 98.5)", "[93.1, 100]"),
        ("100", "%", "", "share", "[99.5, 100]", "[99.5, 100]"),
        ("0", "%", "", "share", "[0, 0.5)", "[0, 0.5)"),
        ("100", "%", "超过", "share", "(100, 125]", "(100, inf)"),
        ("9", "成", "超过", "share", "(9, 10]", "(9, 10]"),
        ("154", "%", "超过", "share", "(154, 192.5]", "(154, inf)"),
        ("-5", "%", "超过", "share", "[-6.25, -5)", "(-inf, -5)"),
        ("98", "亿元", "超过", "share", "(98, 122.5]", "(98, inf)"),
    ],
)
def test_shares_end_at_all(text: str, unit: str, hedge: str, kind: str, printed: str, allowed: str) -> None:
    quantity = Quantity.parse(text, unit, hedge, kind=kind)
    assert_is(quantity.interval, printed)
    assert_is(quantity.hedged, allowed)


@pytest.mark.parametrize(
    ("text", "hedge", "printed", "allowed"),
    [
        ("一半", "", "[0.495, 0.505)", "[0.45, 0.55)"),
        ("half", "", "[0.495, 0.505)", "[0.45, 0.55)"),
        ("半数", "约", "[0.495, 0.505)", "[0.45, 0.55)"),
        ("一半", "近", "[0.495, 0.5)", "[0.45, 0.5)"),
        ("half", "almost", "[0.495, 0.5)", "[0.45, 0.5)"),
        ("一半", "超过", "(0.5, 0.625]", "(0.5, 1]"),
        ("一半", "不足", "[0.375, 0.5)", "[0, 0.5)"),
        ("1/4", "", "[0.245, 0.255)", "[0.225, 0.29166666666666667)"),
        ("1/5", "", "[0.195, 0.205)", "[0.1, 0.225)"),
        ("7/10", "", "[0.695, 0.705)", "[0.6833333333333333, 0.725)"),
        (
            "a third",
            "",
            "[0.3283333333333333, 0.3383333333333333)",
            "[0.2916666666666667, 0.3666666666666667)",
        ),
        ("2/3", "", "[0.6616666666666667, 0.6716666666666667)", "[0.6333333333333333, 0.7083333333333333)"),
        (
            "三分之二",
            "近",
            "[0.6616666666666667, 0.6666666666666667)",
            "[0.6333333333333333, 0.6666666666666667)",
        ),
        (
            "two-thirds",
            "约",
            "[0.6616666666666667, 0.6716666666666667)",
            "[0.6333333333333333, 0.7083333333333333)",
        ),
    ],
)
def test_a_fraction_is_a_blur(text: str, hedge: str, printed: str, allowed: str) -> None:
    quantity = Quantity.parse(text, "", hedge)
    assert_is(quantity.interval, printed)
    assert_is(quantity.hedged, allowed)
    assert quantity.blurs


def test_words_have_no_rest() -> None:
    far = Quantity.parse("远高于", words=True)
    assert (far.value, far.half_unit, far.rest, far.span, far.expression) == (None, 0.0, 0.0, None, "")


def test_forty_three_per_cent_is_not_nearly_half() -> None:
    assert not Quantity.parse("一半", "", "近").hedged.meets(Interval(0.427, 0.432))


# --- notations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "claims"),
    [
        ("3.2%—3.5%", "%", "[3.15, 3.55)"),
        ("3.2-3.5", "%", "[3.15, 3.55)"),
        ("3至5", "倍", "[2.5, 5.5)"),
        ("3到5", "家", "[3, 5]"),
        ("5亿至6亿", "元", "[450000000, 650000000)"),
        ("3 to 5", "GW", "[2.5, 5.5)"),
        ("-2—3", "%", "(-2.5, 3.5)"),
        ("-10—-5", "%", "(-10.5, -4.5]"),
        ("3至5.5", "倍", "[2.5, 6)"),
    ],
)
def test_a_range_claims_all_between_its_ends(text: str, unit: str, claims: str) -> None:
    quantity = Quantity.parse(text, unit)
    assert_is(quantity.interval, claims)
    assert quantity.span is not None
    assert quantity.value == pytest.approx(sum(quantity.span) / 2)


def test_a_range_may_be_about_right() -> None:
    assert_is(Quantity.parse("300至500", "亿元", "约").hedged, "[285, 525]")
    assert_is(Quantity.parse("-10—-5", "%", "约").hedged, "[-10.5, -4.5]")
    assert Quantity.parse("300至500", "亿元").hedged == Quantity.parse("300至500", "亿元").interval
    with pytest.raises(PrintedNumberError, match="is a range, which 近 does not hedge"):
        Quantity.parse("3至5", "倍", "近")


@pytest.mark.parametrize(
    ("expression", "text", "unit", "hedge", "claims"),
    [
        ("近30%", "30", "%", "近", "[29.5, 30)"),
        ("70%以上", "70", "%", "以上", "[70, 87.5]"),
        ("2087万余个", "2087", "万个", "余", "[2087, 2088)"),
        ("20余万户", "20", "万户", "余", "[20, 30)"),
        ("20万余户", "20", "万户", "余", "[20, 21)"),
        ("330多亿元", "330", "亿元", "多", "[330, 340)"),
        ("30余", "30", "", "余", "[30, 40)"),
        ("七十余种", "七十", "种", "余", "[70, 80)"),
        ("七成", "七", "成", "", "[6.5, 7.5)"),
        ("1.3万亿元", "1.3", "万亿元", "", "[1.25, 1.35)"),
        ("14亿1178万人", "14亿1178万", "人", "", "[1411775000, 1411785000)"),
        ("三千万元", "三千", "万元", "", "[2999.5, 3000.5)"),
        ("3.2%—3.5%", "3.2%—3.5", "%", "", "[3.15, 3.55)"),
        ("约2/3", "2/3", "", "约", "[0.6616666666666667, 0.6716666666666667)"),
        ("more than $5.4 billion", "5.4", "USD billion", "more than", "(5.4, 6.75]"),
        ("€1.2 trillion", "1.2", "EUR trillion", "", "[1.15, 1.25)"),
        ("£350m", "350", "GBP m", "", "[349.5, 350.5)"),
        ("up to 5 GW", "5", "GW", "up to", "[3.75, 5]"),
        ("50 or more", "50", "", "or more", "[50, 62.5]"),
        ("nearly half", "half", "", "nearly", "[0.495, 0.5)"),
        ("350 bps", "350", "bps", "", "[349.5, 350.5)"),
        ("20万", "20万", "", "", "[195000, 205000)"),
        ("2.5 percentage points", "2.5", "percentage points", "", "[2.45, 2.55)"),
    ],
)
def test_a_whole_expression_is_read(expression: str, text: str, unit: str, hedge: str, claims: str) -> None:
    quantity = Quantity.parse(expression)
    assert (quantity.text.removesuffix("%"), quantity.unit, quantity.hedge) == (text, unit, hedge)
    assert_is(quantity.interval, claims)
    assert str(quantity) == expression


@pytest.mark.parametrize(
    "text",
    [
        "", "abc", "12..5", "5.", "nan", "Infinity", "约", "'); import os", "1e3", "12,50", "1,2345", "1_000", "١٢", "१२",
        "两三", "三五", "twenty fifty", "5-3", "3/0", "三千百", "十二百", "10+1", "二分之1.5", "3万5万", "3百500", "3万40000",
        "30余奇怪", "5-5", "3至3", "1/3至2", "1至3/2", "30约元", "30元约元", "$", "近", "余",
        "3万亿5万亿元", "三万亿五万亿元", "5万3亿元", "3亿5亿元", "3.5亿2000万元", "$5 million 3 billion", "3万—5万3亿元",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(PrintedNumberError, match="not a printed number"):
        Quantity.parse(text)


@pytest.mark.parametrize(("text", "unit", "hedge"), [("近30%", "%", ""), ("30%", "", "近"), ("30%", "%", "")])
def test_a_number_given_apart_from_its_unit_is_not_taken_apart(text: str, unit: str, hedge: str) -> None:
    with pytest.raises(PrintedNumberError, match="not a printed number"):
        Quantity.parse(text, unit, hedge)


@pytest.mark.parametrize(
    ("text", "unit", "hedge", "expression"),
    [
        ("2087", "万个", "余", "2087万余个"),
        ("20", "万户", "余", "20余万户"),
        ("七十", "种", "余", "七十余种"),
        ("70", "%", "以上", "70%以上"),
        ("70", "M", "超过", "超过70M"),
        ("62.8", "GW", "", "62.8 GW"),
        ("3.2%—3.5%", "%", "", "3.2%—3.5%"),
        ("5.4", "USD bn", "more than", "more than 5.4 USD bn"),
        ("5", "亿元", "or less", "5亿元 or less"),
        ("5", "m2", "", "5 m2"),
        ("7", "2x", "", "72x"),
        ("远高于", "", "", "远高于"),
        ("若干", "万户", "余", "若干万余户"),
    ],
)
def test_number_unit_and_hedge_are_written_in_the_order_of_print(
    text: str, unit: str, hedge: str, expression: str
) -> None:
    assert written(text, unit, hedge) == expression


def test_words_have_no_interval() -> None:
    quantity = Quantity.parse("远高于", words=True)
    assert quantity.value is None
    with pytest.raises(PrintedNumberError, match="has no interval"):
        _ = quantity.interval


@pytest.mark.parametrize("text", ["2014-2021 年", "2021 年", "3-5", "七成", "10+1"])
def test_where_words_are_expected_only_bare_numbers_are_read(text: str) -> None:
    assert Quantity.parse(text, words=True).value is None
    assert Quantity.parse("六", words=True).value == 6


def test_an_unknown_hedge_is_refused_by_name() -> None:
    with pytest.raises(PrintedNumberError, match="unknown hedge word '大概'"):
        Quantity.parse("5", hedge="大概")


def test_hedges_of_every_language_are_read() -> None:
    assert Quantity.parse("30", "%", "nearly").hedged == Quantity.parse("30", "%", "近").hedged


# --- the ledger -----------------------------------------------------------------------------------------------------

WITH_WORDS_BETWEEN = {  # the quote has words between hedge, number and unit
    "na-unicorns-share-2020", "sea-internet-users", "nubank-exceeds-half-of-bank", "cbdc-research-share-2020",
    "china-funding-2020", "rural-60plus-share", "unicorns-total-2020",
}  # fmt: skip
COUNTED_OTHERWISE = {  # the quote has another counter (六大行, 人民币), none, or a list
    "six-banks-count", "abc-platforms", "telecom-operators-5g", "gartner-trends", "ecny-operating-banks",
    "ecny-telecom-operators", "ecny-value", "wealth-technology-aspects", "green-loans-2021q1", "icbc-cloud-industries",
    "six-banks-strategy-count", "unicorns-value-2020",
}  # fmt: skip


def test_a_quantity_is_written_as_the_report_prints_it() -> None:
    def plain(text: str) -> str:
        return "".join(unicodedata.normalize("NFKC", text).split())

    with LEDGER.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    written = {
        row["claim_id"]: (
            str(Quantity.parse(row["printed"], row["unit"], row["hedge"], words=True)),
            row["quote"],
        )
        for row in rows
    }
    unlike = {claim_id for claim_id, (text, quote) in written.items() if plain(text) not in plain(quote)}
    assert unlike == WITH_WORDS_BETWEEN | COUNTED_OTHERWISE


# --- properties -----------------------------------------------------------------------------------------------------

numbers = st.decimals(-(10**6), 10**6, places=3) | st.integers(-(10**14), 10**14).map(Decimal)
positive = st.decimals("0.001", 10**6, places=3)
units = st.sampled_from(["", "%", "亿元", "家"])
hedges = st.sampled_from(["", *sorted(HEDGES)])
fast = settings(max_examples=60, deadline=None)


@fast
@given(numbers)
def test_a_number_rounds_into_its_own_interval_and_into_no_neighbour(number: Decimal) -> None:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    step = Decimal(1).scaleb(exponent)
    own = Quantity.parse(str(number)).interval
    assert own.contains(float(number))
    for other in (number - step, number + step):
        neighbour = Quantity.parse(f"{other:f}").interval
        assert not own.meets(neighbour)
        assert own.low == neighbour.high or own.high == neighbour.low
        edge = (float(number) + float(other)) / 2
        if number * other > 0:
            assert own.contains(edge) is not neighbour.contains(edge)


@fast
@given(positive, units, hedges)
def test_negation_mirrors(number: Decimal, unit: str, hedge: str) -> None:
    plus, minus = (Quantity.parse(f"{n:f}", unit, hedge, kind="level") for n in (number, -number))
    assert minus.interval == plus.interval.mirrored()
    assert minus.hedged == plus.hedged.mirrored()
    assert minus.side == plus.side


@fast
@given(numbers, units, hedges, st.sampled_from(["", "share", "growth", "count"]))
def test_what_a_word_allows_contains_what_is_printed(
    number: Decimal, unit: str, hedge: str, kind: str
) -> None:
    quantity = Quantity.parse(f"{number:f}", unit, hedge, kind=kind)
    assert quantity.interval.within(quantity.hedged)
    assert quantity.hedged.meets(quantity.interval)


@fast
@given(numbers, st.sampled_from([1e-8, 1e-4, 10.0, 1e4, 1e8]))
def test_scaling_keeps_what_lies_inside(number: Decimal, factor: float) -> None:
    own = Quantity.parse(f"{number:f}").interval
    scaled = own.scaled(factor)
    for value in (own.low, own.mid, own.high):
        assert own.contains(value) == scaled.contains(value * factor)


@fast
@given(positive, st.sampled_from(["", "%", "亿元", "家", "万个", "GW"]), hedges)
def test_what_is_written_is_read_again(number: Decimal, unit: str, hedge: str) -> None:
    one = Quantity.parse(f"{number:f}", unit, hedge)
    again = Quantity.parse(str(one))
    assert (again.text, again.unit, again.hedge) == (one.text, one.unit, one.hedge)
    assert again.interval == one.interval
    assert again.hedged == one.hedged


# --- intervals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "meets", "within"),
    [
        ("[1, 2]", "[2, 3]", True, False),
        ("[1, 2)", "[2, 3]", False, False),
        ("[1, 2]", "(2, 3]", False, False),
        ("[1, 2]", "[1, 2]", True, True),
        ("[1, 2]", "[1, 2)", True, False),
        ("[1, 2]", "(1, 2]", True, False),
        ("(1, 2)", "(1, 2)", True, True),
        ("[2, 2]", "[1, 2]", True, True),
        ("[2, 2]", "[1, 2)", False, False),
        ("[0, 1]", "[2, 3]", False, False),
        ("[5, 6]", "(1, inf)", True, True),
        ("[5, inf)", "(1, inf)", True, True),
        ("(0, inf)", "(1, inf)", True, False),
        ("(-inf, 2)", "[1, 3]", True, False),
        ("(-inf, 2)", "(-inf, 2]", True, True),
        ("[0.30000000000000004, 0.4]", "[0.2, 0.3]", True, False),
        ("[0.1, 0.30000000000000004]", "[0.1, 0.3]", True, True),
    ],
)
def test_intervals_meet_and_lie_within(one: str, other: str, meets: bool, within: bool) -> None:
    a, b = interval(one), interval(other)
    assert (a.meets(b), b.meets(a), a.within(b)) == (meets, meets, within)


def test_the_last_bits_of_arithmetic_do_not_decide() -> None:
    assert Interval(1, 2).contains(2 + 1e-12), "a point has no width that could make noise of anything"
    own = Quantity.parse("100000000000000").interval
    assert own.contains(own.low - math.ulp(own.low))
    assert not own.contains(own.high - math.ulp(own.high))
    assert not own.contains(own.low - 0.25)


def test_a_point_is_closed_and_an_interval_runs_upwards() -> None:
    assert Interval(1, 1, True, True) == Interval(1, 1)
    with pytest.raises(ValueError, match="not an interval: 2 … 1"):
        Interval(2, 1)
    with pytest.raises(ValueError, match="not an interval"):
        Interval(math.nan, 1)


def test_an_interval_is_stretched_by_size_and_clipped() -> None:
    assert_is(Interval(2, 3, high_open=True).stretched(2), "[1, 6)")
    assert_is(Interval(-3, -2).stretched(2), "[-6, -1]")
    assert_is(Interval(98, 122, low_open=True).clipped(0, 100), "(98, 100]")
    assert_is(Interval(98, 100, high_open=True).clipped(0, 100), "[98, 100)")
    assert_is(Interval(0, 2, low_open=True).clipped(0, 100), "(0, 2]")
    assert Interval(2, 5).mid == 3.5


def test_published_values_have_rounding_intervals() -> None:
    assert_is(decimals_interval("13.03"), "[13.025, 13.035)")


def test_packs_are_asked_in_every_language() -> None:
    assert {"近", "nearly"} <= set(words.hedges())


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("6.12", "[6.12, 6.13)"),
        ("-6.12", "(-6.13, -6.12]"),
        ("2078", "[2078, 2079)"),
        ("0", "(-1, 1)"),
        ("0.5", "[0.5, 0.6)"),
    ],
)
def test_digits_may_have_been_cut_off_instead_of_rounded(text: str, claims: str) -> None:
    assert_is(Quantity.parse(text, "亿元", reading=Reading(rounding="truncated")).interval, claims)


@pytest.mark.parametrize("text", ["23.8", "3.2%—3.5%", "2/3", "2087万余个", "nearly $5.4 billion", "约23.8%"])
def test_what_is_read_again_is_the_same(text: str) -> None:
    first, *others = (Quantity.parse("".join(text)) for _ in range(3))
    assert all(vars(other) == vars(first) for other in others)
    parts = (first.text, first.unit, first.hedge)
    of_parts = [Quantity.parse(*parts) for _ in range(2)]
    assert {q.expression for q in of_parts} == {""}, "what was given in parts is no whole expression"


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(10, 20), "10 … 20"),
        (Interval(10, 20, True, True), "10 … 20"),
        (Interval(10, 10), "10"),
        (Interval(10, math.inf), "≥ 10"),
        (Interval(10, math.inf, low_open=True), "> 10"),
        (Interval(-math.inf, 10), "≤ 10"),
        (Interval(-math.inf, 10, high_open=True), "< 10"),
        (Interval(-math.inf, math.inf), "?"),
        (Interval(-math.inf, math.inf, True, True), "?"),
    ],
)
def test_a_range_without_an_end_is_written_by_the_end_that_it_has(interval: Interval, text: str) -> None:
    assert interval.written() == text
    assert interval.written("{:.1f}".format) == re.sub(r"\d+", r"\g<0>.0", text)
