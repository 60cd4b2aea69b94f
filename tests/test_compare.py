"""Comparisons of runs: what moved, most important first; and each kind of difference is seen."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import UserError
from analysis.report.config import Report
from analysis.report.rows import CheckRow, ClaimRow
from analysis.site import comparison, plain, sides
from analysis.site.differences import compare
from analysis.site.sides import Side
from analysis.site.source import Drawing
from analysis.suite import collect, manifest
from analysis.suite.project import Project
from analysis.writing import csv_text
from tests import site_sample
from tests.miniature import rows, run_all, write


def claim(claim_id: str, verdict: str, **more: Any) -> ClaimRow:
    row = ClaimRow(
        claim_id,
        "1.1",
        "",
        "2020",
        "30",
        "%",
        "近",
        "growth",
        verdict,
        reason="because",
        metric={"en": claim_id},
    )  # type: ignore[arg-type]
    return replace(row, **more)


def check(check_id: str, computed: float | None, unit: str = "%") -> CheckRow:
    return CheckRow(
        check_id, "x", "number", "in", "same", computed=computed, unit=unit, arithmetic=f"= {computed}"
    )


def drawing(picture: str = "<svg>1</svg>", data: str = "period,value\n2021,13.03\n") -> Drawing:
    return Drawing("fig", "", "Loans", "", picture, "", data)


ROOT = Path(__file__).parents[1]
DATA = "series_id,period,value,edition\nloans,2021,13.03,a\nloans,2020,10.46,a\n"
SIDE = Side(
    "a",
    [claim("x", "reproduced"), claim("y", "hedged"), claim("z", "unchecked")],
    [check("x/same", 10.0), check("y/same", 20.0, "亿元"), check("w/same", None)],
    {"04-fig": drawing()},
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
    after = replace(SIDE, claims=[claim("x", "contradicted", is_decision_error=True)])
    assert len(compare(before, after).verdicts) == 1


def test_numbers_come_by_relative_size_and_noise_is_none() -> None:
    after = replace(
        SIDE, checks=[check("x/same", 10.1), check("y/same", 30.0, "亿元"), check("w/same", None)]
    )
    assert [m.check_id for m in compare(SIDE, after).numbers] == ["y/same", "x/same"]
    noise = replace(SIDE, checks=[check("x/same", 10.000000001), *SIDE.checks[1:]])
    assert compare(SIDE, noise).is_same


def test_a_rate_moves_by_points_an_amount_by_per_cent() -> None:
    after = replace(
        SIDE, checks=[check("x/same", 11.05), check("y/same", 30.0, "亿元"), check("w/same", None)]
    )
    found = {m.check_id: m for m in compare(SIDE, after).numbers}
    assert found["x/same"].points == pytest.approx(1.05)
    assert found["y/same"].points is None and found["y/same"].relative_pct == pytest.approx(50)
    sides = (replace(SIDE, checks=[check("y/same", value, "亿元")]) for value in (-5.0, -10.0))
    assert compare(*sides).numbers[0].relative_pct == pytest.approx(-100), "what falls has a minus"


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12), st.sampled_from(("%", "亿元", "人", "")))
def test_numbers_that_moved_never_look_the_same(before: float, after: float, unit: str) -> None:
    """In full for other programs; for readers with as many digits as tell them apart, and without an exponent."""
    found = compare(replace(SIDE, checks=[check("x/same", before, unit)]), replace(SIDE, checks=[check("x/same", after, unit)]))  # fmt: skip
    for moved in found.numbers:
        assert float(moved.before) == pytest.approx(before, rel=1e-9)
        for language in ("en", "zh"):
            was, now, _ = moved.said(language)
            assert was != now and not set("eE") & set(was + now)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"04-fig": drawing(data="period,value\n2021,13.63\n")}, "data"),
        ({"04-fig": drawing("<svg>2</svg>")}, "picture"),
        ({}, "removed"),
    ],
)
def test_changed_figures_are_seen(change: dict[str, Drawing], expected: str) -> None:
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


def test_every_file_of_the_project_is_compared_by_a_key_of_its_own() -> None:
    """A changed cell is one changed row; but for files of tables, whose rows have no name."""
    for path in sorted((ROOT / "data").rglob("*.csv")):
        if path.parent.name == "tables":
            continue
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        text, name = csv_text(lines), path.relative_to(ROOT / "data").as_posix()
        lines[-1][-1] += " changed"
        changed = csv_text(lines)
        found = compare(replace(SIDE, data={name: text}), replace(SIDE, data={name: changed})).rows
        assert [row.what for row in found] == ["changed"], name


def test_checks_that_come_and_go_and_parameters() -> None:
    after = replace(
        SIDE, checks=[*SIDE.checks[:2], check("new/own", 1.0)], parameters={"fx_rate": 7.0, "language": "zh"}
    )
    found = compare(SIDE, after)
    assert (found.checks_added, found.checks_removed) == (("new/own",), ("w/same",))
    assert found.parameters == {"fx_rate": (6.9, 7.0), "language": (None, "zh")}


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


def test_what_a_run_says_is_no_markup_on_the_page(tmp_path: Path) -> None:
    """A tampered table may hold anything; a verdict that does not exist is refused where the table is read."""
    after = replace(
        SIDE, name="<i>b</i>", claims=[claim("<i>x</i>", "contradicted", reason="<i>why</i>"), *SIDE.claims[1:]],
        parameters={"<i>p</i>": "<i>1</i>"}, tables={("<i>t</i>", "1", "v"): "<i>2</i>"},
    )  # fmt: skip
    page = tmp_path / "c.html"
    comparison.write({"en": compare(SIDE, after)}, page, Report(languages=("en",)), tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "<i>" not in text and "&lt;i&gt;why&lt;/i&gt;" in text


def test_the_page_shows_old_and_new_verdicts_and_points(tmp_path: Path) -> None:
    after = replace(
        SIDE, claims=[claim("x", "consistent"), *SIDE.claims[1:]], checks=[check("x/same", 11.05), *SIDE.checks[1:]],
        parameters={"fx_rate": 7.0},
    )  # fmt: skip
    page = tmp_path / "c.html"
    told = dict.fromkeys(("en", "zh"), compare(SIDE, after))
    comparison.write(told, page, Report(languages=("en", "zh")), tmp_path)
    text = page.read_text(encoding="utf-8")
    for part in (
        "Reproduced</span></td>",
        '<td class="worse">▼ <span class="verdict consistent">',
        "+1.05 points",
        "<td>6.9</td>",
        "<td>7.0</td>",
        "近30%",
    ):
        assert part in text, part
    assert "+1.05个百分点" in (tmp_path / "c.zh.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three runs of three notebooks: all, the first with what it needs, the second alone."""
    root = tmp_path_factory.mktemp("parts")
    for stem, value in (("01_a", "x"), ("02_b", "1"), ("03_c", "2")):
        table = rows("trips", f"[{{'trip_id': '{stem}', 'value': {value}}}]")
        write(root, stem, table, f"print('{stem}', {value})", parameters="x = 1", imports="1")
    run_all(root, name="whole")
    run_all(root, "x=2", name="first", only=("01*",))
    run_all(root, name="second", only=("02*",))
    return Project.find(root)


def test_a_run_of_some_notebooks_is_compared_by_what_both_hold(parts: Project) -> None:
    """What the other notebooks make did not move: it was not made."""
    found = compare(*sides.pair(parts, "whole", "first"))
    assert found.only == ("01_a",) and found.told == ("default parameters", "x=2; only 01*")
    assert [(c.before, c.after) for c in found.cells] == [("1", "2")] and len(found.outputs) == 1
    assert dict(found.parameters) == {"x": (1, 2)} and not (found.verdicts or found.checks_removed)
    assert compare(*sides.pair(parts, "whole", "second")).is_same
    assert compare(*sides.pair(parts, "second", "baseline")).only == ("02_b",)


def test_runs_that_share_no_notebook_are_not_compared(parts: Project) -> None:
    with pytest.raises(UserError, match=r"first \(x=2; only 01\*\) and second .* no notebook in common"):
        sides.pair(parts, "first", "second")


PROSE = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
HANZI = re.compile(r"[\u4e00-\u9fff]")


def test_every_reason_can_be_told_in_each_language() -> None:
    """The committed notebooks ran in English only: the ledger's words and the rules are said in the other language."""
    project = Project.find(ROOT)
    told = {
        x: {c.claim_id: c.reason for c in sides.load(project, "baseline", language=x).claims}
        for x in ("", "en", "zh")
    }
    assert told["en"] == told[""] and told["zh"].keys() == told["en"].keys()
    assert [text for text in told["zh"].values() if PROSE.search(text)] == []
    changed = [key for key, text in told["zh"].items() if text != told["en"][key]]
    assert len(changed) > 100 and all(HANZI.search(told["zh"][key]) for key in changed)


@pytest.fixture
def both(tmp_path: Path) -> Project:
    """A project with two runs in two languages and one in the first only, their verdicts those of the sample."""
    for name, languages in (("a", ("en", "zh")), ("b", ("en", "zh")), ("c", ("en",))):
        run = site_sample.make(tmp_path / "reports" / name, languages)
        facts = {"format": manifest.FORMAT, "inputs": {"report.toml": "0"}, "parameters": {}}
        (run / manifest.NAME).write_text(json.dumps(facts))
        collect.write_tables(collect.tables(run / "notebooks"), run / "results")
    write(tmp_path, "01_alpha")
    return Project.find(tmp_path)


def test_what_both_runs_say_in_a_language_is_compared_in_it(both: Project) -> None:
    """Where one of them does not speak it, the outputs are compared as they ran: a translation is no difference."""
    for pair in (("a", "b"), ("a", "c"), ("c", "b")):
        assert compare(*sides.pair(both, *pair, "zh")).is_same, pair
    chinese, english = (sides.pair(both, "a", other, "zh")[0] for other in "bc")
    assert {c.reason for c in chinese.claims} != {c.reason for c in english.claims}
    titles = [[f.title for f in side.figures.values()] for side in (chinese, english)]
    assert titles[0] != titles[1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"text/plain": "<IPython.core.display.HTML object>", "text/html": "<p>The total is <b>48.6</b></p>"},
         {"text/plain": "<IPython.core.display.HTML object>", "text/html": "<p>The total is <b>99.9</b></p>"}),
        ({"text/plain": "<IPython.core.display.Markdown object>", "text/markdown": "**48.6** GW"},
         {"text/plain": "<IPython.core.display.Markdown object>", "text/markdown": "**99.9** GW"}),
        ({"text/plain": "<Figure>", "image/png": "aaaa"}, {"text/plain": "<Figure>", "image/png": "bbbb"}),
        ({"text/plain": "x", "application/json": {"a": 1}}, {"text/plain": "x", "application/json": {"a": 2}}),
    ],
)  # fmt: skip
def test_what_a_reader_sees_differ_differs(before: dict[str, Any], after: dict[str, Any]) -> None:
    texts = [plain._text({"data": data}) for data in (before, after)]
    assert texts[0] != texts[1]


def test_a_table_is_compared_once_whatever_its_markup() -> None:
    told = "  a\n0 1"
    for markup in (
        "<table><tr><th>a</th></tr><tr><td>0</td><td>1</td></tr></table>",
        "<p class='x'>a 0 1</p>",
    ):
        assert plain._text({"data": {"text/plain": told, "text/html": markup}}) == told
