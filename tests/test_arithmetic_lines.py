"""Every line of arithmetic in the committed notebooks is true as it stands, units included."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import pytest

from analysis.numbers import dimensions, units
from analysis.numbers.formula import Formula
from analysis.report.cells import read_all
from analysis.report.computed import plain
from analysis.report.rows import CheckRow, Step

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SHOWN = 5e-6
"""Results are shown with six significant digits."""
SAME = 1e-7
"""Rows carry ten significant digits; an end near zero is as exact as the values it is the difference of."""


@cache
def checks() -> list[CheckRow]:
    rows = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                for kind, data in output.get("data", {}).items():
                    if kind.startswith("application/vnd.suite.rows") and "steps" in data["columns"]:
                        rows += data["rows"]
    return read_all(CheckRow, rows, "checks")


def computed() -> list[tuple[CheckRow, Step]]:
    """The steps with a formula; an input by itself has no line."""
    return [(c, s) for c in checks() for s in c.steps if " = " in s.arithmetic]


def test_there_are_lines_to_try() -> None:
    assert len(computed()) > 150


def test_the_right_side_is_what_the_left_side_gives() -> None:
    for check, step in computed():
        left, right = step.arithmetic.rsplit(" = ", 1)
        value = Formula.parse(left).value()
        assert math.isclose(value, float(right.replace("−", "-")), rel_tol=SHOWN, abs_tol=1e-9), (
            check.check_id
        )
        assert math.isclose(value, step.value, rel_tol=SHOWN, abs_tol=1e-9), check.check_id


def test_the_line_is_the_formula_in_the_texts_of_its_inputs() -> None:
    for check, step in computed():
        texts = {i.name: plain(i) for i in step.inputs}
        assert Formula.parse(step.formula).written(texts) == step.arithmetic.rsplit(" = ", 1)[0], (
            check.check_id
        )


def test_the_units_of_the_inputs_give_that_of_the_result() -> None:
    for _, step in computed():
        dimensions.check(Formula.parse(step.formula), {i.name: i.unit for i in step.inputs}, step.unit)


def test_the_number_of_a_check_is_that_of_its_line_in_the_unit_of_the_claim() -> None:
    numbers = [(c, s) for c, s in computed() if c.way == "number"]
    assert len(numbers) > 50
    for check, step in numbers:
        assert units.factor(step.unit, check.unit) == 1, check.check_id
        assert math.isclose(step.value, check.computed or 0.0, rel_tol=SAME), check.check_id


def test_the_range_is_that_of_the_formula() -> None:
    for check, step in computed():
        found = Formula.parse(step.formula).range(**{i.name: i.interval for i in step.inputs})
        size = max(abs(e) for e in (step.value, found.low, found.high) if math.isfinite(e))
        assert (step.low, step.high) == pytest.approx((found.low, found.high), rel=SAME, abs=SAME * size), (
            check
        )
