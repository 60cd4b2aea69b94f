"""The ledger and the series as files: what is broken is named by file, row and column."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis import report
from analysis.errors import UserError
from analysis.report import catalog
from analysis.report.ledger import columns

SERIES = [
    dict(series_id="balance", period="2021-Q1", value="13.03", unit="万亿元", edition="a", status="main"),
    dict(series_id="balance", period="2020-Q1", value="10.46", unit="万亿元", edition="a", status="main"),
    dict(
        series_id="balance", period="2020-Q1", value="10.40", unit="万亿元", edition="b", status="superseded"
    ),
]
CLAIM_COLUMNS, SERIES_COLUMNS = columns(("zh", "en")), [*catalog.COLUMNS, "metric_zh", "metric_en"]
EVIDENCE = dict(origin="release", attested="named", restated_by="1")
SERIES = [EVIDENCE | row for row in SERIES]
CLAIMS = [
    dict(claim_id="level", printed="13", unit="万亿元", kind="level", section="5.2"),
    dict(claim_id="yoy", printed="25", unit="%", hedge="高达", kind="growth", section="5.2"),
    dict(claim_id="more", printed="25", unit="%", hedge="超过", kind="growth", section="5.2"),
    dict(claim_id="nearly", printed="一半", unit="", hedge="近", kind="share", section="5.2"),
    dict(claim_id="words", printed="逐年递增", unit="", kind="trend", section="5.2"),
    dict(claim_id="silent", printed="7", unit="倍", kind="multiple", section="5.2", missing_en="no data", missing_zh="无数据"),
]  # fmt: skip


def write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANALYSIS_DATA", str(tmp_path))
    write(tmp_path / "series" / "loans.csv", SERIES_COLUMNS, SERIES)
    write(tmp_path / "report" / "claims.csv", CLAIM_COLUMNS, CLAIMS)
    return tmp_path


def observed(period: str, edition: str | None = None) -> catalog.Observation:
    return catalog.pick("loans", "balance", period, edition)


def test_an_edition_is_chosen_on_purpose(data: Path) -> None:
    assert observed("2020-Q1").value == 10.46
    assert observed("2020-Q1", "b").value == 10.40
    with pytest.raises(UserError, match="choose an edition"):
        observed("2020-Q1", "c")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda rows: [{**rows[0], "value": "n/a"}, *rows[1:]],
            r"loans.csv, row 2, column value: 'n/a' is not a number",
        ),
        (
            lambda rows: [*rows, rows[1]],
            r"row 5, column series_id: 'balance' has the same series, period and edition",
        ),
        (lambda rows: [rows[0], {**rows[1], "unit": "亿圆"}], r"row 3, column unit: '亿圆' is not a unit"),
        (
            lambda rows: [rows[0], {**rows[1], "status": "maybe"}],
            r"row 3, column status: 'maybe' is not one of",
        ),
        (lambda rows: [{**rows[0], "value": "inf"}], r"column value: 'inf' is not a number"),
        (lambda rows: [], r"loans.csv: has a header but no rows"),
    ],
)
def test_broken_series_rows_are_named(data: Path, change: object, message: str) -> None:
    write(data / "series" / "loans.csv", SERIES_COLUMNS, change(SERIES))  # type: ignore[operator]
    with pytest.raises(UserError, match=message):
        catalog.load("loans")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        ("series_id,数值与单位\n余额,b\n".encode("gb18030"), "not UTF-8"),
        (b"series_id,period\na,b\n", "column entity"),
        (b"a,b\n1,2,3\n1,2,3,4\n", "quote cells that contain commas"),
    ],
)
def test_broken_files_are_named(data: Path, content: bytes, message: str) -> None:
    (data / "series" / "loans.csv").write_bytes(content)
    with pytest.raises(UserError, match=message):
        catalog.load("loans")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(claim_id="level2", kind="guess"), "row 8, column kind: 'guess'"),
        (dict(claim_id="level", kind="level"), "row 8, column claim_id: 'level' stands in an earlier row"),
        (
            dict(claim_id="x", kind="level", printed="many"),
            "row 8, column printed or hedge: not a printed number",
        ),
        (
            dict(claim_id="x", kind="level", hedge="大概"),
            "row 8, column printed or hedge: unknown hedge word",
        ),
    ],
)
def test_broken_ledger_rows_are_named(data: Path, change: dict[str, str], message: str) -> None:
    write(
        data / "report" / "claims.csv", CLAIM_COLUMNS, [*CLAIMS, {"printed": "1", "section": "5.2", **change}]
    )
    with pytest.raises(UserError, match=message):
        report.load_claims()
