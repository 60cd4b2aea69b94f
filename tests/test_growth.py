"""Growth arithmetic against closed forms and the published example of the integer test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.numbers import growth

levels = st.floats(0.01, 1e9)


def test_yoy_of_a_textbook_pair() -> None:
    assert growth.yoy(110, 100) == pytest.approx(10)


def test_cagr_doubles_in_ten_years_at_7_18_percent() -> None:
    assert growth.cagr(200, 100, 10) == pytest.approx(7.177346253629313, rel=1e-12)
    with pytest.raises(ValueError, match="positive number of years"):
        growth.cagr(2, 1, 0)


@given(levels, st.floats(-90, 900))
def test_a_base_and_its_growth_imply_each_other(base: float, rate: float) -> None:
    now = growth.implied_now(base, rate)
    assert growth.implied_base(now, rate) == pytest.approx(base, rel=1e-9)
    assert growth.yoy(now, base) == pytest.approx(rate, rel=1e-6, abs=1e-6)


@given(levels, st.floats(0.01, 100))
def test_a_part_and_its_share_imply_the_whole(part: float, share: float) -> None:
    assert growth.share(part, growth.implied_whole(part, share)) == pytest.approx(share, rel=1e-9)


@given(levels, levels, levels, levels)
def test_contributions_of_parts_add_up_to_the_growth_of_the_whole(
    a1: float, b1: float, a0: float, b0: float
) -> None:
    parts = growth.contribution(a1, a0, a0 + b0) + growth.contribution(b1, b0, a0 + b0)
    whole = growth.yoy(a1 + b1, a0 + b0)
    assert parts == pytest.approx(whole, rel=1e-6, abs=1e-6)


def test_size_growth_completes_count_growth() -> None:
    size = growth.implied_size_growth(154, 27.2)
    assert (1 + size / 100) * 1.272 == pytest.approx(2.54)


def test_grown_by_seven_times_is_eight_times_the_base() -> None:
    assert growth.increase_multiple(8, 1) == 7
    assert growth.multiple(8, 1) == 8


def test_the_integer_test_of_brown_and_heathers() -> None:
    """18 answers cannot print 50.1 %, 28 answers can print 17.9 %."""
    assert "17.9" in growth.attainable_percentages(28, 1)
    assert "50.1" not in growth.attainable_percentages(18, 1)
    assert len(growth.attainable_percentages(65, 0)) == 66
