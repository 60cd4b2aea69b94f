"""One check heard for one claim: its inputs as they stand, then grade, outcome and what it says.

Inputs are handed in resolved (`Leaf`): a premise that other evidence decides has that evidence's range and grade. Ranges
are computed anew from the check's formulas wherever an input differs from what the notebook saw, so that a check needs no
notebook to be heard again: for a repetition with its own digits, with another premise, under a restatement.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.numbers import periods, units
from analysis.numbers.formula import Formula, FormulaError
from analysis.numbers.printed import Interval, Quantity
from analysis.report import grades, outcomes
from analysis.report.grades import NOTHING_KNOWN, Leaf, Setting
from analysis.report.ledger import Claim
from analysis.report.rows import DERIVED, NUMBERS, CheckRow, Grade, Ground, Input, Outcome, Remark, Step
from analysis.report.verdict import Says, says


@dataclass(frozen=True)
class Heard:
    """A check as it stands for one claim. `interval` is its evidence in the claim's unit; `caps` hold it at consistent."""

    check: CheckRow
    grade: Grade
    outcome: Outcome
    says: Says
    value: float | None
    interval: Interval | None
    caps: tuple[str, ...]
    ground: Ground
    stretched: str = ""
    """The publishers whose restatements its inputs were stretched by, with the factor."""
    premises: tuple[str, ...] = ()
    """The claims among its inputs for which other evidence stands, in place of what they print."""

    @property
    def remark(self) -> Remark:
        """What a page shows of it."""
        low, high = (self.interval.low, self.interval.high) if self.interval else (None, None)
        return Remark(
            self.check.check_id,
            self.grade,
            self.outcome,
            self.says,
            low,
            high,
            self.check.arithmetic,
            self.stretched,
            " ".join(self.premises),
        )

    @property
    def width(self) -> float:
        """Width of the evidence relative to its value: the narrowest speaks for a verdict."""
        if self.interval is None:
            return 0.0
        if not math.isfinite(self.interval.width):
            return math.inf
        size = abs(self.interval.mid if self.value is None else self.value)
        return self.interval.width / size if size else self.interval.width


def as_it_stands(i: Input) -> Leaf:
    """An input with what its own digits claim."""
    return Leaf(i, i.interval, i.value)


def hear(
    claim: Claim,
    quantity: Quantity,
    check: CheckRow,
    resolve: Callable[[Input], Leaf] = as_it_stands,
    setting: Setting = NOTHING_KNOWN,
    sources: Collection[str] = (),
) -> Heard:
    """Grade, outcome and word of a check for a claim whose printed quantity under the run's reading is given.

    `sources`: the publishers that the report names for the claim.
    """
    leaves = {i: resolve(i) for i in (*check.inputs, *(i for s in check.steps for i in s.inputs))}
    grade = grades.grade(list(leaves.values()), check.fits, sources, setting)
    fits_kind = check.way == "form" or (check.way == "number") == has_number(claim, quantity)
    found = _outcome(claim, quantity, check, leaves, setting) if fits_kind else outcomes.Found("blunt")
    said = says(
        grade, found.outcome, in_words=not has_number(claim, quantity), is_derived=claim.kind in DERIVED
    )
    return Heard(
        check, grade, found.outcome, "" if check.is_aside else said, found.value, found.interval,
        _caps(claim, check, found), _ground(check, grade), _stretched(check.steps, leaves, setting), _premises(leaves),
    )  # fmt: skip


def has_number(claim: Claim, quantity: Quantity) -> bool:
    """Whether a claim is held against a number: a printed one, or a forecast that prints one."""
    return quantity.value is not None and (claim.kind in NUMBERS or claim.kind == "forecast")


def _outcome(
    claim: Claim, quantity: Quantity, check: CheckRow, leaves: Mapping[Input, Leaf], setting: Setting
) -> outcomes.Found:
    if check.way == "number":
        return _of_number(claim, quantity, check.steps[0], check, leaves, setting)
    if check.way == "words":
        plain = [_range(s, leaves) for s in check.steps]
        moved = _restated(check.steps, leaves, setting)
        tested = plain if moved is leaves else [_range(s, moved) for s in check.steps]
        return outcomes.of_words(
            check.definition, check.steps, plain, tested, [_value(s, leaves) for s in check.steps],
            threshold=check.threshold, quantifier=check.quantifier, refutes_only=check.refutes_only,
            blunt=quantity.reading.blunt,
        )  # fmt: skip
    stored: Outcome = check.outcome
    if check.refutes_only and stored != "out":
        stored = "blunt"
    return outcomes.Found(stored, check.interval, check.computed)


def _of_number(
    claim: Claim,
    quantity: Quantity,
    step: Step,
    check: CheckRow,
    leaves: Mapping[Input, Leaf],
    setting: Setting,
) -> outcomes.Found:
    factor = units.factor(step.unit, claim.unit)
    plain, value = _range(step, leaves).scaled(factor), _value(step, leaves) * factor
    moved = _restated((step,), leaves, setting)
    tested = plain if moved is leaves else _range(step, moved).scaled(factor)
    outcome = outcomes.of_number(
        quantity, value, plain, tested,
        is_quotation=outcomes.is_quotation(quantity, (step,), value),
        is_same_number=outcomes.is_same_number(quantity, (step,), value), refutes_only=check.refutes_only,
    )  # fmt: skip
    return outcomes.Found(outcome, plain, value)


def _restated(steps: Sequence[Step], leaves: Mapping[Input, Leaf], setting: Setting) -> Mapping[Input, Leaf]:
    """The leaves with those of another edition stretched as far as their publisher restated; the same if there are none."""
    used = list(dict.fromkeys(i for s in steps for i in s.inputs))
    moved = grades.of_another_edition([leaves[i] for i in used], setting)
    if not moved:
        return leaves
    return {
        **leaves,
        **{used[n]: replace(leaves[used[n]], interval=leaves[used[n]].interval.stretched(used[n].restated_by)) for n in moved},
    }  # fmt: skip


def _stretched(steps: Sequence[Step], leaves: Mapping[Input, Leaf], setting: Setting) -> str:
    """The publishers whose numbers are tried as far as they restated them, each with its factor."""
    used = list(dict.fromkeys(i for s in steps for i in s.inputs))
    moved = [used[n] for n in sorted(grades.of_another_edition([leaves[i] for i in used], setting))]
    factors = [(i.publisher, f"{i.restated_by:.3g}") for i in moved]
    return ", ".join(
        dict.fromkeys(f"{publisher} × {factor}" for publisher, factor in factors if factor != "1")
    )


def restaters(stretched: str, named: Callable[[str], str]) -> str:
    """What `Heard.stretched` says, with the publishers as they are `named`.

    >>> restaters("Office × 1.11, Survey × 1.64", str.upper)
    'OFFICE × 1.11, SURVEY × 1.64'
    """
    return re.sub(r"(.+?)( × [\d.]+(?:, |$))", lambda m: named(m[1]) + m[2], stretched)


def _premises(leaves: Mapping[Input, Leaf]) -> tuple[str, ...]:
    """The claims that enter with what was found for them, where that is not what they print."""
    found = {
        i.claim_id for i, leaf in leaves.items() if leaf.grade is not None and leaf.interval != i.interval
    }
    return tuple(sorted(found))


def _range(step: Step, leaves: Mapping[Input, Leaf]) -> Interval:
    """The step's range over its inputs as they stand; a box so stretched that the formula bends in it is enclosed."""
    given = {i.name: leaves[i].interval for i in step.inputs}
    if all(given[i.name] == i.interval for i in step.inputs):
        return step.interval
    if step.formula.strip() in given:
        return given[step.formula.strip()]
    return _formula_range(step.formula, tuple(given.items()))


def _value(step: Step, leaves: Mapping[Input, Leaf]) -> float:
    """The step's value at its inputs' values as they stand."""
    given = {i.name: leaves[i].value for i in step.inputs}
    if all(given[i.name] == i.value for i in step.inputs):
        return step.value
    if step.formula.strip() in given:
        return given[step.formula.strip()]
    return _formula_value(step.formula, tuple(given.items()))


@functools.lru_cache(maxsize=4096)
def _formula_range(formula: str, given: tuple[tuple[str, Interval], ...]) -> Interval:
    """Kept, because many universes of a sweep differ elsewhere only."""
    parsed = Formula.parse(formula)
    try:
        return parsed.range(**dict(given))
    except FormulaError:
        return parsed.enclosure(**dict(given))


@functools.lru_cache(maxsize=4096)
def _formula_value(formula: str, given: tuple[tuple[str, float], ...]) -> float:
    return Formula.parse(formula).value(**dict(given))


def _caps(claim: Claim, check: CheckRow, found: outcomes.Found) -> tuple[str, ...]:
    """What holds this check at consistent."""
    caps = {
        "steps": not found.has_enough_steps,
        "forecast": claim.kind == "forecast" and not _quotes(claim, check) and _runs(claim, check),
        "party": check.is_party and claim.kind == "rank",
    }
    return tuple(name for name, applies in caps.items() if applies)


def _quotes(claim: Claim, check: CheckRow) -> bool:
    """Whether a check hands on a published forecast: one number as it stands, or several of one release up to its period."""
    if len(check.steps) == 1:
        return outcomes.quoted(check.steps) is not None
    end, last = _end(claim), periods.position(check.steps[-1].period) if check.steps else None
    return outcomes.is_handed_on(check.steps) and end is not None and last is not None and last >= end


def _runs(claim: Claim, check: CheckRow) -> bool:
    """Whether the period of a forecast was not over when the last of its data appeared, or neither can be told."""
    end = _end(claim)
    days = [periods.position(i.published[:7]) for i in check.inputs if i.is_published]
    known = [day for day in days if day is not None]
    return end is None or not known or max(known) < end


def _end(claim: Claim) -> float | None:
    """When the period of a claim ends, a span at the end of its last part."""
    return periods.position(claim.period.split("/")[-1])


def _ground(check: CheckRow, grade: Grade) -> Ground:
    if grade in ("own", "mixed"):
        return "own" if grade == "own" else "mixed"
    is_act = check.way in ("text", "event")
    return "quoted" if is_act or outcomes.quoted(check.steps) is not None else "recomputed"
