"""Enclosures of a formula's value and of its slope in each input over a box: forward differentiation in intervals.

Moore, Kearfott and Cloud, *Introduction to Interval Analysis* (2009), chapters 5 and 6.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

from analysis.numbers import ends
from analysis.numbers.ends import Ends
from analysis.numbers.grammar import FUNCTIONS, FormulaError, constant, function, whole_power
from analysis.numbers.notation import written
from analysis.numbers.rational import enclosed, rational

Slopes = dict[str, Ends]
Part = tuple[Ends, Slopes]
Box = Mapping[str, Ends]


def enclose(node: ast.expr, box: Box, *, closely: bool = False) -> Part:
    """Enclosures of the value and of the derivative in each input of the box.

    `closely` looks at whole quotients of polynomials, in which what stands on both sides cancels, at some cost.
    `FormulaError` for a division by a range with zero, and for a power of what is not positive.

    >>> from analysis.numbers.grammar import read
    >>> enclose(read("a - a * b"), {"a": (1, 2), "b": (0, 0.5)})
    ((0.0, 2.0), {'a': (0.5, 1.0), 'b': (-2.0, -1.0)})
    """
    value, slopes = _plain(node, box, closely)
    exact = rational(node) if closely and isinstance(node, (ast.BinOp, ast.Call)) else None
    if exact:
        slopes = {n: ends.both(exact.slope(n, box), steep) for n, steep in slopes.items()}
    return value, slopes


def _plain(node: ast.expr, box: Box, closely: bool) -> Part:
    if isinstance(node, ast.Name):
        return box[node.id], {n: ends.ONE if n == node.id else ends.NONE for n in box}
    if (value := constant(node)) is not None:
        return ends.point(value), dict.fromkeys(box, ends.NONE)
    if isinstance(node, ast.UnaryOp):
        inner, slopes = enclose(node.operand, box, closely=closely)
        return ends.minus(ends.NONE, inner), {n: ends.minus(ends.NONE, s) for n, s in slopes.items()}
    if isinstance(node, ast.Call):
        return _called(function(node), [enclose(a, box, closely=closely) for a in node.args])
    assert isinstance(node, ast.BinOp)
    # A quotient of polynomials is looked at as a whole, in `enclose`: not its parts again.
    is_whole = closely and rational(node) is not None
    (a, da), (b, db) = (
        enclose(side, box, closely=closely and not is_whole) for side in (node.left, node.right)
    )
    if isinstance(node.op, ast.Add):
        return ends.plus(a, b), {n: ends.plus(da[n], db[n]) for n in box}
    if isinstance(node.op, ast.Sub):
        return ends.minus(a, b), {n: ends.minus(da[n], db[n]) for n in box}
    if isinstance(node.op, ast.Mult):
        return ends.times(a, b), {n: ends.plus(ends.times(da[n], b), ends.times(a, db[n])) for n in box}
    if isinstance(node.op, ast.Div):
        return _quotient(node, (a, da), (_divisor(node.right, b, box), db))
    n = whole_power(node.right)
    return _power(node, (a, da), (b, db)) if n is None else _raised(node, (a, da), n)


def _divisor(node: ast.expr, plain: Ends, box: Box) -> Ends:
    """The range of a divisor, `FormulaError` where it holds zero also when what stands twice in it is gathered."""
    exact = rational(node) if ends.holds_zero(plain) else None
    if exact and not ends.holds_zero(below := enclosed(exact.below, box)):
        plain = ends.both(ends.times(enclosed(exact.above, box), ends.inverse(below)), plain)
    if ends.holds_zero(plain):
        raise FormulaError(f"divides by {written(node, {})}, whose range holds zero")
    return plain


def _quotient(node: ast.BinOp, above: Part, below: Part) -> Part:
    """d(a ÷ b) = (da − a ÷ b × db) ÷ b."""
    (a, da), (b, db) = above, below
    inverse = ends.inverse(b)
    value = ends.times(a, inverse)
    return value, {n: ends.times(ends.minus(da[n], ends.times(value, db[n])), inverse) for n in da}


def _raised(node: ast.BinOp, base: Part, n: int) -> Part:
    """d(a ^ n) = n × a ^ (n − 1) × da for a whole power."""
    a, da = base
    if n < 0 and ends.holds_zero(a):
        raise FormulaError(f"divides by {written(node.left, {})}, whose range holds zero")
    if n == 0:
        return ends.ONE, dict.fromkeys(da, ends.NONE)
    steep = ends.times(ends.point(n), ends.power(a, n - 1))
    return ends.power(a, n), {name: ends.times(steep, s) for name, s in da.items()}


def _power(node: ast.BinOp, base: Part, exponent: Part) -> Part:
    """d(a ^ b) = a ^ b × (b ÷ a × da + ln a × db) for a positive base."""
    (a, da), (b, db) = base, exponent
    if a[0] <= 0:
        raise FormulaError(
            f"takes a power of {written(node.left, {})}, which is not positive all over its range"
        )
    corners = [math.pow(x, y) for x in a for y in b]
    value = min(corners), max(corners)
    logs, ratio = (math.log(a[0]), math.log(a[1])), ends.times(b, ends.inverse(a))
    return value, {
        n: ends.times(value, ends.plus(ends.times(ratio, da[n]), ends.times(logs, db[n]))) for n in da
    }


def _called(name: str, parts: list[Part]) -> Part:
    if name == "abs":
        (low, high), slopes = parts[0]
        sign = ends.ONE if low >= 0 else ends.point(-1) if high <= 0 else (-1.0, 1.0)
        size = 0.0 if low < 0 < high else min(abs(low), abs(high)), max(abs(low), abs(high))
        return size, {n: ends.times(s, sign) for n, s in slopes.items()}
    weight = {"sum": ends.ONE, "mean": ends.point(1 / len(parts))}.get(name, (0.0, 1.0))
    value = tuple(float(FUNCTIONS[name]([v[side] for v, _ in parts])) for side in (0, 1))
    return (value[0], value[1]), {
        n: ends.plus(ends.NONE, *(ends.times(weight, slopes[n]) for _, slopes in parts)) for n in parts[0][1]
    }
