"""How a formula is written: as a line of arithmetic, and as MathML."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Mapping

from analysis.numbers.grammar import MINUS, OPERATORS, function

_INDEXED = re.compile(r"(.+?)_?(\d+)$")
"""A subscript at the end of a name: a1, price_2020."""
_NUMERAL = re.compile(r"([−-]?\d[\d.,]*(?:e[+-]?\d+)?)(?: (.+))?")
"""A number as printed, with or without a unit behind it."""


def written(node: ast.expr, texts: Mapping[str, str], rank: int = 0) -> str:
    """The expression in signs that readers know, in brackets where it binds less tightly than `rank`.

    >>> from analysis.numbers.grammar import read
    >>> written(read("(now / before - 1) * 100"), {"now": "13.03", "before": "10.46"})
    '(13.03 ÷ 10.46 − 1) × 100'
    """
    if isinstance(node, ast.Name):
        text = texts.get(node.id, node.id)
        return f"({text})" if text[:1] in "-−" and rank else text
    if isinstance(node, ast.Constant):
        return _number(node.value)
    if isinstance(node, ast.Call):
        return f"{function(node)}({', '.join(written(a, texts) for a in node.args)})"
    own = _rank(node)
    if isinstance(node, ast.UnaryOp):
        text = f"−{written(node.operand, texts, own)}"
    else:
        assert isinstance(node, ast.BinOp)
        sign = OPERATORS[type(node.op)][0]
        is_power = sign == "^"
        left = written(node.left, texts, own + 1 if is_power else own)
        right = written(node.right, texts, own if is_power else own + 1)
        text = f"{left}^{right}" if is_power else f"{left} {sign} {right}"
    return f"({text})" if own < rank else text


def mathml(node: ast.expr, texts: Mapping[str, str], rank: int = 0) -> str:
    """Presentation MathML; a fraction's bar holds its parts together without brackets.

    >>> from analysis.numbers.grammar import read
    >>> mathml(read("part / whole"), {"whole": "72"})
    '<mfrac><mrow><mi>part</mi></mrow><mrow><mn>72</mn></mrow></mfrac>'
    """
    if isinstance(node, ast.Name):
        return _symbol(node.id, texts)
    if isinstance(node, ast.Constant):
        return f"<mn>{_number(node.value)}</mn>"
    if isinstance(node, ast.Call):
        inner = "<mo>,</mo>".join(mathml(a, texts) for a in node.args)
        name = function(node)
        return f"<mrow><mi>{html.escape(texts.get(name, name))}</mi><mo>(</mo>{inner}<mo>)</mo></mrow>"
    own = _rank(node)
    if isinstance(node, ast.UnaryOp):
        text = f"<mrow><mo>−</mo>{mathml(node.operand, texts, own)}</mrow>"
        return _bracketed(text) if own < rank else text
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Div):
        return (
            f"<mfrac><mrow>{mathml(node.left, texts)}</mrow><mrow>{mathml(node.right, texts)}</mrow></mfrac>"
        )
    if isinstance(node.op, ast.Pow):
        base = mathml(node.left, texts, own + 1)
        is_bare = isinstance(node.left, ast.BinOp) and isinstance(node.left.op, (ast.Div, ast.Pow))
        return f"<msup>{_bracketed(base) if is_bare else base}<mrow>{mathml(node.right, texts)}</mrow></msup>"
    left, right = mathml(node.left, texts, own), mathml(node.right, texts, own + 1)
    text = f"<mrow>{left}<mo>{OPERATORS[type(node.op)][0]}</mo>{right}</mrow>"
    return _bracketed(text) if own < rank else text


def _rank(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)][1]
    return MINUS


def _bracketed(text: str) -> str:
    return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"


def _number(value: object) -> str:
    return repr(value).removesuffix(".0")


def _symbol(name: str, texts: Mapping[str, str]) -> str:
    if name in texts:
        return _text(texts[name])
    if indexed := _INDEXED.fullmatch(name):
        base = texts.get(indexed[1])
        word = _text(base) if base else f"<mi>{html.escape(indexed[1].replace('_', ' '))}</mi>"
        return f"<msub>{word}<mn>{indexed[2]}</mn></msub>"
    return f"<mi>{html.escape(name.replace('_', ' '))}</mi>"


def _text(text: str) -> str:
    if not (number := _NUMERAL.fullmatch(text)):
        return f"<mtext>{html.escape(text)}</mtext>"
    digits, unit = f"<mn>{number[1]}</mn>", number[2]
    return f"<mrow>{digits}<mtext>{html.escape(unit)}</mtext></mrow>" if unit else digits
