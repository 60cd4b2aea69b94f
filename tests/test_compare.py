"""Comparisons of runs: what moved, most important first; and each kind of difference is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analysis.site.differences import compare
from analysis.site.sides import Figure, Side


def claim(claim_id: str, verdict: str, **more: Any) -> dict[str, str]:
    base = dict(
        metric_en=claim_id, hedge="近", printed="30", unit="%", is_decision_error="false", reason="because"
    )
    return {**base, "claim_id": claim_id, "verdict": verdict, **more}


def check(check_id: str, computed: str) -> dict[str, str]:
    return dict(check_id=check_id, computed=computed, unit="%", arithmetic=f"= {computed}")


DATA = "series_id,period,value,edition\nloans,2021,13.03,a\nloans,2020,10.46,a\n"
SIDE = Side(
    "a",
    [claim("x", "reproduced"), claim("y", "hedged"), claim("z", "unchecked")],
    [check("x/primary", "10"), check("y/primary", "20"), check("w/primary", "")],
    {"04-fig": Figure("Loans", "<svg>1</svg>", "period,value\n2021,13.03\n")},
    {("loans", "1", "value"): "13.03"},
    {("04", "total"): "total: 13.03\nrows: 2"},
    {"fx_rate": 6.9},
    {"data/series/loans.csv": "aa"},
    {"series/loans.csv": DATA},
)


def test_a_run_is_the_same_as_itself() -> None:
    found = compare(SIDE, replace(SIDE, name="b"))
    assert found.is_same
    assert not found.rows and not found.inputs and not found.parameters


def test_verdicts_come_worst_change_first() -> None:
    after = replace(
        SIDE, claims=[claim("x", "contradicted"), claim("y", "reproduced"), claim("z", "unchecked")]
    )
    found = compare(SIDE, after)
    assert [(v.claim_id, v.before, v.after, v.is_worse) for v in found.verdicts] == [
        ("x", "reproduced", "contradicted", True),
        ("y", "hedged", "reproduced", False),
    ]
    assert not found.is_same


def test_a_conclusion_that_flips_is_a_change_even_under_the_same_verdict() -> None:
    before = replace(SIDE, claims=[claim("x", "contradicted")])
    after = replace(SIDE, claims=[claim("x", "contradicted", is_decision_error="true")])
    assert len(compare(before, after).verdicts) == 1


def test_numbers_come_by_relative_size_and_noise_is_none() -> None:
    after = replace(
        SIDE, checks=[check("x/primary", "10.1"), check("y/primary", "30"), check("w/primary", "")]
    )
    assert [m.check_id for m in compare(SIDE, after).numbers] == ["y/primary", "x/primary"]
    noise = replace(SIDE, checks=[check("x/primary", "10.000000001"), *SIDE.checks[1:]])
    assert compare(SIDE, noise).is_same


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"04-fig": Figure("Loans", "<svg>1</svg>", "period,value\n2021,13.63\n")}, "data"),
        ({"04-fig": Figure("Loans", "<svg>2</svg>", "period,value\n2021,13.03\n")}, "picture"),
        ({}, "removed"),
    ],
)
def test_changed_figures_are_seen(change: dict[str, Figure], expected: str) -> None:
    found = compare(SIDE, replace(SIDE, figures=change))
    assert [f.what for f in found.figures] == [expected]
    assert not found.is_same


def test_the_data_row_that_did_it_is_named() -> None:
    changed = replace(
        SIDE, data={"series/loans.csv": DATA.replace("13.03", "13.63") + "loans,2022,18.07,a\n"}
    )
    rows = compare(SIDE, changed).rows
    assert [(r.key, r.what, dict(r.cells)) for r in rows] == [
        ("loans @ 2021 @ a", "changed", {"value": ("13.03", "13.63")}),
        ("loans @ 2022 @ a", "added", {"value": ("", "18.07")}),
    ]


def test_checks_that_come_and_go_and_parameters() -> None:
    after = replace(SIDE, checks=[*SIDE.checks[:2], check("new/report", "1")], parameters={"language": "zh"})
    found = compare(SIDE, after)
    assert (found.checks_added, found.checks_removed) == (("new/report",), ("w/primary",))
    assert found.parameters == {"fx_rate": (6.9, None), "language": (None, "zh")}


def test_a_cell_of_a_table_and_the_lines_that_a_notebook_prints_are_compared() -> None:
    after = replace(
        SIDE, tables={("loans", "1", "value"): "13.63"}, outputs={("04", "total"): "total: 13.63\nrows: 2"}
    )
    found = compare(SIDE, after)
    assert [(c.table, c.row, c.column, c.before, c.after) for c in found.cells] == [
        ("loans", "1", "value", "13.03", "13.63")
    ]
    assert [(o.notebook, o.cell, o.before, o.after) for o in found.outputs] == [
        ("04", "total", "total: 13.03", "total: 13.63")
    ]
    assert not found.is_same
    assert found.counts == "0 verdicts, 0 numbers, 0 figures, 1 table cell and 1 output"
