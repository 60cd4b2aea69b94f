"""Interval arithmetic and the enclosures of a formula's value and slopes: every rule worked out by hand."""

from __future__ import annotations

import ast
import math
from fractions import Fraction

import pytest

from analysis.numbers import ends, rational
from analysis.numbers.enclosure import enclose
from analysis.numbers.ends import NONE, ONE, WHOLE, Ends
from analysis.numbers.grammar import constant, read, whole_power
from analysis.numbers.rational import Rational

INF = math.inf


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (ends.point(3), (3, 3)),
        (ends.plus(), (0, 0)), (ends.plus((1, 2)), (1, 2)), (ends.plus((1, 2), (3, 5), (10, 20)), (14, 27)),
        (ends.plus((-INF, 1), (INF, 2)), WHOLE), (ends.plus((1, INF), (2, -INF)), WHOLE), (ends.plus((1, INF), (2, 3)), (3, INF)),
        (ends.minus((1, 2), (3, 5)), (-4, -1)), (ends.minus((1, 2), (1, 2)), (-1, 1)),
        (ends.times(), (1, 1)), (ends.times((-1, 2), (3, 4)), (-4, 8)), (ends.times((-1, 2), (-3, 4)), (-6, 8)), (ends.times((2, 3), (2, 3), (2, 3)), (8, 27)),
        (ends.times((0, 0), (-INF, INF)), (0, 0)), (ends.times((0, 1), (2, INF)), (0, INF)), (ends.times((-INF, INF), (0.5, 1)), WHOLE),
        (ends.inverse((2, 4)), (0.25, 0.5)), (ends.inverse((-4, -2)), (-0.5, -0.25)),
        (ends.power((-1, 2), 0), (1, 1)), (ends.power((-1, 2), 1), (-1, 2)), (ends.power((-1, 2), 2), (0, 4)), (ends.power((-1, 2), 3), (-1, 8)),
        (ends.power((-1, 2), 4), (0, 16)), (ends.power((1, 2), 2), (1, 4)), (ends.power((-3, -2), 2), (4, 9)), (ends.power((0, 2), 2), (0, 4)),
        (ends.power((1, 2), -1), (0.5, 1)), (ends.power((2, 4), -2), (1 / 16, 1 / 4)), (ends.power((-4, -2), -1), (-0.5, -0.25)),
        (ends.both((1, 3), (2, 4)), (2, 3)), (ends.both((2, 4), (1, 3)), (2, 3)), (ends.both((1, 2), (2, 3)), (2, 2)), (ends.both((1, 2), (3, 4)), (1, 2)),
        (NONE, (0, 0)), (ONE, (1, 1)), (WHOLE, (-INF, INF)),
    ],
)  # fmt: skip
def test_arithmetic_of_ends(found: Ends, expected: Ends) -> None:
    assert found == expected


@pytest.mark.parametrize(
    ("a", "holds"),
    [((-1, 1), True), ((0, 1), True), ((-1, 0), True), ((0, 0), True), ((0.5, 0.9), False), ((-0.9, -0.5), False)],
)  # fmt: skip
def test_zero_is_held_at_an_end_too(a: Ends, holds: bool) -> None:
    assert ends.holds_zero(a) is holds


BOX = {"a": (2.0, 3.0), "b": (-1.0, 4.0), "c": (4.0, 5.0), "d": (0.5, 0.8), "e": (1.0, 2.0), "f": (-3.0, -2.0), "g": (0.0, 4.0), "h": (-4.0, 0.0), "i": (0.5, 1.5), "j": (-1.0, 0.5)}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "slopes"),
    [
        ("a", (2, 3), {"a": (1, 1)}),
        ("5", (5, 5), {}),
        ("−a", (-3, -2), {"a": (-1, -1)}),
        ("a + b", (1, 7), {"a": (1, 1), "b": (1, 1)}),
        ("a − b", (-2, 4), {"a": (1, 1), "b": (-1, -1)}),
        ("a × b", (-3, 12), {"a": (-1, 4), "b": (2, 3)}),
        ("3 × a", (6, 9), {"a": (3, 3)}),
        # d(a ÷ c) = da ÷ c − a ÷ c² × dc, with a ÷ c in 0.4 … 0.75 and 1 ÷ c in 0.2 … 0.25
        ("a ÷ c", (0.4, 0.75), {"a": (0.2, 0.25), "c": (-0.75 * 0.25, -0.4 * 0.2)}),
        ("a ^ 2", (4, 9), {"a": (4, 6)}),
        ("b ^ 3", (-1, 64), {"b": (0, 48)}),
        ("b ^ 0", (1, 1), {"b": (0, 0)}),
        ("b ^ 1", (-1, 4), {"b": (1, 1)}),
        ("a ^ (−1)", (1 / 3, 1 / 2), {"a": (-1 / 4, -1 / 9)}),
        # d(a ^ e) = a ^ e × (e ÷ a × da + ln a × de), with e ÷ a in 1 ÷ 3 … 1
        ("a ^ e", (2, 9), {"a": (2 / 3, 9), "e": (2 * math.log(2), 9 * math.log(3))}),
        ("d ^ e", (0.25, 0.8), {"d": (0.25 * 1 / 0.8, 0.8 * 2 / 0.5), "e": (0.8 * math.log(0.5), 0.25 * math.log(0.8))}),
        ("a ^ 0.5", (math.sqrt(2), math.sqrt(3)), {"a": (math.sqrt(2) / 6, math.sqrt(3) / 4)}),
        ("abs(a)", (2, 3), {"a": (1, 1)}),
        ("abs(f)", (2, 3), {"f": (-1, -1)}),
        ("abs(b)", (0, 4), {"b": (-1, 1)}),
        ("abs(g)", (0, 4), {"g": (1, 1)}),
        ("abs(h)", (0, 4), {"h": (-1, -1)}),
        ("abs(d)", (0.5, 0.8), {"d": (1, 1)}),
        ("abs(i)", (0.5, 1.5), {"i": (1, 1)}),
        ("abs(j)", (0, 1), {"j": (-1, 1)}),
        ("abs(−2 × a)", (4, 6), {"a": (2, 2)}),
        ("sum(a)", (2, 3), {"a": (1, 1)}),
        ("sum(a, b)", (1, 7), {"a": (1, 1), "b": (1, 1)}),
        ("mean(a, a, b)", (1, 10 / 3), {"a": (2 / 3, 2 / 3), "b": (1 / 3, 1 / 3)}),
        ("median(a, b, c)", (2, 4), {"a": (0, 1), "b": (0, 1), "c": (0, 1)}),
        ("min(a, b)", (-1, 3), {"a": (0, 1), "b": (0, 1)}),
        ("max(a, 2 × b)", (2, 8), {"a": (0, 1), "b": (0, 2)}),
    ],
)  # fmt: skip
def test_value_and_slopes_of_each_operation(text: str, value: Ends, slopes: dict[str, Ends]) -> None:
    found, steep = enclose(read(text), BOX)
    assert found == pytest.approx(value)
    assert steep.keys() == BOX.keys()
    for name, slope in steep.items():
        assert slope == pytest.approx(slopes.get(name, (0, 0))), name


WIDE = {"part": (1.0, 100.0), "rest": (1.0, 100.0)}


@pytest.mark.parametrize(
    "text", ["part ÷ (part + rest)", "max(part ÷ (part + rest), 0) × 2", "−(−(part ÷ (part + rest)))", "max(part ÷ (part + rest), 0)",
             "1 + max(part ÷ (part + rest), 0)"],
)  # fmt: skip
def test_only_a_close_look_shows_that_a_share_rises_in_its_part(text: str) -> None:
    """Its derivative is rest ÷ (part + rest)², never below zero; term by term it seems to change its sign."""
    assert enclose(read(text), WIDE)[1]["part"][0] < 0
    assert enclose(read(text), WIDE, closely=True)[1]["part"][0] >= 0


def test_a_whole_quotient_is_looked_at_once() -> None:
    """Its parts are within it: to look at each of them again costs time and shows nothing more of the whole."""
    text = "part ÷ (part + rest) − (part ÷ (part + rest) − rest ÷ (part + rest) × 3) × 0.5"
    whole = rational.rational(read(text))
    assert whole is not None
    plain, close = (enclose(read(text), WIDE, closely=closely)[1]["part"] for closely in (False, True))
    assert close == ends.both(whole.slope("part", WIDE), plain)


def quotient(text: str) -> Rational:
    found = rational.rational(read(text))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "name", "slope"),
    [
        ("a ÷ (a + c)", "a", (4 / 64, 5 / 36)),  # c ÷ (a + c)²
        ("a ÷ (a + c)", "c", (-3 / 36, -2 / 64)),  # −a ÷ (a + c)²
        ("a − a + b", "a", (0, 0)),
        ("a ^ 2", "a", (4, 6)),
        ("a ^ 2 × c", "a", (16, 30)),
        ("a ^ 2 × c", "c", (4, 9)),
        ("a × c ^ 3", "a", (64, 125)),
        ("a ^ (−2)", "a", (-6 / 16, -4 / 81)),  # −2a ÷ a⁴, term by term
        ("a ÷ (b − c)", "b", (-INF, 0)),  # −a ÷ (b − c)², whose divisor may be zero
        ("a ÷ (b − c)", "a", (-INF, 0)),
        ("c ÷ h", "c", (-INF, 0)),
        ("sum(a, b, c) ÷ 2", "a", (0.5, 0.5)),
        ("mean(a, b, c)", "b", (1 / 3, 1 / 3)),
        ("−a", "a", (-1, -1)),
        ("3", "a", (0, 0)),
    ],
)  # fmt: skip
def test_the_slope_of_a_quotient_of_polynomials(text: str, name: str, slope: Ends) -> None:
    assert quotient(text).slope(name, BOX) == pytest.approx(slope)


@pytest.mark.parametrize(
    ("text", "at", "limit"),
    [
        ("a ÷ b", {"a": 6, "b": 3}, 2), ("a ÷ b", {"a": 1, "b": 0}, None), ("a ÷ b", {"a": INF, "b": 2}, INF), ("a ÷ b", {"a": -INF, "b": 2}, -INF),
        ("a ÷ b", {"a": INF, "b": -2}, -INF), ("a ÷ b", {"a": -3, "b": INF}, 0), ("a ÷ b", {"a": 3, "b": -INF}, 0),
        ("a × b", {"a": INF, "b": 0}, None), ("a ÷ (b × c)", {"a": INF, "b": 0, "c": 1}, None), ("a × b", {"a": INF, "b": 0.5}, INF), ("a × a ÷ b", {"a": -INF, "b": 2}, INF), ("a × a × a", {"a": -INF}, -INF),
        ("a ÷ (a + b)", {"a": INF, "b": 2}, 1), ("a ÷ (a + b)", {"a": -INF, "b": 2}, 1), ("a ÷ (a + b)", {"a": 3, "b": INF}, 0),
        ("(2 × a ^ 2 + a) ÷ (a ^ 2 + 7)", {"a": INF}, 2), ("a ^ 3 ÷ (4 × a ^ 3 + 1)", {"a": -INF}, 0.25), ("(a + 1) ÷ a × b ^ 2", {"a": INF, "b": 3}, 9),
        ("(b × a ^ 2 + a) ÷ (a ^ 2 + c)", {"a": INF, "b": 3, "c": 5}, 3), ("(a − a) ÷ b", {"a": INF, "b": 2}, 0),
    ],
)  # fmt: skip
def test_what_a_quotient_of_polynomials_tends_to(
    text: str, at: dict[str, float], limit: float | None
) -> None:
    found = quotient(text).limit(at)
    assert math.isnan(found) if limit is None else found == limit


def test_quotients_of_polynomials_are_exact_and_lose_what_cancels() -> None:
    one: rational.Powers = ()
    assert quotient("a ÷ c + b ÷ c") == Rational(
        {(("a", 1),): Fraction(1), (("b", 1),): Fraction(1)}, {(("c", 1),): Fraction(1)}
    )
    assert quotient("a ÷ c − b").above == {(("a", 1),): Fraction(1), (("b", 1), ("c", 1)): Fraction(-1)}
    assert quotient("a − a").above == {}
    assert quotient("(a + b) × (a − b)").above == {(("a", 2),): Fraction(1), (("b", 2),): Fraction(-1)}
    assert quotient("mean(a, b)").above == {(("a", 1),): Fraction(1, 2), (("b", 1),): Fraction(1, 2)}
    assert quotient("sum(a, 1)").above == {(("a", 1),): Fraction(1), one: Fraction(1)}
    assert quotient("a ^ 0") == Rational({one: Fraction(1)}, {one: Fraction(1)})
    assert quotient("a ^ (−1)") == Rational({one: Fraction(1)}, {(("a", 1),): Fraction(1)})
    assert quotient("2 ÷ 4 × a").above == {(("a", 1),): Fraction(2)}
    assert quotient("0 × a").above == {}


def test_a_derivative_drops_powers_that_end() -> None:
    cubed = quotient("a ^ 3 + 2 × a × b + 7").above
    assert rational._derived(cubed, "a") == {(("a", 2),): Fraction(3), (("b", 1),): Fraction(2)}
    assert rational._derived(cubed, "b") == {(("a", 1),): Fraction(2)}
    assert rational._derived({(("a", 1),): Fraction(5)}, "a") == {(): Fraction(5)}


@pytest.mark.parametrize(
    "text",
    ["median(a, b)", "abs(a)", "a ^ 0.5", "a ^ b", "a ÷ (b − b)", "1 + max(a, b)", "sum(a, min(a, b))"],
)
def test_what_is_no_quotient_of_polynomials(text: str) -> None:
    assert rational.rational(read(text)) is None


@pytest.mark.parametrize(
    ("above", "below", "kept"), [(4000, 1, True), (4001, 1, False), (80, 50, True), (81, 50, False)]
)
def test_beyond_four_thousand_terms_nothing_is_proven(above: int, below: int, kept: bool) -> None:
    many = [{(("x", k),): Fraction(1) for k in range(1, n + 1)} for n in (above, below)]
    assert (rational._kept(*many) is not None) is kept


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7), ("−2", -2), ("−(−2)", 2), ("10 ^ 4", 10_000), ("10 ^ (−2)", 0.01), ("2 ^ 99", 2.0**99), ("2 ^ 100", None), ("2 ^ (−99)", 2.0**-99),
        ("2 ^ (−100)", None), ("2 ^ 0.5", None), ("0 ^ 2", None), ("0.5 ^ 2", 0.25), ("2 + 3", None), ("a", None), ("−a", None), ("2 ^ a", None), ("a ^ 2", None),
    ],
)  # fmt: skip
def test_the_number_that_a_tree_is(text: str, number: float | None) -> None:
    assert constant(read(text)) == number


@pytest.mark.parametrize(
    ("text", "power"), [("3", 3), ("−99", -99), ("99", 99), ("100", None), ("−100", None), ("2.5", None), ("a", None), ("0", 0)]
)  # fmt: skip
def test_the_whole_number_that_an_exponent_is(text: str, power: int | None) -> None:
    assert whole_power(read(text)) == power


@pytest.mark.parametrize("text", ["sum(a)", "median(a)", "abs(a)", "max(a)", "a × 1e308"])
def test_arithmetic_that_is_read(text: str) -> None:
    assert isinstance(read(text), (ast.Call, ast.BinOp))


@pytest.mark.parametrize("text", ["abs()", "abs(a, b)", "median()", "sum(a, key=b)", "max × a"])
def test_calls_that_are_refused(text: str) -> None:
    with pytest.raises(Exception, match="not "):
        read(text)
