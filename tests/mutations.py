"""Mutations of the ledger and its evidence: one thing made wrong, and the claims concerned judged anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from analysis.numbers import units
from analysis.numbers.formula import Formula
from analysis.numbers.printed import Interval, Quantity
from analysis.report.bench import Bench, Judged
from analysis.report.docket import Docket
from analysis.report.grades import Setting
from analysis.report.ledger import Claim
from analysis.report.rows import CheckRow, Input, Step

MAX_STEPS = 10**7
Told = tuple[str, str, str]
"""Verdict, grade of what sets it, and the rule."""


@dataclass(frozen=True)
class World:
    """A ledger with all its checks."""

    claims: Mapping[str, Claim]
    checks: Sequence[CheckRow]
    setting: Setting

    def judge(self, claim_id: str) -> Judged:
        """The verdict of one claim, with the claims that it rests on and no others."""
        docket = Docket(self.claims, self.checks)
        needed = set(docket.needed(claim_id))
        checks = [c for c in self.checks if c.claim_id in needed]
        return Bench(docket.ledger(needed), checks, setting=self.setting).judge(claim_id)

    def around(self, claim_id: str) -> World:
        """What a claim rests on, as a world of its own."""
        docket = Docket(self.claims, self.checks)
        needed = set(docket.needed(claim_id))
        return World(docket.ledger(needed), [c for c in self.checks if c.claim_id in needed], self.setting)


def told(judged: Judged) -> Told:
    """What must change when something is wrong."""
    return judged.verdict, judged.deciding.grade if judged.deciding else "", judged.rule


# --- what is printed ------------------------------------------------------------------------------------------------


def reprinted(world: World, claim_id: str, text: str) -> World:
    """The world in which a claim prints another number, wherever that number is used."""
    claim = replace(world.claims[claim_id], printed=text)
    quantity, ref = claim.quantity(), f"claim:{claim_id}"
    assert quantity.value is not None

    def moved(i: Input) -> Input:
        assert quantity.value is not None
        factor = units.factor(claim.unit, i.unit) if claim.unit != i.unit else 1.0
        return _with(i, quantity.value * factor, quantity.interval.scaled(factor))

    return World(
        {**world.claims, claim_id: claim}, [with_input(c, ref, moved) for c in world.checks], world.setting
    )


def neighbours(claim: Claim, evidence: Iterable[Interval] = ()) -> Iterator[tuple[str, str]]:
    """`up`, `down` → the nearest printed text, with as many decimals, that has nothing in common with what the claim allows
    nor with the evidence; none for words, fractions and ranges, and below zero."""
    quantity = claim.quantity()
    if quantity.value is None or quantity.span is not None:
        return
    taken = [_range(quantity), *evidence]
    for name, sign in (("up", 1), ("down", -1)):
        text = _moved(claim, quantity.value, sign, taken)
        if text is not None and (float(text) > 0) == (quantity.value > 0):
            yield name, text


def places(claim: Claim) -> int:
    """How many decimals a claim prints."""
    text = claim.printed.replace(",", "")
    is_plain = text.replace(".", "").replace("-", "").isdigit()
    return max(0, -int(Decimal(text).as_tuple().exponent)) if is_plain else 0


def _range(quantity: Quantity) -> Interval:
    return quantity.interval if quantity.side else quantity.hedged


def _moved(claim: Claim, value: float, sign: int, taken: Sequence[Interval]) -> str | None:
    decimals = places(claim)
    step, start = Decimal(1).scaleb(-decimals) * sign, Decimal(repr(value))

    def is_clear(steps: int) -> bool:
        there = f"{start + step * steps:.{decimals}f}"
        found = _range(Quantity.parse(there, claim.unit, claim.hedge, kind=claim.kind))
        return all(
            not found.meets(t) and (found.low >= t.high if sign > 0 else found.high <= t.low) for t in taken
        )

    far = 1
    while not is_clear(far):
        far *= 2
        if far > MAX_STEPS or (sign < 0 and start + step * far <= 0):
            return None
    near = far // 2
    while far - near > 1:
        middle = (near + far) // 2
        near, far = (near, middle) if is_clear(middle) else (middle, far)
    return f"{start + step * far:.{decimals}f}"


# --- evidence -------------------------------------------------------------------------------------------------------


def scaled(world: World, ref: str, factor: float) -> World:
    """The world in which a published value is so many times what it was; of the other sign for a negative factor."""

    def moved(i: Input) -> Input:
        found = i.interval.scaled(abs(factor))
        return _with(i, i.value * factor, found if factor > 0 else found.mirrored())

    return replace(world, checks=[with_input(c, ref, moved) for c in world.checks])


def lowered(world: World, check_ids: Iterable[str]) -> World:
    """The world in which these checks are known to be of something else."""
    chosen = set(check_ids)
    checks = [
        replace(c, fits="differs", because="lowered") if c.check_id in chosen else c for c in world.checks
    ]
    return replace(world, checks=checks)


def with_input(check: CheckRow, ref: str, moved: Callable[[Input], Input]) -> CheckRow:
    """A check with its inputs of that reference moved, and every step that uses them computed anew."""

    def of(inputs: Sequence[Input]) -> tuple[Input, ...]:
        return tuple(moved(i) if i.ref == ref else i for i in inputs)

    if not any(i.ref == ref for i in (*check.inputs, *(i for s in check.steps for i in s.inputs))):
        return check
    return replace(check, inputs=of(check.inputs), steps=tuple(_again(s, of(s.inputs)) for s in check.steps))


def _again(step: Step, inputs: tuple[Input, ...]) -> Step:
    if inputs == step.inputs:
        return step
    given, formula = {i.name: i for i in inputs}, step.formula.strip()
    if formula in given:
        value, found = given[formula].value, given[formula].interval
    else:
        parsed = Formula.parse(formula)
        value = parsed.value(**{n: i.value for n, i in given.items()})
        found = parsed.range(**{n: i.interval for n, i in given.items()})
    return replace(
        step, inputs=inputs, value=value, low=found.low, high=found.high, low_open=found.low_open,
        high_open=found.high_open,
    )  # fmt: skip


def _with(i: Input, value: float, found: Interval) -> Input:
    return replace(
        i, value=value, low=found.low, high=found.high, low_open=found.low_open, high_open=found.high_open
    )
