"""What a formula measures: the unit of its result from those of its inputs.

    >>> from analysis.numbers.formula import Formula
    >>> check(Formula.parse("funding ÷ deals × 100"), {"funding": "亿美元", "deals": "起"}, "百万美元")
    >>> check(Formula.parse("funding × rate"), {"funding": "百万美元", "rate": "CNY/USD"}, "亿元")
    Traceback (most recent call last):
    analysis.numbers.units.UnitError: funding × rate: gives CNY × 1e+06, not 亿元

A power of ten may be part of the formula or put a value into another unit (× 100 makes per cent of a ratio), so that a part
may have several scales; what is added, subtracted or compared must have one in common, and the result that of its unit.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from analysis.numbers import units
from analysis.numbers.formula import Formula
from analysis.numbers.grammar import constant, function, whole_power
from analysis.numbers.units import UnitError

Scales = frozenset[float]
"""Decimal logarithms, rounded; empty: a pure number that takes the scale of what it stands beside."""
_PURE = {"ratio": 0.0, "multiple": 0.0, "percentage points": -2.0}
"""Dimensions of pure numbers, with the scale of their base unit: a percentage point is a hundredth."""
_COUNTING = frozenset({"days", "months", "years", "hours"})
"""Durations count as things do: payments ÷ days are payments."""
_DECIMALS = 6


@dataclass(frozen=True)
class Measure:
    """Powers of dimensions, and the scales that a part of a formula may have."""

    powers: tuple[tuple[str, int], ...] = ()
    scales: Scales = frozenset()

    def __str__(self) -> str:
        what = " × ".join(d if n == 1 else f"{d}^{n}" for d, n in self.powers) or "a number"
        return " or ".join(f"{what} × {10**s:g}" for s in sorted(self.scales)) or what


def check(formula: Formula, given: Mapping[str, str], unit: str) -> None:
    """`UnitError` where a formula over inputs in the units `given` adds unlike things, or cannot give `unit`.

    >>> check(Formula.parse("part ÷ whole × 100"), {"part": "亿元", "whole": "亿元"}, "%")
    """
    found, wanted = _measure(formula.tree, given, formula.text), _of(unit)
    same = _uncounted(found) == _uncounted(wanted)
    if not same or (found.scales and not found.scales & wanted.scales):
        raise UnitError(f"{formula.text}: gives {found}, not {unit or 'a pure number'}")


def _of(unit: str) -> Measure:
    if "/" in unit and unit in units.UNITS:
        above, below = unit.split("/")
        return _times(_of(above), _of(below), -1)
    known = units.counter(unit)
    scale = round(math.log10(known.factor) + _PURE.get(known.dimension, 0.0), _DECIMALS)
    return Measure(() if known.dimension in _PURE else ((known.dimension, 1),), frozenset({scale}))


def _uncounted(found: Measure) -> dict[str, int]:
    """Powers without what is counted: funding ÷ deals is money."""
    return {d: n for d, n in found.powers if d not in _counted() and not d.startswith("count of ")}


@cache
def _counted() -> frozenset[str]:
    return _COUNTING | {units.get(u).dimension for u in units.UNITS if units.counts(u)}


def _measure(node: ast.expr, given: Mapping[str, str], text: str) -> Measure:
    if isinstance(node, ast.Name):
        return _of(given[node.id])
    if (value := constant(node)) is not None:
        return Measure(scales=frozenset({0.0})) if value == 1 else Measure()
    if isinstance(node, ast.UnaryOp):
        return _measure(node.operand, given, text)
    if isinstance(node, ast.Call):
        return _alike([_measure(a, given, text) for a in node.args], f"{text}: {function(node)} of")
    assert isinstance(node, ast.BinOp)
    left, right = _measure(node.left, given, text), _measure(node.right, given, text)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        return _alike([left, right], f"{text}: adds")
    if isinstance(node.op, ast.Pow):
        n = whole_power(node.right)
        return _raised(left, n) if n is not None else Measure(scales=left.scales)
    sign = 1 if isinstance(node.op, ast.Mult) else -1
    for side, other, n in ((node.right, left, sign), (node.left, right, 1)):
        if (value := constant(side)) is not None:
            if side is node.left and sign < 0:
                return _raised(other, -1)
            return _rescaled(other, value, n)
    return _times(left, right, sign)


def _rescaled(a: Measure, value: float, sign: int) -> Measure:
    power = math.log10(abs(value)) if value else 0.5
    if not power.is_integer():
        return a
    return Measure(a.powers, a.scales | {round(s - sign * power, _DECIMALS) for s in a.scales})


def _times(a: Measure, b: Measure, sign: int) -> Measure:
    powers = Counter(dict(a.powers))
    for dimension, n in b.powers:
        powers[dimension] += sign * n
    left, right = a.scales or {0.0}, b.scales or {0.0}
    return Measure(
        tuple(sorted((d, n) for d, n in powers.items() if n)),
        frozenset(round(x + sign * y, _DECIMALS) for x in left for y in right),
    )


def _raised(a: Measure, n: int) -> Measure:
    return Measure(
        tuple((d, k * n) for d, k in a.powers if n), frozenset(round(s * n, _DECIMALS) for s in a.scales)
    )


def _alike(parts: list[Measure], told: str) -> Measure:
    """The measure that all parts share; a number may stand beside a count: deals ÷ 999 − 1."""
    known = [p for p in parts if p.powers or p.scales]
    if not known:
        return Measure()
    common = frozenset.intersection(*(p.scales for p in known))
    named = {p.powers: p for p in known if p.powers}
    is_mixed = len(named) > 1 or len({tuple(_uncounted(p).items()) for p in known}) > 1
    if is_mixed or not common:
        raise UnitError(f"{told} different units ({', '.join(map(str, known))})")
    return Measure(next(iter(named), ()), common)
