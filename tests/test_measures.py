"""What trend words measure, worked out by hand: on values, on ranges with open ends, at the edge; and how it is told."""

from __future__ import annotations

import math

import pytest

from analysis.errors import UserError
from analysis.numbers.printed import Interval
from analysis.statistics import WORDS, decide, measures
from analysis.statistics.vocabulary import all_of, most_of, some_of

INF = math.inf


@pytest.mark.parametrize(
    ("name", "values", "measured"),
    [
        ("smallest_step", [100, 110, 132], 10), ("smallest_step", [100, 150, 75], -50), ("smallest_step", [50, 100], 100),
        ("largest_step", [100, 110, 132], 20), ("largest_step", [100, 90, 45], -10),
        ("change", [100, 500, 150], 50), ("change", [200, 50], -75),
        ("last_step", [100, 110, 220], 100), ("last_step", [100, 50], -50),
        ("from_low", [100, 50, 80, 75], 50), ("from_low", [100, 150], 50), ("from_low", [100, 50, 25], -50),
        ("from_high", [100, 200, 150, 300], 50), ("from_high", [100, 200, 50], -75),
        ("above_median", [100, 110, 132, 198], 50 - 15), ("above_median", [100, 110, 220, 264, 264], 0 - 20),
        ("acceleration", [100, 110, 132], 10), ("acceleration", [100, 130, 143], -20), ("acceleration", [100, 50, 60], 70), ("acceleration", [100, 50, 45], 40), ("acceleration", [7, 100, 110, 132], 10),
        ("upward_share", [1, 2, 3, 2, 4], 75), ("upward_share", [1, 1], 0), ("upward_share", [1, 2], 100), ("upward_share", [1, 1.5], 100), ("upward_share", [2, 1], 0), ("upward_share", [1000, 1001, 1002], 100),
        ("spread", [3, 7, 5], 4), ("spread", [3, 3], 0),
        ("growth_spread", [100, 110, 132], 10), ("growth_spread", [100, 110, 99, 99], 20),
        ("regained", [100, 40, 70], 50), ("regained", [100, 40, 60, 130], 150), ("regained", [50, 60, 70], 0), ("regained", [50, 50, 70], 0), ("regained", [100, 40, 40], 0),
        ("value", [3, 9], 9), ("ratio", [4, 7, 10], 2.5), ("lead", [4, 7, 10], 6), ("lead", [10, 4], -6),
    ],
)  # fmt: skip
def test_a_measure_of_values(name: str, values: list[float], measured: float) -> None:
    found = measures.measure(name, [Interval(v, v) for v in values])
    assert (found.low, found.high) == pytest.approx((measured, measured))


@pytest.mark.parametrize(
    ("name", "ranges", "measured"),
    [
        ("ratio", [Interval(2, 4), Interval(8, 12)], Interval(2, 6)),
        ("ratio", [Interval(2, 4, high_open=True), Interval(8, 12)], Interval(2, 6, low_open=True)),
        ("ratio", [Interval(2, 4), Interval(8, 12, high_open=True)], Interval(2, 6, high_open=True)),
        ("ratio", [Interval(2, 4, low_open=True), Interval(8, 12, low_open=True)], Interval(2, 6, True, True)),
        ("lead", [Interval(2, 4, high_open=True), Interval(8, 12)], Interval(4, 10, low_open=True)),
        ("lead", [Interval(3, 3), Interval(3, 3)], Interval(0, 0)),
        ("value", [Interval(1, 2), Interval(3, 4, high_open=True)], Interval(3, 4, high_open=True)),
        ("change", [Interval(50, 100), Interval(100, 200)], Interval(0, 300)),
        ("spread", [Interval(1, 2), Interval(4, 6)], Interval(2, 5)),
        ("spread", [Interval(1, 5), Interval(4, 6)], Interval(0, 5)),
        ("upward_share", [Interval(1, 2), Interval(2, 3)], Interval(0, 100)),
        ("upward_share", [Interval(1, 2, high_open=True), Interval(2, 3)], Interval(100, 100)),
        ("upward_share", [Interval(2, 3), Interval(1, 2)], Interval(0, 0)),
        ("upward_share", [Interval(1, 1), Interval(2, 2), Interval(1, 3)], Interval(50, 100)),
        ("smallest_step", [Interval(100, 100), Interval(110, 120, high_open=True), Interval(240, 240)], Interval(10, 20, high_open=True)),
        ("smallest_step", [Interval(100, 100), Interval(110, 110, False, False), Interval(121, 132, low_open=True)], Interval(10, 10)),
        ("largest_step", [Interval(100, 100), Interval(110, 120, low_open=True), Interval(110, 110)], Interval(10, 20, low_open=True)),
        ("from_low", [Interval(50, 100), Interval(80, 90), Interval(100, 100)], Interval(100 / 90 * 100 - 100, 100)),
        ("from_high", [Interval(50, 100), Interval(80, 90), Interval(160, 160)], Interval(60, 100)),
        ("regained", [Interval(100, 100), Interval(40, 50), Interval(70, 70)], Interval(40, 50)),
        ("regained", [Interval(40, 50), Interval(50, 60), Interval(70, 70)], Interval(0, 0)),
        ("regained", [Interval(40, 55), Interval(50, 60), Interval(70, 70)], Interval(-INF, INF)),
        ("regained", [Interval(60, 70), Interval(50, 60), Interval(70, 70)], Interval(-INF, INF)),
    ],
)  # fmt: skip
def test_a_measure_of_ranges(name: str, ranges: list[Interval], measured: Interval) -> None:
    found = measures.measure(name, ranges)
    assert (found.low, found.high) == pytest.approx((measured.low, measured.high))
    assert (found.low_open, found.high_open) == (measured.low_open, measured.high_open)


def test_an_extreme_is_open_only_where_all_that_reach_it_are() -> None:
    half, closed = Interval(1, 2, True, True), Interval(1, 2)
    assert measures._extreme([half, closed], max) == closed
    assert measures._extreme([half, half], max) == half
    assert measures._extreme(
        [Interval(0, 1), Interval(4, 5, True, True), Interval(8, 9)], sorted_middle
    ) == Interval(4, 5, True, True)
    assert measures._extreme([Interval(0, 5), Interval(2, 5)], mean_of_two) == Interval(1, 5)
    assert measures._extreme(
        [Interval(0, 5), Interval(5, 9)], lambda values: max(values[0], 1.0)
    ) == Interval(1, 5)
    assert measures._extreme([Interval(0, 1), Interval(8, 9)], mean_of_two) == Interval(4, 5), (
        "no value stands at either end"
    )


def sorted_middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def mean_of_two(values: list[float]) -> float:
    return sum(values) / 2


@pytest.mark.parametrize("name", sorted(measures.MEASURES))
def test_growth_needs_positive_values_and_differences_do_not(name: str) -> None:
    _, least = measures.MEASURES[name]
    ranges = [Interval(v, v) for v in (0.0, *range(1, least))][: max(least, 1)]
    if name in measures.GROWTH:
        with pytest.raises(UserError, match=f"{name} needs positive values; there is one of 0"):
            measures.measure(name, ranges)
    else:
        measures.measure(name, ranges)


@pytest.mark.parametrize(
    ("name", "least"),
    [("value", 1), ("smallest_step", 2), ("largest_step", 2), ("change", 2), ("last_step", 2), ("from_low", 2), ("from_high", 2), ("upward_share", 2), ("spread", 2), ("ratio", 2), ("lead", 2),
     ("acceleration", 3), ("growth_spread", 3), ("regained", 3), ("above_median", 4)],
)  # fmt: skip
def test_a_measure_is_tried_on_no_fewer_values_than_it_takes(name: str, least: int) -> None:
    function, told = measures.MEASURES[name]
    assert told == least
    function([Interval(n, n) for n in range(1, least + 1)])


# A definition with the value of its first measure at its edge, just above and just below, and what comes out.
EDGES = [
    ("growing_fast/strict", [100, 120], "fails"), ("growing_fast/strict", [100, 120.01], "holds"), ("growing_fast", [100, 110.01], "holds"), ("growing_fast", [100, 109.99], "fails"), ("growing_fast/loose", [100, 105.01], "holds"), ("growing_fast/loose", [100, 104.99], "fails"),
    ("fast_rate/strict", [20], "fails"), ("fast_rate/strict", [20.01], "holds"), ("fast_rate", [10], "fails"), ("fast_rate", [10.01], "holds"), ("fast_rate/loose", [5], "fails"), ("fast_rate/loose", [5.01], "holds"),
    ("positive_rate", [0], "fails"), ("positive_rate", [0.01], "holds"),
    ("counted_once", [0], "fails"), ("counted_once", [1], "holds"), ("counted_several/strict", [4], "fails"), ("counted_several/strict", [5], "holds"),
    ("counted_several", [2], "fails"), ("counted_several", [3], "holds"), ("counted_several/loose", [1], "fails"), ("counted_several/loose", [2], "holds"),
    ("growing_faster_than_whole/strict", [10, 15], "fails"), ("growing_faster_than_whole/strict", [10, 15.01], "holds"), ("growing_faster_than_whole", [10, 10.01], "holds"),
    ("rising_again/loose", [4, 5, 6, 7, 6.9], "holds"), ("rising_again/loose", [4, 5, 6, 5.9, 5.8], "fails"), ("rising_again/loose", [4, 1, 2, 3, 3.9], "fails"),
    ("strong_rebound/strict", [200, 100, 175], "holds"), ("strong_rebound/strict", [200, 100, 174], "fails"), ("strong_rebound", [200, 100, 150], "holds"), ("strong_rebound", [200, 100, 149], "fails"),
    ("steady_growth", [100, 110, 132], "holds"), ("steady_growth", [100, 110, 132.2], "fails"), ("steady_growth/loose", [100, 101, 300], "holds"),
    ("stable_share/strict", [50, 52], "fails"), ("stable_share/strict", [50, 51.9], "holds"), ("stable_share", [50, 55], "fails"), ("stable_share", [50, 54.9], "holds"), ("stable_share/loose", [50, 60], "fails"), ("stable_share/loose", [50, 59.9], "holds"),
    ("close_to_level/strict", [100, 95], "holds"), ("close_to_level/strict", [100, 94.9], "fails"), ("close_to_level", [100, 85], "holds"), ("close_to_level", [100, 84.9], "fails"), ("close_to_level/loose", [100, 75], "holds"), ("close_to_level/loose", [100, 74.9], "fails"),
    ("above", [5, 5], "fails"), ("above", [5, 5.1], "holds"), ("below", [5, 5], "fails"), ("below", [5, 4.9], "holds"), ("above_in_points", [5, 5], "fails"),
    ("far_above/strict", [5, 10], "holds"), ("far_above/strict", [5, 9.9], "fails"), ("far_above", [4, 6], "holds"), ("far_above", [4, 5.9], "fails"), ("far_above/loose", [4, 5], "holds"), ("far_above/loose", [4, 4.9], "fails"),
    ("clearly_below/strict", [100, 80], "holds"), ("clearly_below/strict", [100, 81], "fails"), ("clearly_below", [100, 90], "holds"), ("clearly_below", [100, 91], "fails"), ("clearly_below/loose", [100, 99], "holds"), ("clearly_below/loose", [100, 100], "fails"),
    ("majority/strict", [66.7], "holds"), ("majority/strict", [66.6], "fails"), ("majority", [50], "fails"), ("majority", [50.1], "holds"), ("majority/loose", [33.3], "fails"), ("majority/loose", [33.4], "holds"),
    ("great_potential/strict", [1, 20], "holds"), ("great_potential/strict", [1, 19.9], "fails"), ("great_potential", [1, 10], "holds"), ("great_potential", [1, 9.9], "fails"), ("great_potential/loose", [1, 5], "holds"), ("great_potential/loose", [1, 4.9], "fails"),
    ("record", [5, 9, 9], "fails"), ("record", [5, 9, 9.1], "holds"), ("falling", [5, 5], "fails"), ("falling/loose", [5, 6, 4.9], "holds"), ("falling_again", [5, 4, 3], "holds"), ("recovering/loose", [5, 3, 3], "fails"),
    ("accelerating/strict", [100, 110, 121, 140], "holds"), ("accelerating", [100, 110, 121], "fails"), ("accelerating", [100, 110, 121.1], "holds"), ("accelerating", [100, 50, 45], "fails"), ("accelerating", [100, 50, 60], "holds"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "values", "truth"), EDGES)
def test_a_definition_at_its_edge(definition: str, values: list[float], truth: str) -> None:
    assert decide(definition, values).truth == truth


@pytest.mark.parametrize(
    ("word", "steps", "yearly"),
    [("rising", 1, False), ("falling", 1, False), ("growing_fast", 1, False), ("recovering", 1, False), ("strong_rebound", 1, False), ("stable_share", 1, False),
     ("rising_again", 2, False), ("falling_again", 2, False), ("accelerating", 2, False), ("steady_growth", 2, False), ("rising_every_year", 2, True), ("majority_by_degrees", 2, False), ("growing_faster_than_own_past", 3, False),
     ("fast_rate", 0, False), ("positive_rate", 0, False), ("counted_once", 0, False), ("counted_several", 0, False), ("growing_faster_than_whole", 0, False), ("record", 0, False), ("close_to_level", 0, False), ("above", 0, False), ("above_in_points", 0, False),
     ("below", 0, False), ("far_above", 0, False), ("clearly_below", 0, False), ("majority", 0, False), ("great_potential", 0, False)],
)  # fmt: skip
def test_how_many_steps_a_word_speaks_of(word: str, steps: int, yearly: bool) -> None:
    assert (WORDS[word].steps, WORDS[word].is_yearly) == (steps, yearly)


@pytest.mark.parametrize(
    ("definition", "values", "told"),
    [
        ("rising", [1, 2], "1 → 2"),
        ("rising", [1234.5, 2], "1,234 → 2"),
        ("stable_share", [28.6, 26.1], "28.6 → 26.1: 2.5 < 5"),
        ("stable_share", [28.6, 20], "28.6 → 20: 8.6 ≥ 5"),
        ("far_above", [4.44, 34.54], "34.54 ÷ 4.44 = 7.779 ≥ 1.5"),
        ("far_above", [4, 5], "5 ÷ 4 = 1.25 < 1.5"),
        ("clearly_below", [100, 95], "95 ÷ 100 = 0.95 > 0.9"),
        ("above_in_points", [2, 5.5], "5.5 − 2 = 3.5 > 0"),
        ("above_in_points", [5.5, 2], "2 − 5.5 = −3.5 ≤ 0"),
        ("majority", [60], "60 > 50"),
        ("majority", [Interval(40, 60)], "[40 … 60] ? > 50"),
        ("far_above", [Interval(4, 4), Interval(4, 8)], "[4 … 8] ÷ 4 = [1 … 2] ? ≥ 1.5"),
        ("growing_fast", [100, 130], "100 → 130: 30 > 10"),
        ("record", [5, 9], "5 → 9"),
        ("recovering/loose", [5, 9], "5 → 9"),
        ("rising/loose", [5, 9], "5 → 9"),
        ("falling", [5, 4], "5 → 4"),
        ("rising", [Interval(132, INF), Interval(350, INF)], "≥ 132 → ≥ 350"),
        ("rising", [Interval(-INF, 132), 7], None),
    ],
)  # fmt: skip
def test_the_arithmetic_of_a_decision(
    definition: str, values: list[float | Interval], told: str | None
) -> None:
    if told is None:
        with pytest.raises(UserError, match="needs positive values; there is one of -inf"):
            decide(definition, values)
    else:
        assert decide(definition, values).evidence == told


def test_a_decision_has_the_range_of_its_first_measure_and_its_definition() -> None:
    found = decide("rising_again/loose", [100, Interval(110, 120), 130])
    assert found.measured == Interval(100, 100)
    assert found.definition.level == "loose" and found.definition.said("zh").startswith("四分之三")
    assert (
        found.definition.said("en")
        == found.definition.said("fr")
        == "three steps in four are upward, and the end is above the start"
    )
    assert decide("falling/strict", [5, 4]).definition.level == "default", (
        "where a word has no strict definition"
    )
    assert decide("steady_growth", [1, 2, 3]).definition.least == 3


def test_years_are_counted_by_their_distance() -> None:
    def enough(*periods: str) -> bool:
        return decide("rising_every_year", list(range(1, len(periods) + 1)), periods=periods).has_enough_steps

    assert enough("2018", "2019", "2020") and enough("2018-12", "2019-12", "2020-12")
    assert not enough("2018", "2019", "2019-Q4")
    assert not enough("2018", "2019", "later")
    assert not enough("2020", "2019", "2018")
    assert not decide("rising_every_year", [1, 2, 3], periods=("2018", "2019")).has_enough_steps


@pytest.mark.parametrize(
    ("truths", "every", "some", "most"),
    [
        (["holds"], "holds", "holds", "holds"), (["fails"], "fails", "fails", "fails"), (["open"], "open", "open", "open"),
        (["holds", "fails"], "fails", "holds", "fails"), (["holds", "open"], "open", "holds", "open"), (["fails", "open"], "fails", "open", "fails"),
        (["holds", "holds", "fails"], "fails", "holds", "holds"), (["holds", "fails", "open"], "fails", "holds", "open"), (["fails", "fails", "open"], "fails", "open", "fails"),
    ],
)  # fmt: skip
def test_quantifiers(truths: list[str], every: str, some: str, most: str) -> None:
    assert (all_of(truths), some_of(truths), most_of(truths)) == (every, some, most)  # type: ignore[arg-type]
