"""The committed scorecard: no claim without a verdict, no unchecked claim without a reason, nothing stale."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analysis import report
from analysis.report.verdict import SEVERITY, is_true
from analysis.suite import collect

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@cache
def rows(table: str) -> list[dict[str, Any]]:
    return collect.rows(table, NOTEBOOKS)


@cache
def ledger() -> dict[str, report.Claim]:
    return dict(report.load_claims())


def test_every_claim_of_the_ledger_has_a_verdict() -> None:
    verdicts = {r["claim_id"]: r["verdict"] for r in rows("claims")}
    assert set(verdicts) == set(ledger())
    assert set(verdicts.values()) <= set(SEVERITY)
    assert len(verdicts) > 200


def test_an_unchecked_claim_says_what_is_missing_in_both_languages() -> None:
    silent = [
        r["claim_id"]
        for r in rows("claims")
        if r["verdict"] == "unchecked" and not all(ledger()[r["claim_id"]].gaps.values())
    ]
    assert not silent


def test_a_decided_claim_does_not_say_that_something_is_missing() -> None:
    decided = {r["claim_id"] for r in rows("checks") if is_true(r["decides"])}
    assert not [c for c in decided if any(ledger()[c].gaps.values())]


def test_every_contradiction_is_explained() -> None:
    """A contradicted deciding check carries a note: what would explain it."""
    bare = [
        r["check_id"]
        for r in rows("checks")
        if r["outcome"] == "contradicted" and is_true(r["decides"]) and not r["note"]
    ]
    assert not bare


def test_verdicts_are_those_of_the_checks() -> None:
    again = {r["claim_id"]: r["verdict"] for r in report.verdicts(ledger(), rows("checks"))}
    assert again == {r["claim_id"]: r["verdict"] for r in rows("claims")}


def test_every_check_names_its_inputs() -> None:
    assert not [r["check_id"] for r in rows("checks") if r["basis"] == "primary" and r["inputs"] == "[]"]


@pytest.mark.parametrize(
    "claim_id",
    [
        "six-banks-it-growth-2020", "table6-insurers-it-growth-2020", "us-share-2021h1", "green-loans-2021q1",
        "green-loans-2021q1-yoy", "green-loans-other-share-rising", "banking-it-spend-2020",
    ],
)  # fmt: skip
def test_the_headline_claims_are_decided(claim_id: str) -> None:
    verdict = next(r for r in rows("claims") if r["claim_id"] == claim_id)
    assert verdict["verdict"] != "unchecked"
    assert verdict["reason"]


def test_the_counts_add_up() -> None:
    by_section = report.counts(rows("claims"), "section")
    assert sum(sum(c.values()) for c in by_section.values()) == len(ledger())
    assert Counter(r["verdict"] for r in rows("claims"))["contradicted"] >= 10


def test_the_published_sweep_is_of_this_ledger_and_these_verdicts() -> None:
    """Stale when it fails: analysis sweep --default --publish, then make baseline."""
    swept = {r["claim_id"]: r["verdict_default"] for r in report.load_robustness()}
    verdicts = {r["claim_id"]: r["verdict"] for r in rows("claims") if r["kind"] != "form"}
    assert {c: v for c, v in verdicts.items() if c in swept} == swept
    assert {c for c, v in verdicts.items() if v != "unchecked"} <= set(swept)
    assert {r["claim_id"] for r in rows("robustness")} == set(swept)


def test_the_page_in_docs_lists_what_was_published() -> None:
    page = (NOTEBOOKS.parent / "docs" / "robustness.md").read_text(encoding="utf-8")
    classes = re.split("^## ", page, flags=re.MULTILINE)
    for row in report.load_robustness():
        told = next(part for part in classes if part.lower().startswith(row["robust"]))
        assert f"`{row['claim_id']}`" in told
