"""Units: what converts, what must not, and that they are data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import words
from analysis.numbers import units
from analysis.numbers.units import UnitError


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (13.03, "万亿元", "亿元", 130300),
        (2078, "亿元", "万亿元", 0.2078),
        (536, "亿美元", "十亿美元", 53.6),
        (536, "亿美元", "USD bn", 53.6),
        (1.2, "EUR trillion", "亿欧元", 12000),
        (350, "GBP m", "英镑", 350e6),
        (7, "亿", "亿元", 7),
        (13, "万亿", "CNY bn", 13000),
        (2, "trillion CNY", "万亿元", 2),
        (1.42, "亿户", "万户", 14200),
        (3, "百万人", "people", 3e6),
        (2, "成", "%", 20),
        (0.5, "", "%", 50),
        (5, "‰", "percent", 0.5),
        (15, "起", "笔", 15),
        (15, "deals", "笔", 15),
        (150, "bps", "个百分点", 1.5),
        (25, "个基点", "percentage points", 0.25),
        (70, "M", "Mbps", 70),
        (62.8, "GW", "MW", 62800),
        (3, "倍", "times", 3),
        (2, "times", "", 2),
        (2, "", "倍", 2),
        (300, "行", "行", 300),
    ],
)
def test_units_of_one_dimension_convert(value: float, source: str, target: str, expected: float) -> None:
    assert units.convertible(source, target)
    assert units.convert(value, source, target) == pytest.approx(expected, rel=1e-14)
    assert units.convert(expected, target, source) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("亿元", "亿美元"), ("EUR bn", "USD bn"), ("%", "个百分点"), ("%", "倍"), ("万户", "万人"), ("行", "省"),
        ("年", "岁"), ("M", "MW"),
    ],
)  # fmt: skip
def test_units_of_different_things_do_not_mix(a: str, b: str) -> None:
    assert not units.convertible(a, b)
    with pytest.raises(UnitError, match="cannot be compared"):
        units.convert(1, a, b)


@pytest.mark.parametrize(("a", "b"), [("亿元", "亿美元"), ("€", "USD"), ("GBP m", "日元")])
def test_mixing_currencies_says_what_to_do(a: str, b: str) -> None:
    a = words.units("symbols").get(a, a)
    with pytest.raises(UnitError, match="state an exchange rate"):
        units.convert(1, a, b)


def test_no_exchange_rate_turns_households_into_money() -> None:
    with pytest.raises(UnitError) as raised:
        units.convert(1, "亿元", "万户")
    assert "exchange rate" not in str(raised.value)


def test_an_exchange_rate_converts_money_both_ways() -> None:
    there = units.exchange(100, "亿元", "亿美元", 6.9)
    assert there == pytest.approx(14.4927536, rel=1e-8)
    assert units.exchange(there, "亿美元", "亿元", 6.9) == pytest.approx(100)
    assert units.exchange(100, "亿元", "十亿元", 6.9) == pytest.approx(10)
    with pytest.raises(UnitError, match="not both money"):
        units.exchange(1, "万户", "亿元", 6.9)


@pytest.mark.parametrize(("rate", "quoted"), [(0.8, "GBP/EUR"), (1.25, "EUR/GBP")])
def test_any_two_currencies_are_exchanged_by_a_rate_that_names_them(rate: float, quoted: str) -> None:
    assert units.exchange(5, "EUR bn", "GBP m", rate, quoted) == pytest.approx(4000)
    assert units.exchange(4000, "GBP m", "EUR bn", rate, quoted) == pytest.approx(5)


@pytest.mark.parametrize("quoted", ["CNY/USD", "EUR/EUR", "EUR", ""])
def test_a_rate_of_other_currencies_is_refused(quoted: str) -> None:
    with pytest.raises(UnitError, match="does not exchange them; say one in EUR/GBP or GBP/EUR"):
        units.exchange(5, "EUR bn", "GBP m", 0.8, quoted)


@pytest.mark.parametrize(
    ("unit", "currency", "other"),
    [("万亿元", "USD", "万亿美元"), ("亿美元", "CNY", "亿元"), ("港元", "GBP", "英镑"), ("EUR bn", "USD", "USD bn"), ("RMB m", "USD", "USD m"),
     ("百万美元", "USD", "百万美元")],
)  # fmt: skip
def test_a_unit_has_its_counterpart_in_another_currency(unit: str, currency: str, other: str) -> None:
    assert units.in_currency(unit, currency) == other


@pytest.mark.parametrize(("unit", "currency"), [("GW", "USD"), ("亿元", "CHF"), ("亿", "USD")])
def test_a_unit_without_a_counterpart_is_refused(unit: str, currency: str) -> None:
    with pytest.raises(UnitError, match="has no counterpart"):
        units.in_currency(unit, currency)


@pytest.mark.parametrize(
    ("source", "target", "ratio"), [("W", "kW", 0.001), ("kW", "W", 1000.0), ("%", "成", 0.1), ("元", "亿元", 1e-8), ("万亿元", "亿元", 10000.0), ("行", "行", 1.0)]
)  # fmt: skip
def test_a_ratio_of_units_is_exact(source: str, target: str, ratio: float) -> None:
    assert units.factor(source, target) == ratio


def test_a_value_is_divided_where_its_unit_grows() -> None:
    assert (units.convert(3, "‰", "%"), units.convert(0.3, "%", "‰"), units.convert(7, "城市", "城市")) == (
        0.3,
        3.0,
        7,
    )


def test_a_counter_word_counts_by_one() -> None:
    assert units.counter("城市") == units.Unit("城市", "count of 城市", 1.0)


def test_an_unknown_unit_is_named_with_its_neighbours() -> None:
    with pytest.raises(UnitError, match=r"unknown unit '亿园'; nearest known: 亿, 亿项, 亿笔 \("):
        units.get("亿园")
    with pytest.raises(UnitError, match=r"unknown unit 'xyzzy' \("):
        units.get("xyzzy")


@pytest.mark.parametrize(
    ("unit", "is_count"),
    [
        ("家", True), ("起", True), ("deals", True), ("部委", True), ("万户", False), ("元", False), ("%", False),
        ("", False), ("年", False), ("倍", False),
    ],
)  # fmt: skip
def test_counters_count_one_by_one(unit: str, is_count: bool) -> None:
    assert units.counts(unit) is is_count


@given(st.sampled_from(sorted(units.UNITS)), st.sampled_from(sorted(units.UNITS)), st.floats(1e-3, 1e6))
def test_there_and_back_is_the_same_value(a: str, b: str, value: float) -> None:
    if units.convertible(a, b):
        assert units.convert(units.convert(value, a, b), b, a) == pytest.approx(value, rel=1e-12)


def test_every_unit_of_the_packs_is_known_and_powers_are_composed() -> None:
    for part in ("money", "counters", "counted", "measures", "aliases"):
        assert set(words.units(part)) <= set(units.UNITS)
    assert set(words.units("symbols").values()) <= units.CURRENCIES
    assert units.get("十亿港元").factor == units.get("HKD billion").factor == 1e9
    assert not {"bn元", "USD 亿", "亿USD", "万%"} & set(units.UNITS)
