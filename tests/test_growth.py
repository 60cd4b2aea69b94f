"""Named formulas against values worked by hand, closed forms, and the published example of the integer test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import words
from analysis.numbers import growth, units
from analysis.numbers.formula import FormulaError

levels = st.floats(0.01, 1e9)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("yoy", (110, 100), 10),
        ("qoq", (90, 120), -25),
        ("cagr", (200, 100, 10), 7.177346253629313),
        ("share", (3, 12), 25),
        ("multiple", (8, 1), 8),
        ("increase_multiple", (8, 1), 7),
        ("implied_base", (120, 20), 100),
        ("implied_now", (100, 20), 120),
        ("implied_whole", (30, 25), 120),
        ("implied_part", (120, 25), 30),
        ("change_pp", (60, 42), 18),
        ("total", (60, 42), 102),
        ("difference", (60, 42), 18),
        ("implied_size_growth", (154, 27.2), (2.54 / 1.272 - 1) * 100),
        ("contribution", (90, 60, 100), 30),
    ],
)
def test_value_by_hand(name: str, values: tuple[float, ...], expected: float) -> None:
    formula = getattr(growth, name)
    assert formula(*values) == pytest.approx(expected, rel=1e-12)
    assert formula(**dict(zip(formula.formula.names, values, strict=True))) == pytest.approx(
        expected, rel=1e-12
    )


@pytest.mark.parametrize(
    "formula", [n for n in vars(growth).values() if isinstance(n, growth.Named)], ids=lambda n: n.formula.text
)
def test_what_a_formula_asks_of_units_is_about_its_own_arguments(formula: growth.Named) -> None:
    names = set(formula.formula.names)
    assert {*formula.alike, *formula.percent, *formula.positive} <= names
    if formula.unit not in {"same", *units.UNITS}:
        ways = {
            units.get(words.formula_unit(formula.unit, language)).dimension for language in words.languages()
        }
        assert len(ways) == 1
    assert formula.meaning.endswith(".")


def test_a_growth_rate_over_no_time_is_refused() -> None:
    for years in (0, -1):
        with pytest.raises(FormulaError, match="years has to be positive"):
            growth.cagr(2, 1, years)


def test_an_argument_of_another_name_is_refused() -> None:
    with pytest.raises(FormulaError, match="has no after"):
        growth.yoy(1, after=2)


@given(levels, st.floats(-90, 900))
def test_a_base_and_its_growth_imply_each_other(base: float, rate: float) -> None:
    now = growth.implied_now(base, rate)
    assert growth.implied_base(now, rate) == pytest.approx(base, rel=1e-9)
    assert growth.yoy(now, base) == pytest.approx(rate, rel=1e-6, abs=1e-6)


@given(levels, st.floats(0.01, 100))
def test_a_part_and_its_share_imply_the_whole(part: float, share: float) -> None:
    assert growth.share(part, growth.implied_whole(part, share)) == pytest.approx(share, rel=1e-9)
    assert growth.implied_part(growth.implied_whole(part, share), share) == pytest.approx(part, rel=1e-9)


@given(levels, levels, levels, levels)
def test_contributions_of_parts_add_up_to_the_growth_of_the_whole(
    a1: float, b1: float, a0: float, b0: float
) -> None:
    parts = growth.contribution(a1, a0, a0 + b0) + growth.contribution(b1, b0, a0 + b0)
    whole = growth.yoy(a1 + b1, a0 + b0)
    assert parts == pytest.approx(whole, rel=1e-6, abs=1e-6)


def test_what_has_to_be_positive_may_be_small() -> None:
    assert growth.cagr(1, 0.25, 0.5) == pytest.approx(1500)
