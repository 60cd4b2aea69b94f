"""A recomputed number: one formula over its leaves, so that value, range and every way of writing it agree."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis import words
from analysis.numbers import dimensions, units
from analysis.numbers.formula import Formula, FormulaError
from analysis.numbers.growth import Named
from analysis.numbers.printed import Interval, PrintedNumberError, Quantity
from analysis.report import config
from analysis.report.catalog import Observation
from analysis.report.rows import Input


@dataclass(frozen=True)
class Computed:
    """A recomputed value in `unit`: `formula` over `inputs`, whose names it uses, and what they allow it to be.

    `notation` is the formula as it was asked for, in the names of that step.
    """

    formula: Formula
    inputs: tuple[Input, ...]
    unit: str
    value: float
    interval: Interval
    notation: str = ""
    label: str = ""

    ref = "computed"

    @property
    def low(self) -> float:
        """Lower end of the range."""
        return self.interval.low

    @property
    def high(self) -> float:
        """Upper end of the range."""
        return self.interval.high

    @property
    def arithmetic(self) -> str:
        """The formula in numbers with its result: (13.03 ÷ 10.46 − 1) × 100 = 24.5698. It evaluates to that."""
        if self.formula.text in self.formula.names:
            return self.inputs[0].text
        return f"{self.formula.written(self._texts())} = {shown(self.value)}"

    @property
    def mathml(self) -> str:
        """The arithmetic as MathML, without its result."""
        return self.formula.mathml(self._texts())

    def _texts(self) -> dict[str, str]:
        return {i.name: plain(i) for i in self.inputs}

    def to(self, unit: str) -> Computed:
        """The same value in another unit of its dimension, the step written out; `UnitError` where there is none.

        A last step that it undoes goes: a ÷ b × 100 in per cent is a ÷ b as a ratio.
        """
        step = conversion("value", self.unit, unit)
        if step == "value":
            return replace(self, unit=unit)
        last = self.formula.without_last(_UNDONE[step[6]], float(step[8:]))
        whole = last or Formula.parse(step).substitute({"value": self.formula})
        return made(whole, self.inputs, unit, self.notation, self.label)

    def __repr__(self) -> str:
        spread = f" [{self.interval.written(shown)}]" if self.high > self.low else ""
        return f"{self.arithmetic} {self.unit}{spread}"


_UNDONE = {"×": "÷", "÷": "×"}
"""The step that each step of a conversion takes back."""
Source = Quantity | Observation | Computed | float | int


def compute(formula: str | Named, *, unit: str = "", label: str = "", **inputs: Source) -> Computed:
    """A formula over quantities of the report, observations, computed values or plain numbers.

    formula: a text in the names of the inputs, `compute("part ÷ whole × 100", unit="%", part=…, whole=…)`, or one of
    `analysis.numbers.growth`, which brings its unit and has its arguments put into one; for a text say `unit`. `UnitError`
    where unlike things are added or compared, or where the units of the inputs cannot give that of the result. A computed
    input is put in as a formula, so that the result is one formula over published and printed numbers, and its range
    (`Formula.range`) loses no dependency between them.
    """
    asked = formula.formula if isinstance(formula, Named) else Formula.parse(formula)
    if missing := set(asked.names) ^ set(inputs):
        raise FormulaError(f"{asked.text}: names and inputs differ in {', '.join(sorted(missing))}")
    given = {name: _computed(name, source) for name, source in inputs.items()}
    wanted = _wanted(formula, given) if isinstance(formula, Named) else {}
    given = {n: c.to(wanted[n]) if n in wanted and not _is_number(c) else c for n, c in given.items()}
    if isinstance(formula, Named):
        formula.check({n: c.value for n, c in given.items()})
    leaves, parts = _joined(given)
    own = unit or (_unit(formula, given) if isinstance(formula, Named) else "")
    numbers = {n: c.formula for n, c in given.items() if _is_number(c) and n not in wanted}
    dimensions.check(
        asked.substitute(numbers), {n: c.unit or wanted.get(n, "") for n, c in given.items()}, own
    )
    return made(asked.substitute(parts), leaves, own, asked.text, label)


def made(
    formula: Formula, inputs: tuple[Input, ...], unit: str, notation: str = "", label: str = ""
) -> Computed:
    """The value and the range of a formula over leaves."""
    value = formula.value(**{i.name: i.value for i in inputs if i.name in formula.names})
    spread = formula.range(**{i.name: i.interval for i in inputs if i.name in formula.names})
    return Computed(formula, inputs, unit, value, spread, notation, label)


def assume(
    value: float, unit: str, label: str, *, low: float | None = None, high: float | None = None
) -> Observation:
    """An assumption (a parameter such as an exchange rate, or a calendar fact) as an input with a name of its own."""
    return Observation(
        value=value, low=value if low is None else low, high=value if high is None else high, unit=unit,
        ref=f"assumption:{label}", label=label, text=shown(value), period="", publisher="", document="", edition="",
        url="", status="main", caveat="",
    )  # fmt: skip


def significant(value: float, digits: int = 10) -> float:
    """Rounded to so many significant digits: equal on machines whose last bits differ."""
    return float(f"{value:.{digits}g}")


def shown(value: float) -> str:
    """Six significant digits, thousands unseparated, no exponent for ordinary sizes, a true minus sign.

    >>> shown(1234567.0), shown(-0.5), shown(24.569789)
    ('1234567', '−0.5', '24.5698')
    """
    text = f"{value:.6g}"
    text = f"{value:.0f}" if "e+" in text and abs(value) < 1e15 else text
    return f"−{text[1:]}" if text.startswith("-") else text


def plain(i: Input) -> str:
    """An input as a number in a line of arithmetic: as printed where that is a number, else its value (一半 is 0.5)."""
    text = i.text.replace(",", "").replace("-", "−")
    return text if re.fullmatch(r"−?\d+(\.\d+)?", text) else shown(i.value)


_PROVENANCE = (
    "publisher", "origin", "published", "hedge", "attested", "vouched_by", "restated_by", "document", "edition", "url",
    "caveat",
)  # fmt: skip
"""What an observation says of where it comes from, kept by the input it becomes."""


def as_input(name: str, source: Source) -> Input:
    """A source under the name that it has in a formula, with all that its digits and its hedge word allow: the report's
    numbers are read as those of others.
    """
    if isinstance(source, (int, float)):
        v = float(source)
        return Input(name, "number", name, shown(v), v, v, v)
    if isinstance(source, Quantity) and source.value is None:
        raise PrintedNumberError(
            f"{source.ref or source.text}: a statement in words cannot be an input of a formula"
        )
    label, text = source.label, shown(source.value) if isinstance(source, Computed) else source.text
    if isinstance(source, Computed):
        label = label or source.notation
    i, value = source.hedged if isinstance(source, Quantity) else source.interval, source.value
    assert value is not None
    more = {c: getattr(source, c) for c in _PROVENANCE} if isinstance(source, Observation) else {}
    if isinstance(source, Quantity):
        more["hedge"] = source.hedge
    return Input(
        name, source.ref, label, text, value, i.low, i.high, i.low_open, i.high_open, source.unit, **more
    )  # fmt: skip


def conversion(name: str, source: str, target: str) -> str:
    """The formula that puts a value of one unit into another.

    >>> conversion("x", "万亿元", "亿元"), conversion("x", "亿元", "亿元")
    ('x × 10000', 'x')
    """
    ratio = units.factor(source, target)
    if ratio == 1:
        return name
    whole = round(ratio)  # units of one dimension are multiples of each other: below one it is nothing
    return f"{name} × {whole}" if whole else f"{name} ÷ {round(1 / ratio)}"


def _computed(name: str, source: Source) -> Computed:
    if isinstance(source, Computed):
        return source
    if isinstance(source, (int, float)):
        number = Formula.parse(repr(float(source)).replace("-", "−"))
        return Computed(number, (), "", float(source), Interval(float(source), float(source)))
    leaf = as_input(name, source)
    return Computed(Formula.parse(name), (leaf,), leaf.unit, leaf.value, leaf.interval, label=leaf.label)


def _is_number(c: Computed) -> bool:
    return not c.formula.names


def _wanted(formula: Named, given: Mapping[str, Computed]) -> dict[str, str]:
    first = next((given[n].unit for n in formula.alike if not _is_number(given[n])), "")
    return dict.fromkeys(formula.alike, first) | dict.fromkeys(formula.percent, "%")


def _unit(formula: Named, given: Mapping[str, Computed]) -> str:
    """The unit of its result, as the report itself writes it where each language has a word of its own."""
    if formula.unit == "same":
        return given[formula.formula.names[0]].unit
    if formula.unit in units.UNITS:
        return formula.unit
    return words.formula_unit(formula.unit, config.current().printed_in)


def _joined(given: Mapping[str, Computed]) -> tuple[tuple[Input, ...], dict[str, Formula]]:
    """The leaves of all inputs under names of their own (one leaf, one name), and each input as a formula of them."""
    leaves: dict[str, Input] = {}
    parts: dict[str, Formula] = {}
    for name, source in given.items():
        renamed: dict[str, Formula] = {}
        for leaf in source.inputs:
            known = next((n for n, i in leaves.items() if _same(i, leaf)), None)
            new = known or _free(leaf.name, leaves)
            leaves.setdefault(new, replace(leaf, name=new))
            renamed[leaf.name] = Formula.parse(new)
        parts[name] = source.formula.substitute(renamed)
    return tuple(leaves.values()), parts


def _same(a: Input, b: Input) -> bool:
    return bool(a.ref) and replace(a, name="") == replace(b, name="")


def _free(name: str, taken: Mapping[str, Input]) -> str:
    return next(
        n for n in itertools.chain([name], (f"{name}_{k}" for k in itertools.count(2))) if n not in taken
    )
