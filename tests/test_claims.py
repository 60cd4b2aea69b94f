"""The ledger and the series as files: what is broken is named by file, row and column."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis import report
from analysis.errors import UserError, meant
from analysis.numbers.printed import Interval
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


def test_a_series_is_its_main_rows_in_time_order(data: Path) -> None:
    main = catalog.series("loans", "balance")
    assert list(main.index) == ["2020-Q1", "2021-Q1"]
    assert list(main["value"]) == [10.46, 13.03]
    assert list(catalog.series("loans", "balance", "b")["value"]) == [10.40]
    assert list(catalog.series("loans", "balance", status=("superseded", "conflict"))["value"]) == [10.40]
    main.loc["2020-Q1", "value"] = 99.0
    assert catalog.series("loans", "balance").loc["2020-Q1", "value"] == 10.46, (
        "what a caller changes is his copy"
    )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"series_id": "balanse"}, r"loans.csv has no series 'balanse'; did you mean balance\?$"),
        ({"series_id": "xyz"}, r"loans.csv has no series 'xyz'$"),
        ({"edition": "c"}, "balance has no row of edition 'c'; editions: a, b$"),
        ({"status": "conflict"}, "balance has no row with status conflict$"),
        ({"status": ("main", "superseded")}, "balance has period 2020-Q1 twice: choose an edition$"),
    ],
)
def test_a_series_that_is_not_there_is_named(data: Path, asked: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        catalog.series("loans", **{"series_id": "balance", **asked})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("loans", "balance", "2019"), "balance has no period 2019; it has 2020-Q1, 2020-Q1, 2021-Q1$"),
        (("loans", "balanse", "2020-Q1"), r"has no series 'balanse'; did you mean balance\?$"),
        (("lones", "balance", "2020-Q1"), "no series file lones.csv; there are: loans$"),
    ],
)
def test_an_observation_that_is_not_there_is_named(
    data: Path, asked: tuple[str, str, str], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        catalog.pick(*asked)


def test_at_most_three_names_are_suggested() -> None:
    known = ["balance1", "balance2", "balance3", "balance4", "other"]
    assert meant("balance", known, most=3).count(",") == 2


def test_a_vintage_is_the_number_of_the_day_or_as_restated_last(data: Path) -> None:
    again = [*SERIES, {**SERIES[2], "edition": "z", "value": "10.30", "status": "conflict"}]
    write(data / "series" / "loans.csv", SERIES_COLUMNS, again)
    assert catalog.vintage("loans", "balance", "2020-Q1").value == 10.46
    assert catalog.vintage("loans", "balance", "2020-Q1", "latest").value == 10.40
    with pytest.raises(UserError, match="no period 1999"):
        catalog.vintage("loans", "balance", "1999", "latest")


def test_a_series_by_its_first_and_last_editions(data: Path) -> None:
    again = [*SERIES, {**SERIES[2], "edition": "z", "value": "10.30", "status": "conflict"}]
    write(data / "series" / "loans.csv", SERIES_COLUMNS, again)
    found = catalog.editions("loans", "balance")
    assert found.loc["2020-Q1"].to_dict() == {
        "first": 10.46, "last": 10.40, "first_edition": "a", "last_edition": "b", "unit": "万亿元", "is_restated": True,
    }  # fmt: skip
    assert found.index.tolist() == ["2020-Q1", "2021-Q1"] and not found.at["2021-Q1", "is_restated"]


def test_an_observation_has_its_range_name_and_place(data: Path) -> None:
    row = {
        **SERIES[0],
        "hedge": "超过",
        "entity": "PBoC",
        "metric_en": "balance of loans",
        "metric_zh": "贷款余额",
    }
    write(data / "series" / "loans.csv", SERIES_COLUMNS, [row, *SERIES[1:]])
    found = observed("2021-Q1")
    assert (found.low, found.high, found.low_open, found.interval.low_open, found.high_open) == (
        13.03,
        float("inf"),
        True,
        True,
        False,
    )
    assert (found.ref, found.text, found.restated_by) == ("loans:balance@2021-Q1@a", "13.03", 1.0)
    assert found.label in ("PBoC balance of loans 2021-Q1", "PBoC 贷款余额 2021-Q1")
    plain = observed("2020-Q1")
    assert (plain.low, plain.high, plain.low_open, plain.high_open) == (10.455, 10.465, False, True)


def test_a_share_lies_within_all() -> None:
    assert catalog.claimed_range("98", "%", "more than", "share_of_users").high == 100
    assert catalog.claimed_range("98", "%", "more than", "shareholders").high == float("inf")


def test_more_bad_rows_are_counted(data: Path) -> None:
    write(data / "series" / "loans.csv", SERIES_COLUMNS, [{**row, "status": "maybe"} for row in SERIES])
    with pytest.raises(
        UserError, match=r"row 2, column status: 'maybe' is not one of .* \(and 2 more rows\)$"
    ):
        catalog.load("loans")
    write(
        data / "series" / "loans.csv", SERIES_COLUMNS, [SERIES[0], {**SERIES[1], "series_id": ""}, SERIES[2]]
    )
    with pytest.raises(UserError, match=r"row 3, column series_id: '' is empty$"):
        catalog.load("loans")


def test_two_bad_rows_are_one_and_one_more(data: Path) -> None:
    rows = [SERIES[0], *({**row, "status": "maybe"} for row in SERIES[1:])]
    write(data / "series" / "loans.csv", SERIES_COLUMNS, rows)
    with pytest.raises(
        UserError, match=r"row 3, column status: 'maybe' is not one of .* \(and 1 more row\)$"
    ):
        catalog.load("loans")


def test_doubtful_evidence_is_named_by_its_row(data: Path) -> None:
    write(
        data / "series" / "loans.csv",
        SERIES_COLUMNS,
        [SERIES[0], {**SERIES[1], "attested": "somehow"}, SERIES[2]],
    )
    with pytest.raises(UserError, match=r"loans\.csv, row 3, column attested: "):
        catalog.load("loans")


def test_a_cell_that_says_na_is_text(data: Path) -> None:
    write(data / "plain.csv", ["a", "b"], [{"a": "NA", "b": ""}])
    assert catalog.read_table(data / "plain.csv").to_dict("records") == [{"a": "NA", "b": ""}]


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("loans:balance@2021-Q1@a", "first 2021-Q1"), ("loans:balance@2021-Q1@b", "second 2021-Q1"), ("loans:balance@2021-Q1@c", ""), ("loans:balance@2022-Q1@a", ""),
        ("loans:other@2021-Q1@a", ""), ("deposits:balance@2021-Q1@a", ""), ("number", ""), ("claim:yoy", ""),
    ],
)  # fmt: skip
def test_an_observation_is_called_what_its_own_row_calls_it(data: Path, ref: str, said: str) -> None:
    rows = [
        {**SERIES[0], "edition": edition, "metric_en": name}
        for edition, name in (("b", "second"), ("a", "first"))
    ]
    write(data / "series" / "loans.csv", SERIES_COLUMNS, rows)
    assert catalog.said(ref, "en") == said


def test_an_observation_is_closed_and_never_restated_unless_it_says_so(data: Path) -> None:
    found = catalog.Observation(5.0, 4.0, 6.0, *("",) * 11)
    assert (found.interval, found.restated_by) == (Interval(4, 6), 1.0)
    assert (found.interval.low_open, found.interval.high_open) == (False, False)


def test_caveats_are_those_of_a_file_and_a_series(data: Path) -> None:
    columns = ["file", "series_id", "caveat"]
    rows = [("deals", "count", "one"), ("loans.csv", "other", "two"), ("loans", "balance", "three")]
    write(data / "series" / "caveats.csv", columns, [dict(zip(columns, row, strict=True)) for row in rows])
    assert list(catalog.caveats()["caveat"]) == ["one", "two", "three"]
    assert list(catalog.caveats("loans")["caveat"]) == ["two", "three"]
    found = catalog.caveats("loans", "balance")
    assert (list(found["caveat"]), list(found.index), list(found.columns)) == (["three"], [0], columns)
    assert catalog.topics() == ["loans"]


def test_a_table_of_the_report_is_kept_cell_by_cell(data: Path) -> None:
    write(data / "report" / "tables" / "t.csv", ["a", "b"], [{"a": "1.50", "b": "NA"}, {"a": "", "b": "007"}])
    assert catalog.report_table("t").to_dict("list") == {"a": ["1.50", ""], "b": ["NA", "007"]}
    with pytest.raises(UserError, match="column x, y is missing"):
        catalog.read_table(data / "report" / "tables" / "t.csv", ["a", "x", "y"])
