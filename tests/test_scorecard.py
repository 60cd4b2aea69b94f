"""The committed scorecard: no claim without a verdict, no unchecked claim without a reason, nothing stale."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analysis import report
from analysis.report import cells
from analysis.report.rows import FORM_VERDICTS, VERDICTS, CheckRow, ClaimRow
from analysis.suite import collect

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@cache
def rows(table: str) -> list[dict[str, Any]]:
    return collect.rows(table, NOTEBOOKS)


@cache
def claims() -> dict[str, ClaimRow]:
    return {c.claim_id: c for c in cells.read_all(ClaimRow, rows("claims"), "claims")}


@cache
def checks() -> list[CheckRow]:
    return cells.read_all(CheckRow, rows("checks"), "checks")


@cache
def ledger() -> dict[str, report.Claim]:
    return dict(report.load_claims())


def test_every_claim_of_the_ledger_has_a_verdict() -> None:
    assert set(claims()) == set(ledger())
    assert {c.verdict for c in claims().values()} <= {*VERDICTS, *FORM_VERDICTS}
    assert len(claims()) > 300


def test_an_unchecked_claim_says_what_would_settle_it_in_both_languages() -> None:
    """A pair without evidence is settled by its partner's text, a repetition by that of its first statement."""
    unchecked = [c for c in claims().values() if c.verdict == "unchecked" and c.rule != "pair-texts"]
    silent = [
        c.claim_id
        for c in unchecked
        if not all(ledger()[i].gaps.get(x) for i in [c.repeats or c.claim_id] for x in ("en", "zh"))
    ]
    assert unchecked and not silent


def test_a_decided_claim_does_not_say_that_something_is_missing() -> None:
    decided = [c.claim_id for c in claims().values() if c.check_id and c.verdict != "consistent"]
    assert decided and not [c for c in decided if any(ledger()[c].gaps.values())]


def test_every_contradiction_in_numbers_is_explained() -> None:
    """The check behind it carries a note (what would explain it), or says why its evidence fits, or a pair explains it."""
    by_id = {c.check_id: c for c in checks()}
    wrong = [c for c in claims().values() if c.verdict == "contradicted" and not c.rule.startswith("pair")]
    behind = [by_id[c.check_id] for c in wrong]
    assert behind and not [
        c.check_id for c in behind if c.way in ("number", "words") and not (c.note or c.because)
    ]


def test_verdicts_are_those_of_the_checks() -> None:
    again = {c.claim_id: c.verdict for c in report.verdicts(ledger(), checks())}
    assert again == {c.claim_id: c.verdict for c in claims().values()}


def test_every_count_of_form_holds_or_fails() -> None:
    assert {c.verdict for c in claims().values() if c.is_form} <= set(FORM_VERDICTS)


def test_every_check_that_is_not_of_form_names_its_inputs() -> None:
    assert not [c.check_id for c in checks() if c.way != "form" and c.grade != "own" and not c.inputs]


@pytest.mark.parametrize(
    "claim_id",
    [
        "six-banks-it-growth-2020", "table6-insurers-it-growth-2020", "us-share-2021h1", "green-loans-2021q1",
        "green-loans-2021q1-yoy", "green-loans-other-share-rising", "banking-it-spend-2020",
    ],
)  # fmt: skip
def test_the_headline_claims_are_decided(claim_id: str) -> None:
    assert claims()[claim_id].verdict != "unchecked"
    assert claims()[claim_id].reason


def test_the_counts_add_up() -> None:
    listed = list(claims().values())
    by_section = report.counts(listed, "section")
    apart = sum(bool(c.repeats) or c.is_form for c in listed)
    assert sum(sum(c.values()) for c in by_section.values()) == len(ledger()) - apart
    assert Counter(c.verdict for c in listed)["contradicted"] >= 10


def test_the_published_sweep_is_of_this_ledger_and_these_verdicts() -> None:
    """Stale when it fails: analysis sweep --default --publish, then make baseline."""
    swept = {r.claim_id: r.verdict_default for r in report.load_robustness()}
    verdicts = {c.claim_id: c.verdict for c in claims().values() if not c.is_form}
    assert {c: v for c, v in verdicts.items() if c in swept} == swept
    assert {c for c, v in verdicts.items() if v != "unchecked"} <= set(swept)
    assert {r["claim_id"] for r in rows("robustness")} == set(swept)


def test_the_page_in_docs_lists_what_was_published() -> None:
    page = (NOTEBOOKS.parent / "docs" / "robustness.md").read_text(encoding="utf-8")
    classes = re.split("^## ", page, flags=re.MULTILINE)
    for row in report.load_robustness():
        told = next(part for part in classes if part.lower().startswith(row.robust))
        assert f"`{row.claim_id}`" in told
