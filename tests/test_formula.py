"""One formula, written once: its grammar, its value, its exact range, and the ways it is written."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.numbers import groups, growth
from analysis.numbers.formula import Formula, FormulaError
from analysis.numbers.printed import Interval

parse = Formula.parse


@pytest.mark.parametrize(
    ("text", "point", "value"),
    [
        ("a + b × c", {"a": 1, "b": 2, "c": 3}, 7),
        ("(a + b) × c", {"a": 1, "b": 2, "c": 3}, 9),
        ("a − b − c", {"a": 9, "b": 2, "c": 3}, 4),
        ("a − (b − c)", {"a": 9, "b": 2, "c": 3}, 10),
        ("a ÷ b ÷ c", {"a": 12, "b": 2, "c": 3}, 2),
        ("a ÷ (b ÷ c)", {"a": 12, "b": 2, "c": 4}, 24),
        ("−a ^ 2", {"a": 3}, -9),
        ("(−a) ^ 2", {"a": 3}, 9),
        ("2 ^ a ^ b", {"a": 2, "b": 3}, 256),
        ("a × 10⁴", {"a": 2}, 20000),
        ("1,000 × a", {"a": 2}, 2000),
        ("1,234,567.5 − a", {"a": 0.5}, 1234567),
        ("max(1,200, a)", {"a": 2}, 1200),
        ("max(1, 2, a)", {"a": 0}, 2),
        ("max(1,2345, a)", {"a": 0}, 2345),
        ("a × 1e-3 + .5 + 2.", {"a": 1000}, 3.5),
        ("（a ＋ b）".replace("＋", "+"), {"a": 1, "b": 2}, 3),
        ("a\n  + b", {"a": 1, "b": 2}, 3),
        ("a * b / c - d", {"a": 6, "b": 2, "c": 3, "d": 1}, 3),
        ("sum(a, b, c)", {"a": 1, "b": 2, "c": 3}, 6),
        ("mean(a, b, c)", {"a": 1, "b": 2, "c": 6}, 3),
        ("median(a, b, c)", {"a": 1, "b": 6, "c": 2}, 2),
        ("max(a, b) − min(a, b)", {"a": 1, "b": 6}, 5),
        ("abs(a − b)", {"a": 1, "b": 6}, 5),
    ],
)
def test_value(text: str, point: dict[str, float], value: float) -> None:
    assert parse(text).value(**point) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("(a+b)*c", "(a + b) × c"),
        ("a-(b-c)", "a − (b − c)"),
        ("(a-b)-c", "a − b − c"),
        ("a/(b*c)", "a ÷ (b × c)"),
        ("(a/b)*c", "a ÷ b × c"),
        ("(a^b)^c", "(a^b)^c"),
        ("a^(b^c)", "a^b^c"),
        ("(-a)^2", "(−a)^2"),
        ("-(a+b)", "−(a + b)"),
        ("-(a*b)", "−(a × b)"),
        ("-(a/b)", "−(a ÷ b)"),
        ("-(a^b)", "−a^b"),
        ("a*(-b)", "a × −b"),
        ("((last ÷ first) ^ (1 ÷ years) − 1) × 100", "((last ÷ first)^(1 ÷ years) − 1) × 100"),
        ("mean(a/b, c)", "mean(a ÷ b, c)"),
    ],
)
def test_it_is_written_with_no_more_brackets_than_it_needs(text: str, written: str) -> None:
    assert parse(text).text == written
    assert parse(written) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "a +", "a b", "f(a)", "sum()", "sum(a=1)", "a if b else c", "[a]", "a < b", "lambda: 1", "a // b", "a % b",
        "a.b", "a[0]", "'a'", "True", "not a", "~a", "+a", "1e400", "__import__('os')", "(a := 1)", "(" * 500,
        "0x10", "1_000", "1j", "a # b", "abs(a, b)", "sum", "sum × 2", "a @ b", "10" * 200, "...", "a; b", "a, b",
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(FormulaError, match=r"^not "):
        parse(text)


def test_a_formula_is_its_text() -> None:
    assert repr(parse("a+b")) == "Formula(text='a + b')"
    assert parse("a+b") == parse("(a + b)") != parse("b + a")


def test_names_come_in_the_order_of_the_formula() -> None:
    assert parse("b ÷ sum(a, b) × c").names == ("b", "a", "c")


@pytest.mark.parametrize(
    ("text", "point", "message"),
    [
        ("a ÷ b", {"a": 1, "b": 0}, "division by zero"),
        ("a ÷ b", {"a": 1}, "no value for b"),
        ("a ^ b", {"a": -8, "b": 0.5}, "math domain error"),
        ("a ^ b", {"a": 10, "b": 999}, "math range error"),
        ("a × a", {"a": 1e200}, "gives no number"),
        ("a − b", {"a": math.inf, "b": math.inf}, "gives no number"),
    ],
)
def test_a_value_that_does_not_exist_is_an_error(text: str, point: dict[str, float], message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        parse(text).value(**point)


FORMULAS = [
    *(n.formula.text for n in vars(growth).values() if isinstance(n, growth.Named)),
    "part ÷ (part + rest)",
    "(a + b) ÷ (c + d)",
    "100 − a − b",
    "a × b − c ÷ d",
    "−a × b",
    "a ÷ b ÷ c",
    "sum(a, b) ÷ mean(c, d)",
    "median(a, b, c) × d",
    "max(a, b) − min(c, d)",
    "abs(−a) + b",
    groups.group_growth(["x", "y", "z"], "now", "before", "weighted").formula.text,
]
positive = st.tuples(st.floats(1, 100), st.floats(0, 0.05)).map(lambda p: Interval(p[0], p[0] * (1 + p[1])))


@pytest.mark.parametrize("text", FORMULAS)
@settings(max_examples=30)
@given(data=st.data())
def test_the_range_holds_every_value_and_is_reached(text: str, data: st.DataObject) -> None:
    """Corners and random points of the box lie in the range; its ends are values at corners: it is exact."""
    formula = parse(text)
    box, share = data.draw(
        st.tuples(st.fixed_dictionaries(dict.fromkeys(formula.names, positive)), st.floats(0, 1))
    )
    try:
        found = formula.range(**box)
    except FormulaError as error:
        assume("rises and falls" not in str(error))
        raise
    corners = [
        formula.value(**dict(zip(box, point, strict=True)))
        for point in itertools.product(*((i.low, i.high) for i in box.values()))
    ]
    assert (found.low, found.high) == pytest.approx((min(corners), max(corners)), rel=1e-9, abs=1e-9)
    inside = formula.value(**{n: i.low + share * i.width for n, i in box.items()})
    slack = 1e-9 * max(1, abs(inside))
    assert found.low - slack <= inside <= found.high + slack
    wide = formula.enclosure(**box)
    assert wide.low <= found.low + slack and found.high - slack <= wide.high


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a ÷ whole) ÷ (b ÷ whole)", Interval(0.25, 1)),
        ("a ÷ whole − a ÷ whole + b", Interval(2, 4)),
        ("a × b ÷ a", Interval(2, 4)),
        ("a + b − a", Interval(2, 4)),
        ("a × a", Interval(1, 4)),
        ("a ÷ (b × b)", Interval(1 / 16, 0.5)),
        ("b − 2 × a + a + a", Interval(2, 4)),
    ],
)
def test_what_stands_on_both_sides_cancels(text: str, expected: Interval) -> None:
    box = {"a": Interval(1, 2), "b": Interval(2, 4), "whole": Interval(9, 10)}
    formula = parse(text)
    found = formula.range(**{n: box[n] for n in formula.names})
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_what_rises_and_falls_is_refused_and_can_be_enclosed() -> None:
    bent = parse("a × a − 10 × a")
    with pytest.raises(FormulaError, match="rises and falls in a"):
        bent.range(a=Interval(3, 8))
    found = bent.enclosure(a=Interval(3, 8))
    assert found.low <= -25 and found.high >= -16
    assert bent.range(a=Interval(5.5, 8)) == Interval(5.5**2 - 55, 64 - 80)
    assert bent.range(a=Interval(6, 6)) == Interval(-24, -24)
    turned = parse("(a − 2) × b")  # b turns it round where a passes 2: harmless while b is a point
    assert turned.range(a=Interval(0, 4), b=Interval(3, 3)) == Interval(-6, 6)
    with pytest.raises(FormulaError, match="rises and falls in b"):
        turned.range(a=Interval(0, 4), b=Interval(3, 3.5))


def test_a_dependency_does_not_widen_the_range() -> None:
    """part ÷ (part + rest) over independent numerators and denominators would reach 1 ÷ 6 … 2 ÷ 4."""
    assert parse("part ÷ (part + rest)").range(part=Interval(1, 2), rest=Interval(3, 4)) == Interval(0.2, 0.4)


@pytest.mark.parametrize(
    ("a", "b", "low_open", "high_open"),
    [
        (Interval(1, 2), Interval(1, 2), False, False),
        (Interval(1, 2, high_open=True), Interval(1, 2), False, True),
        (Interval(1, 2), Interval(1, 2, high_open=True), True, False),
        (Interval(1, 2, True, False), Interval(1, 2, True, False), True, True),
    ],
)
def test_an_end_reached_at_an_open_end_is_open(
    a: Interval, b: Interval, low_open: bool, high_open: bool
) -> None:
    found = parse("a ÷ b").range(a=a, b=b)
    assert (found.low, found.high, found.low_open, found.high_open) == (0.5, 2, low_open, high_open)


def test_an_input_that_cancels_opens_nothing() -> None:
    """Although the last bits of a × 0.7 ÷ a differ from place to place."""
    found = parse("a × b ÷ a").range(a=Interval(1.5, 2.0, True, True), b=Interval(0.3, 0.7))
    assert (found.low_open, found.high_open) == (False, False)


def test_an_input_that_does_not_matter_opens_nothing() -> None:
    found = parse("a + 0 × b").range(a=Interval(1, 2), b=Interval(1, 2, True, True))
    assert (found.low_open, found.high_open) == (False, False)


@pytest.mark.parametrize(
    ("text", "a", "b", "expected"),
    [
        ("max(a, b)", Interval(0, 1, high_open=True), Interval(5, 6), Interval(5, 6)),
        ("max(a, b)", Interval(0, 6, high_open=True), Interval(0, 6), Interval(0, 6)),
        ("max(a, b)", Interval(0, 1), Interval(5, 6, high_open=True), Interval(5, 6, high_open=True)),
        ("min(a, b)", Interval(1, 2, True, True), Interval(1, 9), Interval(1, 2, high_open=True)),
        ("a × b", Interval(0, 2), Interval(1, 3, True, True), Interval(0, 6, high_open=True)),
    ],
)
def test_an_end_that_closed_inputs_reach_is_closed(
    text: str, a: Interval, b: Interval, expected: Interval
) -> None:
    assert parse(text).range(a=a, b=b) == expected


def test_an_end_that_is_left_out_may_be_reached_all_the_same() -> None:
    """Just inside its open end a narrow range has the value already."""
    assert parse("min(a, 1)").range(a=Interval(0.999, 1.0005, high_open=True)) == Interval(0.999, 1)
    assert parse("max(a, 1)").range(a=Interval(0.9995, 1.001, low_open=True)) == Interval(1, 1.001)
    assert parse("abs(a)").range(a=Interval(0, 0)) == Interval(0, 0)


INF = math.inf


@pytest.mark.parametrize(
    ("text", "box", "expected"),
    [
        ("part ÷ (part + rest)", {"part": Interval(20, INF, True), "rest": Interval(80, 80)}, Interval(0.2, 1, True, True)),
        ("part ÷ (part + rest)", {"part": Interval(20, 20), "rest": Interval(80, INF)}, Interval(0, 0.2, True, False)),
        ("now ÷ before − 1", {"now": Interval(4, 4), "before": Interval(2, INF)}, Interval(-1, 1, True, False)),
        ("a − b", {"a": Interval(3, INF), "b": Interval(1, 2)}, Interval(1, INF)),
        ("a − b", {"a": Interval(3, INF), "b": Interval(1, INF)}, Interval(-INF, INF)),
        ("a ÷ b", {"a": Interval(2, INF), "b": Interval(2, INF)}, Interval(0, INF, True, False)),
        ("(a − b) ÷ (a + b)", {"a": Interval(1, INF), "b": Interval(1, INF)}, Interval(-1, 1, True, True)),
        ("a ÷ b", {"a": Interval(-INF, -2), "b": Interval(1, 2)}, Interval(-INF, -1)),
        ("mean(a, b) ÷ a", {"a": Interval(1, INF), "b": Interval(1, 1)}, Interval(0.5, 1, True, False)),
        ("a ÷ (a + b)", {"a": Interval(-INF, -2), "b": Interval(1, 1)}, Interval(1, 2, True, False)),
        ("max(a, 20)", {"a": Interval(20, INF, True)}, Interval(20, INF, True, True)),
        ("min(a, −2)", {"a": Interval(-INF, -2, False, True)}, Interval(-INF, -2, True, True)),
        ("max(a, 0.5)", {"a": Interval(0.5, INF, True)}, Interval(0.5, INF, True, True)),
    ],
)  # fmt: skip
def test_an_infinite_end_is_a_limit(text: str, box: dict[str, Interval], expected: Interval) -> None:
    assert parse(text).range(**box) == expected


def test_lower_bounds_give_one_sided_ranges() -> None:
    more_than_98 = Interval(98, math.inf, low_open=True)
    found = parse("a ÷ b").range(a=more_than_98, b=Interval(2, 2))
    assert (found.low, found.high, found.low_open) == (49, math.inf, True)


@pytest.mark.parametrize("zero", [Interval(-1, 1), Interval(0, 1), Interval(-1, 0), Interval(0, 0)])
def test_a_division_by_a_range_with_zero_is_refused(zero: Interval) -> None:
    with pytest.raises(FormulaError, match="divides by b, whose range holds zero"):
        parse("a ÷ b").range(a=Interval(1, 2), b=zero)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a × b ÷ b", "b"),
        ("(a ÷ b) ÷ (a ÷ b)", "b"),
        ("a ÷ (b − b)", "b − b"),
        ("a ^ 2 ÷ b ^ 2", "b^2"),
        ("a × b ^ (−1)", "b"),
        ("a ÷ 0", "0"),
    ],
)
def test_a_divisor_that_cancels_still_divides(text: str, told: str) -> None:
    with pytest.raises(FormulaError, match=f"divides by {re.escape(told)}, whose range holds zero"):
        formula = parse(text)
        formula.range(**{n: {"a": Interval(1, 2), "b": Interval(-1, 1)}[n] for n in formula.names})


def test_a_divisor_in_which_an_input_stands_twice_is_gathered() -> None:
    found = parse("a ÷ (b + c − b)").range(a=Interval(1, 2), b=Interval(5, 9), c=Interval(1, 2))
    assert (found.low, found.high) == (0.5, 2)


@pytest.mark.parametrize(
    ("text", "a", "expected"),
    [
        ("a ^ 2", Interval(-3, -2), (4, 9)),
        ("a ^ 2", Interval(0, 2), (0, 4)),
        ("a ^ 3", Interval(-2, 1), (-8, 1)),
        ("a ^ 0", Interval(-2, 1), (1, 1)),
        ("a ^ (−2)", Interval(2, 4), (1 / 16, 1 / 4)),
        ("a ^ (−1)", Interval(-4, -2), (-1 / 2, -1 / 4)),
    ],
)
def test_whole_powers(text: str, a: Interval, expected: tuple[float, float]) -> None:
    found = parse(text).range(a=a)
    assert (found.low, found.high) == pytest.approx(expected)


def test_an_even_power_over_both_signs_is_bent() -> None:
    with pytest.raises(FormulaError, match="rises and falls in a"):
        parse("a ^ 2").range(a=Interval(-1, 2))
    assert parse("a ^ 2").enclosure(a=Interval(-1, 2)) == Interval(0, 4)


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("part ÷ (part + rest) × 100", {"part": (0.01, 1e6), "rest": (0.01, 1e6)}),
        ("(a − b) ÷ (a + b)", {"a": (1, 100), "b": (1, 100)}),
        ("mean(a, b) ÷ sum(a, b, c)", {"a": (1, 50), "b": (1, 50), "c": (1, 2)}),
        ("(a × b + a × c) ÷ (b × c)", {"a": (1, 9), "b": (1, 9), "c": (1, 9)}),
        ("median(a ÷ (a + b), c, c ÷ (c + b))", {"a": (1, 9), "b": (1, 9), "c": (1, 9)}),
    ],
)
def test_wide_boxes_do_not_hide_that_a_formula_rises(text: str, box: dict[str, tuple[float, float]]) -> None:
    """Interval arithmetic alone loses the sign of a derivative that a polynomial shows."""
    formula = parse(text)
    found = formula.range(**{n: Interval(*ends) for n, ends in box.items()})
    corners = [
        formula.value(**dict(zip(box, point, strict=True))) for point in itertools.product(*box.values())
    ]
    assert (found.low, found.high) == pytest.approx((min(corners), max(corners)))


def test_a_power_of_what_is_not_positive_is_refused() -> None:
    with pytest.raises(FormulaError, match="not positive"):
        parse("a ^ b").range(a=Interval(0, 2), b=Interval(1, 2))


def test_a_missing_range_is_named() -> None:
    with pytest.raises(FormulaError, match="no range for b"):
        parse("a ÷ b").range(a=Interval(1, 2))


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [("a ÷ b", "x + y", "(x + y) ÷ b"), ("a^2", "−x", "(−x)^2"), ("c − a", "x − y", "c − (x − y)"), ("mean(a, b)", "x ÷ y", "mean(x ÷ y, b)")],
)  # fmt: skip
def test_a_formula_in_the_place_of_an_input(text: str, part: str, whole: str) -> None:
    assert parse(text).substitute({"a": parse(part)}).text == whole


@given(st.floats(1, 9), st.floats(1, 9), st.floats(1, 9))
def test_substituting_is_evaluating_in_two_steps(x: float, y: float, b: float) -> None:
    part = parse("x ÷ y − 1")
    whole = parse("(a + b) ÷ (b × 3)").substitute({"a": part})
    assert whole.value(x=x, y=y, b=b) == pytest.approx(
        parse("(a + b) ÷ (b × 3)").value(a=part.value(x=x, y=y), b=b)
    )


def test_texts_stand_for_inputs() -> None:
    formula = parse("(now ÷ before − 1) × 100")
    assert formula.written({"now": "13.03", "before": "10.46"}) == "(13.03 ÷ 10.46 − 1) × 100"
    assert parse("a − b").written({"a": "1", "b": "−2"}) == "1 − (−2)"
    assert parse("a").written({"a": "−2"}) == "−2"


@pytest.mark.parametrize("text", FORMULAS)
def test_mathml_is_well_formed_and_names_every_input(text: str) -> None:
    formula = parse(text)
    tree = ET.fromstring(
        f"<math>{formula.mathml({n: str(k) for k, n in enumerate(formula.names, 1000)})}</math>"
    )
    numbers = {e.text for e in tree.iter("mn")}
    assert {str(k) for k, _ in enumerate(formula.names, 1000)} <= numbers


@pytest.mark.parametrize(
    ("text", "sign", "number", "rest"),
    [("a ÷ b × 100", "×", 100, "a ÷ b"), ("a ÷ b × 100", "÷", 100, ""), ("a ÷ b × 100", "×", 10, ""),
     ("a + b × 100", "×", 100, ""), ("(a + b) ÷ 10", "÷", 10, "a + b"), ("a", "×", 100, "")],
)  # fmt: skip
def test_a_last_step_can_be_taken_back(text: str, sign: str, number: float, rest: str) -> None:
    found = parse(text).without_last(sign, number)
    assert (found.text if found else "") == rest


def test_a_number_with_its_unit_in_mathml() -> None:
    assert parse("a × b").mathml({"a": "337 百万美元", "b": "−1.50"}) == (
        "<mrow><mrow><mn>337</mn><mtext>百万美元</mtext></mrow><mo>×</mo><mn>−1.50</mn></mrow>"
    )


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("a − (b − c)", 1), ("a + b + c", 0), ("a × b × c", 0), ("a × (b × c)", 1), ("(a + b) × (c + d)", 2), ("(a + b)^2", 1), ("(a × b)^2", 1), ("a^2", 0), ("(a^b)^c", 1), ("a^b^c", 0),
        ("(a ÷ b)^2", 1), ("a ÷ (b + c)", 0), ("−(a + b)", 1), ("−a^2", 0), ("(−a)^2", 1), ("a × −b", 0), ("−(a × b)", 1), ("−a − b", 0), ("a^(b + c)", 0), ("max(a, b)^2", 1), ("(a − b) + c", 0),
    ],
)  # fmt: skip
def test_mathml_has_no_more_brackets_than_it_needs(text: str, brackets: int) -> None:
    assert parse(text).mathml().count("<mo>(</mo>") == brackets


def test_a_name_with_an_index_stands_as_its_text_with_the_index() -> None:
    assert parse("price_2020").mathml({"price": "12"}) == "<msub><mn>12</mn><mn>2020</mn></msub>"


def test_mathml_by_hand() -> None:
    assert parse("(a + b) × c").mathml({"a": "1.50"}) == (
        "<mrow><mrow><mo>(</mo><mrow><mn>1.50</mn><mo>+</mo><mi>b</mi></mrow><mo>)</mo></mrow><mo>×</mo><mi>c</mi></mrow>"
    )
    assert parse("x_2020 ÷ (a − 1)").mathml() == (
        "<mfrac><mrow><msub><mi>x</mi><mn>2020</mn></msub></mrow><mrow><mrow><mi>a</mi><mo>−</mo><mn>1</mn></mrow></mrow></mfrac>"
    )
    assert parse("(a ÷ b)^n").mathml().startswith("<msup><mrow><mo>(</mo><mfrac>")
    assert "<mtext>&lt;b&gt;</mtext>" in parse("a").mathml({"a": "<b>"})
