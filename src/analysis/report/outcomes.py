"""What came out of a check: the first line of the table that applies.

E is the range of the evidence, P what the printed digits claim, H what the hedge word allows besides.

| outcome | number | words |
|-|-|-|
| in | E inside P; or its value inside P and E at most twice as wide; or a quotation | the definition holds on all of E |
| blurred | the same with H, for a word that blurs | – |
| out | E and H have no point in common | fails on all of E |
| blunt | overlaps but could hardly fail: E wider than a tenth of its value, or one-sided | same |
| meets | any other overlap; a quotation but for the hedge | any other |

A check that can only refute is out or blunt. Where a restatement may have moved an input, digits that agree plainly are
*in*; all else is tried on the range that the restatement allows (`tested`), whose width is not held against the evidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis import words
from analysis.numbers import units
from analysis.numbers.printed import Interval, Quantity, Reading
from analysis.report.rows import Input, Outcome, Quantifier, Step
from analysis.statistics import vocabulary

_UNIT_CHANGE = re.compile(r"\s*(?:[×÷*/]\s*[\d.,]+(?:\s*\^\s*\d+)?\s*)*")


@dataclass(frozen=True)
class Found:
    """An outcome with the range that gave it; `has_enough_steps` is false where a word speaks of more than there are."""

    outcome: Outcome
    interval: Interval | None = None
    value: float | None = None
    has_enough_steps: bool = True


def told(grade: str, outcome: str, language: str) -> str:
    """What came out, in words: a neighbour agrees or does not, for it neither proves nor excludes anything."""
    if grade == "neighbour" and outcome in ("in", "blurred", "out"):
        return words.label(f"beside_{outcome}", language)
    return words.label(f"outcome_{outcome}", language)


def of_number(
    quantity: Quantity,
    value: float,
    plain: Interval,
    tested: Interval | None = None,
    *,
    is_quotation: bool = False,
    is_same_number: bool = False,
    refutes_only: bool = False,
) -> Outcome:
    """The outcome for a printed number; value and ranges in its unit. The bar for evidence is that of its reading.

    >>> of_number(Quantity.parse("34.54", "%"), 33.5, Interval(33.42, 33.58))
    'out'
    """
    tested = plain if tested is None else tested
    printed, hedged = quantity.interval, quantity.hedged
    if refutes_only:
        return "blunt" if tested.meets(hedged) else "out"
    widest = quantity.reading.widest
    if is_quotation or _inside(value, plain, printed, widest):
        return "in"
    if _inside(value, tested, hedged, widest):
        return "blurred"
    if not tested.meets(hedged):
        return "out"
    return "blunt" if is_blunt(value, plain, quantity.reading.blunt) and not is_same_number else "meets"


def _inside(value: float, evidence: Interval, claimed: Interval, widest: float) -> bool:
    return evidence.within(claimed) or (
        claimed.contains(value) and evidence.width <= widest * claimed.width * (1 + 1e-9)
    )


def is_blunt(value: float, evidence: Interval, bar: float = Reading.blunt) -> bool:
    """Whether evidence is so wide that an overlap says nothing.

    >>> is_blunt(100, Interval(90, 110)), is_blunt(100, Interval(98, math.inf)), is_blunt(100, Interval(96, 104))
    (True, True, False)
    """
    return not math.isfinite(evidence.width) or evidence.width > bar * abs(value) * (1 + 1e-9)


def of_words(
    definition: str,
    steps: Sequence[Step],
    plain: Sequence[Interval],
    tested: Sequence[Interval],
    values: Sequence[float],
    *,
    threshold: float | None = None,
    quantifier: Quantifier = "every",
    refutes_only: bool = False,
    blunt: float = Reading.blunt,
) -> Found:
    """The outcome for words under a named definition, part by part where the steps belong to several.

    `plain` ranges and `values` as published, `tested` ranges as far as their publishers restate. The interval is what the
    definition measures on the plain ones, over the parts that failed if it fails; the value is that of a single part.
    """
    told = decisions(definition, steps, tested, threshold)
    truth = vocabulary.QUANTIFIERS[quantifier]([d.truth for d in told.values()])
    shown = [part for part, d in told.items() if d.truth == truth] or list(told)
    ranges = told if tested is plain else decisions(definition, steps, plain, threshold)
    ends = [ranges[part].measured for part in shown]
    low, high = min(ends, key=lambda i: i.low), max(ends, key=lambda i: i.high)
    measured = Interval(low.low, high.high, low.low_open, high.high_open)
    enough = all(d.has_enough_steps for d in told.values())
    return Found(
        _words_outcome(truth, steps, plain, refutes_only, blunt),
        measured,
        _measured_at(definition, steps, values, shown, threshold),
        enough,
    )


def _measured_at(
    definition: str,
    steps: Sequence[Step],
    values: Sequence[float],
    shown: Sequence[str],
    threshold: float | None,
) -> float | None:
    """What the definition measures at the published values themselves; None for several parts, or where it has no number."""
    if len(shown) != 1 or not all(map(math.isfinite, values)):
        return None
    points = decisions(definition, steps, [Interval(v, v) for v in values], threshold)
    return _middle(points[shown[0]].measured)


def decisions(
    definition: str, steps: Sequence[Step], ranges: Sequence[Interval], threshold: float | None = None
) -> dict[str, vocabulary.Decision]:
    """What a definition says of each part; its ranges are put into the unit of its first step."""
    parts: dict[str, list[int]] = {}
    for n, step in enumerate(steps):
        parts.setdefault(step.part, []).append(n)

    def told(places: list[int]) -> vocabulary.Decision:
        unit = steps[places[0]].unit
        alike = [ranges[n].scaled(units.factor(steps[n].unit, unit)) for n in places]
        return vocabulary.decide(
            definition, alike, threshold=threshold, periods=[steps[n].period for n in places]
        )

    return {part: told(places) for part, places in parts.items()}


def _words_outcome(
    truth: vocabulary.Truth,
    steps: Sequence[Step],
    plain: Sequence[Interval],
    refutes_only: bool,
    bar: float,
) -> Outcome:
    if truth == "fails":
        return "out"
    if refutes_only:
        return "blunt"
    if truth == "holds":
        return "in"
    is_wide = any(is_blunt(_middle(i) or s.value, i, bar) for s, i in zip(steps, plain, strict=True))
    return "blunt" if is_wide else "meets"


def _middle(i: Interval) -> float | None:
    return i.mid if math.isfinite(i.width) else None


def quoted(steps: Sequence[Step]) -> Input | None:
    """The published number that a check hands on as it stands, in another unit at most; None for a computation."""
    if len(steps) != 1 or len(steps[0].inputs) != 1:
        return None
    only = steps[0].inputs[0]
    rest = steps[0].formula.strip().removeprefix(only.name)
    is_itself = steps[0].formula.strip().startswith(only.name) and _UNIT_CHANGE.fullmatch(rest)
    return only if is_itself and only.is_published else None


def is_handed_on(steps: Sequence[Step]) -> bool:
    """Whether each step is one published number as it stands, all from one release: what that release itself says."""
    used = [quoted([s]) for s in steps]
    return bool(used) and all(i is not None for i in used) and len({i.origin for i in used if i}) == 1


def is_quotation(quantity: Quantity, steps: Sequence[Step], value: float) -> bool:
    """Whether a check quotes one published number that equals the claim's, with a hedge of the same side.

    value: of the check, in the claim's unit.
    """
    source = quoted(steps)
    return (
        is_same_number(quantity, steps, value) and source is not None and side(source.hedge) == quantity.side
    )


def is_same_number(quantity: Quantity, steps: Sequence[Step], value: float) -> bool:
    """Whether a check quotes one published number that equals the claim's, whatever their hedges.

    "Over 1.32 million" for a printed 1.32 million could well have been another number: its open end does not make it blunt.
    """
    if quoted(steps) is None or quantity.value is None:
        return False
    return math.isclose(value, quantity.value, rel_tol=1e-9)


def side(hedge: str) -> str:
    """`above`, `below` or empty: the side that a hedge word of any language names.

    >>> side("超过"), side("约")
    ('above', '')
    """
    return Quantity.parse("1", hedge=hedge).side
