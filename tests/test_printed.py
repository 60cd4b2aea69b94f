"""Printed numbers: what digits and hedge words claim."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import UserError
from analysis.numbers.printed import (
    Interval,
    PrintedNumberError,
    Quantity,
    Reading,
    decimals_interval,
    propagate,
)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("34.54", 34.535, 34.545),
        ("12.50", 12.495, 12.505),
        ("12.5", 12.45, 12.55),
        ("1,271", 1270.5, 1271.5),
        ("１２", 11.5, 12.5),
        ("200", 199.5, 200.5),
        ("六", 5.5, 6.5),
        ("七十", 69.5, 70.5),
        ("-3.5", -3.55, -3.45),
        ("一半", 0.45, 0.55),
    ],
)
def test_digits_claim_half_a_unit_either_side(text: str, low: float, high: float) -> None:
    interval = Quantity.parse(text).interval
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-12)


def test_a_trailing_zero_is_a_claim() -> None:
    assert Quantity.parse("12.50").interval.width < Quantity.parse("12.5").interval.width


def test_insignificant_trailing_zeros_widen_an_integer_only() -> None:
    loose = Reading(trailing_zeros="insignificant")
    assert Quantity.parse("200", reading=loose).interval == Interval(150, 250)
    assert Quantity.parse("12.50", reading=loose).interval == Quantity.parse("12.50").interval


@pytest.mark.parametrize(
    ("hedge", "low", "high"),
    [
        ("近", 89.5, 100.5),
        ("约", 94.5, 105.5),
        ("超过", 100, 125.5),
        ("余", 100, 125.5),
        ("高达", 99.5, 100.5),
        ("", 99.5, 100.5),
    ],
)
def test_a_hedge_stretches_its_own_side(hedge: str, low: float, high: float) -> None:
    hedged = Quantity.parse("100", hedge=hedge).hedged
    assert (hedged.low, hedged.high) == pytest.approx((low, high))


def test_below_does_not_touch() -> None:
    assert not math.isclose(Quantity.parse("100", hedge="不足").hedged.high, 100, rel_tol=1e-17)
    assert Quantity.parse("100", hedge="不足").hedged.high < 100


def test_an_above_hedge_excludes_what_lies_below_even_within_rounding() -> None:
    assert Quantity.parse("70", hedge="超过").interval.low == 70


def test_a_fraction_is_nearer_than_its_neighbours() -> None:
    span = Quantity.parse("2/3").interval
    assert span.contains(2 / 3)
    assert not span.contains(3 / 5)
    assert not span.contains(3 / 4)


@pytest.mark.parametrize("text", ["", "abc", "12..5", "nan", "Infinity", "约", "'); import os"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(PrintedNumberError, match="not a printed number"):
        Quantity.parse(text)


def test_an_unknown_hedge_is_refused_by_name() -> None:
    with pytest.raises(PrintedNumberError, match="unknown hedge word '大概'"):
        Quantity.parse("5", hedge="大概")


@given(st.decimals(-(10**6), 10**6, places=3), st.sampled_from(["", "近", "约", "超过", "高达"]))
def test_the_hedged_interval_contains_the_printed_one(number: object, hedge: str) -> None:
    q = Quantity.parse(str(number), hedge=hedge)
    assert q.hedged.low <= q.interval.low <= q.interval.high <= q.hedged.high


@given(
    st.floats(1, 1e6), st.floats(0, 1), st.floats(1, 1e6), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)
)
def test_propagation_contains_every_point_of_the_box(
    a: float, da: float, b: float, db: float, s: float, t: float
) -> None:
    box = {"a": Interval(a, a + da), "b": Interval(b, b + db)}
    spread = propagate(lambda a, b: a / b, box)
    value = (a + s * da) / (b + t * db)
    assert spread.contains(value)


def test_propagation_is_exact_at_the_corners() -> None:
    spread = propagate(lambda a, b: a - b, {"a": Interval(1, 2), "b": Interval(10, 20)})
    assert spread == Interval(-19, -8)


def test_too_many_uncertain_inputs_are_refused() -> None:
    box = {f"x{i}": Interval(0, 1) for i in range(15)}
    with pytest.raises(UserError, match="15 uncertain inputs"):
        propagate(lambda **xs: sum(xs.values()), box)


def test_neighbouring_roundings_do_not_meet() -> None:
    a, b = Quantity.parse("2078").interval, Quantity.parse("2079").interval
    assert not a.meets(b)
    assert a.meets(Interval(2078.4999, 2079))
    assert a.contains(2078.5)
    assert b.contains(2078.5)


def test_published_values_have_rounding_intervals() -> None:
    assert decimals_interval("13.03") == Interval(13.025, 13.035)
