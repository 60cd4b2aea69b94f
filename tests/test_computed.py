"""A computed number is one formula over its leaves: value, range and arithmetic line agree, units included."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from analysis import places, report
from analysis.numbers import growth
from analysis.numbers.formula import Formula, FormulaError
from analysis.numbers.printed import Interval, PrintedNumberError, Quantity
from analysis.numbers.units import UnitError
from analysis.report import steps
from analysis.report.computed import (
    Computed,
    as_input,
    assume,
    compute,
    conversion,
    plain,
    shown,
    significant,
)
from analysis.report.rows import Input


def leaf(text: str, unit: str, ref: str = "") -> Quantity:
    return Quantity.parse(text, unit, ref=ref or f"claim:{text}-{unit}")


NOW, BEFORE = leaf("13.03", "万亿元"), leaf("10.46", "万亿元")


def evaluates(c: Computed) -> bool:
    """Whether the line of arithmetic gives the number after its equals sign."""
    left, _, right = c.arithmetic.rpartition(" = ")
    value = Formula.parse(left or right).value()
    return math.isclose(value, float(right.replace("−", "-")), rel_tol=5e-6)


def test_a_named_formula() -> None:
    rate = compute(growth.yoy, now=NOW, before=BEFORE)
    assert rate.value == pytest.approx(24.5697896749522)
    assert rate.unit == "%"
    assert rate.arithmetic == "(13.03 ÷ 10.46 − 1) × 100 = 24.5698"
    assert (rate.low, rate.high) == pytest.approx((13.025 / 10.465 * 100 - 100, 13.035 / 10.455 * 100 - 100))
    assert [i.name for i in rate.inputs] == ["now", "before"]


@pytest.mark.parametrize(
    ("printed_in", "units"),
    [("en", ("times", "times", "percentage points")), ("zh", ("倍", "倍", "个百分点"))],
)
def test_a_named_formula_has_its_unit_in_the_language_of_the_report(
    tmp_path: Path, printed_in: str, units: tuple[str, ...]
) -> None:
    (tmp_path / "report.toml").write_text(f"printed_in = '{printed_in}'\n", encoding="utf-8")
    with places.at(tmp_path):
        many = [compute(f, now=NOW, before=BEFORE) for f in (growth.multiple, growth.increase_multiple)]
        points = compute(growth.change_pp, a=leaf("58", "%"), b=leaf("23", "%"))
    assert tuple(c.unit for c in (*many, points)) == units
    assert repr(points).startswith(f"58 − 23 = 35 {units[2]}")


def test_a_formula_in_words_of_its_own() -> None:
    share = compute(
        "(power + transport) ÷ total × 100",
        unit="%",
        power=leaf("3.5", "万亿元"),
        transport=leaf("4.1", "万亿元"),
        total=NOW,
    )
    assert share.value == pytest.approx(760 / 13.03)
    assert share.notation == "(power + transport) ÷ total × 100"
    assert evaluates(share)


def test_units_are_made_alike_in_plain_sight() -> None:
    rate = compute(growth.yoy, now=leaf("130300", "亿元"), before=BEFORE)
    assert rate.arithmetic == "(130300 ÷ (10.46 × 10000) − 1) × 100 = 24.5698"
    assert evaluates(rate)


def test_a_change_of_unit_is_a_step_of_the_arithmetic() -> None:
    yuan = compute(
        "amount × rate", unit="百万元", amount=leaf("337", "百万美元"), rate=assume(6.9, "CNY/USD", "rate")
    ).to("亿元")
    assert yuan.value == pytest.approx(23.253)
    assert yuan.arithmetic == "337 × 6.9 ÷ 100 = 23.253"
    assert evaluates(yuan)
    assert yuan.to("亿元") == yuan


def test_different_things_are_not_added() -> None:
    with pytest.raises(UnitError, match="adds different units"):
        compute("a + b", a=NOW, b=leaf("5", "亿元"))
    with pytest.raises(UnitError):
        compute(growth.yoy, now=NOW, before=leaf("5", "亿美元"))


@pytest.mark.parametrize(
    ("text", "unit", "units"),
    [
        ("a × b", "亿元", ("百万美元", "CNY/USD")),
        ("a ÷ b × 100", "%", ("亿元", "万元")),
        ("a + b", "", ("亿元", "亿元")),
        ("(a − b) × 1000", "亿元", ("万亿元", "万亿元")),
    ],
)
def test_a_unit_that_the_inputs_cannot_give_is_refused(text: str, unit: str, units: tuple[str, str]) -> None:
    a, b = (leaf(t, u) for t, u in zip(("337", "6.9"), units, strict=True))
    with pytest.raises(UnitError, match="gives"):
        compute(text, unit=unit, a=a, b=b)


def test_a_plain_number_among_like_arguments_is_of_their_unit() -> None:
    assert compute(growth.yoy, now=leaf("1271", "笔"), before=999).unit == "%"
    assert compute(growth.yoy, now=leaf("1271", "亿元"), before=999).value == pytest.approx(27.2272272)


def test_a_change_of_unit_takes_a_last_step_back() -> None:
    share = compute(growth.share, part=leaf("42.1", "亿元"), whole=leaf("98", "亿元"))
    assert share.to("").arithmetic == "42.1 ÷ 98 = 0.429592"
    assert share.to("‰").arithmetic == "42.1 ÷ 98 × 100 × 10 = 429.592"
    assert evaluates(share.to("‰"))


def test_a_step_of_a_check_ends_in_the_unit_of_its_claim() -> None:
    difference = compute("a − b", unit="十亿美元", a=leaf("22.4", "十亿美元"), b=leaf("5.9", "十亿美元"))
    assert steps.step(difference, unit="亿美元").arithmetic == "(22.4 − 5.9) × 10 = 165"
    assert steps.step(NOW, unit="亿元").unit == "万亿元"  # what is quoted keeps the unit of its source


def test_a_computed_input_is_put_in_as_its_formula() -> None:
    share = compute(growth.share, part=leaf("3.5", "万亿元"), whole=NOW)
    rest = compute("100 − share", unit="%", share=share)
    assert rest.formula.text == "100 − part ÷ whole × 100"
    assert [i.name for i in rest.inputs] == ["part", "whole"]
    assert (rest.low, rest.high) == pytest.approx((100 - share.high, 100 - share.low))


def test_one_leaf_in_two_places_is_one_input() -> None:
    """Its range knows that both places move together: x − x is nothing."""
    part = compute("x ÷ y", x=NOW, y=BEFORE)
    nothing = compute("part − a ÷ b", part=part, a=NOW, b=BEFORE)
    assert len(nothing.inputs) == 2
    assert nothing.value == pytest.approx(0)
    assert (nothing.low, nothing.high) == pytest.approx((0, 0), abs=1e-12)


def test_equal_numbers_of_unknown_origin_are_not_one_input() -> None:
    difference = compute(
        "a − b", unit="亿元", a=Quantity.parse("3.5", "亿元"), b=Quantity.parse("3.5", "亿元")
    )
    assert (difference.low, difference.high) == pytest.approx((-0.1, 0.1))


def test_different_leaves_of_one_name_are_told_apart() -> None:
    first, second = (compute("a ÷ b", a=leaf(t, "万亿元"), b=NOW) for t in ("3", "4"))
    both = compute("p + q", p=first, q=second)
    assert [i.text for i in both.inputs] == ["3", "13.03", "4"]
    assert [i.name for i in both.inputs] == ["a", "b", "a_2"]
    assert both.value == pytest.approx(7 / 13.03)


def test_plain_numbers_are_written_and_not_listed() -> None:
    half = compute("year ÷ n", unit="亿元", year=leaf("200", "亿元"), n=2)
    assert half.arithmetic == "200 ÷ 2 = 100"
    assert [i.name for i in half.inputs] == ["year"]


def test_open_ends_are_carried() -> None:
    more = Quantity.parse("98", "", "超过")
    found = compute("a ÷ 2", a=more)
    assert found.interval.low == pytest.approx(49)


def test_names_and_inputs_have_to_agree() -> None:
    with pytest.raises(FormulaError, match="differ in whole"):
        compute("part ÷ whole", part=NOW)
    with pytest.raises(FormulaError, match="differ in extra"):
        compute("part × 2", part=NOW, extra=BEFORE)


def test_words_are_no_inputs() -> None:
    with pytest.raises(PrintedNumberError, match="a statement in words"):
        compute("a × 2", a=Quantity.parse("远高于", words=True, ref="claim:far"))


def test_a_printed_word_stands_in_arithmetic_as_its_value() -> None:
    assert compute("a × 2", a=Quantity.parse("一半")).arithmetic == "0.5 × 2 = 1"


def test_what_a_level_implies_has_its_unit() -> None:
    assert (
        compute(growth.implied_base, now=leaf("13.03", "万亿元"), growth=leaf("24.6", "%")).unit == "万亿元"
    )
    assert compute(growth.implied_part, whole=leaf("98", "亿元"), share=leaf("3.5", "%")).unit == "亿元"


def test_what_is_quoted_is_its_own_arithmetic() -> None:
    assert compute("a", a=leaf("1,271", "笔"), unit="笔").arithmetic == "1,271"


def test_a_number_of_the_report_brings_its_hedge_and_no_publisher() -> None:
    found = as_input("x", Quantity.parse("98", "亿元", "超过"))
    assert (found.hedge, found.publisher) == ("超过", "")


def test_negative_inputs_are_in_brackets() -> None:
    c = compute("a − b", unit="%", a=leaf("-3.5", "%"), b=leaf("-2", "%"))
    assert c.arithmetic == "(−3.5) − (−2) = −1.5"
    assert evaluates(c)


@pytest.mark.parametrize(
    ("source", "target", "text"),
    [
        ("万亿元", "亿元", "x × 10000"),
        ("亿元", "万亿元", "x ÷ 10000"),
        ("亿元", "亿元", "x"),
        ("%", "‰", "x × 10"),
        ("‰", "%", "x ÷ 10"),
    ],
)
def test_conversions_are_formulas(source: str, target: str, text: str) -> None:
    assert conversion("x", source, target) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (24.569789, "24.5698"),
        (1e9, "1000000000"),
        (-0.5, "−0.5"),
        (0.0, "0"),
        (1e-7, "1e-07"),
        (-2e7, "−20000000"),
        (9e14, "900000000000000"),
        (1e15, "1e+15"),
        (1.1e15, "1.1e+15"),
        (1234567.4, "1234567"),
        (0.00012345678, "0.000123457"),
    ],
)
def test_six_digits_are_shown(value: float, text: str) -> None:
    assert shown(value) == text


def test_ten_significant_digits_are_equal_on_every_machine() -> None:
    assert significant(1 / 3) == 0.3333333333
    assert significant(200 / 3, 3) == 66.7


def test_an_observation_keeps_its_provenance_and_a_number_has_none() -> None:
    i = as_input("x", assume(7, "亿元", "seven", low=6, high=8))
    assert (i.name, i.ref, i.text, i.low, i.high, i.unit) == ("x", "assumption:seven", "7", 6, 8, "亿元")
    assert as_input("n", 7) == Input("n", "number", "n", "7", 7.0, 7.0, 7.0)
    made = compute("a ÷ b", a=NOW, b=BEFORE, label="ratio")
    assert (as_input("r", made).label, as_input("r", made).text) == ("ratio", "1.2457")
    assert as_input("r", compute("a ÷ b", a=NOW, b=BEFORE)).label == "a ÷ b"


@pytest.mark.parametrize(
    ("text", "value", "shown_as"),
    [
        ("1,271", 1271, "1271"),
        ("-3.5", -3.5, "−3.5"),
        ("一半", 0.5, "0.5"),
        ("5.", 5.0, "5"),
        ("约5", 5.25, "5.25"),
    ],
)
def test_an_input_is_written_as_printed_where_that_is_a_number(
    text: str, value: float, shown_as: str
) -> None:
    assert plain(Input("x", "claim:x", "x", text, value, value, value)) == shown_as


def test_a_computed_number_shows_its_range_where_it_has_one() -> None:
    assert repr(compute("a × 2", a=3)) == "3 × 2 = 6 "
    assert repr(compute("a × 2", a=leaf("3", "亿元"), unit="亿元")) == "3 × 2 = 6 亿元 [5 … 7]"


def test_a_bent_formula_is_refused_over_its_range() -> None:
    with pytest.raises(FormulaError, match="rises and falls in a"):
        compute("a × a − 10 × a", a=assume(5, "", "a", low=3, high=8))
    assert compute("a × a − 10 × a", a=assume(7, "", "a", low=6, high=8)).interval == Interval(-24, -16)


def test_a_table_of_ranges_has_the_ends_of_what_has_them() -> None:
    share = report.compute(
        growth.share, part=report.assume(1, "GW", "a"), whole=report.assume(4, "GW", "b", low=2, high=5)
    )
    left = report.compute(growth.remainder, share=share)
    found = report.ranges({"share": share, "left": left, "told": 30.0}, ["of", "%", "low", "high"])
    assert list(found.columns) == ["of", "%", "low", "high"]
    rows = found.astype(object).where(found.notna(), None).to_numpy().tolist()
    assert rows == [["share", 25.0, 20.0, 50.0], ["left", 75.0, 50.0, 80.0], ["told", 30.0, None, None]]
