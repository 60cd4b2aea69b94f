"""Units: what converts, and what must not."""

from __future__ import annotations

import pytest

from analysis.numbers import units
from analysis.numbers.units import UnitError


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (13.03, "万亿元", "亿元", 130300),
        (2078, "亿元", "万亿元", 0.2078),
        (536, "亿美元", "十亿美元", 53.6),
        (1.42, "亿户", "万户", 14200),
        (2, "成", "%", 20),
        (0.5, "", "%", 50),
        (15, "起", "笔", 15),
        (300, "行", "行", 300),
    ],
)
def test_units_of_one_dimension_convert(value: float, source: str, target: str, expected: float) -> None:
    assert units.convert(value, source, target) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("a", "b"), [("亿元", "亿美元"), ("%", "个百分点"), ("%", "倍"), ("万户", "万人"), ("行", "省")]
)
def test_units_of_different_things_do_not_mix(a: str, b: str) -> None:
    with pytest.raises(UnitError, match="cannot be compared"):
        units.convert(1, a, b)


def test_mixing_currencies_says_what_to_do() -> None:
    with pytest.raises(UnitError, match="state an exchange rate"):
        units.convert(1, "亿元", "亿美元")


def test_an_exchange_rate_converts_money_both_ways() -> None:
    there = units.exchange(100, "亿元", "亿美元", 6.9)
    assert there == pytest.approx(14.4927536, rel=1e-8)
    assert units.exchange(there, "亿美元", "亿元", 6.9) == pytest.approx(100)
    with pytest.raises(UnitError, match="not both money"):
        units.exchange(1, "万户", "亿元", 6.9)


def test_an_unknown_unit_is_named_with_its_neighbours() -> None:
    with pytest.raises(UnitError, match=r"unknown unit '亿圆'; nearest known: .*亿"):
        units.get("亿圆")
