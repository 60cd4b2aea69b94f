"""The grammar of formulas: which texts are arithmetic, and the trees that they are read into.

Python's own parser reads them; what it gives is kept only where every part is on the list below. Nothing is ever run.
"""

from __future__ import annotations

import ast
import math
import re
import statistics
from collections.abc import Callable, Sequence

from analysis.errors import UserError


class FormulaError(UserError):
    """A formula cannot be read, or has no value or no single range over its inputs."""


OPERATORS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 1), ast.Sub: ("−", 1), ast.Mult: ("×", 2), ast.Div: ("÷", 2), ast.Pow: ("^", 4),
}  # fmt: skip
"""The sign of each operator, and how tightly it binds."""
MINUS = 3
"""How tightly a sign before a number binds: −a ^ 2 is −(a ^ 2)."""
FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum, "mean": statistics.fmean, "median": statistics.median, "min": min, "max": max,
    "abs": lambda values: abs(values[0]),
}  # fmt: skip

_SIGNS = str.maketrans({"÷": "/", "×": "*", "−": "-", "（": "(", "）": ")", "·": "*"})
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
"""The comma of 1,000, not that of max(1, 000)."""
_FOREIGN = re.compile(r"[^\w\s.,()+*/-]")
_NUMERAL = re.compile(r"(?<![\w.])[.\d][\w.]*")
_DECIMAL = re.compile(r"\d+(\.\d*)?([eE]\d*)?|\.\d+")
"""6.9, .5, 1e8 and the 1e of 1e-7; not 0x10, 1_000 or 1j."""


def read(text: str) -> ast.expr:
    """The tree of a text with `+ − × ÷ ^`, brackets, numbers, names and functions; `FormulaError` for anything else.

    >>> ast.unparse(read("a² ÷ 1,000"))
    'a ** 2 / 1000'
    """
    code = _RAISED.sub(lambda m: "^" + m[0].translate(_RAISED_DIGITS), text.translate(_SIGNS))
    code = _THOUSANDS.sub("", " ".join(code.split())).replace("^", "**")
    is_plain = not _FOREIGN.search(code) and all(_DECIMAL.fullmatch(n) for n in _NUMERAL.findall(code))
    try:
        tree = ast.parse(code if is_plain else "", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError(f"not a formula: {text[:80]!r}") from None
    for node in walk(tree):
        if not _is_arithmetic(node):
            raise FormulaError(f"not arithmetic: {ast.unparse(node)[:60]!r} in {text[:80]!r}")
    return tree


def walk(node: ast.expr) -> list[ast.expr]:
    """The expression and its parts, left to right; names of functions left out.

    >>> [ast.unparse(part) for part in walk(read("sum(a, 2 × b)"))]
    ['sum(a, 2 * b)', 'a', '2 * b', '2', 'b']
    """
    if isinstance(node, ast.BinOp):
        return [node, *walk(node.left), *walk(node.right)]
    if isinstance(node, ast.UnaryOp):
        return [node, *walk(node.operand)]
    if isinstance(node, ast.Call):
        return [node, *(part for a in node.args for part in walk(a))]
    return [node]


def function(node: ast.Call) -> str:
    """The name of the function that is called.

    >>> function(read("max(a, b)"))
    'max'
    """
    assert isinstance(node.func, ast.Name)
    return node.func.id


def constant(node: ast.expr) -> float | None:
    """The number that a tree is, −2 and 10 ^ 4 too; nothing where it is more than that.

    >>> constant(read("−10 ^ 4")), constant(read("a + 1"))
    (-10000.0, None)
    """
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]  # numbers alone pass the grammar
    if isinstance(node, ast.UnaryOp):
        inner = constant(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, n = constant(node.left), constant(node.right)
        return math.pow(base, n) if base and n is not None and n.is_integer() and abs(n) < 100 else None
    return None


def whole_power(node: ast.expr) -> int | None:
    """The whole number that an exponent is, if it is one.

    >>> whole_power(read("3")), whole_power(read("0.5"))
    (3, None)
    """
    value = constant(node)
    return int(value) if value is not None and value.is_integer() and abs(value) < 100 else None


def _is_arithmetic(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        try:
            return type(node.value) in (int, float) and math.isfinite(float(node.value))  # type: ignore[arg-type]
        except OverflowError:
            return False
    if isinstance(node, ast.BinOp):
        return type(node.op) in OPERATORS
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and _is_call(node.func.id, len(node.args), len(node.keywords))
    return isinstance(node, ast.Name) and node.id not in FUNCTIONS


def _is_call(name: str, args: int, keywords: int) -> bool:
    return name in FUNCTIONS and not keywords and (args == 1 if name == "abs" else args > 0)
