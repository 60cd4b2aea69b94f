"""`analysis export`: workbook, single file, and what it says when something is wrong. PDF is in tests/browser."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from analysis.commands.export import command
from analysis.errors import UserError
from analysis.site import binding, brief, paper, sheet, source
from analysis.suite import manifest
from tests import site_sample


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one finished run, `first`, made without pages."""
    (tmp_path / "notebooks").mkdir()
    run = site_sample.make(tmp_path / "reports" / "first")
    (run / manifest.NAME).write_text(
        json.dumps({"format": manifest.FORMAT, "inputs": {"pyproject.toml": "0" * 64}})
    )
    for path in (run / "notebooks").glob("*.ipynb"):
        (tmp_path / "notebooks" / path.name).write_bytes(path.read_bytes())
    return tmp_path


def export(project: Path, *arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, obj=project, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_html_and_workbook(project: Path) -> None:
    said = export(project, "first", "--format", "html,xlsx")
    folder = project / "reports" / "exports"
    assert sorted(p.name for p in folder.iterdir()) == ["first.html", "first.xlsx", "first.zh.html"]
    assert "first.xlsx" in said
    assert '<html lang="zh-CN">' in (folder / "first.zh.html").read_text(encoding="utf-8")
    assert not list((project / "reports" / "first").glob("*.html"))


def test_quiet_and_json(project: Path, tmp_path: Path) -> None:
    assert export(project, "first", "-f", "xlsx", "--quiet", "-o", str(tmp_path / "o")) == ""
    said = json.loads(export(project, "first", "-f", "xlsx", "--json", "-o", str(tmp_path / "o")))
    assert said["run"] == "first"
    assert said["files"][0]["bytes"] > 1000


def test_the_contents_on_paper_are_the_links_of_its_nav_by_depth() -> None:
    lists = '<ul><li><a href="#a">A &lt;b&gt;</a>\n<ul><li class="level2"><a href="#c" lang="zh"><i>中</i>\n文</a></li></ul></li><li><a href="#d">D</a></li></ul>'
    page = f'<nav class="topics"><ul><li><a href="#x">x</a></li></ul></nav><nav class="paper" lang="en">{lists}</nav>{lists}'
    assert binding.contents(page) == [
        binding.Entry(1, "a", "A <b>"),
        binding.Entry(2, "c", "中 文"),
        binding.Entry(1, "d", "D"),
    ]
    assert binding.contents(page.replace('"paper"', '"other"')) == []


@pytest.mark.parametrize("wrong", ["odt", "", "html,doc"])
def test_unknown_format_is_refused(project: Path, wrong: str) -> None:
    with pytest.raises(UserError, match="choose from html, pdf, brief, docx, xlsx, crate"):
        export(project, "first", "--format", wrong)


def test_unknown_run_is_refused(project: Path) -> None:
    with pytest.raises(UserError, match="There is no run second"):
        export(project, "second", "--format", "xlsx")


def test_without_a_browser_pdf_says_how_to_get_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(paper, "_PLACES", ())
    monkeypatch.delenv("CHROME", raising=False)
    with pytest.raises(paper.NoBrowser, match="apt install chromium") as raised:
        export(project, "first", "--format", "pdf")
    assert raised.value.exit_code == 2
    assert not (project / "reports" / "exports").exists()
    monkeypatch.setenv("CHROME", "/no/such/browser")
    with pytest.raises(paper.NoBrowser, match="CHROME names /no/such/browser"):
        paper.browser()


def test_a_browser_that_fails_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "chrome"
    program.write_text("#!/bin/sh\necho 'out of paper' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHROME", str(program))
    with pytest.raises(UserError, match=r"could not print page.html \(exit 3\): out of paper"):
        paper.write(tmp_path / "page.html", tmp_path / "page.pdf")


def test_a_brief_is_cut_until_it_fits_and_says_what_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = source.read(site_sample.make(tmp_path / "run"))
    tried = []

    def printed(page: Path, pdf: Path) -> None:
        tried.append(page.read_text(encoding="utf-8"))
        pdf.write_bytes(b"")

    monkeypatch.setattr(paper, "write", printed)
    monkeypatch.setattr(binding, "length", lambda pdf: 6 if len(tried) < 3 else 5)
    monkeypatch.setattr(brief, "ROOMS", tuple(brief.Room(1, n, n, n) for n in (9, 5, 0, 0)))
    brief.publish(run, run.variants[0], tmp_path / "b.pdf", tmp_path)
    assert len(tried) == 3
    assert "CB Insights</b>" in tried[1] and "CB Insights</b>" not in tried[2]
    assert "2 more stand in the pages." in tried[2]


def test_publishers_of_a_brief_are_those_of_published_numbers_each_counted_once() -> None:
    checks = {name: site_sample.check(name, "in", check_id=name) for name in ("a", "b")}
    claims = [site_sample.claim(name, "reproduced", check_id=name) for name in ("a", "b")]
    assert brief.publishers(claims, checks) == [brief.Publisher("CB Insights", 1, ["State of Fintech Q2'21"])]


def test_dates_of_printing_are_taken_out_without_moving_anything() -> None:
    content = b"<</CreationDate (D:20261124040506+00'00')/ModDate (D:20261124040506+00'00')>>"
    settled = paper._settled(content)
    assert settled == b"<</CreationDate (D:20000101000000+00'00')/ModDate (D:20000101000000+00'00')>>"
    assert len(settled) == len(content)


@pytest.mark.parametrize("first", [1, 2, 363, 99_999_000])
def test_where_the_browser_begins_to_count_its_nodes_does_not_show(first: int) -> None:
    """A header cell and a cell that names it, each twice; the second was made before the first."""
    later, sooner = b"(node%08d)" % (first + 37), b"(node%08d)" % first
    content = b"/ID " + later + b"/ID " + sooner + b"/Headers [ " + later + b" " + sooner + b" ]"
    assert paper._settled(content) == (
        b"/ID (node00000002)/ID (node00000001)/Headers [ (node00000002) (node00000001) ]"
    )


def book(run: Path, path: Path) -> openpyxl.Workbook:
    sheet.write(source.read(run), path)
    return openpyxl.load_workbook(path)


def test_workbook_is_typed_filtered_and_frozen(tmp_path: Path) -> None:
    made = book(site_sample.make(tmp_path / "run"), tmp_path / "x.xlsx")
    assert made.sheetnames == ["About", "Claims", "Checks", "Inputs", "Exhibits", "01 t"]
    for name in made.sheetnames[1:]:
        assert made[name].freeze_panes == "B2"
        assert made[name].auto_filter.ref is not None
    claims, checks = made["Claims"], made["Checks"]
    head = {cell.value: cell.column for cell in claims[1]}
    assert claims.cell(2, head["printed"]).value == "24.6"  # printed numbers are text: their digits count
    assert claims.cell(2, head["is_decision_error"]).value is True
    assert claims.cell(2, head["quote"]).value == "同比增长 24.6%"
    head = {cell.value: cell.column for cell in checks[1]}
    assert checks.cell(2, head["computed"]).value == pytest.approx(24.364)
    assert not {"inputs", "steps"} & head.keys()
    assert {"grade", "outcome", "fits", "because"} <= head.keys()
    assert made["Inputs"].max_row == 1 + 2 * 3 + 2  # three rates of two inputs, two numbers looked up


def test_workbook_values() -> None:
    assert sheet._value("2020-11-01") == datetime.date(2020, 11, 1)
    assert sheet._value("2020-11") == "2020-11"
    assert sheet._value("12.50") == "12.50"  # a printed number: its digits count
    assert sheet._value(24.5) == 24.5
    assert sheet._value(["甲"]) == '["甲"]'
    assert sheet._width("甲a") == 3


def test_sheet_names_that_excel_refuses_are_mended() -> None:
    long = "a" * 40
    named = sheet._unique([sheet.Sheet(n, [], []) for n in (long, long, "a/b:c", "A/B:C")])
    assert [s.name for s in named] == ["a" * 31, "a" * 28 + " 2", "a-b-c", "A-B-C 2"]


def test_same_run_same_workbook(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path / "run")
    book(run, tmp_path / "a.xlsx")
    book(run, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
