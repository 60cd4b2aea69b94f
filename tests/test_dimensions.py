"""The unit of a formula's result follows from those of its inputs."""

from __future__ import annotations

import pytest

from analysis.numbers import dimensions
from analysis.numbers.formula import Formula
from analysis.numbers.units import UnitError


def check(text: str, unit: str, **given: str) -> None:
    dimensions.check(Formula.parse(text), given, unit)


@pytest.mark.parametrize(
    ("text", "unit", "given"),
    [
        ("(now ÷ before − 1) × 100", "%", {"now": "亿元", "before": "亿元"}),
        ("(now ÷ (before × 10000) − 1) × 100", "%", {"now": "亿元", "before": "万亿元"}),
        ("now ÷ before", "倍", {"now": "亿元", "before": "亿元"}),
        ("now ÷ (1 + growth ÷ 100)", "亿元", {"now": "亿元", "growth": "%"}),
        ("100 − a − b", "%", {"a": "%", "b": "%"}),
        ("a − b", "个百分点", {"a": "%", "b": "%"}),
        ("amount × rate ÷ 100", "亿元", {"amount": "百万美元", "rate": "CNY/USD"}),
        ("amount ÷ rate × 10^4", "亿美元", {"amount": "万亿元", "rate": "CNY/USD"}),
        ("funding ÷ deals × 100", "百万美元", {"funding": "亿美元", "deals": "起"}),
        ("quarter ÷ days", "万笔", {"quarter": "万笔", "days": "天"}),
        ("((last ÷ first) ^ (1 ÷ years) − 1) × 100", "%", {"last": "亿元", "first": "亿元", "years": "年"}),
        ("mean(a ÷ b, c)", "", {"a": "亿元", "b": "亿元", "c": ""}),
        ("max(a, b)", "亿元", {"a": "亿元", "b": "亿元"}),
        ("−a × 2", "亿元", {"a": "亿元"}),
        ("a × b ÷ a", "亿元", {"a": "万户", "b": "亿元"}),
        ("deals ÷ 999 − 1", "", {"deals": "起"}),
        ("100 × (a ÷ b)", "%", {"a": "亿元", "b": "亿元"}),
        ("10000 × a", "亿元", {"a": "万亿元"}),
        ("max(2, 3) × a", "亿元", {"a": "亿元"}),
        ("a × max(2, 3)", "亿元", {"a": "亿元"}),
        ("a ^ 2 ÷ a", "亿元", {"a": "亿元"}),
        ("a ^ 2 × b ^ (−2) ÷ a", "百万美元", {"a": "百万美元", "b": "倍"}),
        ("amount ÷ n", "亿元", {"amount": "亿元", "n": "场"}),
        ("a × 0 + b", "亿元", {"a": "亿元", "b": "亿元"}),
        ("a × 0.1", "十亿元", {"a": "亿元"}),
        ("a × (−10)", "亿元", {"a": "十亿元"}),
    ],
)  # fmt: skip
def test_units_that_fit(text: str, unit: str, given: dict[str, str]) -> None:
    check(text, unit, **given)


@pytest.mark.parametrize(
    ("text", "unit", "given", "told"),
    [
        ("amount × rate", "亿元", {"amount": "百万美元", "rate": "CNY/USD"}, "gives CNY"),
        ("a ÷ b × 100", "%", {"a": "亿元", "b": "万元"}, "gives a number"),
        ("a + b", "亿元", {"a": "亿元", "b": "万亿元"}, "adds different units"),
        ("a + b", "亿元", {"a": "亿元", "b": "亿美元"}, "adds different units"),
        ("a + b × 2", "亿元", {"a": "亿元", "b": "万元"}, "adds different units"),
        ("a + b", "家", {"a": "家", "b": "起"}, "adds different units"),
        ("1 + growth", "", {"growth": "%"}, "adds different units"),
        ("1 + amount", "亿元", {"amount": "亿元"}, "adds different units"),
        ("1 + amount", "元", {"amount": "元"}, "adds different units (a number × 1, CNY × 1)"),
        ("amount × rate", "亿元", {"amount": "百万美元", "rate": "CNY/USD"}, "amount × rate: gives CNY × 1e+06, not 亿元"),
        ("a × 100 × 3", "元", {"a": "亿元"}, "gives CNY × 1e+06 or CNY × 1e+08, not 元"),
        ("max(1, 2)", "亿元", {}, "max(1, 2): gives a number × 1, not 亿元"),
        ("2 ÷ a", "亿元", {"a": "亿元"}, "gives CNY^-1"),
        ("median(a, b)", "亿元", {"a": "亿元", "b": "%"}, "median of different units"),
        ("a × b", "亿元", {"a": "亿元", "b": "亿元"}, "gives CNY^2"),
        ("100 ÷ a", "亿元", {"a": "亿元"}, "gives CNY^-1"),
        ("a ^ 2", "亿元", {"a": "亿元"}, "gives CNY^2"),
        ("a ÷ b", "亿元", {"a": "亿元", "b": "亿元"}, "not 亿元"),
        ("a", "", {"a": "亿元"}, "not a pure number"),
        ("a × 3", "万元", {"a": "亿元"}, "not 万元"),
    ],
)  # fmt: skip
def test_units_that_do_not(text: str, unit: str, given: dict[str, str], told: str) -> None:
    with pytest.raises(UnitError) as error:
        check(text, unit, **given)
    assert told in str(error.value)
