"""Words as tests: each definition decides as its sentence says, on numbers and on ranges."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import words
from analysis.errors import UserError
from analysis.numbers.printed import Interval
from analysis.statistics import LEVELS, WORDS, TooFewPoints, decide, measures
from analysis.statistics.vocabulary import QUANTIFIERS, Bound, _told

POSITIVE = st.tuples(st.floats(1, 100), st.floats(0, 20)).map(lambda p: Interval(p[0], p[0] + p[1]))


@pytest.mark.parametrize(
    ("definition", "values", "truth"),
    [
        ("rising_every_year", [1, 2, 3], "holds"),
        ("rising_every_year", [1, 3, 2], "fails"),
        ("rising_every_year/loose", [1, 2, 3, 2.5, 4], "holds"),
        ("rising", [1, 1], "fails"),
        ("rising", [Interval(1, 2), Interval(1.5, 3)], "open"),
        ("rising", [Interval(1, 2), Interval(2, 3)], "open"),  # it may have stood still
        ("rising", [Interval(1, 2, high_open=True), Interval(2, 3)], "holds"),  # half-open rounding touches
        ("falling", [150.4, 112.7], "holds"),
        ("falling", [34.2, 42.1], "fails"),
        ("growing_fast", [100, 111], "holds"),
        ("growing_fast", [100, 105], "fails"),
        ("growing_fast/strict", [100, 111], "fails"),
        ("growing_fast/loose", [100, 106], "holds"),
        ("growing_faster_than_own_past", [100, 105, 110, 115, 140], "holds"),
        ("growing_faster_than_own_past", [100, 120, 140, 160, 161], "fails"),
        ("accelerating", [100, 110, 130], "holds"),
        ("accelerating", [100, 130, 140], "fails"),
        ("accelerating", [100, 90, 89], "fails"),  # less of a fall is no growth
        ("close_to_level", [197.2, 126.7], "fails"),
        ("close_to_level", [100, 90], "holds"),
        ("close_to_level/strict", [100, 90], "fails"),
        ("close_to_level", [100, 120], "holds"),
        ("strong_rebound", [197.2, 55.9, 126.7], "holds"),
        ("strong_rebound", [197.2, 55.9, 60], "fails"),
        ("strong_rebound/loose", [197.2, 55.9, 60], "holds"),
        ("strong_rebound", [50, 60, 70], "fails"),  # nothing fell
        ("steady_growth", [100, 110, 120, 131], "holds"),
        ("steady_growth", [100, 110, 140, 131], "fails"),
        ("recovering", [12.9, 22.8, 30.8], "holds"),
        ("recovering", [12.9, 30.8, 22.8], "fails"),
        ("recovering/loose", [12.9, 30.8, 22.8], "holds"),
        ("stable_share", [28.6, 26.1], "holds"),
        ("stable_share", [28.6, 23.5], "fails"),
        ("record", [5, 9, 7, 10], "holds"),
        ("record", [5, 9, 7, 8], "fails"),
        ("above", [4.44, 34.54], "holds"),
        ("below", [4.44, 34.54], "fails"),
        ("above_in_points", [-2, 1], "holds"),
        ("growing_faster_than_whole", [12.3, 24.6], "holds"),
        ("growing_faster_than_whole", [24.6, 24.6], "fails"),
        ("far_above", [24.93, 28.22], "fails"),
        ("clearly_below", [100, 95], "fails"),
        ("majority", [Interval(50, 51, low_open=True)], "holds"),
        ("majority", [Interval(50, 51)], "open"),
        ("great_potential", [3.37, 44.23], "holds"),
        ("fast_rate", [72.02], "holds"),
        ("positive_rate", [Interval(-1, 1)], "open"),
    ],
)
def test_a_word_holds_as_its_definition_says(definition: str, values: list[float], truth: str) -> None:
    assert decide(definition, values).truth == truth


def test_every_word_has_a_default_and_speaks_every_language() -> None:
    for entry in WORDS.values():
        assert any(d.level == "default" for d in entry.definitions)
    known = {(d.level, d.word) for word in WORDS.values() for d in word.definitions}
    for language in words.languages():
        told = words.pack(language)["definitions"]
        assert {(level, word) for level in told for word in told[level]} == known


@given(st.lists(st.floats(1, 100), min_size=4, max_size=4))
def test_strict_implies_default_implies_loose(values: list[float]) -> None:
    words = [name for name, word in WORDS.items() if len(word.definitions) == 3]
    held = {w: [decide(f"{w}/{level}", values).truth == "holds" for level in LEVELS] for w in words}
    assert held and held == {word: sorted(levels) for word, levels in held.items()}


@given(st.sampled_from(sorted(measures.MEASURES)), st.data(), st.randoms())
def test_the_range_of_a_measure_holds_every_value_it_can_take(
    name: str, data: st.DataObject, rng: random.Random
) -> None:
    least = measures.MEASURES[name][1]
    ranges = data.draw(st.lists(POSITIVE, min_size=least, max_size=max(least, 4)))
    found = measures.measure(name, ranges)
    for _ in range(5):
        point = [rng.uniform(r.low, r.high) for r in ranges]
        one = measures.measure(name, [Interval(v, v) for v in point]).mid
        assert found.low - 1e-6 <= one <= found.high + 1e-6


@pytest.mark.parametrize(
    ("definition", "values", "periods", "enough"),
    [
        ("rising", [1, 2], (), True),
        ("rising_again", [1, 2], (), False),
        ("rising_again", [1, 2, 3], (), True),
        ("rising_every_year", [1, 2, 3], ("2018", "2019", "2020"), True),
        ("rising_every_year", [1, 2, 3], ("2019-Q1", "2020-Q1", "2021-Q1"), True),
        ("rising_every_year", [1, 2, 3], ("2020-Q1", "2020-Q2", "2020-Q3"), False),
        ("rising_every_year", [1, 2, 3], ("2017", "2019", "2020"), False),
        ("rising_every_year", [1, 2, 3], (), False),
        ("rising_every_year", [1, 2], ("2019", "2020"), False),
        ("rising_every_year", [1, 2, 3, 4], ("2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4"), False),
        ("rising_every_year", [1, 2, 3, 4], ("2018-12", "2019-12", "2020-12", "2021-12"), True),
        ("rising_every_year", [1, 2, 3], ("2018-11", "2019-12", "2021-01"), False),
        ("far_above", [1, 2], (), True),
    ],
)
def test_again_words_need_two_steps_and_yearly_ones_years(
    definition: str, values: list[float], periods: tuple[str, ...], enough: bool
) -> None:
    assert decide(definition, values, periods=periods).has_enough_steps is enough


def test_a_threshold_replaces_that_of_the_first_bound() -> None:
    assert decide("far_above", [24.93, 28.22], threshold=1.1).truth == "holds"
    assert decide("far_above", [24.93, 28.22], threshold=1.1).evidence == "28.22 ÷ 24.93 = 1.132 ≥ 1.1"
    assert decide("steady_growth", [100, 90, 120], threshold=50).truth == "fails", "the second bound stays"
    assert decide("steady_growth", [100, 101, 120], threshold=50).truth == "holds"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Interval(6.5, 7.5), "7"),  # a rounding to one, to ten, to a tenth
        (Interval(65, 75), "70"),
        (Interval(0.65, 0.75), "0.7"),
        (Interval(62, 72), "[62 … 72]"),  # as wide as a rounding, at a place where none is
        (Interval(190, 210), "200"),  # a tenth of its middle, and more than that
        (Interval(187, 213), "[187 … 213]"),
        (Interval(-math.inf, 5), "≤ 5"),
        (Interval(5, math.inf), "≥ 5"),
        (Interval(5, math.inf, low_open=True), "> 5"),
        (Interval(-math.inf, math.inf), "?"),
    ],
)
def test_a_range_is_shown_as_its_middle_where_it_is_narrow_or_a_rounding(value: Interval, shown: str) -> None:
    assert _told(value) == shown


@pytest.mark.parametrize(
    ("operator", "found", "truth"),
    [
        (">", Interval(1, 2), "open"), (">", Interval(1, 2, low_open=True), "holds"), (">", Interval(0, 1), "fails"),
        (">=", Interval(1, 2), "holds"), (">=", Interval(0, 1), "open"), (">=", Interval(0, 1, high_open=True), "fails"),
        ("<", Interval(0, 1), "open"), ("<", Interval(0, 1, high_open=True), "holds"), ("<", Interval(1, 2), "fails"),
        ("<=", Interval(0, 1), "holds"), ("<=", Interval(1, 2), "open"), ("<=", Interval(1, 2, low_open=True), "fails"),
    ],
)  # fmt: skip
def test_a_bound_minds_its_edge(operator: str, found: Interval, truth: str) -> None:
    assert Bound("value", operator, 1).truth(found) == truth  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(["holds", "fails", "open"]), min_size=1, max_size=5))
def test_quantifiers_agree_with_what_the_open_parts_could_be(truths: list[str]) -> None:
    def worlds(parts: list[str]) -> list[list[bool]]:
        if not parts:
            return [[]]
        heads = {"holds": [True], "fails": [False], "open": [True, False]}[parts[0]]
        return [[h, *rest] for h in heads for rest in worlds(parts[1:])]

    def plural(world: list[bool]) -> bool | None:
        return world[0] if len(set(world)) == 1 else None

    meaning = {"every": all, "some": any, "most": lambda w: sum(w) > len(w) / 2, "plural": plural}
    for name, quantifier in QUANTIFIERS.items():
        results = {meaning[name](w) for w in worlds(truths)}  # type: ignore[no-untyped-call]
        expected = {(True,): "holds", (False,): "fails"}.get(tuple(results), "open")
        assert quantifier(truths) == expected  # type: ignore[arg-type]


def test_what_cannot_be_decided_is_refused() -> None:
    with pytest.raises(TooFewPoints, match=r"accelerating \(.*\) needs at least 3 values; there are 2"):
        decide("accelerating", [1, 2])
    with pytest.raises(UserError, match="no word 'soaring' in the vocabulary; there are: rising,"):
        decide("soaring", [1, 2])
    with pytest.raises(UserError, match="strict, default, loose, not 'medium'"):
        decide("rising/medium", [1, 2])
    with pytest.raises(UserError, match="smallest_step needs positive values; there is one of -1"):
        decide("rising", [-1, 2])


def test_a_decision_adds_nothing_to_the_page_of_its_check() -> None:
    from IPython.core.formatters import DisplayFormatter

    assert DisplayFormatter().format(decide("rising", [1, 2])) == ({}, {})


@pytest.mark.parametrize("level", LEVELS)
def test_a_value_without_an_upper_end_can_be_tried_at_every_level(level: str) -> None:
    found = decide(f"rising_again/{level}", [Interval(132, math.inf), Interval(350, math.inf), 800])
    assert (found.truth, "inf" in found.evidence) == ("open", False)


def test_arithmetic_with_a_value_without_end_is_told_by_the_ends_of_the_other() -> None:
    """150 or more, less 154: −4 is nothing that comes out; −4.5 or more is, as the 154 may be 154.5."""
    found = decide("growing_faster_than_whole", [Interval(153.5, 154.5), Interval(150, math.inf)])
    assert found.evidence == "(≥ 150) − [153.5 … 154.5] ≥ −4.5 ? > 0"
    assert "154 ÷ (≥ 150)" in decide("far_above", [Interval(150, math.inf), 154]).evidence
