"""The tables of the standard: no gap, no overlap, and what follows from them for any set of checks."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import words
from analysis.numbers.printed import Interval, Quantity
from analysis.report import outcomes, verdict
from analysis.report.grades import NOTHING_KNOWN, Leaf, grade, together
from analysis.report.rows import GRADES, OUTCOMES, Fits, Grade
from analysis.report.verdict import RULES, SAYS, Said, judge, says
from tests.verdict_tools import published

WORTH = ["contradicted", "unchecked", "consistent", "hedged", "reproduced"]
ALL_SAID: list[Said] = sorted(
    {
        (grade, says(grade, outcome, in_words=in_words, is_derived=derived))
        for grade, outcome in itertools.product(GRADES, OUTCOMES)
        for in_words, derived in itertools.product((True, False), repeat=2)
    }
)
SOME_SAID = st.lists(st.sampled_from(ALL_SAID), max_size=6)

PAGE = """
same       reproduced hedged     consistent contradicted –
other      reproduced hedged     consistent contradicted –
open       reproduced consistent consistent –            –
own        consistent consistent consistent contradicted –
mixed      consistent consistent consistent –            –
neighbour  –          –          –          –            –
"""


def test_what_a_check_says_is_the_table_of_the_page() -> None:
    rows = [line.split() for line in PAGE.strip().splitlines()]
    found = {
        grade: [says(grade, o, in_words=False, is_derived=True) or "–" for o in ("in", "blurred", "meets", "out", "blunt")]
        for grade in GRADES
    }  # fmt: skip
    assert found == {row[0]: row[1:] for row in rows}


def test_every_grade_has_a_word_for_every_outcome() -> None:
    assert set(SAYS) == set(GRADES)
    assert all(set(row) == set(OUTCOMES) for row in SAYS.values())


def test_open_evidence_does_not_reproduce_words_and_own_numbers_charge_what_is_derived_alone() -> None:
    assert says("open", "in", in_words=True, is_derived=True) == "consistent"
    assert says("own", "out", in_words=False, is_derived=False) == ""
    assert says("same", "out", in_words=False, is_derived=False) == "contradicted"


def test_every_set_of_words_has_exactly_one_first_rule_and_the_last_takes_the_rest() -> None:
    for size in range(5):
        for said in itertools.combinations(ALL_SAID, size):
            found, rule = judge(said)
            assert found in WORTH and rule in RULES
    assert judge([])[1].key == "unchecked" == RULES[-1].key


@pytest.mark.parametrize(
    ("said", "expected", "rule"),
    [
        ("same reproduced, same contradicted", "consistent", "same-both"),
        ("same hedged, same contradicted", "consistent", "same-both"),
        ("same reproduced, same hedged", "reproduced", "same"),
        ("same hedged, other contradicted", "hedged", "same"),
        ("same contradicted, other reproduced, open reproduced", "contradicted", "same"),
        ("other reproduced, other contradicted", "consistent", "other-both"),
        ("other contradicted, same consistent", "consistent", "other-beside-same"),
        ("other reproduced, same consistent", "reproduced", "other"),
        ("other contradicted, open reproduced", "contradicted", "other"),
        ("other reproduced, own contradicted", "reproduced", "other"),
        ("open reproduced, own contradicted", "reproduced", "open"),
        ("own contradicted, mixed consistent", "contradicted", "own"),
        ("mixed consistent", "consistent", "consistent"),
        ("neighbour ", "unchecked", "unchecked"),
    ],
)
def test_the_verdict_is_the_first_line_that_applies(said: str, expected: str, rule: str) -> None:
    pairs = [tuple(part.strip(",").split(" ")) for part in said.split(", ")]
    found = judge(pairs)  # type: ignore[arg-type]
    assert (found[0], found[1].key) == (expected, rule)


@given(SOME_SAID, st.randoms())
def test_order_and_number_of_equal_checks_do_not_matter(said: list[Said], random: object) -> None:
    shuffled = said * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judge(shuffled)[0] == judge(said)[0]


@given(SOME_SAID)
def test_a_neighbour_never_changes_a_verdict(said: list[Said]) -> None:
    assert judge([*said, ("neighbour", "")])[0] == judge(said)[0]


@given(SOME_SAID)
def test_own_and_mixed_numbers_never_lift_above_consistent(said: list[Said]) -> None:
    inside = [s for s in said if s[0] in ("own", "mixed")]
    assert WORTH.index(judge(inside)[0]) <= WORTH.index("consistent")


LOWER: dict[Grade, Grade] = {
    "same": "other",
    "other": "open",
    "open": "mixed",
    "mixed": "neighbour",
    "own": "neighbour",
}


@given(SOME_SAID, st.sampled_from(sorted(LOWER)), st.sampled_from(["in", "blurred", "meets"]))
def test_lowering_the_grade_of_a_check_that_supports_never_lifts_a_verdict(
    said: list[Said], grade: Grade, outcome: str
) -> None:
    def with_grade(g: Grade) -> str:
        return judge([*said, (g, says(g, outcome, in_words=False, is_derived=True))])[0]  # type: ignore[arg-type]

    assert WORTH.index(with_grade(LOWER[grade])) <= WORTH.index(with_grade(grade))


@given(SOME_SAID, st.sampled_from(["same", "other", "open", "mixed"]))
def test_lowering_the_grade_of_a_check_that_charges_never_makes_a_contradiction(
    said: list[Said], grade: Grade
) -> None:
    def with_grade(g: Grade) -> str:
        return judge([*said, (g, says(g, "out", in_words=False, is_derived=True))])[0]

    if with_grade(grade) != "contradicted":
        assert with_grade(LOWER[grade]) != "contradicted"


# --- grades -------------------------------------------------------------------------------------------------------

LEAVES: tuple[Grade, ...] = ("same", "other", "open", "own", "neighbour")


def test_every_mixture_of_inputs_has_one_grade() -> None:
    for size in range(5):
        for found in itertools.combinations_with_replacement(LEAVES, size):
            for fits in get_args(Fits):
                assert together(found, fits) in GRADES  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "fits", "expected"),
    [
        (["same"], "same", "same"),
        (["same", "other"], "same", "other"),
        (["same"], "open", "open"),
        (["same", "open"], "same", "open"),
        (["same", "own"], "open", "mixed"),
        (["own", "own"], "", "own"),
        ([], "", "own"),
        (["same"], "differs", "neighbour"),
        (["own"], "differs", "neighbour"),
        (["same"], "", "same"),  # a premise: what its own check fitted
        (["same", "neighbour"], "same", "neighbour"),
    ],
)
def test_the_grade_is_the_first_line_that_applies(found: list[Grade], fits: str, expected: str) -> None:
    assert together(found, fits) == expected  # type: ignore[arg-type]


def test_a_published_input_of_which_nothing_is_said_is_a_neighbour() -> None:
    i = published("value", "7")
    assert grade([Leaf(i, i.interval, i.value)], "", ["NBS"], NOTHING_KNOWN) == "neighbour"
    assert grade([Leaf(i, i.interval, i.value, "same")], "", [], NOTHING_KNOWN) == "same", "a premise"


# --- outcomes -----------------------------------------------------------------------------------------------------

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
RANGES = st.tuples(NUMBERS, st.floats(0, 1e4)).map(lambda p: Interval(p[0], p[0] + p[1]))


@given(RANGES, st.sampled_from(["", "约", "近", "超过"]), st.booleans())
def test_every_evidence_has_one_outcome(evidence: Interval, hedge: str, refutes: bool) -> None:
    claimed = Quantity.parse("34.54", "%", hedge)
    found = outcomes.of_number(claimed, evidence.mid, evidence, refutes_only=refutes)
    assert found in OUTCOMES
    assert (found == "out") == (not evidence.meets(claimed.hedged))
    assert not refutes or found in ("out", "blunt")
    assert hedge in ("约", "近") or found != "blurred" or claimed.blurs


@pytest.mark.parametrize(
    ("printed", "value", "low", "high", "expected"),
    [
        ("13", 13.03, 13.025, 13.035, "in"),  # inside
        ("25", 24.57, 24.46, 24.68, "in"),  # its value inside, and not twice as wide
        ("25", 24.57, 23.46, 25.68, "meets"),  # its value inside, more than twice as wide
        ("4.44", 4.42, 4.27, 4.57, "meets"),
        ("6.12", 6.1256, 6.1244, 6.1268, "meets"),  # its value outside
        ("34.54", 33.5, 33.42, 33.58, "out"),
        ("70", 73, 60, 86, "blunt"),  # wider than a tenth of its value
        ("70", 98, 65, float("inf"), "blunt"),  # one-sided
    ],
)
def test_the_outcome_is_the_first_line_that_applies(
    printed: str, value: float, low: float, high: float, expected: str
) -> None:
    assert outcomes.of_number(Quantity.parse(printed, "%"), value, Interval(low, high)) == expected


def test_a_restatement_is_tried_on_the_stretched_range_but_digits_that_agree_plainly_are_in() -> None:
    claimed, agreeing, other = Quantity.parse("100", "亿元"), Interval(99.6, 100.4), Interval(60, 60.2)
    assert outcomes.of_number(claimed, 100, agreeing, agreeing.stretched(1.75)) == "in"
    assert outcomes.of_number(claimed, 60.1, other, other.stretched(1.75)) == "meets"
    assert outcomes.of_number(claimed, 60.1, other) == "out"


OF_PAIRS = ("pair-other-reproduced", "pair-one-of-two", "pair-both", "pair-texts")
"""The rules by which the other statement of a pair sets a verdict."""


def test_every_rule_grade_outcome_and_cap_has_words_in_every_language() -> None:
    keys = [f"rule_{r.key.replace('-', '_')}" for r in RULES]
    keys += [f"rule_{k.replace('-', '_')}" for k in (*OF_PAIRS, "form")]
    keys += (
        [f"grade_{g}" for g in GRADES]
        + [f"outcome_{o}" for o in OUTCOMES]
        + [f"cap_{c}" for c in verdict.CAPS]
    )
    assert all(words.label(key, language) for key in keys for language in words.languages())
