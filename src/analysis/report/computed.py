"""A recomputed number that remembers how it came about: formula, inputs with their sources, and its range."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from analysis.errors import UserError
from analysis.numbers import growth, units
from analysis.numbers.printed import Interval, PrintedNumberError, Quantity, propagate
from analysis.report.catalog import Observation
from analysis.report.rows import Input


@dataclass(frozen=True)
class Computed:
    """A recomputed value in `unit`, with the range `low` … `high` that its rounded inputs allow."""

    value: float
    low: float
    high: float
    unit: str
    formula: str
    arithmetic: str
    inputs: tuple[Input, ...] = field(default=())
    label: str = ""
    ref: str = "computed"

    @property
    def interval(self) -> Interval:
        """The range over the box of the inputs' intervals."""
        return Interval(self.low, self.high)

    def to(self, unit: str) -> Computed:
        """The same value in another unit of its dimension."""
        if units.factor(self.unit, unit) == 1:
            return replace(self, unit=unit)
        value, low, high = (units.convert(v, self.unit, unit) for v in (self.value, self.low, self.high))
        arithmetic = f"{self.arithmetic}{self.unit} = {shown(value)}{unit}"
        return replace(self, value=value, low=low, high=high, unit=unit, arithmetic=arithmetic)

    def __repr__(self) -> str:
        spread = f" [{shown(self.low)} … {shown(self.high)}]" if self.high > self.low else ""
        return f"{self.arithmetic} {self.unit}{spread}"


def significant(value: float, digits: int = 10) -> float:
    """Rounded to so many significant digits: equal on machines whose last bits differ."""
    return float(f"{value:.{digits}g}")


def shown(value: float) -> str:
    """Six significant digits, thousands unseparated, no exponent for ordinary sizes, a true minus sign."""
    text = f"{value:.6g}"
    text = f"{value:.0f}" if "e" in text and abs(value) < 1e15 and abs(value) >= 1 else text
    return f"−{text[1:]}" if text.startswith("-") else text


def assume(
    value: float, unit: str, label: str, *, low: float | None = None, high: float | None = None
) -> Observation:
    """An assumption (a parameter such as an exchange rate, or a calendar fact) as an input with a name of its own."""
    return Observation(
        value, value if low is None else low, value if high is None else high, unit, f"assumption:{label}", label,
        shown(value), "", "", "", "", "", "main", "",
    )  # fmt: skip


Source = Quantity | Observation | Computed | float | int


def compute(
    function: Callable[..., float],
    *,
    formula: str = "",
    unit: str = "",
    label: str = "",
    **inputs: Source,
) -> Computed:
    """Apply a function of numbers to quantities of the report, observations, computed values or plain numbers.

    The result's range is that of `function` over the inputs' intervals, at the corners (`printed.propagate`).
    Functions of `analysis.numbers.growth` bring their notation and result unit and have their arguments put into one unit;
    for any other function say `formula` (in the argument names) and `unit`, and mind the units.
    """
    form = growth.form_of(function)
    if form is None and not formula:
        raise UserError(
            "compute() needs formula= for a function that carries no notation, e.g. formula='a ÷ b'"
        )
    given = {name: as_input(name, source) for name, source in inputs.items()}
    values = _common_units(form, given)
    spread = propagate(function, {name: Interval(i.low, i.high) for name, i in values.items()})
    value = float(function(**{name: i.value for name, i in values.items()}))
    notation = formula or (form.notation if form else "")
    result_unit = unit or _result_unit(form, function, values)
    return Computed(
        value,
        min(spread.low, value),
        max(spread.high, value),
        result_unit,
        notation,
        f"{_substituted(notation, values)} = {shown(value)}",
        _flattened(inputs, values),
        label,
    )


def as_input(name: str, source: Source) -> Input:
    """A source under the name that it has in a formula."""
    if isinstance(source, (int, float)):
        point = Interval(float(source), float(source))
        return _input(name, "number", name, shown(source), float(source), point, "")
    if isinstance(source, Quantity):
        if source.value is None:
            raise PrintedNumberError(
                f"{source.ref or source.text}: a statement in words cannot be an input of a formula"
            )
        return _input(name, source.ref, source.label, source.text, source.value, source.interval, source.unit)
    if isinstance(source, Computed):
        label, text = source.label or source.formula, shown(source.value)
        return _input(name, source.ref, label, text, source.value, source.interval, source.unit)
    more = {
        column: getattr(source, column)
        for column in (
            "publisher", "origin", "published", "hedge", "attested", "vouched_by", "restated_by", "document",
            "edition", "url", "caveat",
        )
        if hasattr(source, column)
    }  # fmt: skip
    found = _input(name, source.ref, source.label, source.text, source.value, source.interval, source.unit)
    return replace(found, **more)


def _input(name: str, ref: str, label: str, text: str, value: float, interval: Interval, unit: str) -> Input:
    ends = interval.low, interval.high, interval.low_open, interval.high_open
    return Input(name, ref, label, text, value, *ends, unit)


def _common_units(form: growth.Form | None, given: dict[str, Input]) -> dict[str, Input]:
    """Inputs put into the units that the function's form asks for."""
    if form is None:
        return given
    first = next((given[n].unit for n in form.alike if n in given and given[n].ref != "number"), "")
    wanted = dict.fromkeys(form.alike, first) | dict.fromkeys(form.percent, "%")
    return {n: _converted(i, wanted[n]) if n in wanted and i.ref != "number" else i for n, i in given.items()}


def _converted(i: Input, unit: str) -> Input:
    if i.unit == unit:
        return i
    value, low, high = (units.convert(v, i.unit, unit) for v in (i.value, i.low, i.high))
    return Input(
        **{**i.__dict__, "value": value, "low": low, "high": high, "unit": unit, "text": shown(value)}
    )


def _result_unit(form: growth.Form | None, function: Callable[..., float], values: dict[str, Input]) -> str:
    if form is None:
        return ""
    if form.unit != "same":
        return form.unit
    first = next(iter(inspect.signature(function).parameters))
    return values[first].unit if first in values else ""


def _substituted(notation: str, values: dict[str, Input]) -> str:
    def text(match: re.Match[str]) -> str:
        i = values.get(match[0])
        return match[0] if i is None else i.text

    return re.sub(r"[A-Za-z_]\w*", text, notation)


def _flattened(sources: dict[str, Source], values: dict[str, Input]) -> tuple[Input, ...]:
    """The inputs to look up: those of computed inputs stand for them; nothing twice."""
    found: dict[str, Input] = {}
    for name, source in sources.items():
        if isinstance(source, Computed):
            found.update({i.ref + i.name: i for i in source.inputs if i.ref + i.name not in found})
        elif values[name].ref != "number":
            found.setdefault(values[name].ref + name, values[name])
    unique: dict[str, Input] = {}
    for i in found.values():
        unique.setdefault(i.ref, i)
    return tuple(unique.values())
