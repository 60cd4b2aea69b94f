"""Formulas as MathML: arithmetic as checks write it, and LaTeX as prose writes it.

MathML is drawn by the browser itself, so that a page needs neither a script nor a font for it.
"""

from __future__ import annotations

import ast
import functools
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

_SYMBOLS = str.maketrans({"÷": "/", "×": "*", "−": "-", "^": "**", "（": "(", "）": ")"})
_RANK = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.USub: 3, ast.Pow: 4}
_SIGNS = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×"}
# A subscript at the end of a name: a1, price_2020
_INDEXED = re.compile(r"(.+?)_?(\d+)$")
_RELATION = re.compile(r"\s*([=<>≤≥≈])\s*")
# What may follow a side: a per cent sign, a unit in Chinese, the range of the result
_TAIL = re.compile(r"(.*?)((?:\s*%|(?<=\d)\s*[\u4e00-\u9fff]+)?(?:\s*\[[^\]]*\])?\s*)")
_UNIT = re.compile(r"(\d[\d.]*)\s*([\u4e00-\u9fff]+|%)")
_FUNCTIONS = ("sum", "mean", "min", "max", "abs", "log", "sqrt", "median")


@functools.lru_cache(maxsize=4096)
def latex(source: str, display: str = "inline") -> str:
    """MathML of a LaTeX formula; the source itself, as code, where it cannot be read."""
    from latex2mathml.converter import convert

    try:
        return str(convert(source, display=display))
    except Exception:  # latex2mathml raises many unrelated types on malformed input
        return f"<code>{html.escape(source)}</code>"


def plain(text: str) -> str:
    """Words that are no arithmetic, escaped."""
    return f'<span class="plain">{html.escape(text)}</span>'


def arithmetic(text: str, names: Mapping[str, str] | None = None) -> str:
    """MathML of arithmetic such as `(1271 ÷ 1022 − 1) × 100 = 24.36 % [24.3 … 24.5] > 20 %`.

    Units in Chinese, per cent signs and ranges are kept as text. Escaped text where it is not arithmetic. `names`
    says what to show for an identifier.
    """
    parts = _RELATION.split(text)
    sides = [_side(part, names or {}) for part in parts[::2]]
    if not any(c in text for c in "÷×−+^/*") or None in sides:
        return plain(text)
    inner = str(sides[0]) + "".join(
        f"<mo>{html.escape(sign)}</mo>{side}" for sign, side in zip(parts[1::2], sides[1:], strict=True)
    )
    return f'<math displaystyle="true"><mrow>{inner}</mrow></math>'


def _side(text: str, names: Mapping[str, str]) -> str | None:
    body, tail = _TAIL.fullmatch(text.strip()).groups()  # type: ignore[union-attr]  # both parts may be empty
    code = re.sub(r"(?<=\d),(?=\d{3})", "", body.translate(_SYMBOLS))
    units: dict[str, str] = {}

    def unit(match: re.Match[str]) -> str:
        units[f"UNIT{len(units)}"] = f"<mrow><mn>{match[1]}</mn><mtext>{html.escape(match[2])}</mtext></mrow>"
        return f"UNIT{len(units) - 1}"

    code = _UNIT.sub(unit, code)
    try:
        shown = _Writer(code.encode(), names, units).node(ast.parse(code.strip(), mode="eval").body)
    except (SyntaxError, KeyError, TypeError, ValueError):
        return None
    return shown + (f"<mtext>\u2009{html.escape(tail.strip())}</mtext>" if tail.strip() else "")


@dataclass(frozen=True)
class _Writer:
    """Writes one expression; keeps its source, because 1.50 and 1.5 are one number to Python and two to a reader."""

    code: bytes
    names: Mapping[str, str]
    units: Mapping[str, str]

    def node(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return f"<mn>{self.code[node.col_offset : node.end_col_offset].decode()}</mn>"
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return f"<mrow><mo>−</mo>{self.held(node.operand, _RANK[ast.USub])}</mrow>"
        if isinstance(node, ast.BinOp):
            return self.binary(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            inner = "<mo>,</mo>".join(self.node(a) for a in node.args)
            return f"<mrow><mi>{node.func.id}</mi><mo>(</mo>{inner}<mo>)</mo></mrow>"
        raise TypeError("not arithmetic")

    def name(self, name: str) -> str:
        if name in self.units:
            return self.units[name]
        if name in self.names:
            return f"<mtext>{html.escape(self.names[name])}</mtext>"
        indexed = _INDEXED.fullmatch(name)
        if indexed:
            return f"<msub><mi>{html.escape(indexed[1])}</mi><mn>{indexed[2]}</mn></msub>"
        return f"<mi>{html.escape(name.replace('_', ' '))}</mi>"

    def binary(self, node: ast.BinOp) -> str:
        operator = type(node.op)
        rank = _RANK[operator]
        if operator is ast.Div:
            return f"<mfrac>{self.row(node.left)}{self.row(node.right)}</mfrac>"
        if operator is ast.Pow:
            return f"<msup>{self.held(node.left, rank + 1)}{self.row(node.right)}</msup>"
        left, right = self.held(node.left, rank), self.held(node.right, rank + 1)
        return f"<mrow>{left}<mo>{_SIGNS[operator]}</mo>{right}</mrow>"

    def row(self, node: ast.expr) -> str:
        return f"<mrow>{self.node(node)}</mrow>"

    def held(self, node: ast.expr, rank: int) -> str:
        """A part in brackets where its operator binds less tightly; a fraction's bar holds it together."""
        operator = type(node.op) if isinstance(node, (ast.BinOp, ast.UnaryOp)) else None
        loose = operator is not None and _RANK.get(operator, 0) < rank
        fraction = operator is ast.Div and rank <= _RANK[ast.Pow]
        return (
            f"<mrow><mo>(</mo>{self.node(node)}<mo>)</mo></mrow>"
            if loose and not fraction
            else self.node(node)
        )
