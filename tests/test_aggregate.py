"""Growth of a group, against numpy and worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import report
from analysis.numbers import groups
from analysis.numbers.groups import HOWS, by_name, group_growth, notation, subsets
from analysis.numbers.printed import Interval, propagate
from analysis.report.catalog import Observation

NOW, BEFORE = [30.0, 11.0, 5.0], [20.0, 10.0, 5.0]
RATES = [50.0, 10.0, 0.0]


def observed(value: float) -> Observation:
    return Observation(
        value, value, value, "亿元", f"s@{value}", "", f"{value:g}", "", "", "", "", "", "main", ""
    )


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("sum", (46 / 35 - 1) * 100),
        ("mean", np.mean(RATES)),
        ("median", np.median(RATES)),
        ("weighted", np.average(RATES, weights=NOW)),
    ],
)
def test_growth_of_a_group(how: groups.How, expected: float) -> None:
    assert group_growth(NOW, BEFORE, how) == pytest.approx(expected, rel=1e-12)


def test_growth_of_the_total_is_the_mean_weighted_by_the_earlier_values() -> None:
    assert group_growth(NOW, BEFORE, "sum") == pytest.approx(np.average(RATES, weights=BEFORE), rel=1e-12)


@pytest.mark.parametrize("how", HOWS)
def test_one_member_grows_as_its_group(how: groups.How) -> None:
    assert group_growth([30.0], [20.0], how) == pytest.approx(50.0)


@pytest.mark.parametrize(("now", "before"), [([], []), ([1.0], [1.0, 2.0])])
def test_unequal_groups_are_refused(now: list[float], before: list[float]) -> None:
    with pytest.raises(ValueError, match="as many later values as earlier ones"):
        group_growth(now, before, "sum")


def test_an_unknown_aggregation_is_refused() -> None:
    with pytest.raises(ValueError, match="not 'mode'"):
        group_growth(NOW, BEFORE, "mode")  # type: ignore[arg-type]


@pytest.mark.parametrize("how", HOWS)
def test_the_notation_names_every_input_and_shows_the_numbers(how: groups.How) -> None:
    inputs = {
        f"{m}_{p}": observed(v)
        for p, vs in (("b", NOW), ("a", BEFORE))
        for m, v in zip("xyz", vs, strict=True)
    }
    computed = report.compute(
        by_name("xyz", "b", "a", how), formula=notation("xyz", "b", "a", how), unit="%", **inputs
    )
    assert computed.value == pytest.approx(group_growth(NOW, BEFORE, how))
    for value in {*NOW, *BEFORE}:
        assert f"{value:g}" in computed.arithmetic
    assert "_" not in computed.arithmetic


spans = st.tuples(st.floats(0.1, 1e4), st.floats(0, 0.2)).map(lambda p: Interval(p[0], p[0] * (1 + p[1])))


@given(st.sampled_from(HOWS), st.lists(st.tuples(spans, spans), min_size=1, max_size=4))
def test_the_range_at_two_corners_is_that_of_all_corners(
    how: groups.How, pairs: list[tuple[Interval, Interval]]
) -> None:
    members = "wxyz"[: len(pairs)]
    inputs = {f"{m}_b": p[0] for m, p in zip(members, pairs, strict=True)}
    inputs |= {f"{m}_a": p[1] for m, p in zip(members, pairs, strict=True)}
    function = by_name(members, "b", "a", how)
    every = propagate(lambda **values: function(**values), inputs)  # hides the directions
    found = propagate(function, inputs)
    assert (found.low, found.high) == pytest.approx((every.low, every.high), rel=1e-9, abs=1e-9)


def test_directions_are_used_only_where_they_hold() -> None:
    function = by_name("x", "b", "a", "sum")
    crossing = {"x_b": Interval(-1.0, 1.0), "x_a": Interval(1.0, 2.0)}
    assert propagate(function, crossing) == propagate(lambda **v: function(**v), crossing)
    assert not hasattr(by_name("x", "b", "a", "weighted"), "directions")


def test_there_are_sixty_three_groups_of_six() -> None:
    groups = list(subsets("abcdef"))
    assert len(groups) == len(set(groups)) == 63
    assert groups[0] == ("a",)
    assert groups[-1] == tuple("abcdef")
    assert len(list(subsets("abcdef", least=5))) == 7
