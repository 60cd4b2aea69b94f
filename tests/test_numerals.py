"""Numerals: the exact number that a text is, the worth of one unit of its last digit, and whether a power ends it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.numbers import numerals
from analysis.numbers.numerals import PrintedNumberError
from analysis.numbers.printed import Quantity

READ = [
    # text, value, place, ends in a power
    ("0", "0", "1", False), ("7", "7", "1", False), ("007", "7", "1", False), ("1,271", "1271", "1", False), ("12.50", "12.50", "0.01", False),
    ("1,234,567.5", "1234567.5", "0.1", False), ("+5", "5", "1", False), ("-5", "-5", "1", False), ("−0.5", "-0.5", "0.1", False), ("负三", "-3", "1", False), ("minus 3", "-3", "1", False),
    # words of one language
    ("七", "7", "1", False), ("十", "10", "1", False), ("十二", "12", "1", False), ("二十", "20", "1", False), ("二十五", "25", "1", False), ("百", "100", "1", False),
    ("一百", "100", "1", False), ("三百五", "350", "10", False), ("三百五十", "350", "1", False), ("三百零五", "305", "1", False), ("三千五", "3500", "100", False), ("三千零五十", "3050", "1", False),
    ("三千零五", "3005", "1", False), ("三千五百二十一", "3521", "1", False), ("二〇二一", "2021", "1", False), ("一九九八", "1998", "1", False), ("一〇五", "105", "1", False), ("二〇", "20", "1", False),
    ("两千", "2000", "1", False), ("三点五", "3.5", "0.1", False), ("三点一四", "3.14", "0.01", False),
    ("twenty", "20", "1", False), ("twenty-five", "25", "1", False), ("twenty five", "25", "1", False), ("twenty-one", "21", "1", False), ("two hundred", "200", "1", False), ("two hundred five", "205", "1", False),
    ("two hundred twenty-five", "225", "1", False), ("two thousand", "2000", "1000", True), ("two thousand five", "2005", "1", False), ("two hundred thousand", "200000", "1000", True),
    # powers that close a group
    ("万", "10000", "10000", True), ("三万", "30000", "10000", True), ("三万五", "35000", "1000", False), ("3万5", "35000", "1000", False), ("三万5", "35000", "1000", False), ("三万零五", "30005", "1", False),
    ("3万4000", "34000", "1", False), ("三万四千", "34000", "1", False), ("1.3万亿", "1300000000000", "100000000000", True), ("万亿", "1000000000000", "1000000000000", True), ("14亿1178万", "1411780000", "10000", True),
    ("三万三千亿", "3300000000000", "100000000", True), ("5千万", "50000000", "10000000", True), ("三百五十万", "3500000", "10000", True), ("一亿零五万", "100050000", "10000", True),
    ("5千", "5000", "1000", False), ("1.5千", "1500", "100", False), ("3百", "300", "100", False), ("三点五万", "35000", "1000", True), ("1亿2", "120000000", "10000000", False), ("3万12", "30012", "1", False), ("3万10", "30010", "1", False), ("3万9999", "39999", "1", False), ("3百99", "399", "1", False), ("3万亿5000亿", "3500000000000", "100000000", True), ("3万亿5", "3500000000000", "100000000000", False),
    ("三万五千亿", "3500000000000", "100000000", True), ("3万5千亿", "3500000000000", "100000000000", True), ("三万零五亿", "3000500000000", "100000000", True), ("3万1000亿", "3100000000000", "100000000", True),
    ("3亿9999.5万", "399995000", "1000", True), ("three thousand five hundred million", "3500000000", "1000000", True), ("3千99", "3099", "1", False),
    ("three million", "3000000", "1000000", True), ("3.5 million", "3500000", "100000", True), ("54bn", "54000000000", "1000000000", True), ("1.2 trillion", "1200000000000", "100000000000", True),
    ("百分之三十五", "0.35", "0.01", False), ("千分之五", "0.005", "0.001", False), ("万分之二", "0.0002", "0.0001", False), ("百分之三点五", "0.035", "0.001", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "place", "has_power"), READ)
def test_a_numeral_is_read(text: str, value: str, place: str, has_power: bool) -> None:
    found = numerals.read(text)
    assert (found.value, found.place, found.has_power) == (Decimal(value), Decimal(place), has_power)
    assert not found.is_fraction


@pytest.mark.parametrize(
    ("text", "value"),
    [("2/3", "2/3"), ("10 / 4", "5/2"), ("0/3", "0"), ("一半", "1/2"), ("三分之二", "2/3"), ("四分之三", "3/4"), ("二十分之一", "1/20"), ("two thirds", "2/3"), ("two-thirds", "2/3"), ("a quarter", "1/4"), ("-1/4", "-1/4")],
)  # fmt: skip
def test_a_fraction_has_no_last_digit(text: str, value: str) -> None:
    found = numerals.read(text)
    assert isinstance(found.value, Fraction) and found.is_fraction
    assert (found.value, found.place, found.has_power) == (Fraction(value), 0, False)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "+", "--5", "-+5", "1 2", "1,27", "12,345,6", ".5", "5.", "3/0", "1/2/3", "零分之一", "二分之1.5", "二分之一分之一", "三五", "两三", "二十百", "三百二百", "三百百", "百千", "三百五百", "五十五十",
        "二十十", "三万四万", "万万", "3万40000", "3万10000", "3百100", "3百121", "3亿5000亿", "三万四万亿亿", "twenty fifty", "twenty-ten", "twenty-zero", "twenty-0", "twenty-12", "25-five", "five-five", "30-5", "twelve five", "hundred-thousandth", "3百500", "三百1000", "三百五0", "3万5万", "abc", "2³x",
        # two numbers run together
        "3万亿5万亿", "三万亿五万亿", "5亿3万亿", "3万亿10000亿", "3亿10000万", "3千10百", "3万10千", "3万亿5万6亿", "5万3亿", "五万三亿", "3万999亿", "3万10000亿",
        "3百0.5百", "3千0千", "3万0.5万", "3亿0.5亿", "3 million 0.5 million",
        "5 million 3 billion", "three thousand five million", "3.5亿2000万", "3.5亿2", "3.5亿零5", "3.5百20", "三点五万五千", "3.5 million 200 thousand",
    ],
)  # fmt: skip
def test_what_no_report_prints_is_refused(text: str) -> None:
    with pytest.raises(PrintedNumberError, match="not a printed number"):
        numerals.read(text)


POWERS = {"万": 4, "亿": 8, "万亿": 12}
COUNTS = st.integers(1, 10**6).map(Decimal) | st.decimals("0.1", 10**4, places=1)


@given(COUNTS, st.sampled_from(sorted(POWERS)), COUNTS, st.sampled_from(sorted(POWERS)))
def test_two_amounts_run_together_are_one_number_only_where_the_second_goes_on_below_the_first(
    first: Decimal, power: str, second: Decimal, last: str
) -> None:
    """3亿5000万 goes on, as 3万5000亿 does, one power counting both; 3万亿5万亿 and 3.5亿2000万 are two amounts."""
    text = f"{first:f}{power}{second:f}{last}"
    one, other = first.scaleb(POWERS[power]), second.scaleb(POWERS[last])
    expected = None
    if "." not in f"{first:f}":
        if POWERS[last] < POWERS[power] and other < 10 ** POWERS[power]:
            expected = one + other
        elif (power, last) == ("万", "亿") and 1000 <= second < 10_000:
            expected = (one + second).scaleb(8)
    if expected is not None:
        assert numerals.read(text).value == expected
        return
    with pytest.raises(PrintedNumberError, match="not a printed number"):
        numerals.read(text)
    with pytest.raises(PrintedNumberError, match="not a printed number"):
        Quantity.parse(f"{text}元")


def test_full_width_forms_and_spaces_are_folded() -> None:
    assert numerals.folded(" １３．０３　％ ") == "13.03 %"
    assert numerals.folded("5 −  3") == "5 - 3"
