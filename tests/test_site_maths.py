"""LaTeX of prose and the arithmetic of checks become MathML that says the same."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analysis.numbers.formula import Formula
from analysis.report.config import Report
from analysis.report.rows import Input, Step
from analysis.site.markdown import latex
from analysis.site.proofs import proof
from analysis.site.voice import Voice
from tests import site_sample


def spoken(mathml: str) -> str:
    """MathML in one line: fractions as [a/b]."""
    out = re.sub(r"<mfrac><mrow>(.*?)</mrow><mrow>(.*?)</mrow></mfrac>", r"[\1/\2]", mathml)
    return re.sub(r"<[^>]+>", "", out)


def shown(formula: str, **inputs: str) -> tuple[str, str]:
    """Arithmetic and formula of a check with these printed inputs, on a Chinese page."""
    given = tuple(
        Input(name, "number", name, text, value := float(text), value, value) for name, text in inputs.items()
    )
    value = Formula.parse(formula).value(**{i.name: i.value for i in given})
    check = replace(
        site_sample.check("a", "in"), steps=(Step("", formula, value, value, value, inputs=given),)
    )
    made = proof(check, None, Voice("zh", Report()))
    return made.arithmetic, made.formula


@pytest.mark.parametrize(
    ("formula", "inputs", "said"),
    [
        ("(now ÷ before − 1) × 100", {"now": "1271", "before": "1022.50"}, "([1271/1022.50]−1)×100=24.3032"),
        ("a − (b − c)", {"a": "3", "b": "2", "c": "1"}, "3−(2−1)=2"),
        ("a × (b + c)", {"a": "3", "b": "2", "c": "1"}, "3×(2+1)=9"),
        ("sum(a, b) ÷ 2", {"a": "3", "b": "2"}, "[sum(3,2)/2]=2.5"),
    ],
)
def test_arithmetic_of_a_check_is_its_formula_with_the_printed_digits(
    formula: str, inputs: dict[str, str], said: str
) -> None:
    arithmetic, _ = shown(formula, **inputs)
    assert arithmetic.startswith("<math")
    assert spoken(arithmetic) == said


def test_names_are_put_into_the_readers_words() -> None:
    _, formula = shown("now ÷ before", now="3", before="2")
    assert "<mtext>本期</mtext>" in formula and "<mtext>上期</mtext>" in formula


def test_a_number_by_itself_is_no_arithmetic() -> None:
    assert shown("value", value="27") == ("", "")


def test_words_stay_text_and_are_escaped() -> None:
    row = replace(site_sample.in_words(), arithmetic="1 < <b>2</b>")
    made = proof(row, None, Voice("en", Report())).arithmetic
    assert made == '<span class="plain">1 &lt; &lt;b&gt;2&lt;/b&gt;</span>'


def test_latex_and_its_failure() -> None:
    assert latex(r"\frac{a}{b}").startswith("<math")
    assert latex(r"\frac{a}{<b>}") is not None
    assert "&lt;" in latex(r"\begin{<") or latex(r"\begin{<").startswith("<math")
