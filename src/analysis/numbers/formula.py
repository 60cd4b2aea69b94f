"""A formula, written once: what an analyst types is what is computed and what a reader sees.

    >>> share = Formula.parse("(power + transport) ÷ total × 100")
    >>> share.value(power=3, transport=2, total=20)
    25.0
    >>> share.written({"power": "3.5", "transport": "2.4", "total": "13.03"})
    '(3.5 + 2.4) ÷ 13.03 × 100'

Its range over the rounding intervals of its inputs is exact: where it rises or falls in each of them all over the box
(its derivatives, enclosed by interval arithmetic, keep their sign), the extremes lie at two corners. Moore, Kearfott and
Cloud, *Introduction to Interval Analysis* (2009), chapters 5 and 6. A formula of which that cannot be shown is refused.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from analysis.numbers import notation
from analysis.numbers.enclosure import Slopes, enclose
from analysis.numbers.ends import NONE, Ends
from analysis.numbers.grammar import FUNCTIONS, OPERATORS, FormulaError, constant, function, read, walk
from analysis.numbers.printed import Interval
from analysis.numbers.rational import rational

__all__ = ["Formula", "FormulaError"]

_NEAR = 1e-3
"""How far inside an open end a value is tried, as a share of the range: the same there, it is reached."""
_FAR = 1e6
"""By how much what stands for an infinite end exceeds the other end."""


@dataclass(frozen=True)
class Formula:
    """One expression in named inputs. `text` is its notation; two formulas of one text are equal."""

    text: str
    tree: ast.expr = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Formula:
        """Read `+ − × ÷ ^`, brackets, numbers, names, and sum, mean, median, min, max, abs of them.

        `FormulaError` says what is not arithmetic. Nothing of the text is ever run.
        """
        return _parsed(text)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The inputs, in the order in which they occur."""
        return tuple(dict.fromkeys(n.id for n in walk(self.tree) if isinstance(n, ast.Name)))

    def value(self, **inputs: float) -> float:
        """The value at one point. `FormulaError` for a missing input or no value."""
        if missing := [n for n in self.names if n not in inputs]:
            raise FormulaError(f"{self.text}: no value for {', '.join(missing)}")
        try:
            result = _value(self.tree, inputs)
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            raise FormulaError(f"{self.written({n: repr(v) for n, v in inputs.items()})}: {error}") from None
        is_bounded = all(math.isfinite(inputs[n]) for n in self.names)
        if math.isnan(result) or (is_bounded and math.isinf(result)):
            raise FormulaError(f"{self.text}: gives no number for {inputs}")
        return result

    def range(self, **inputs: Interval) -> Interval:
        """All that the formula gives over the box of its inputs; an end is open where it is reached at open ends only.

        `FormulaError` where it is not shown to rise or fall in each input all over the box (see `enclosure`), or where it
        divides by a range with zero.

        >>> Formula.parse("part ÷ whole").range(part=Interval(1, 2), whole=Interval(4, 8))
        Interval(low=0.125, high=0.5)
        """
        slopes = self._slopes(inputs)
        (low, low_open), (high, high_open) = sorted(self._corner(inputs, slopes, side) for side in (-1, 1))
        return Interval(low, high, low_open, high_open) if low < high else Interval(low, high)

    def enclosure(self, **inputs: Interval) -> Interval:
        """A range that holds all that the formula gives, possibly wider: interval arithmetic, for any formula."""
        ends, _ = self._enclosed(inputs)
        return Interval(*ends)

    def substitute(self, parts: Mapping[str, Formula]) -> Formula:
        """The formula with whole formulas in the place of inputs.

        >>> Formula.parse("a ÷ b").substitute({"a": Formula.parse("x + y")}).text
        '(x + y) ÷ b'
        """
        tree = _put(self.tree, {name: part.tree for name, part in parts.items()})
        return Formula(notation.written(tree, {}), tree)

    def without_last(self, sign: str, number: float) -> Formula | None:
        """What stands before a last `sign number`; nothing where the formula does not end so.

        >>> Formula.parse("a ÷ b × 100").without_last("×", 100).text
        'a ÷ b'
        """
        tree = self.tree
        if (
            not isinstance(tree, ast.BinOp)
            or OPERATORS[type(tree.op)][0] != sign
            or constant(tree.right) != number
        ):
            return None
        return Formula(notation.written(tree.left, {}), tree.left)

    def written(self, texts: Mapping[str, str]) -> str:
        """The formula with the given texts in the place of its inputs, negative ones in brackets."""
        return notation.written(self.tree, texts)

    def mathml(self, texts: Mapping[str, str] | None = None) -> str:
        """The inside of a `math` element; `texts` stand for inputs, other names for themselves."""
        return notation.mathml(self.tree, texts or {})

    def _enclosed(self, inputs: Mapping[str, Interval], closely: bool = False) -> tuple[Ends, Slopes]:
        if missing := [n for n in self.names if n not in inputs]:
            raise FormulaError(f"{self.text}: no range for {', '.join(missing)}")
        box = {n: (inputs[n].low, inputs[n].high) for n in self.names}
        try:
            return enclose(self.tree, box, closely=closely)
        except FormulaError as error:
            raise FormulaError(f"{self.text}: {error}") from None
        except OverflowError as error:
            raise FormulaError(f"{self.text}: too large a number ({error})") from None

    def _slopes(self, inputs: Mapping[str, Interval]) -> Slopes:
        """Enclosures of the derivatives, none of which changes its sign."""
        for closely in (False, True):
            _, slopes = self._enclosed(inputs, closely)
            bent = [n for n in self.names if inputs[n].width > 0 and slopes[n][0] < 0 < slopes[n][1]]
            if not bent:
                return slopes
        raise FormulaError(
            f"{self.text}: rises and falls in {', '.join(bent)} over its range, or cannot be shown not to, so that its "
            "corners say nothing; split it, or take its enclosure"
        )

    def _corner(self, inputs: Mapping[str, Interval], slopes: Slopes, side: int) -> tuple[float, bool]:
        """The value at the lowest (−1) or highest (1) corner, and whether open ends keep it from being reached."""
        corner, inside = {}, {}
        for name in self.names:
            i = inputs[name]
            takes_high = (slopes[name][1] > 0) == (side > 0)
            end, is_open = (i.high, i.high_open) if takes_high else (i.low, i.low_open)
            corner[name] = inside[name] = end
            if i.low < i.high and slopes[name] != NONE and (is_open or math.isinf(end)):
                inside[name] = _just_inside(i, takes_high)
        value = self._limit(corner) if any(map(math.isinf, corner.values())) else self.value(**corner)
        if math.isinf(value):
            return value, any(
                inputs[n].low_open or inputs[n].high_open for n in self.names if math.isinf(corner[n])
            )
        return value, inside != corner and self.value(**inside) != value

    def _limit(self, corner: Mapping[str, float]) -> float:
        """What the formula, rising or falling in each input, tends to where some are infinite: one after the other."""
        exact = rational(self.tree)
        value = exact.limit(corner) if exact else math.nan
        return self.value(**corner) if math.isnan(value) else value


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Formula:
    tree = read(text)
    return Formula(notation.written(tree, {}), tree)


def _just_inside(i: Interval, takes_high: bool) -> float:
    if math.isfinite(i.width):
        return i.high - _NEAR * i.width if takes_high else i.low + _NEAR * i.width
    end, other = (i.high, i.low) if takes_high else (i.low, i.high)
    size = max(1.0, abs(end if math.isfinite(end) else other if math.isfinite(other) else 1.0))
    if math.isinf(end):
        return math.copysign(_FAR * size, end)
    return end - _NEAR * size if takes_high else end + _NEAR * size


def _put(node: ast.expr, parts: Mapping[str, ast.expr]) -> ast.expr:
    """The tree with others in the place of names."""
    if isinstance(node, ast.Name):
        return parts.get(node.id, node)
    if isinstance(node, ast.BinOp):
        return ast.BinOp(_put(node.left, parts), node.op, _put(node.right, parts))
    if isinstance(node, ast.UnaryOp):
        return ast.UnaryOp(node.op, _put(node.operand, parts))
    if isinstance(node, ast.Call):
        return ast.Call(node.func, [_put(a, parts) for a in node.args], [])
    return node


def _value(node: ast.expr, at: Mapping[str, float]) -> float:
    if isinstance(node, ast.Name):
        return float(at[node.id])
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]  # numbers alone pass the grammar
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand, at)
    if isinstance(node, ast.Call):
        return float(FUNCTIONS[function(node)]([_value(a, at) for a in node.args]))
    assert isinstance(node, ast.BinOp)
    a, b = _value(node.left, at), _value(node.right, at)
    if isinstance(node.op, ast.Add):
        return a + b
    if isinstance(node.op, ast.Sub):
        return a - b
    if isinstance(node.op, ast.Mult):
        return 0.0 if 0 in (a, b) else a * b
    return a / b if isinstance(node.op, ast.Div) else math.pow(a, b)
