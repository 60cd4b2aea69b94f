"""The data package: sound as committed, and every way of breaking it is named with file, row and column."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.cli import cli
from analysis.commands.data import command
from analysis.errors import UserError
from analysis.numbers import units
from analysis.places import at
from analysis.report.datapackage import (
    DataError,
    Problem,
    dictionary,
    load,
    refresh_sources,
    register,
    validate,
)

DATA = Path(__file__).parents[1] / "data"
NOTEBOOKS = DATA.parent / "notebooks"
SERIES = "series/industry_it_spend.csv"
CLAIMS = "report/claims.csv"
CAVEATS = "series/caveats.csv"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data folder that a test may break, with the names of the real notebooks beside it."""
    shutil.copytree(DATA, tmp_path / "data")
    shutil.copy(DATA.parent / "report.toml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        (tmp_path / "notebooks" / notebook.name).touch()
    return tmp_path / "data"


Rows = list[dict[str, str]]


def edit(file: Path, change: Callable[[Rows], object]) -> None:
    """Apply `change` to the rows of a CSV, in place."""
    reader = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
    rows, columns = list(reader), list(reader.fieldnames or [])
    change(rows)
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def set_cell(row: int, column: str, value: str) -> Callable[[Rows], object]:
    """A change that writes one cell; `row` as an editor counts it."""
    return lambda rows: rows[row - 2].update({column: value})


def first(rows: Rows, **wanted: str) -> int:
    """The row number, as an editor counts it, of the first row with these cells."""
    return next(n for n, r in enumerate(rows, 2) if all(r[k] == v for k, v in wanted.items()))


def places(problems: list[Problem]) -> list[tuple[str, int, str]]:
    return [(p.file, p.row, p.column) for p in problems]


def test_the_committed_data_are_sound() -> None:
    assert validate(DATA) == []


def test_every_quote_stands_in_the_report() -> None:
    text = Path(os.environ.get("REPORT_TEXT", DATA.parents[1] / "shared/report/whitepaper.zh.txt"))
    if not text.is_file() and not os.environ.get("CI"):
        pytest.skip("the report's text is not part of the project; point REPORT_TEXT to it")
    assert validate(DATA, text) == []


def test_a_quote_that_is_not_in_the_text_is_named(data: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("什么都没有", encoding="utf-8")
    found = validate(data, text)
    assert (CLAIMS, 2, "quote") in places(found)
    assert "copy it as printed" in str(found[0])


def test_the_dictionary_is_up_to_date() -> None:
    assert (DATA / "README.md").read_text(encoding="utf-8") == dictionary(DATA), (
        "run: analysis data dictionary"
    )
    assert json.loads((DATA / "datapackage.json").read_text(encoding="utf-8")) == refresh_sources(DATA)


def test_the_dictionary_names_every_file_column_series_and_caveat() -> None:
    text = dictionary(DATA)
    for resource in load(DATA):
        assert f"`{resource.path}`" in text
        for column in resource.columns:
            assert f"| `{column}` |" in text
    for row in csv.DictReader((DATA / CAVEATS).open(encoding="utf-8")):
        assert f"`{row['caveat_id']}`" in text
    for row in csv.DictReader((DATA / SERIES).open(encoding="utf-8")):
        assert f"`{row['series_id']}`" in text


def test_units_of_the_schema_are_the_units_of_the_code() -> None:
    schema = json.loads((DATA / "schemas/series.json").read_text(encoding="utf-8"))
    unit = next(f for f in schema["fields"] if f["name"] == "unit")
    assert unit["constraints"]["enum"] == list(units.UNITS)


@pytest.mark.deep(keep=6)
@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("value", "two thousand", "not a plain number"),
        ("value", "2,078", "no commas"),
        ("value", "1e3", "not a plain number"),
        ("value", "１３.０３", "not a plain number"),
        ("unit", "亿圆", "unknown unit '亿圆'"),
        ("period", "2020H1", "does not fit"),
        ("period", "2020-13", "does not fit"),
        ("attested", "seen", "'seen' is not one of original, named, loose"),
        ("hedge", "perhaps", "'perhaps' is no hedge word known"),
        ("restated_by", "0.5", "write a number from 1"),
        ("vouched_by", "no@2020@row", "leave it empty"),
        ("origin", "", "is empty"),
        ("published", "May 2021", "does not fit"),
        ("status", "mian", "is not one of main, alternative, conflict, superseded"),
        ("retrieved_from", "hearsay", "is not one of primary, secondary"),
        ("publisher", "", "is empty; fill it in"),
        ("metric_zh", "", "is empty; fill it in"),
        ("edition", "CBI 2021 Q2", "does not fit"),
        ("url", "", "give the address"),
        ("url", "see page 4", "does not fit"),
    ],
)
def test_a_wrong_cell_of_a_series_is_named(data: Path, column: str, value: str, says: str) -> None:
    edit(data / SERIES, set_cell(3, column, value))
    found = validate(data)
    assert (SERIES, 3, column) in places(found)
    assert says in str(next(p for p in found if p.column == column))


def test_an_empty_address_with_its_reason_is_accepted(data: Path) -> None:
    def change(rows: Rows) -> None:
        rows[1].update(url="", caveat="no address: read on paper")

    edit(data / SERIES, change)
    assert validate(data) == []


def test_a_duplicate_key_is_named_with_the_earlier_row(data: Path) -> None:
    edit(data / SERIES, lambda rows: rows.append(dict(rows[4], status="alternative")))
    found = validate(data)
    assert len(found) == 1
    assert found[0].column == "series_id"
    assert "stands in row 6 already" in found[0].text


def test_a_second_main_row_of_a_period_is_named(data: Path) -> None:
    edit(data / SERIES, lambda rows: rows.append(dict(rows[0], edition="another-2021")))
    found = validate(data)
    assert [p.column for p in found] == ["status"]
    assert "has its main row in row 2" in found[0].text


def test_a_series_cannot_mix_currencies(data: Path) -> None:
    edit(data / SERIES, lambda rows: rows.append(dict(rows[0], period="2011", unit="亿美元")))
    found = validate(data)
    assert [p.column for p in found] == ["unit"]
    assert "measures something else than 亿元" in found[0].text


def test_a_series_has_one_meaning(data: Path) -> None:
    edit(data / SERIES, lambda rows: rows.append(dict(rows[0], period="2011", metric_en="something else")))
    assert [p.column for p in validate(data)] == ["metric_en"]


def test_a_conflict_says_what_is_wrong(data: Path) -> None:
    def change(rows: Rows) -> None:
        rows.append(dict(rows[0], period="2011", status="conflict", caveat=""))

    edit(data / SERIES, change)
    assert [p.column for p in validate(data)] == ["caveat"]


def test_a_series_stands_in_one_file(data: Path) -> None:
    other = data / "series/china_investment.csv"
    row = next(csv.DictReader((data / SERIES).open(encoding="utf-8")))
    edit(other, lambda rows: rows.append(row))
    assert any("keep a series in one file" in p.text for p in validate(data))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda b: b"\xef\xbb\xbf" + b, "row 1: begins with a byte order mark"),
        (lambda b: b.replace(b"\n", b"\r\n"), "row 1: ends in a carriage return"),
        (lambda b: b.decode().encode("gb18030"), "row 2: not UTF-8 (byte"),
        (lambda b: b"", "the file is empty"),
        (lambda b: b"\n\n", "the file is empty"),
        (lambda b: b.split(b"\n")[0] + b"\n", "row 1: has a header but no rows"),
        (lambda b: b.rstrip(b"\n"), "the last row lacks its line end"),
        (lambda b: b.replace(b"series_id,", b"", 1), "row 1, column series_id: is missing"),
        (lambda b: b.replace(b"entity,metric_zh", b"metric_zh,entity", 1), "columns out of order"),
        (
            lambda b: b.replace(b",caveat\n", b",caveat,remark\n", 1),
            "column remark: is not in schemas/series.json",
        ),
        (lambda b: b + b"one,two\n", "has 2 cells, the header 20"),
        (lambda b: b + b'"never closed\n', "close every quotation mark"),
    ],
)
def test_a_file_of_wrong_form_is_named(data: Path, spoil: Callable[[bytes], bytes], says: str) -> None:
    file = data / SERIES
    file.write_bytes(spoil(file.read_bytes()))
    found = validate(data)
    assert found
    assert all(p.file == SERIES for p in found)
    assert any(says in str(p) for p in found), [str(p) for p in found]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "a mark"])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_what_a_spreadsheet_writes_comes_with_the_command_that_converts_it(
    data: Path, mark: bytes, ends: bytes
) -> None:
    file = data / SERIES
    content = file.read_bytes()
    file.write_bytes(mark + content.replace(b"\n", ends))
    found = [str(p) for p in validate(data)]
    assert bool(found) == bool(mark or ends != b"\n")
    for said in found:
        command = said.partition("convert it with ")[2].replace("FILE", SERIES).replace("NEW", "mended.csv")
        subprocess.run(["sh", "-c", command], cwd=data, check=True)
        assert (data / "mended.csv").read_bytes() == content


def test_gbk_bytes_come_with_the_command_that_converts_them(data: Path) -> None:
    file = data / SERIES
    file.write_bytes(file.read_bytes().decode().encode("gbk"))
    assert "iconv -f GB18030 -t UTF-8" in str(validate(data)[0])


@pytest.mark.deep(keep=6)
@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("printed", "99.99", "does not contain '99.99'"),
        ("kind", "growht", "is not one of level, growth"),
        ("hedge", "差不多", "unknown hedge word"),
        ("unit", "亿圆", "unknown unit"),
        ("repeats", "no-such-claim", "there is no claim 'no-such-claim'"),
        ("missing_en", "no data", "say in every language"),
        ("section", "9.9", "does not fit"),
        ("claim_id", "Six Banks", "does not fit"),
    ],
)
def test_a_wrong_claim_is_named(data: Path, column: str, value: str, says: str) -> None:
    rows = list(csv.DictReader((data / CLAIMS).open(encoding="utf-8")))
    row = first(rows, claim_id="table6-securities-revenue-growth-2020")
    edit(data / CLAIMS, set_cell(row, column, value))
    found = [p for p in validate(data) if (p.file, p.row) == (CLAIMS, row)]
    assert any(says in str(p) for p in found), [str(p) for p in found]


def test_a_claim_id_is_used_once(data: Path) -> None:
    edit(data / CLAIMS, lambda rows: rows.append(dict(rows[0])))
    found = validate(data)
    assert any(p.column == "claim_id" and "ids are used once" in p.text for p in found)


def test_repeats_point_to_the_first_statement(data: Path) -> None:
    rows = list(csv.DictReader((data / CLAIMS).open(encoding="utf-8")))
    row = first(rows, claim_id="table6-securities-revenue-growth-2020")
    edit(data / CLAIMS, set_cell(row, "repeats", "table6-banks-it-growth-2020"))
    assert any(p.row == row and "point to that first statement" in p.text for p in validate(data))


def test_a_table_cell_names_an_existing_claim(data: Path) -> None:
    edit(data / "report/tables/table6.csv", set_cell(4, "claim_id", "table6-insurers-it-growth-2019"))
    assert places(validate(data)) == [("report/tables/table6.csv", 4, "claim_id")]


@pytest.mark.deep(keep=3)
@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("file", "industry_it_spend.csv", "there is no series/industry_it_spend.csv.csv"),
        ("series_id", "icbc_revenu_cas", "did you mean icbc_revenue_cas?"),
        ("guard", "icbc_revenue_cas 2019", "is not of the form"),
        (
            "guard",
            "icbc_revenue_cas@2019@annual-report-2019 != icbc_revenue_cas@2019@never",
            "name two rows that exist",
        ),
        ("kind", "oddity", "is not one of break"),
    ],
)
def test_a_wrong_caveat_is_named(data: Path, column: str, value: str, says: str) -> None:
    rows = list(csv.DictReader((data / CAVEATS).open(encoding="utf-8")))
    row = first(rows, caveat_id="icbc-revenue-2019-restated")
    edit(data / CAVEATS, set_cell(row, column, value))
    found = [p for p in validate(data) if p.row == row]
    assert any(says in str(p) for p in found), [str(p) for p in found]


def test_a_guard_fires_when_the_source_is_mended(data: Path) -> None:
    bank = data / "series/bank_it_spend.csv"
    rows = list(csv.DictReader(bank.open(encoding="utf-8")))
    row = first(rows, series_id="icbc_revenue_cas", period="2019", edition="annual-report-2020")
    edit(bank, set_cell(row, "value", "8551.64"))
    found = validate(data)
    assert [p.column for p in found] == ["guard"]
    assert "remove this caveat" in found[0].text


def test_an_exhibit_names_an_existing_notebook(data: Path) -> None:
    file = data / "report/exhibits.csv"
    cells = {"exhibit": "表6", "section": "2.2", "title_zh": "表", "title_en": "table", "status": "table"}
    columns = [
        f["name"] for f in json.loads((data / "schemas/exhibits.json").read_text(encoding="utf-8"))["fields"]
    ]
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerow({**cells, "notebook": "03_it_spend"})
    if "report/exhibits.csv" not in {r.path for r in load(data)}:
        register(data, file, "Exhibits")
    assert validate(data) == []
    edit(file, set_cell(2, "notebook", "03_it_spent"))
    found = validate(data)
    assert places(found) == [("report/exhibits.csv", 2, "notebook")]
    assert "did you mean 03_it_spend?" in str(found[0])


FINDINGS = "report/findings.csv"


@pytest.mark.deep(keep=3)
@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("claims", "china-near-prepandemik", "did you mean china-near-prepandemic?"),
        ("claims", "six-banks-it-growth-2020", "belongs to the finding in row"),
        ("numbers_en", "{china-funding-2021q9 found}", "there is no claim 'china-funding-2021q9'"),
        ("reason_zh", "", "say why centrality or rank is not the computed one"),
        ("centrality", "4", "4"),
    ],
)
def test_a_finding_names_claims_once_and_gives_its_reasons(
    data: Path, column: str, value: str, says: str
) -> None:
    file = data / FINDINGS
    row = first(list(csv.DictReader(file.open(encoding="utf-8"))), finding="funding-recovery")
    edit(file, set_cell(row, column, value))
    found = validate(data)
    assert found and all(p.file == FINDINGS for p in found)
    assert any(says in str(p) for p in found)


def test_a_file_that_is_not_listed_is_named_and_can_be_added(data: Path) -> None:
    new = data / "series/new_topic.csv"
    header, row = (data / SERIES).read_text(encoding="utf-8").split("\n")[:2]
    new.write_text(f"{header}\n{row.replace('banking_it_spend', 'new_series')}\n", encoding="utf-8")
    found = validate(data)
    assert places(found) == [("series/new_topic.csv", 0, "")]
    assert "analysis data add data/series/new_topic.csv" in str(found[0])
    assert register(data, new, "A new topic") == "new-topic"
    assert validate(data) == []
    with pytest.raises(DataError, match="listed in datapackage.json already"):
        register(data, new, "A new topic")


def test_a_table_without_schema_cannot_be_added(data: Path, tmp_path: Path) -> None:
    table = data / "report/tables/table99.csv"
    table.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"there is no schemas/table99\.json"):
        register(data, table, "A table")
    outside = tmp_path / "outside.csv"
    outside.touch()
    with pytest.raises(DataError, match="lies outside"):
        register(data, outside, "Outside")


def test_a_missing_file_is_named(data: Path) -> None:
    (data / SERIES).unlink()
    assert (SERIES, 0, "") in places(validate(data))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not JSON"),
        ("[]", "an object is wanted"),
        ('{"title": "x", "resources": [{"name": "x", "title": "x"}]}', "resources.0.path: field required"),
    ],
)
def test_a_broken_descriptor_is_named(data: Path, content: str, says: str) -> None:
    (data / "datapackage.json").write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as error:
        validate(data)
    assert "datapackage.json" in str(error.value)
    assert says in str(error.value)


def test_frictionless_judges_the_descriptor(data: Path) -> None:
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["licenses"] = "none"
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(DataError, match="licenses"):
        validate(data)


def called(data: Path, arguments: list[str]) -> Result:
    """`analysis data ...` in the project of that data folder."""
    with at(data.parent):
        return CliRunner().invoke(command, arguments)


def test_the_command_prints_one_line_per_problem_and_asks_for_exit_2(data: Path) -> None:
    edit(data / SERIES, set_cell(3, "value", "many"))
    result = called(data, ["validate"])
    assert isinstance(result.exception, UserError)
    assert result.exception.exit_code == 2
    assert str(result.exception).startswith(f"{SERIES}, row 3, column value: 'many' is not a plain number")
    assert "\n" not in str(result.exception)


def test_the_command_says_that_sound_data_are_sound(data: Path) -> None:
    result = called(data, ["validate"])
    assert result.exit_code == 0
    assert result.output == f"Sound: {len(load(data))} files.\n"


def test_the_dictionary_command_notices_a_new_row(data: Path) -> None:
    check = ["dictionary", "--check"]
    assert called(data, check).exit_code == 0
    edit(data / SERIES, lambda rows: rows.append(dict(rows[0], period="2011", publisher="Somebody New")))
    stale = called(data, check)
    assert isinstance(stale.exception, UserError)
    assert stale.exception.exit_code == 1
    assert "Wrote data/README.md" in called(data, ["dictionary"]).output
    assert "Somebody New" in (data / "README.md").read_text(encoding="utf-8")
    assert called(data, check).exit_code == 0


def test_a_file_that_cannot_be_added_leaves_the_schemas_alone(data: Path) -> None:
    (data / "schemas" / "series.json").unlink()
    before = sorted(p.name for p in (data / "schemas").iterdir())
    for file in (next((data / "series").glob("*.csv")), data.parent / "elsewhere.csv"):
        file.touch()
        done = CliRunner().invoke(
            cli, ["--project", str(data.parent), "data", "add", str(file), "--title", "x"]
        )
        assert done.exit_code, done.output
        assert sorted(p.name for p in (data / "schemas").iterdir()) == before
