"""Which findings come first: the three factors, a curator's row, alike ones told together, numbers in the texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report import consequence
from analysis.report.cells import read_csv
from analysis.report.consequence import Curated, filled, holes, ranked
from analysis.report.ledger import load_claims
from analysis.report.rows import ClaimRow
from tests.site_sample import check, claim

ROOT = Path(__file__).parents[1]


def wrong(claim_id: str, **more: object) -> ClaimRow:
    """A contradicted claim from which no conclusion is drawn."""
    return claim(claim_id, "contradicted", **{"is_decision_error": False, "conclusion": "", **more})


def order(rows: list[ClaimRow], *curated: Curated) -> list[str]:
    return [c.id for c in ranked(rows, [check(r.claim_id, "out") for r in rows], curated)]


def test_each_factor_moves_a_finding_up() -> None:
    plain = wrong("plain")
    for better in (
        wrong("better", conclusion="x > 1"),
        wrong("better", is_decision_error=True),
        wrong("better", evidence=60.0),
    ):
        assert order([plain, better]) == ["better", "plain"]
    assert order([replace(plain, grade="other"), wrong("better")]) == ["better", "plain"]
    said_again = [plain, wrong("better"), wrong("again", repeats="better")]
    assert order(said_again) == ["better", "plain"]


def test_a_number_far_off_weighs_more_than_one_near() -> None:
    rows = [wrong("near"), wrong("plain", evidence=30.0), wrong("far", evidence=60.0)]
    assert [(c.id, c.distance) for c in ranked(rows, [])] == [("far", 3), ("plain", 2), ("near", 1)]


def test_alike_ones_are_one_finding_and_gone_when_they_hold() -> None:
    rows = [wrong("a"), wrong("b"), wrong("c")]
    row = Curated("both", "a c")
    made = ranked(rows, [], [row])
    assert [c.id for c in made] == ["both", "b"]
    assert [f.claim.claim_id for f in made[0].told] == ["a", "c"]
    held = [replace(r, verdict="reproduced") if r.claim_id in "ac" else r for r in rows]
    assert order(held, row) == ["b"]


@given(place=st.integers(1, 4), centrality=st.integers(1, 3))
def test_a_curator_places_a_finding_and_weighs_it(place: int, centrality: int) -> None:
    rows = [wrong(name, is_decision_error=name != "d") for name in "abcd"]
    made = ranked(rows, [], [Curated("mine", "d", centrality, place)])
    assert [c.id for c in made].index("mine") == place - 1
    assert next(c for c in made if c.id == "mine").score == centrality * 1 * 3


@given(st.lists(st.sampled_from(["same", "other", "own", "open"]), min_size=1, max_size=6))
def test_scores_fall_and_every_contradiction_is_told_once(grades: list[str]) -> None:
    rows = [wrong(f"c{n}", grade=grade) for n, grade in enumerate(grades)]
    made = ranked(rows, [])
    assert [c.score for c in made] == sorted((c.score for c in made), reverse=True)
    assert sorted(f.claim.claim_id for c in made for f in c.told) == sorted(r.claim_id for r in rows)


def test_a_text_without_its_number_is_not_told() -> None:
    assert filled("{a} and {b found}", lambda name, form: name + form, 2) == "a and bfound"
    assert filled("{a} and {b}", lambda name, form: "" if name == "b" else name, 2) == ""
    assert filled("{count} of them", lambda name, form: "", 2) == "2 of them"


def test_texts_of_this_report_name_claims_that_exist_in_every_language() -> None:
    ledger = load_claims(ROOT / "data/report/claims.csv", ("en", "zh"))
    for row in read_csv(Curated, ROOT / "data" / consequence.FILE):
        assert set(row.claims.split()) <= set(ledger)
        for texts in (row.said, row.numbers, row.so):
            assert {tuple(sorted(holes(t))) for t in texts.values()} == {tuple(sorted(holes(texts["en"])))}


@pytest.mark.parametrize("grade", ["same", "other", "own", "open", "mixed"])
def test_a_score_lies_between_1_and_27(grade: str) -> None:
    (made,) = ranked([wrong("a", grade=grade)], [])
    assert 1 <= made.score <= 27
