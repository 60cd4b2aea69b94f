"""Ranks: a place among rivals on one measure or several, or as a ranking or a witness of the day has it.

Out: a rival is ahead on the measure that the sentence names; where it names none, on every one found, at least two. In:
a full list, a ranking, a witness of the day. Anything else neither proves nor excludes it.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis import words
from analysis.errors import UserError
from analysis.numbers import units
from analysis.numbers.printed import Interval
from analysis.report import catalog
from analysis.report import steps as making
from analysis.report.computed import Source
from analysis.report.rows import Input, Outcome, Step

Measures = Mapping[str, Sequence[Source]]
"""Name of a measure → the one that is ranked, then its rivals."""


@dataclass(frozen=True)
class Place:
    """What place was found: its outcome for the place that is claimed, the range of places that is possible."""

    outcome: Outcome
    interval: Interval
    arithmetic: str
    inputs: tuple[Input, ...]

    @property
    def text(self) -> str:
        """The place, or the first that is possible."""
        return f"{self.interval.low:g}"


def placed(
    measures: Measures, place: int, ranking: Step | None, is_full: bool, is_named: bool, language: str = "en"
) -> Place:
    """The place of the first of each measure among the others, against the claimed one."""
    if ranking is not None:
        found = Interval(ranking.value, ranking.value)
        return Place(
            "in" if ranking.value == place else "out",
            found,
            f"{_name(ranking, language)}: {ranking.arithmetic}",
            ranking.inputs,
        )
    if not measures:
        raise UserError("a rank needs measures, or a ranking")
    made = {name: [making.step(s, part=name) for s in sources] for name, sources in measures.items()}
    places = {name: _place(steps, is_full) for name, steps in made.items()}
    outcomes = [_outcome(p, place, is_full) for p in places.values()]
    every = Interval(min(p.low for p in places.values()), max(p.high for p in places.values()))
    arithmetic = "; ".join(f"{name}: {_told(steps, language)}" for name, steps in made.items())
    inputs = making.leaves(s for steps in made.values() for s in steps)
    return Place(_together(outcomes, is_named), every, arithmetic, inputs)


def _place(steps: Sequence[Step], is_full: bool) -> Interval:
    """The places that are possible on one measure; without a full list there may be more ahead."""
    first, *rivals = steps
    ranges = [r.interval.scaled(units.factor(r.unit, first.unit)) for r in rivals]
    surely = sum(
        r.low > first.high or (r.low == first.high and (r.low_open or first.interval.high_open))
        for r in ranges
    )
    perhaps = sum(r.high > first.low for r in ranges)
    return Interval(1 + surely, 1 + perhaps if is_full else math.inf)


def _outcome(found: Interval, place: int, is_full: bool) -> Outcome:
    if found.low > place or found.high < place:
        return "out"
    return "in" if is_full and found.low == found.high == place else "meets"


def _together(outcomes: Sequence[Outcome], is_named: bool) -> Outcome:
    """One named measure decides; of measures that were found all must agree, and two at least to exclude a place."""
    if set(outcomes) == {"out"} and (is_named or len(outcomes) > 1):
        return "out"
    return "in" if set(outcomes) == {"in"} else "meets"


def _told(steps: Sequence[Step], language: str) -> str:
    """The values from the highest, as printed; equal ones joined by an equals sign."""
    first = steps[0]
    size = {id(s): s.value * units.factor(s.unit, first.unit) for s in steps}
    listed = sorted(steps, key=lambda s: -size[id(s)])
    told = [f"{_name(s, language)} {_amount(s, language)}".strip() for s in listed]
    signs = [" = " if size[id(a)] == size[id(b)] else " > " for a, b in itertools.pairwise(listed)]
    return told[0] + "".join(sign + text for sign, text in zip(signs, told[1:], strict=True))


def _name(step: Step, language: str) -> str:
    """What a step is called: a published value as the data name it in that language."""
    return (catalog.said(step.inputs[0].ref, language) if len(step.inputs) == 1 else "") or step.label


def _amount(step: Step, language: str) -> str:
    """A value with the decimals that it is printed with; behind its formula, where it is computed."""
    formula, _, printed = step.arithmetic.rpartition(" = ")
    match = re.fullmatch(r"[-−]?[\d,]+(?:\.(\d+))?", printed)
    if not match:
        return f"{step.arithmetic} {words.one(step.unit, language)}".strip()
    told = words.number(step.value, step.unit, language, len(match[1] or ""))
    return f"{formula} = {told}" if formula else told
