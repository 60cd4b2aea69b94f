"""What is taken from notebooks' outputs, and what is removed from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis.errors import CheckFailed, UserError
from analysis.mime import FIGURE, ROWS, SVG
from analysis.suite import collect, document, normalise

ROOT = Path("/place/of/project")


def notebook(*outputs: Any, source: str = "1") -> document.Document:
    cell = new_code_cell(source, id="one", outputs=list(outputs), execution_count=3)
    made = new_notebook(cells=[cell])
    return json.loads(json.dumps(made))


def bundle(**data: Any) -> Any:
    return new_output("display_data", data={key.replace("_", "/", 1): value for key, value in data.items()})


def rows_output(table: Any, rows: Any, **more: Any) -> Any:
    return new_output("display_data", data={ROWS: {"table": table, "rows": rows, **more}})


def save(folder: Path, stem: str, *outputs: Any) -> None:
    folder.mkdir(exist_ok=True)
    document.write(notebook(*outputs), folder / f"{stem}.ipynb")


def cleaned(output: Any) -> Any:
    content = notebook(output)
    return normalise.executed(content, content, ROOT)["cells"][0]["outputs"][0]


def test_bytes_are_those_of_nbformat(tmp_path: Path) -> None:
    made = new_notebook(cells=[new_code_cell("a\nb", outputs=[
        bundle(text_plain="x\n广东\u2028y", image_png="aGVsbG8=\n", application_json={"b": "1\n2", "a": [1.5, None]}),
        new_output("stream", text="one\ntwo"),
        new_output("error", ename="E", evalue="v", traceback=["a\nb", "c"]),
    ])])  # fmt: skip
    path = tmp_path / "x.ipynb"
    nbformat.write(made, path)
    assert document.to_bytes(document.read(path)) == path.read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[]", "no list of cells"),
        ('{"cells": [], "nbformat": 4, "nbformat_minor": 4}', "format 4.4"),
        (
            '{"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5}',
            "no cell_type or no source",
        ),
    ],
)
def test_files_that_are_not_notebooks_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(content)
    with pytest.raises(UserError, match=message):
        document.read(path)


@pytest.mark.parametrize(
    ("mime", "before", "after"),
    [
        ("text_plain", "<object object at 0x7f0a1b2c3d4e>", "<object object at 0x…>"),
        (
            "text_html",
            '<style>#T_0ab1c_row</style><td id="T_0ab1c">',
            '<style>#T_00000_row</style><td id="T_00000">',
        ),
        ("text_plain", "/tmp/ipykernel_4711/123.py:3: UserWarning", "<cell>:3: UserWarning"),
        ("text_plain", "read /place/of/project/data/x.csv", "read ./data/x.csv"),
        ("text_plain", "see https://a.org/place/of/project/x", "see https://a.org/place/of/project/x"),
        ("image_svg+xml", "<a><dc:date>2026-01-01</dc:date></a>", "<a></a>"),
        (
            "text_plain",
            "OLS Regression Results\nDate:      Tue, 24 Nov 2026  x\nTime:      03:51:02  y",
            "OLS Regression Results\nDate:                     -  x\nTime:             -  y",
        ),
        ("text_plain", "growth 0x10, at 0.25", "growth 0x10, at 0.25"),
    ],
)
def test_what_depends_on_time_and_place_is_removed(mime: str, before: str, after: str) -> None:
    (value,) = cleaned(bundle(**{mime: before}))["data"].values()
    assert value == after


def test_tracebacks_lose_machine_paths_behind_colour_codes() -> None:
    line = "File \x1b[32m/place/of/project/src/analysis/growth.py:3\x1b[39m"
    output = cleaned(new_output("error", ename="E", evalue="at 0x7f0a1b2c3d4e", traceback=[line]))
    assert output["traceback"] == ["File \x1b[32m./src/analysis/growth.py:3\x1b[39m"]
    assert output["evalue"] == "at 0x…"


def test_pieces_of_a_stream_are_joined() -> None:
    pieces = [new_output("stream", name="stdout", text=t) for t in ("a", "b\n")]
    content = notebook(*pieces, new_output("stream", name="stderr", text="c"))
    outputs = normalise.executed(content, content, ROOT)["cells"][0]["outputs"]
    assert [(o["name"], o["text"]) for o in outputs] == [("stdout", "ab\n"), ("stderr", "c")]


def test_only_outputs_and_counts_are_taken_from_an_engine() -> None:
    prepared = notebook()
    result = notebook(bundle(text_plain="2"))
    result["metadata"]["papermill"] = {"start_time": "now"}
    result["metadata"]["language_info"] = {"name": "python", "version": "3.11.7"}
    result["cells"][0]["metadata"] = {"execution": {}, "papermill": {}}
    result["cells"].insert(0, {"cell_type": "markdown", "id": "marker", "metadata": {}, "source": "error!"})
    content = normalise.executed(prepared, result, ROOT)
    assert [cell["id"] for cell in content["cells"]] == ["one"]
    assert content["cells"][0]["metadata"] == {}
    assert content["cells"][0]["execution_count"] == 3
    assert set(content["metadata"]) == {"kernelspec", "language_info", "suite"}
    assert content["metadata"]["language_info"] == {"name": "python"}


def test_the_stamp_sees_edited_code_and_edited_outputs() -> None:
    content = normalise.stamped(notebook(bundle(text_plain="2")))
    before = normalise.stamp(content)
    content["cells"][0]["outputs"][0]["data"]["text/plain"] = "3"
    after = normalise.stamp(content)
    assert (before["code"] == after["code"], before["outputs"] == after["outputs"]) == (True, False)
    content["cells"][0]["source"] = "2"
    assert normalise.stamp(content)["code"] != before["code"]


def test_rows_become_csv_with_their_notebook(tmp_path: Path) -> None:
    some = [{"check_id": "a", "value": 1.5, "ok": True, "list": [1, "中"]}, {"check_id": "b", "extra": None}]
    save(tmp_path, "02_b", rows_output("checks", [{"check_id": "c", "value": 0.1, "text": 'say "x"'}]))
    save(tmp_path, "01_a", rows_output("checks", some, columns=["check_id", "value"]))
    tables = collect.tables(tmp_path)
    collect.write_tables(tables, tmp_path / "results")
    assert (tmp_path / "results" / "checks.csv").read_text() == (
        "check_id,value,list,ok,extra,text,notebook\n"
        'a,1.5,"[1, ""中""]",true,,,01_a\n'
        "b,,,,,,01_a\n"
        'c,0.1,,,,"say ""x""",02_b\n'
    )
    assert collect.rows("checks", tmp_path)[2]["notebook"] == "02_b"
    assert collect.rows("nothing", tmp_path) == []


def test_a_key_that_occurs_twice_is_named_with_both_notebooks(tmp_path: Path) -> None:
    save(tmp_path, "01_a", rows_output("checks", [{"check_id": "same"}], key="check_id"))
    save(tmp_path, "02_b", rows_output("checks", [{"check_id": "same"}], key="check_id"))
    with pytest.raises(CheckFailed, match="check_id same occurs twice, in 01_a and in 02_b"):
        collect.write_tables(collect.tables(tmp_path), tmp_path / "results")


def test_without_an_announced_key_values_may_occur_twice(tmp_path: Path) -> None:
    save(tmp_path, "01_a", rows_output("tables", [{"table_id": "same"}, {"table_id": "same"}]))
    assert collect.tables(tmp_path)["tables"].duplicates() == []


@pytest.mark.parametrize(
    ("table", "rows"), [("../x", []), (None, []), ("checks", [1]), ("checks", {"a": 1}), ("", [])]
)
def test_rows_of_another_form_are_refused(tmp_path: Path, table: Any, rows: Any) -> None:
    save(tmp_path, "01_a", rows_output(table, rows))
    with pytest.raises(UserError, match=r"01_a.ipynb, cell 1"):
        collect.tables(tmp_path)


def test_rows_come_from_the_run_or_else_from_the_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "notebooks", "01_a", rows_output("checks", [{"check_id": "baseline"}]))
    save(tmp_path / "staged", "01_a", rows_output("checks", [{"check_id": "run"}]))
    inner = tmp_path / "notebooks" / "deep"
    inner.mkdir()
    for place in (tmp_path, tmp_path / "notebooks", inner):
        monkeypatch.chdir(place)
        assert [r["check_id"] for r in collect.rows("checks")] == ["baseline"]
    monkeypatch.setenv("ANALYSIS_NOTEBOOKS", str(tmp_path / "staged"))
    assert [r["check_id"] for r in collect.rows("checks")] == ["run"]


def figure(name: str, **more: Any) -> Any:
    data = {FIGURE: {"id": name, "title": "T", **more}, SVG: "<svg/>"}
    return new_output("display_data", data=data)


def test_figures_are_written_with_their_data_and_listed(tmp_path: Path) -> None:
    save(tmp_path, "01_a", figure("deals", data_csv="x,y\n1,2\n"), figure("value"))
    index = collect.write_figures(collect.notebooks(tmp_path), tmp_path / "figures")
    assert sorted(p.name for p in (tmp_path / "figures").iterdir()) == [
        "01_a-deals.csv", "01_a-deals.svg", "01_a-value.svg", "figures.json",
    ]  # fmt: skip
    assert json.loads((tmp_path / "figures" / "figures.json").read_text()) == index
    assert index[0] == {
        "id": "deals", "title": "T", "file": "01_a-deals.svg", "data": "01_a-deals.csv", "notebook": "01_a", "cell": 1,
    }  # fmt: skip


def test_figures_without_picture_or_with_a_bad_or_repeated_id_are_refused(tmp_path: Path) -> None:
    save(tmp_path, "01_a", new_output("display_data", data={FIGURE: {"id": "x"}}))
    with pytest.raises(UserError, match="01_a, cell 1: figure x has no picture"):
        collect.write_figures(collect.notebooks(tmp_path), tmp_path / "figures")
    save(tmp_path, "01_a", figure("../x"))
    with pytest.raises(UserError, match="needs an id"):
        collect.write_figures(collect.notebooks(tmp_path), tmp_path / "figures")
    save(tmp_path, "01_a", figure("x"), figure("x"))
    with pytest.raises(CheckFailed, match=r"01_a-x.svg"):
        collect.write_figures(collect.notebooks(tmp_path), tmp_path / "figures")


def test_a_row_may_name_another_notebook_than_the_one_it_stands_in(tmp_path: Path) -> None:
    save(
        tmp_path,
        "90_scorecard",
        rows_output("claims", [{"claim_id": "a", "notebook": "01_a"}, {"claim_id": "b"}]),
    )
    assert [r["notebook"] for r in collect.rows("claims", tmp_path)] == ["01_a", "90_scorecard"]
