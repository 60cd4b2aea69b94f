"""The steps of a check: recomputed values, observations and quantities as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analysis.errors import UserError, counted
from analysis.numbers import units
from analysis.report.computed import Computed, Source, as_input
from analysis.report.documents import Document
from analysis.report.rows import Input, Step

Evidence = Source | Document | Input
"""What a text or an event may rest on."""
Parts = Mapping[str, Sequence[Source]]
"""Name of a part → its values in time order."""


def step(source: Source, *, unit: str | None = None, part: str = "", period: str = "") -> Step:
    """One value of a check: a published one in its own unit, a computed one in `unit`, with that step in its arithmetic.

    `UnitError` when it measures another thing.
    """
    when = period or str(getattr(source, "period", ""))
    if isinstance(source, Computed):
        source = source.to(unit) if unit is not None and units.convertible(source.unit, unit) else source
        made = Step(
            source.label, source.formula.text, source.value, source.interval.low, source.interval.high,
            source.interval.low_open, source.interval.high_open, source.unit, source.arithmetic, source.inputs,
            part, when,
        )  # fmt: skip
    else:
        i = as_input("value", source)
        inputs = () if i.ref == "number" else (i,)
        made = Step(
            i.label, "value", i.value, i.low, i.high, i.low_open, i.high_open, i.unit, i.text, inputs, part, when
        )  # fmt: skip
    if unit and made.unit:
        units.factor(made.unit, unit)
    return made


def sources(given: Evidence | Sequence[Evidence]) -> tuple[Input, ...]:
    """What a text, event or rank rests on, as inputs."""
    many = given if isinstance(given, Sequence) else (given,)
    return tuple(
        s if isinstance(s, Input) else s.as_input() if isinstance(s, Document) else as_input(f"source {n}", s)
        for n, s in enumerate(many, start=1)
    )


def of_parts(parts: Parts, periods: Sequence[str] = ()) -> tuple[Step, ...]:
    """The steps of every part, each part in the unit of its first; `periods`, one for each value of a part."""
    made: list[Step] = []
    for part, sources in parts.items():
        if periods and len(periods) != len(sources):
            raise UserError(
                f"{counted(len(sources), 'step')} and {counted(len(periods), 'period')}: give one period for each step"
            )
        when = periods or [""] * len(sources)
        steps = [step(s, part=part, period=p) for s, p in zip(sources, when, strict=True)]
        for other in steps[1:]:
            units.factor(other.unit, steps[0].unit)
        made += steps
    return tuple(made)


def leaves(steps: Iterable[Step]) -> tuple[Input, ...]:
    """The inputs of all steps, each once."""
    return tuple(dict.fromkeys(i for s in steps for i in s.inputs))
