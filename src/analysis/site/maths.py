"""Formulas as MathML: arithmetic as checks write it, and LaTeX as prose writes it.

MathML is drawn by the browser itself, so that a page needs neither a script nor a font for it.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping

from analysis.numbers.formula import Formula, FormulaError

_RELATION = re.compile(r"\s*([=<>≤≥≈])\s*")
# What may follow a side: a per cent sign, a unit in Chinese, the range of the result
_TAIL = re.compile(r"(.*?)((?:\s*%|(?<=\d)\s*[\u4e00-\u9fff]+)?(?:\s*\[[^\]]*\])?\s*)")
# 1,234.50, 1e-07, 337 百万美元, 12.5%
_NUMERAL = re.compile(r"(?<![\w.])(\d+(?:,\d{3}(?!\d))*(?:\.\d+)?(?:e[+-]?\d+)?)\s*([\u4e00-\u9fff]+|%)?")


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
    """One side of a relation; its numbers stand in the formula as names, so that 1.50 is shown with both digits."""
    body, tail = _TAIL.fullmatch(text.strip()).groups()  # type: ignore[union-attr]  # both parts may be empty
    texts = dict(names)

    def name(numeral: re.Match[str]) -> str:
        texts[new := f"_{len(texts)}"] = f"{numeral[1].replace(',', '')} {numeral[2] or ''}".strip()
        return new

    try:
        shown = Formula.parse(_NUMERAL.sub(name, body)).mathml(texts)
    except FormulaError:
        return None
    return shown + (f"<mtext>\u2009{html.escape(tail.strip())}</mtext>" if tail.strip() else "")
