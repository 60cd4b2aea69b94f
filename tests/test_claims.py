"""Claims, checks and verdicts: the outcome follows the arithmetic, and wrong use is refused clearly."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis import report
from analysis.errors import UserError
from analysis.numbers import growth
from analysis.numbers.printed import Reading
from analysis.report import catalog
from analysis.report.ledger import columns

SERIES = [
    dict(series_id="balance", period="2021-Q1", value="13.03", unit="万亿元", edition="a", status="main"),
    dict(series_id="balance", period="2020-Q1", value="10.46", unit="万亿元", edition="a", status="main"),
    dict(
        series_id="balance", period="2020-Q1", value="10.40", unit="万亿元", edition="b", status="superseded"
    ),
]
EVIDENCE = dict(origin="release", attested="named", restated_by="1")
SERIES = [EVIDENCE | row for row in SERIES]
CLAIM_COLUMNS, SERIES_COLUMNS = columns(("zh", "en")), [*catalog.COLUMNS, "metric_zh", "metric_en"]
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


def check(book: report.Book) -> report.Check:
    return list(book.checks.values())[-1]


def test_one_number_travels_the_whole_way(data: Path) -> None:
    book = report.Book()
    rate = report.compute(growth.yoy, now=observed("2021-Q1"), before=observed("2020-Q1"))
    book.reconcile("yoy", rate)
    row = check(book).row()
    assert row["outcome"] == "reproduced"
    assert row["basis"] == "primary"
    assert row["computed"] == pytest.approx(24.56978967, rel=1e-9)
    assert row["computed_low"] < row["computed"] < row["computed_high"]
    assert row["arithmetic"] == "(13.03 ÷ 10.46 − 1) × 100 = 24.5698"
    assert "loans:balance@2021-Q1@a" in row["series"]


def test_a_changed_data_cell_changes_the_verdict(data: Path) -> None:
    write(data / "series" / "loans.csv", SERIES_COLUMNS, [{**SERIES[0], "value": "13.63"}, *SERIES[1:]])
    book = report.Book()
    book.reconcile("level", observed("2021-Q1"))
    assert check(book).outcome == "contradicted"


def test_a_claim_with_its_hedge_only_is_hedged(data: Path) -> None:
    book = report.Book()
    book.reconcile("nearly", report.assume(43, "%", "share"))
    assert check(book).outcome == "hedged"
    strict = report.Book(Reading(near=0.01))
    strict.reconcile("nearly", report.assume(43, "%", "share"))
    assert check(strict).outcome == "contradicted"
    assert not check(strict).is_decision_error


def test_the_wrong_side_of_a_hedge_is_a_decision_error(data: Path) -> None:
    book = report.Book()
    book.reconcile("nearly", report.assume(78.5, "%", "share"))
    assert check(book).is_decision_error
    book.reconcile("more", report.assume(24.2, "%", "growth"))
    assert check(book).outcome == "contradicted"
    assert check(book).is_decision_error
    book.reconcile("yoy", report.assume(-3, "%", "growth"))
    assert check(book).is_decision_error


def test_units_of_a_claim_and_a_recomputation_must_agree(data: Path) -> None:
    book = report.Book()
    with pytest.raises(UserError, match="cannot be compared"):
        book.reconcile("level", report.assume(13, "万亿美元", "dollars"))
    book.reconcile("level", report.assume(130300, "亿元", "yuan"))
    assert check(book).computed is not None
    assert check(book).computed.value == pytest.approx(13.03)


def test_a_claim_is_not_reconciled_twice_on_one_basis_without_a_label(data: Path) -> None:
    book = report.Book()
    book.reconcile("level", observed("2021-Q1"))
    with pytest.raises(UserError, match="level/primary is reconciled twice"):
        book.reconcile("level", observed("2021-Q1"))
    book.reconcile("level", observed("2020-Q1"), label="a-year-earlier", decides=False)
    assert len(book.checks) == 2


def test_an_unknown_claim_names_its_neighbours(data: Path) -> None:
    with pytest.raises(UserError, match="no claim 'nearyl'; did you mean nearly"):
        report.Book()["nearyl"]


def test_words_are_decided_not_reconciled(data: Path) -> None:
    book = report.Book()
    with pytest.raises(UserError, match=r"use decide\(\)"):
        book.reconcile("words", observed("2021-Q1"))
    book.decide("words", False, "13.03 < 14", [observed("2021-Q1")])
    assert (check(book).outcome, check(book).is_decision_error, check(book).basis) == (
        "contradicted",
        True,
        "primary",
    )
    book.decide("words", False, "only by a little", [observed("2021-Q1")], label="degree", flips=False)
    assert (check(book).outcome, check(book).is_decision_error) == ("contradicted", False)
    with pytest.raises(UserError, match="statement in words"):
        report.compute(growth.yoy, now=book["words"], before=book["level"])


def test_verdicts_take_the_worst_deciding_check(data: Path) -> None:
    book = report.Book()
    book.reconcile("level", observed("2021-Q1"))
    book.reconcile("level", report.assume(20, "万亿元", "other"))
    book.reconcile("level", report.assume(99, "万亿元", "wild"), label="wild", decides=False)
    rows = {r["claim_id"]: r for r in report.verdicts(book.ledger, [c.row() for c in book.checks.values()])}
    assert rows["level"]["verdict"] == "contradicted"
    assert (rows["level"]["verdict_primary"], rows["level"]["verdict_report"]) == (
        "reproduced",
        "contradicted",
    )
    assert rows["silent"]["verdict"] == "unchecked"
    assert rows["silent"]["reason"] == "no data"


def test_a_repetition_is_held_against_the_same_recomputation(data: Path) -> None:
    again = dict(kind="level", section="preface", unit="亿元", repeats="level")
    write(
        data / "report" / "claims.csv",
        CLAIM_COLUMNS,
        [
            *CLAIMS,
            {**again, "claim_id": "same", "printed": "130000"},
            {**again, "claim_id": "other", "printed": "150000"},
        ],
    )
    book = report.Book(Reading())
    book.reconcile("level", report.assume(13.0, "万亿元", "balance"))
    rows = {r["claim_id"]: r for r in report.verdicts(book.ledger, [c.row() for c in book.checks.values()])}
    assert rows["level"]["verdict"] == "reproduced"
    assert rows["same"]["verdict"] == "reproduced"
    assert rows["other"]["verdict"] == "contradicted"


def test_a_basis_that_is_switched_off_does_not_decide(data: Path) -> None:
    book = report.Book(bases="primary")
    book.reconcile("level", report.assume(20, "万亿元", "other"))
    assert not check(book).decides


def test_what_is_missing_is_said(data: Path) -> None:
    book = report.Book(sections=["5.2"])
    assert "no data" in repr(book.explain_missing())
    zh = report.Book(language="zh", sections=["5.2"])
    assert "无数据" in repr(zh.explain_missing())


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
