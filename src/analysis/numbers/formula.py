"""A formula, written once: what an analyst types is what is computed and what a reader sees.

    >>> share = Formula.parse("(power + transport) ÷ total × 100")
    >>> share.value(power=3, transport=2, total=20)
    25.0
    >>> share.written({"power": "3.5", "transport": "2.4", "total": "13.03"})
    '(3.5 + 2.4) ÷ 13.03 × 100'

Its range over the rounding intervals of its inputs is exact: where it rises or falls in each of them all over the box
(its derivatives, enclosed by interval arithmetic, keep their sign), the extremes lie at two corners. Moore, Kearfott and
Cloud, *Introduction to Interval Analysis* (2009), chapters 5 and 6. A formula that does neither is refused.
"""

from __future__ import annotations

import ast
import html
import math
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from analysis.errors import UserError
from analysis.numbers.printed import Interval


class FormulaError(UserError):
    """A formula cannot be read, or has no single range over its inputs."""


_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SIGNS = str.maketrans({"÷": "/", "×": "*", "−": "-", "（": "(", "）": ")", "·": "*"})
_OPERATORS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 1), ast.Sub: ("−", 1), ast.Mult: ("×", 2), ast.Div: ("÷", 2), ast.Pow: ("^", 4),
}  # fmt: skip
_MINUS = 3
_FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum, "mean": statistics.fmean, "median": statistics.median, "min": min, "max": max,
    "abs": lambda values: abs(values[0]),
}  # fmt: skip
_WHOLE = (-math.inf, math.inf)
Ends = tuple[float, float]
"""Low and high end of an enclosure; openness is carried by the inputs alone."""
Slopes = dict[str, Ends]
Part = tuple[Ends, Slopes]
"""An enclosure of a value and of its derivative in each input."""


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
        found = [n for n in _walk(self.tree) if isinstance(n, ast.Name)]
        return tuple(dict.fromkeys(n.id for n in found))

    def value(self, **inputs: float) -> float:
        """The value at one point. `FormulaError` for a missing input or a division by nothing."""
        missing = [n for n in self.names if n not in inputs]
        if missing:
            raise FormulaError(f"{self.text}: no value for {', '.join(missing)}")
        try:
            result = _value(self.tree, inputs)
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            raise FormulaError(f"{self.written({n: repr(v) for n, v in inputs.items()})}: {error}") from None
        if math.isnan(result):
            raise FormulaError(f"{self.text}: gives no number for {inputs}")
        return result

    def range(self, **inputs: Interval) -> Interval:
        """All that the formula gives over the box of its inputs; an end is open where it is reached at open ends only.

        `FormulaError` where it rises and falls in one input over the box (see `enclosure`), or divides by a range with zero.

        >>> Formula.parse("part ÷ whole").range(part=Interval(1, 2), whole=Interval(4, 8))
        Interval(low=0.125, high=0.5, low_open=False, high_open=False)
        """
        _, slopes = self._enclosed(inputs)
        bent = [n for n in self.names if inputs[n].width > 0 and slopes[n][0] < 0 < slopes[n][1]]
        if bent:
            raise FormulaError(
                f"{self.text}: rises and falls in {', '.join(bent)} over its range, so that its corners say nothing; "
                "split it, or take its enclosure"
            )
        (low, low_open), (high, high_open) = sorted(self._corner(inputs, slopes, side) for side in (-1, 1))
        return Interval(low, high, low_open, high_open) if low < high else Interval(low, high)

    def enclosure(self, **inputs: Interval) -> Interval:
        """A range that holds all that the formula gives, possibly wider: interval arithmetic, for any formula."""
        ends, _ = self._enclosed(inputs)
        return Interval(*ends)

    def _enclosed(self, inputs: Mapping[str, Interval]) -> tuple[Ends, Slopes]:
        if missing := [n for n in self.names if n not in inputs]:
            raise FormulaError(f"{self.text}: no range for {', '.join(missing)}")
        return _enclosed(self.tree, {n: (inputs[n].low, inputs[n].high) for n in self.names}, self)

    def _corner(
        self, inputs: Mapping[str, Interval], slopes: Mapping[str, Ends], side: int
    ) -> tuple[float, bool]:
        """The value at the lowest (−1) or highest (1) corner, and whether an open end keeps it from being reached."""
        point, is_open = {}, False
        for name in self.names:
            i = inputs[name]
            rises = slopes[name][1] > 0 or slopes[name] == (0.0, 0.0)
            takes_high = rises == (side > 0)
            point[name] = i.high if takes_high else i.low
            moves = slopes[name] != (0.0, 0.0) and i.low < i.high
            is_open |= moves and (i.high_open if takes_high else i.low_open)
        return self.value(**point), is_open

    def sums(self) -> list[tuple[str, ...]]:
        """The inputs that stand directly beside one another in a sum, a difference or a list: they share a unit.

        >>> Formula.parse("a ÷ (b + c − 1)").sums()
        [('b', 'c')]
        """
        found = [_together(n) for n in _walk(self.tree)]
        return list(dict.fromkeys(names for names in found if len(names) > 1))

    def substitute(self, parts: Mapping[str, Formula]) -> Formula:
        """The formula with whole formulas in the place of inputs.

        >>> Formula.parse("a ÷ b").substitute({"a": Formula.parse("x + y")}).text
        '(x + y) ÷ b'
        """
        tree = _Put({name: part.tree for name, part in parts.items()}).visit(
            ast.parse(ast.unparse(self.tree), mode="eval").body
        )
        return Formula(_written(tree, {}), tree)

    def written(self, texts: Mapping[str, str]) -> str:
        """The formula with the given texts in the place of its inputs, negative ones in brackets."""
        return _written(self.tree, texts)

    def mathml(self, texts: Mapping[str, str] | None = None) -> str:
        """The inside of a `math` element; `texts` stand for inputs, other names for themselves."""
        return _mathml(self.tree, texts or {})


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Formula:
    code = re.sub(r"(?<=\d),(?=\d{3})", "", text.translate(_SIGNS)).replace("^", "**").strip()
    code = _RAISED.sub(lambda m: "**" + m[0].translate(_RAISED_DIGITS), code)
    try:
        tree = ast.parse(code, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError(f"not a formula: {text[:80]!r}") from None
    for node in _walk(tree):
        _refuse_foreign(node, text)
    return Formula(_written(tree, {}), tree)


def _refuse_foreign(node: ast.expr, text: str) -> None:
    is_number = (
        isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and math.isfinite(float(node.value))  # type: ignore[arg-type]
    )
    is_operation = isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS
    is_minus = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    is_call = (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _FUNCTIONS
        and not node.keywords
        and bool(node.args)
    )
    if not (is_number or is_operation or is_minus or is_call or isinstance(node, ast.Name)):
        raise FormulaError(f"not arithmetic: {ast.unparse(node)[:60]!r} in {text[:80]!r}")


def _together(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Call):
        return tuple(a.id for a in node.args if isinstance(a, ast.Name))
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        sides = (node.left, node.right)
        return tuple(n for s in sides for n in ((s.id,) if isinstance(s, ast.Name) else _together(s)))
    return ()


def _walk(node: ast.expr) -> list[ast.expr]:
    """The expression and its parts, left to right; names of functions left out."""
    if isinstance(node, ast.BinOp):
        return [node, *_walk(node.left), *_walk(node.right)]
    if isinstance(node, ast.UnaryOp):
        return [node, *_walk(node.operand)]
    if isinstance(node, ast.Call):
        return [node, *(part for a in node.args for part in _walk(a))]
    return [node]


class _Put(ast.NodeTransformer):
    def __init__(self, parts: Mapping[str, ast.expr]) -> None:
        self.parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """The part that stands for this name."""
        return self.parts.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Arguments alone: the function keeps its name."""
        node.args = [self.visit(a) for a in node.args]
        return node


def _value(node: ast.expr, point: Mapping[str, float]) -> float:
    if isinstance(node, ast.Name):
        return float(point[node.id])
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]  # numbers alone pass the parser
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand, point)
    if isinstance(node, ast.Call):
        return float(_FUNCTIONS[_function(node)]([_value(a, point) for a in node.args]))
    assert isinstance(node, ast.BinOp)
    a, b = _value(node.left, point), _value(node.right, point)
    if isinstance(node.op, ast.Add):
        return a + b
    if isinstance(node.op, ast.Sub):
        return a - b
    if isinstance(node.op, ast.Mult):
        return 0.0 if 0 in (a, b) else a * b
    if isinstance(node.op, ast.Div):
        return a / b
    return math.pow(a, b)


def _function(node: ast.Call) -> str:
    assert isinstance(node.func, ast.Name)
    return node.func.id


def _enclosed(node: ast.expr, box: Mapping[str, Ends], whole: Formula) -> tuple[Ends, Slopes]:
    """An enclosure of the value and of each partial derivative over the box: forward differentiation in intervals."""
    if isinstance(node, ast.Name):
        return box[node.id], {n: (1.0, 1.0) if n == node.id else (0.0, 0.0) for n in box}
    if isinstance(node, ast.Constant):
        v = float(node.value)  # type: ignore[arg-type]
        return (v, v), dict.fromkeys(box, (0.0, 0.0))
    if isinstance(node, ast.UnaryOp):
        inner, slopes = _enclosed(node.operand, box, whole)
        return _minus((0.0, 0.0), inner), {n: _minus((0.0, 0.0), s) for n, s in slopes.items()}
    if isinstance(node, ast.Call):
        return _enclosed_call(_function(node), [_enclosed(a, box, whole) for a in node.args])
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Pow):
        return _power(_enclosed(node.left, box, whole), _enclosed(node.right, box, whole), whole)
    found = {text: (_enclosed(part, box, whole), n) for text, (part, n) in _gathered(node).items() if n}
    if isinstance(node.op, (ast.Add, ast.Sub)):
        return _sum(list(found.values()), box)
    for text, (((low, high), _), n) in found.items():
        if n < 0 and low <= 0 <= high:
            raise FormulaError(f"{whole.text}: divides by {_parsed(text).text}, whose range holds zero")
    return _product(list(found.values()), box)


def _gathered(node: ast.BinOp) -> dict[str, tuple[ast.expr, int]]:
    """The terms of a sum, or the factors of a product, each once with how often it counts.

    What stands on both sides cancels: (a ÷ whole) ÷ (b ÷ whole) does not depend on the whole.
    """
    up, down = (ast.Add, ast.Sub) if isinstance(node.op, (ast.Add, ast.Sub)) else (ast.Mult, ast.Div)
    found: dict[str, tuple[ast.expr, int]] = {}

    def gather(part: ast.expr, count: int) -> None:
        if isinstance(part, ast.BinOp) and isinstance(part.op, (up, down)):
            gather(part.left, count)
            gather(part.right, count if isinstance(part.op, up) else -count)
        else:
            text = ast.unparse(part)
            found[text] = (part, found.get(text, (part, 0))[1] + count)

    gather(node, 1)
    return found


def _sum(parts: list[tuple[Part, int]], box: Mapping[str, Ends]) -> Part:
    value, slopes = (0.0, 0.0), dict.fromkeys(box, (0.0, 0.0))
    for (ends, steep), n in parts:
        count = (float(n), float(n))
        value = _plus(value, _times(count, ends))
        slopes = {name: _plus(slopes[name], _times(count, steep[name])) for name in box}
    return value, slopes


def _product(parts: list[tuple[Part, int]], box: Mapping[str, Ends]) -> Part:
    """∏ v^n, and its slopes Σ n·v'·v^(n − 1)·∏ of the others."""
    value = _all_times([_raised(ends, n) for (ends, _), n in parts])
    slopes = dict.fromkeys(box, (0.0, 0.0))
    for k, ((ends, steep), n) in enumerate(parts):
        others = _all_times([_raised(v, m) for j, ((v, _), m) in enumerate(parts) if j != k])
        factor = _all_times([(float(n), float(n)), _raised(ends, n - 1), others])
        slopes = {name: _plus(slopes[name], _times(factor, steep[name])) for name in box}
    return value, slopes


def _all_times(many: list[Ends]) -> Ends:
    product = (1.0, 1.0)
    for ends in many:
        product = _times(product, ends)
    return product


def _raised(ends: Ends, n: int) -> Ends:
    """A range to a whole power."""
    if n < 0:
        return _inverse(_raised(ends, -n))
    low, high = ends[0] ** n, ends[1] ** n
    return (
        (0.0, max(low, high))
        if n and n % 2 == 0 and ends[0] < 0 < ends[1]
        else (min(low, high), max(low, high))
    )


def _power(base: Part, exponent: Part, whole: Formula) -> Part:
    """a ^ b for a positive base: d(a^b) = a^b × (b ÷ a × da + ln a × db)."""
    (a, da), (b, db) = base, exponent
    if a[0] <= 0:
        raise FormulaError(f"{whole.text}: takes a power of a number that is not positive")
    corners = [x**y for x in a for y in b]
    value = min(corners), max(corners)
    logs, ratio = (math.log(a[0]), math.log(a[1])), _times(b, _inverse(a))
    return value, {n: _times(value, _plus(_times(ratio, da[n]), _times(logs, db[n]))) for n in da}


def _enclosed_call(name: str, parts: list[tuple[Ends, Slopes]]) -> tuple[Ends, Slopes]:
    lows, highs = [v[0] for v, _ in parts], [v[1] for v, _ in parts]
    names = parts[0][1]
    if name == "abs":
        (low, high), slopes = parts[0]
        sign = (1.0, 1.0) if low >= 0 else (-1.0, -1.0) if high <= 0 else (-1.0, 1.0)
        ends = (0.0 if low < 0 < high else min(abs(low), abs(high))), max(abs(low), abs(high))
        return ends, {n: _times(s, sign) for n, s in slopes.items()}
    weight: Ends = (1.0, 1.0) if name == "sum" else (1 / len(parts),) * 2 if name == "mean" else (0.0, 1.0)
    sums = dict.fromkeys(names, (0.0, 0.0))
    for _, slopes in parts:
        sums = {n: _plus(sums[n], _times(weight, slopes[n])) for n in names}
    function = _FUNCTIONS[name]
    return (float(function(lows)), float(function(highs))), sums


def _plus(a: Ends, b: Ends) -> Ends:
    return _sure(a[0] + b[0], a[1] + b[1])


def _minus(a: Ends, b: Ends) -> Ends:
    return _sure(a[0] - b[1], a[1] - b[0])


def _times(a: Ends, b: Ends) -> Ends:
    products = [0.0 if 0 in (x, y) else x * y for x in a for y in b]
    return _sure(min(products), max(products))


def _inverse(a: Ends) -> Ends:
    return 1 / a[1], 1 / a[0]


def _sure(low: float, high: float) -> Ends:
    return _WHOLE if math.isnan(low) or math.isnan(high) else (low, high)


def _rank(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)][1]
    return _MINUS if isinstance(node, ast.UnaryOp) else 9


def _written(node: ast.expr, texts: Mapping[str, str], rank: int = 0) -> str:
    """The expression in signs that readers know, in brackets where it binds less tightly than `rank`."""
    if isinstance(node, ast.Name):
        text = texts.get(node.id, node.id)
        return f"({text})" if text[:1] in "-−" and rank else text
    if isinstance(node, ast.Constant):
        return _number(node.value)
    if isinstance(node, ast.Call):
        return f"{_function(node)}({', '.join(_written(a, texts) for a in node.args)})"
    own = _rank(node)
    if isinstance(node, ast.UnaryOp):
        text = f"−{_written(node.operand, texts, own)}"
    else:
        assert isinstance(node, ast.BinOp)
        sign = _OPERATORS[type(node.op)][0]
        left_first = sign != "^"
        left = _written(node.left, texts, own if left_first else own + 1)
        right = _written(node.right, texts, own + 1 if left_first else own)
        text = f"{left}^{right}" if sign == "^" else f"{left} {sign} {right}"
    return f"({text})" if own < rank else text


def _number(value: object) -> str:
    text = repr(value)
    return text.removesuffix(".0") if text.endswith(".0") else text


_INDEXED = re.compile(r"(.+?)_?(\d+)$")
"""A subscript at the end of a name: a1, price_2020."""


def _mathml(node: ast.expr, texts: Mapping[str, str], rank: int = 0) -> str:
    """Presentation MathML; a fraction's bar holds its parts together without brackets."""
    if isinstance(node, ast.Name):
        return _symbol(node.id, texts)
    if isinstance(node, ast.Constant):
        return f"<mn>{_number(node.value)}</mn>"
    if isinstance(node, ast.Call):
        inner = "<mo>,</mo>".join(_mathml(a, texts) for a in node.args)
        return f"<mrow><mi>{_function(node)}</mi><mo>(</mo>{inner}<mo>)</mo></mrow>"
    own = _rank(node)
    if isinstance(node, ast.UnaryOp):
        text = f"<mrow><mo>−</mo>{_mathml(node.operand, texts, own)}</mrow>"
        return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>" if own < rank else text
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Div):
        return f"<mfrac><mrow>{_mathml(node.left, texts)}</mrow><mrow>{_mathml(node.right, texts)}</mrow></mfrac>"
    if isinstance(node.op, ast.Pow):
        base = _mathml(node.left, texts, own + 1)
        if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Div):
            base = f"<mrow><mo>(</mo>{base}<mo>)</mo></mrow>"
        return f"<msup>{base}<mrow>{_mathml(node.right, texts)}</mrow></msup>"
    left, right = _mathml(node.left, texts, own), _mathml(node.right, texts, own + 1)
    text = f"<mrow>{left}<mo>{_OPERATORS[type(node.op)][0]}</mo>{right}</mrow>"
    return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>" if own < rank else text


def _symbol(name: str, texts: Mapping[str, str]) -> str:
    if name in texts:
        text = texts[name]
        tag = "mn" if re.fullmatch(r"[−-]?[\d.,]+", text) else "mtext"
        return f"<{tag}>{html.escape(text)}</{tag}>"
    if indexed := _INDEXED.fullmatch(name):
        return f"<msub><mi>{html.escape(indexed[1].replace('_', ' '))}</mi><mn>{indexed[2]}</mn></msub>"
    return f"<mi>{html.escape(name.replace('_', ' '))}</mi>"
