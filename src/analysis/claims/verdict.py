"""From checks to verdicts: one row per claim of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.claims.ledger import Claim

SEVERITY = {"unchecked": -1, "reproduced": 0, "hedged": 1, "contradicted": 2}


def worst(outcomes: Iterable[str]) -> str:
    """The severest outcome: contradicted over hedged over reproduced; `unchecked` when there is none."""
    return max(outcomes, key=SEVERITY.__getitem__, default="unchecked")


def is_true(value: Any) -> bool:
    """A truth value as a notebook hands it out (`True`) or as a CSV holds it (`true`)."""
    return str(value).lower() == "true"


def verdicts(
    claims: Mapping[str, Claim], checks: Iterable[Mapping[str, Any]], language: str = "en"
) -> list[dict[str, Any]]:
    """One row per claim: its verdict overall and on each basis, whether its conclusion flips, where, and why.

    A verdict is the worst outcome of the claim's deciding checks. The reason is the arithmetic of the check that set
    it; for an unchecked claim, what is missing.
    """
    by_claim: dict[str, list[Mapping[str, Any]]] = {}
    for check in checks:
        if is_true(check["decides"]):
            by_claim.setdefault(str(check["claim_id"]), []).append(check)
    return [_row(claim, by_claim.get(claim.claim_id, []), language) for claim in claims.values()]


def _row(claim: Claim, checks: list[Mapping[str, Any]], language: str) -> dict[str, Any]:
    def on(basis: str) -> str:
        return worst(str(c["outcome"]) for c in checks if c["basis"] == basis)

    verdict = worst(str(c["outcome"]) for c in checks)
    deciding = next((c for c in checks if c["outcome"] == verdict), None)
    return {
        "claim_id": claim.claim_id,
        "section": claim.section,
        "exhibit": claim.exhibit,
        "metric_zh": claim.metric_zh,
        "metric_en": claim.metric_en,
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
