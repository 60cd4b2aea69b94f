"""Alt texts made from the plotted data: which series, which way they go, and their last value."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis import words
from analysis.charts import numbers
from analysis.numbers import periods


def say(key: str, language: str, **values: Any) -> str:
    """A text of [charts] in the pack of the language, with its values."""
    return words.filled(words.pack(language)["charts"][key], **values)


def whole(kind: str, sentences: Sequence[str], language: str) -> str:
    """An alt text: the name of the form, and the sentences on what it shows."""
    said = (" " if words.spaces(language) else "").join(sentences)
    return say("headed", language, head=say(f"kind_{kind}", language), said=said)


def named(name: str, said: str, language: str) -> str:
    """What is said of something, behind its name if it has one."""
    return say("named", language, name=name, said=said) if name else said


def sentence(said: str, language: str) -> str:
    """A text as a sentence, with a full stop unless it has one of any language."""
    stops = tuple(say("sentence", other, said="") for other in words.languages())
    return said if said.endswith(stops) else say("sentence", language, said=said)


def point(name: str, period: str, value: float, unit: str, language: str) -> str:
    """What one mark stands for, in one line: its series, its period or category, its value with the unit."""
    what = [part for part in (name, periods.label(period, language) if period else "") if part]
    return named(say("comma", language).join(what), amount(value, unit, language), language)


def direction(values: Sequence[float], language: str) -> str:
    """How a series goes from its first to its last value: rises, falls, or stays."""
    first, last = values[0], values[-1]
    steps = [after - before for before, after in itertools.pairwise(values)]
    if len(values) == 1 or last == first:
        return say("stays", language)
    if last > first:
        steady = all(change > 0 for change in steps) and len(steps) > 1
        return say("rises_throughout" if steady else "rises", language)
    steady = all(change < 0 for change in steps) and len(steps) > 1
    return say("falls_throughout" if steady else "falls", language)


def amount(value: float, unit: str, language: str, decimals: int | None = None) -> str:
    """A value with its unit in words of the language; `decimals` counts in the unit that the reader sees."""
    if decimals is None:
        decimals = decimals_shown([value], unit, language)
    factor = words.display_unit(unit, language)[0]
    given = decimals + round(math.log10(factor))  # words.number counts decimals in the given unit
    return words.number(value, unit, language, given, on_axis=True).replace("-", numbers.MINUS, 1)


def decimals_shown(values: Sequence[float], unit: str, language: str) -> int:
    """How many decimals a set of values needs in the unit that the reader sees."""
    factor = words.display_unit(unit, language)[0]
    return numbers.decimals_of([value * factor for value in values])


def course(name: str, span: Sequence[str], values: Sequence[float], unit: str, language: str) -> str:
    """One sentence on one series: its direction, first and last value with their periods."""
    decimals = decimals_shown(values, unit, language)
    first, last = (amount(v, unit, language, decimals) for v in (values[0], values[-1]))
    start, end = periods.label(span[0], language), periods.label(span[-1], language)
    if len(values) == 1:
        return named(name, say("course_of_one", language, last=last, end=end), language)
    ends = {"first": first, "start": start, "last": last, "end": end}
    return named(name, say("course", language, way=direction(values, language), **ends), language)


def courses(tidy: pd.DataFrame, unit: str, language: str) -> list[str]:
    """One sentence on each series of a table of series, period, value."""
    return [
        course(str(name), part["period"].tolist(), part["value"].tolist(), unit, language)
        for name, part in tidy.groupby("series", sort=False)
    ]
