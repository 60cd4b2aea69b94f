"""Growth of a group, against numpy and worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.numbers import groups
from analysis.numbers.groups import HOWS, group_growth, subsets
from analysis.numbers.printed import Interval

NOW, BEFORE = [30.0, 11.0, 5.0], [20.0, 10.0, 5.0]
RATES = [50.0, 10.0, 0.0]
POINT = dict(zip(("x_b", "y_b", "z_b", "x_a", "y_a", "z_a"), [*NOW, *BEFORE], strict=True))


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
    assert group_growth("xyz", "b", "a", how)(**POINT) == pytest.approx(expected, rel=1e-12)


def test_growth_of_the_total_is_the_mean_weighted_by_the_earlier_values() -> None:
    total = group_growth("xyz", "b", "a", "sum")(**POINT)
    assert total == pytest.approx(np.average(RATES, weights=BEFORE), rel=1e-12)


@pytest.mark.parametrize("how", HOWS)
def test_one_member_grows_as_its_group(how: groups.How) -> None:
    assert group_growth("x", "b", "a", how)(x_b=30.0, x_a=20.0) == pytest.approx(50.0)


def test_a_group_without_members_and_an_unknown_way_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a member"):
        group_growth([], "b", "a", "sum")
    with pytest.raises(ValueError, match="not 'mode'"):
        group_growth("x", "b", "a", "mode")  # type: ignore[arg-type]


@pytest.mark.parametrize("how", HOWS)
def test_every_member_is_an_input_and_has_one_unit(how: groups.How) -> None:
    found = group_growth("xyz", "b", "a", how)
    assert set(found.formula.names) == set(found.alike) == set(POINT)
    assert found.unit == "%"


@pytest.mark.parametrize("how", HOWS)
def test_the_range_over_rounded_members_is_exact(how: groups.How) -> None:
    """Also for the weighted mean, in which a later value is weight and numerator: over rounding it only rises."""
    import itertools

    box = {n: Interval(v - 0.05, v + 0.05) for n, v in POINT.items()}
    formula = group_growth("xyz", "b", "a", how).formula
    corners = [
        formula.value(**dict(zip(box, c, strict=True)))
        for c in itertools.product(*((i.low, i.high) for i in box.values()))
    ]
    found = formula.range(**box)
    assert (found.low, found.high) == pytest.approx((min(corners), max(corners)), rel=1e-12)


def test_there_are_sixty_three_groups_of_six() -> None:
    found = list(subsets("abcdef"))
    assert len(found) == len(set(found)) == 63
    assert found[0] == ("a",)
    assert found[-1] == tuple("abcdef")
    assert len(list(subsets("abcdef", least=5))) == 7
