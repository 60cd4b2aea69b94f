"""One recomputation of one claim on one basis, and its outcome."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import Any, Literal

from analysis import words
from analysis.numbers.printed import ABOVE, BELOW, NEAR, Interval, Quantity
from analysis.report.computed import Computed, Input, shown, significant
from analysis.report.ledger import Claim

Basis = Literal["report", "primary"]
Outcome = Literal["reproduced", "hedged", "contradicted"]
ROWS = "application/vnd.suite.rows+json"


def outcome_of(quantity: Quantity, recomputed: Interval) -> Outcome:
    """`reproduced` when the intervals meet without the hedge, `hedged` when only with it, else `contradicted`."""
    if quantity.interval.meets(recomputed):
        return "reproduced"
    return "hedged" if quantity.hedged.meets(recomputed) else "contradicted"


def flips(claim: Claim, quantity: Quantity, recomputed: Interval) -> bool:
    """Whether a contradicted number turns its statement round: wrong side of the bound its hedge names, or wrong sign."""
    value = quantity.value
    if value is None:
        return True
    if claim.hedge in ABOVE and recomputed.high < value:
        return True
    if claim.hedge in NEAR | BELOW and recomputed.low > quantity.interval.high:
        return True
    signed = claim.kind == "growth"
    return signed and (
        recomputed.high < 0 < quantity.interval.low or quantity.interval.high < 0 < recomputed.low
    )


@dataclass(frozen=True)
class Check:
    """A claim held against a recomputation. Displays itself and carries itself as data (a row of `checks`)."""

    claim: Claim
    quantity: Quantity
    basis: Basis
    outcome: Outcome
    is_decision_error: bool
    computed: Computed | None
    formula: str
    arithmetic: str
    inputs: tuple[Input, ...]
    label: str = ""
    decides: bool = True
    note: str = ""
    language: str = "en"

    @property
    def check_id(self) -> str:
        """Claim, basis and label: unique in a run."""
        slug = f"/{self.label}" if self.label else ""
        return f"{self.claim.claim_id}/{self.basis}{slug}"

    def row(self) -> dict[str, Any]:
        """The check as data; numbers in the claim's unit, rounded to ten significant digits."""
        c, q = self.computed, self.quantity
        printed = (q.interval, q.hedged) if q.value is not None else (None, None)
        return {
            "check_id": self.check_id,
            "claim_id": self.claim.claim_id,
            "basis": self.basis,
            "series": " ".join(sorted({i.ref for i in self.inputs if i.ref})),
            "computed": significant(c.value) if c else "",
            "computed_low": significant(c.low) if c else "",
            "computed_high": significant(c.high) if c else "",
            "unit": self.claim.unit,
            "outcome": self.outcome,
            "is_decision_error": self.is_decision_error,
            "label": self.label,
            "decides": self.decides,
            "formula": self.formula,
            "arithmetic": self.arithmetic,
            "printed_low": significant(printed[0].low) if printed[0] else "",
            "printed_high": significant(printed[0].high) if printed[0] else "",
            "hedged_low": significant(printed[1].low) if printed[1] else "",
            "hedged_high": significant(printed[1].high) if printed[1] else "",
            "gap_pct": self._gap(),
            "note": self.note,
            "inputs": json.dumps([i.row() for i in self.inputs], ensure_ascii=False),
        }

    def _gap(self) -> float | str:
        """How far the recomputation lies outside what the claim allows, in per cent of the printed value."""
        c, q = self.computed, self.quantity
        if c is None or not q.value:
            return ""
        allowed = q.hedged
        below, above = allowed.low - c.high, c.low - allowed.high
        distance = above if above > 0 else -below if below > 0 else 0.0
        return significant(distance / abs(q.value) * 100, 6) if self.outcome == "contradicted" else 0.0

    def _lines(self) -> list[tuple[str, str]]:
        def word(key: str) -> str:
            return words.label(key, self.language)

        q, c = self.quantity, self.computed
        printed = f"{q}" + (f" [{shown(q.low)} … {shown(q.high)}]" if q.value is not None else "")
        if q.value is not None and q.hedged != q.interval:
            printed += f", {q.hedge} [{shown(q.hedged.low)} … {shown(q.hedged.high)}]"
        lines = [(word("printed"), printed)]
        if c is not None:
            spread = f" [{shown(c.low)} … {shown(c.high)}]" if c.high > c.low else ""
            lines.append((word("recomputed"), f"{shown(c.value)}{c.unit}{spread}"))
        lines.append((word("formula"), self.arithmetic))
        lines.append((word("basis"), word(self.basis)))
        verdict = word(self.outcome)
        if self.is_decision_error:
            verdict += f" ({word('decision_error')})"
        if not self.decides:
            verdict += f" ({word('exploration')})"
        lines.append((word("verdict"), verdict))
        return [*lines, ("", self.note)] if self.note else lines

    def __repr__(self) -> str:
        head = f"{self.check_id}: {self.claim.metric(self.language)}"
        return "\n".join([head, *(f"  {k}: {v}" if k else f"  {v}" for k, v in self._lines())])

    def _html(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{html.escape(k)}</th><td>{html.escape(v)}</td></tr>'
            for k, v in self._lines()
        )
        caption = html.escape(f"{self.claim.metric(self.language)} {self.claim.period}".strip())
        return (
            f'<table class="check {self.outcome}"><caption>{caption}</caption><tbody>{rows}</tbody></table>'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        row = self.row()
        data = {ROWS: {"table": "checks", "key": "check_id", "columns": list(row), "rows": [row]}}
        if include is not None and not {"text/plain", "text/html"} & set(include):
            return data  # a sweep asks for rows alone
        return {"text/plain": repr(self), "text/html": self._html(), **data}


def against(quantity: Quantity, computed: Computed) -> Computed:
    """The recomputation in the claim's unit; `UnitError` when they measure different things."""
    return computed if computed.unit == quantity.unit else computed.to(quantity.unit)
