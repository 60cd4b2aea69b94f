"""Arithmetic as checks write it becomes MathML that says the same."""

from __future__ import annotations

import re

import pytest

from analysis.site import maths


def spoken(text: str) -> str:
    """MathML in one line: fractions as [a/b], powers as a^b."""
    out = re.sub(r"<mfrac><mrow>(.*?)</mrow><mrow>(.*?)</mrow></mfrac>", r"[\1/\2]", maths.arithmetic(text))
    out = re.sub(r"<mtext>\u2009?", "<mtext> ", out)
    return re.sub(r"<[^>]+>", "", out)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(1271 ÷ 1022.50 − 1) × 100 = 24.3", "([1271/1022.50]−1)×100=24.3"),
        ("a − (b − c)", "a−(b−c)"),
        ("a − b − c", "a−b−c"),
        ("a × (b + c)", "a×(b+c)"),
        ("1,234 + 5", "1234+5"),
        ("−3 + 5", "−3+5"),
        ("64.2 ÷ 2 × 100 = 32.1 % < 90 %", "[64.2/2]×100=32.1 %&lt;90 %"),
        ("337 百万美元 × 6.9 = 23.25", "337 百万美元×6.9=23.25"),
        ("2 + 2 = 4 [3.5 … 4.5]", "2+2=4 [3.5 … 4.5]"),
        ("sum(a, b) ÷ 2", "[sum(a,b)/2]"),
        ("a1 + a2", "a1+a2"),
    ],
)
def test_arithmetic(text: str, said: str) -> None:
    assert maths.arithmetic(text).startswith("<math")
    assert spoken(text) == said


def test_printed_digits_are_kept() -> None:
    assert "<mn>1.50</mn>" in maths.arithmetic("1.50 + 2")


def test_powers() -> None:
    shown = maths.arithmetic("((last ÷ first)^(1 ÷ years) − 1) × 100")
    assert "<msup>" in shown
    assert shown.count("<mfrac>") == 2


@pytest.mark.parametrize(
    "text", ["banks 34 ÷ 4; others", "逐年递增", "“a” ≠ “b”", "1 +", "__import__('os') + 1", "27"]
)
def test_other_text_stays_text(text: str) -> None:
    shown = maths.arithmetic(text)
    assert "<math" not in shown
    assert "plain" in shown


def test_text_is_escaped() -> None:
    assert "<b>" not in maths.arithmetic("<b> & c")


def test_names_are_put_into_the_readers_words() -> None:
    assert "<mtext>本期</mtext>" in maths.arithmetic("now ÷ before", {"now": "本期", "before": "上期"})


def test_latex_and_its_failure() -> None:
    assert maths.latex(r"\frac{a}{b}").startswith("<math")
    assert maths.latex(r"\frac{a}{<b>}") is not None
    assert "&lt;" in maths.latex(r"\begin{<") or maths.latex(r"\begin{<").startswith("<math")
