"""Small ledgers and checks for the tests of the standard: a claim, its evidence, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from analysis.numbers.formula import Formula
from analysis.numbers.printed import Quantity
from analysis.report.bench import Bench, verdicts
from analysis.report.grades import Setting
from analysis.report.ledger import COLUMNS, Claim
from analysis.report.rows import CheckRow, ClaimRow, Input, Step

needs_printed = pytest.mark.skipif(
    Quantity.parse("30", "%", "近").interval.high > 30, reason="hedges do not cut yet"
)

REPORT = Setting(frozenset({"CAICT"}), "2021-10", {"CB Insights": ("2021q2",), "KPMG": ("2021h1",)})


def claim(
    claim_id: str, printed: str, unit: str = "", hedge: str = "", kind: str = "growth", **more: str
) -> Claim:
    """A claim of the ledger; what is not given is empty."""
    return Claim.of(
        {
            **dict.fromkeys(COLUMNS, ""),
            "claim_id": claim_id,
            "printed": printed,
            "unit": unit,
            "hedge": hedge,
            "kind": kind,
            **more,
        }
    )


def published(
    name: str, text: str, unit: str = "%", *, by: str = "NBS", half: float | None = None, **more: object
) -> Input:
    """A published number with its rounding interval, or half a unit wide as given."""
    i = Quantity.parse(text, unit).interval
    value = float(text.replace(",", ""))
    low, high = (i.low, i.high) if half is None else (value - half, value + half)
    return Input(
        name,
        f"topic:{name}@2020@{more.get('edition', 'a')}",
        name,
        text,
        value,
        low,
        high,
        False,
        True,
        unit,
        by,
        **more,
    )  # type: ignore[arg-type]


def of_report(claim: Claim, name: str = "value") -> Input:
    """A claim's printed number as an input."""
    q = claim.quantity()
    assert q.value is not None
    i = q.interval
    return Input(
        name,
        f"claim:{claim.claim_id}",
        claim.claim_id,
        claim.printed,
        q.value,
        i.low,
        i.high,
        i.low_open,
        i.high_open,
        claim.unit,
    )


def step(formula: str, *inputs: Input, unit: str = "%", part: str = "", period: str = "") -> Step:
    """A formula over its inputs, with value and range."""
    made = Formula.parse(formula)
    value = made.value(**{i.name: i.value for i in inputs})
    r = made.range(**{i.name: i.interval for i in inputs})
    return Step(
        "", formula, value, r.low, r.high, r.low_open, r.high_open, unit, formula, inputs, part, period
    )


def check(
    claim_id: str, *steps: Step | Input, label: str = "", fits: str = "same", **more: object
) -> CheckRow:
    """A check of a number, or of words if a definition of the vocabulary is given."""
    made = tuple(s if isinstance(s, Step) else _itself(s) for s in steps)
    inputs = tuple(dict.fromkeys(i for s in made for i in s.inputs))
    way = more.pop("way", "words" if len(made) > 1 else "number")
    return CheckRow(
        f"{claim_id}/{label}", claim_id, way, "meets", "own", fits, label=label, steps=made, inputs=inputs, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _itself(i: Input) -> Step:
    return Step("", i.name, i.value, i.low, i.high, i.low_open, i.high_open, i.unit, i.text, (i,))


def judged(
    claims: Iterable[Claim], checks: Iterable[CheckRow], setting: Setting = REPORT
) -> dict[str, ClaimRow]:
    """The rows of the verdicts by claim."""
    return {row.claim_id: row for row in verdicts(ledger(claims), checks, setting=setting)}


def ledger(claims: Iterable[Claim]) -> Mapping[str, Claim]:
    """Claims by id."""
    return {c.claim_id: c for c in claims}


def verdict(c: Claim, *checks: CheckRow, setting: Setting = REPORT) -> str:
    """The verdict of one claim."""
    return Bench({c.claim_id: c}, checks, setting=setting).judge(c.claim_id).verdict
