"""From checks to verdicts: one row per claim of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.numbers import units
from analysis.numbers.printed import Interval, Reading
from analysis.report.check import flips, outcome_of
from analysis.report.ledger import Claim

Row = Mapping[str, Any]

SEVERITY = {"unchecked": -1, "reproduced": 0, "hedged": 1, "contradicted": 2}


def worst(outcomes: Iterable[str]) -> str:
    """The severest outcome: contradicted over hedged over reproduced; `unchecked` when there is none."""
    return max(outcomes, key=SEVERITY.__getitem__, default="unchecked")


def is_true(value: Any) -> bool:
    """A truth value as a notebook hands it out (`True`) or as a CSV holds it (`true`)."""
    return str(value).lower() == "true"


def verdicts(
    claims: Mapping[str, Claim],
    checks: Iterable[Row],
    language: str = "en",
    reading: Reading | None = None,
) -> list[dict[str, Any]]:
    """One row per claim: its verdict overall and on each basis, whether its conclusion flips, where, and why.

    A verdict is the worst outcome of the claim's deciding checks. A claim that repeats another is held against that
    one's recomputations as well, with its own digits and hedge. The reason is the arithmetic of the check that set the
    verdict; for an unchecked claim, what is missing.
    """
    by_claim: dict[str, list[Row]] = {}
    for check in checks:
        if is_true(check["decides"]):
            by_claim.setdefault(str(check["claim_id"]), []).append(check)
    rows = []
    for claim in claims.values():
        own = by_claim.get(claim.claim_id, [])
        first = claims.get(claim.repeats)
        inherited = (
            [_again(c, claim, first, reading) for c in by_claim.get(claim.repeats, [])] if first else []
        )
        rows.append(_row(claim, own + inherited, language))
    return rows


def _again(check: Row, claim: Claim, first: Claim, reading: Reading | None) -> Row:
    """A check of the first statement as it turns out for its repetition: same recomputation, own digits and hedge."""
    quantity = claim.quantity(reading)
    if quantity.value is None or check["computed_low"] in ("", None):
        return check
    low, high = (
        units.convert(float(check[f"computed_{end}"]), first.unit, claim.unit) for end in ("low", "high")
    )
    recomputed = Interval(low, high)
    outcome = outcome_of(quantity, recomputed)
    wrong = outcome == "contradicted" and flips(claim, quantity, recomputed)
    return {**check, "outcome": outcome, "is_decision_error": wrong}


def _row(claim: Claim, checks: list[Row], language: str) -> dict[str, Any]:
    def on(basis: str) -> str:
        return worst(str(c["outcome"]) for c in checks if c["basis"] == basis)

    verdict = worst(str(c["outcome"]) for c in checks)
    deciding = next((c for c in checks if c["outcome"] == verdict), None)
    return {
        "claim_id": claim.claim_id,
        "section": claim.section,
        "exhibit": claim.exhibit,
        **{f"metric_{x}": text for x, text in claim.metrics.items()},
        "period": claim.period,
        "printed": claim.printed,
        "unit": claim.unit,
        "hedge": claim.hedge,
        "kind": claim.kind,
        "verdict": verdict,
        "verdict_report": on("report"),
        "verdict_primary": on("primary"),
        "is_decision_error": any(is_true(c["is_decision_error"]) for c in checks),
        "notebook": str(deciding.get("notebook", "")) if deciding else "",
        "reason": str(deciding["arithmetic"]) if deciding else claim.missing(language),
        "quote": claim.quote,
        "repeats": claim.repeats,
    }
