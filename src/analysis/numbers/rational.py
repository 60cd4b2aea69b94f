"""Formulas of + − × ÷ as quotients of polynomials: what cancels, which way they rise, and where they tend to.

Interval arithmetic alone cannot see that part ÷ (part + rest) rises in the part over any positive ranges; the numerator
of its derivative, `rest`, shows it.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.numbers import ends
from analysis.numbers.ends import Ends
from analysis.numbers.grammar import constant, function, whole_power

Powers = tuple[tuple[str, int], ...]
"""A product of powers: (("part", 2), ("whole", 1))."""
Polynomial = dict[Powers, Fraction]
_MANY_TERMS = 4000
"""Beyond this no rising or falling is proven; a group of twelve members has some hundreds."""


@dataclass(frozen=True)
class Rational:
    """One polynomial over another, exact."""

    above: Polynomial
    below: Polynomial

    def slope(self, name: str, box: Mapping[str, Ends]) -> Ends:
        """An enclosure of the derivative in `name` over the box, in which `below` has no zero."""
        above = _difference(
            _product(_derived(self.above, name), self.below), _product(self.above, _derived(self.below, name))
        )
        if not above:
            return ends.NONE
        divisor = ends.power(enclosed(self.below, box), 2)
        if ends.holds_zero(divisor):
            divisor = (0.0, math.inf)
        steep = enclosed(above, box)
        inverse = (1 / divisor[1] if divisor[1] else math.inf, 1 / divisor[0] if divisor[0] else math.inf)
        return ends.times(steep, inverse)

    def limit(self, point: Mapping[str, float]) -> float:
        """The value at a point whose coordinates may be infinite; not a number where there is none.

        >>> found = rational(ast.parse("a / (a + b)", mode="eval").body)
        >>> found.limit({"a": math.inf, "b": 2})
        1.0
        """
        above, below = self.above, self.below
        for name, value in point.items():
            if math.isinf(value):
                above, up = _leading(above, name, math.copysign(1, value))
                below, down = _leading(below, name, math.copysign(1, value))
                if up != down:
                    sign = _at(above, point) * _at(below, point)
                    return 0.0 if up < down else math.copysign(math.inf, sign) if sign else math.nan
        divisor = _at(below, point)
        return _at(above, point) / divisor if divisor else math.nan


def rational(node: ast.expr) -> Rational | None:
    """The tree as a quotient of polynomials; nothing where it has another function in it, or too many terms.

    >>> from analysis.numbers.grammar import read
    >>> rational(read("a / b")), rational(read("max(a, b)"))
    (Rational(above={(('a', 1),): Fraction(1, 1)}, below={(('b', 1),): Fraction(1, 1)}), None)
    """
    if isinstance(node, ast.Name):
        return Rational({((node.id, 1),): Fraction(1)}, _number(1))
    if (value := constant(node)) is not None:
        return Rational(_number(Fraction(value)), _number(1))
    if isinstance(node, ast.UnaryOp):
        return _times(rational(node.operand), Rational(_number(-1), _number(1)))
    if isinstance(node, ast.Call):
        return _of_call(node)
    assert isinstance(node, ast.BinOp)
    left = rational(node.left)
    if isinstance(node.op, ast.Pow):
        n = whole_power(node.right)
        base = _inverse(left) if n is not None and n < 0 else left
        return None if n is None else _repeated(base, abs(n))
    right = rational(node.right)
    if isinstance(node.op, ast.Mult):
        return _times(left, right)
    if isinstance(node.op, ast.Div):
        return _times(left, _inverse(right))
    return _plus(left, right, 1 if isinstance(node.op, ast.Add) else -1)


def enclosed(polynomial: Polynomial, box: Mapping[str, Ends]) -> Ends:
    """All that a polynomial can be over a box, possibly more.

    >>> enclosed({(("a", 2),): Fraction(1), (): Fraction(-1)}, {"a": (1.0, 3.0)})
    (0.0, 8.0)
    """
    return ends.plus(
        ends.NONE,
        *(
            ends.times(ends.point(float(c)), *(ends.power(box[n], k) for n, k in powers))
            for powers, c in polynomial.items()
        ),
    )


def _of_call(node: ast.Call) -> Rational | None:
    if function(node) not in ("sum", "mean"):
        return None
    total: Rational | None = Rational({}, _number(1))
    for argument in node.args:
        total = _plus(total, rational(argument), 1)
    share = Fraction(1, len(node.args)) if function(node) == "mean" else Fraction(1)
    return _times(total, Rational(_number(share), _number(1)))


def _number(value: int | Fraction) -> Polynomial:
    return {(): Fraction(value)} if value else {}


def _plus(a: Rational | None, b: Rational | None, sign: int) -> Rational | None:
    if a is None or b is None:
        return None
    if a.below == b.below:
        return _kept(_sum(a.above, b.above, sign), a.below)
    return _kept(
        _sum(_product(a.above, b.below), _product(b.above, a.below), sign), _product(a.below, b.below)
    )


def _times(a: Rational | None, b: Rational | None) -> Rational | None:
    if a is None or b is None:
        return None
    return _kept(_product(a.above, b.above), _product(a.below, b.below))


def _inverse(a: Rational | None) -> Rational | None:
    return Rational(a.below, a.above) if a and a.above else None


def _repeated(a: Rational | None, n: int) -> Rational | None:
    found: Rational | None = Rational(_number(1), _number(1))
    for _ in range(n):
        found = _times(found, a)
    return found


def _kept(above: Polynomial, below: Polynomial) -> Rational | None:
    return Rational(above, below) if len(above) * len(below) <= _MANY_TERMS else None


def _sum(a: Polynomial, b: Polynomial, sign: int) -> Polynomial:
    found = dict(a)
    for powers, c in b.items():
        found[powers] = found.get(powers, Fraction(0)) + sign * c
    return {powers: c for powers, c in found.items() if c}


def _difference(a: Polynomial, b: Polynomial) -> Polynomial:
    return _sum(a, b, -1)


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for (p, c), (q, d) in ((x, y) for x in a.items() for y in b.items()):
        powers = tuple(sorted((Counter(dict(p)) + Counter(dict(q))).items()))
        found[powers] = found.get(powers, Fraction(0)) + c * d
    return {powers: c for powers, c in found.items() if c}


def _derived(a: Polynomial, name: str) -> Polynomial:
    return dict(_lowered(a, name))


def _lowered(a: Polynomial, name: str) -> Iterator[tuple[Powers, Fraction]]:
    for powers, c in a.items():
        if n := dict(powers).get(name, 0):
            yield tuple((m, k - (m == name)) for m, k in powers if m != name or k > 1), c * n


def _leading(a: Polynomial, name: str, sign: float) -> tuple[Polynomial, int]:
    """What the highest power of `name` is multiplied by, and that power; for a name that goes to −∞ with its sign."""
    degree = max((dict(powers).get(name, 0) for powers in a), default=0)
    side = Fraction(int(sign) ** degree)
    return {
        tuple((m, k) for m, k in powers if m != name): c * side
        for powers, c in a.items()
        if dict(powers).get(name, 0) == degree
    }, degree


def _at(a: Polynomial, point: Mapping[str, float]) -> float:
    return math.fsum(float(c) * math.prod(point[n] ** k for n, k in powers) for powers, c in a.items())
