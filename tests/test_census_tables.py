"""Tables 1 to 6 and the list of exhibits against the text of the report."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

REPORT_DATA = Path(__file__).parents[1] / "data/report"
TEXT = Path(os.environ.get("REPORT_TEXT", REPORT_DATA.parents[2] / "shared/report/whitepaper.zh.txt"))
PRINTED = {
    "table1": ("issuer_zh", "date_printed", "content_zh"),
    "table2": ("issuer_zh", "date_printed", "content_zh"),
    "table3": ("date_printed", "event_zh", "detail_zh"),
    "table4": ("field_zh", "date_printed", "title_zh"),
    "table5": ("date_printed", "issuer_zh", "title_zh"),
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def body(number: int) -> list[list[str]]:
    """The cells of a table of the report, row by row, from its caption (after the list of tables) to its source line."""
    if not TEXT.is_file() and not os.environ.get("CI"):
        pytest.skip("the report's text is not part of the project; point REPORT_TEXT to it")
    lines = TEXT.read_text(encoding="utf-8").split("\n")
    start = [i for i, line in enumerate(lines) if line.startswith(f"表 {number} ")][-1]
    end = next(i for i in range(start, len(lines)) if lines[i].startswith("来源"))
    return [line.split("\t") for line in lines[start:end] if "\t" in line][1:]


@pytest.mark.parametrize("name", PRINTED)
def test_a_table_holds_every_printed_cell(name: str) -> None:
    printed = body(int(name[-1]))
    stored = rows(REPORT_DATA / "tables" / f"{name}.csv")
    assert [row["row"] for row in stored] == [str(n + 1) for n in range(len(printed))]
    for cells, row in zip(printed, stored, strict=True):
        kept = [squeezed(row[column]) for column in PRINTED[name]]
        wanted = [squeezed(cell) for cell in cells]
        if not wanted[0]:  # table 4 prints a field once for all its rows
            kept[0] = ""
        assert kept == wanted


def test_table_6_holds_every_printed_cell() -> None:
    printed = [[squeezed(cell) for cell in cells[1:]] for cells in body(6)]
    stored = rows(REPORT_DATA / "tables/table6.csv")
    cells = {(int(r["row"]), int(r["column"])): r["printed"] + r["unit"] for r in stored}
    assert cells == {(i, j): c for i, line in enumerate(printed, 1) for j, c in enumerate(line, 1)}


@pytest.mark.parametrize("name", PRINTED)
def test_a_period_is_the_printed_date(name: str) -> None:
    for row in rows(REPORT_DATA / "tables" / f"{name}.csv"):
        numbers = [int(n) for n in re.findall(r"\d+", row["date_printed"])]
        assert row["period"] == "-".join([str(numbers[0]), *(f"{n:02d}" for n in numbers[1:])])


def test_ten_figures_and_six_tables_in_the_order_of_the_report() -> None:
    exhibits = [row["exhibit"] for row in rows(REPORT_DATA / "exhibits.csv")]
    assert exhibits == [f"图{n}" for n in range(1, 11)] + [f"表{n}" for n in range(1, 7)]


def test_an_exhibit_that_is_not_whole_says_what_is_missing() -> None:
    for row in rows(REPORT_DATA / "exhibits.csv"):
        assert row["known_en"] and row["known_zh"]
        if row["status"] in ("card", "partial", "prose"):
            assert row["missing_en"] and row["missing_zh"]
        if row["status"] == "card":
            assert re.fullmatch(r"series/[a-z_]+\.csv", row["fill_file"])
            assert not (REPORT_DATA.parent / row["fill_file"]).exists(), (
                "complete now: say so in exhibits.csv"
            )
