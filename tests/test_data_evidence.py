"""The evidence columns of the series: who made a number, how it was read, what vouches for it, how it was restated."""

from __future__ import annotations

import csv
import math
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from analysis.numbers import units
from analysis.numbers.printed import Interval
from analysis.report import catalog, evidence
from analysis.report.catalog import CatalogError
from analysis.report.datapackage import validate
from analysis.report.rows import ATTESTED

ROOT = Path(__file__).parents[1]
Row = dict[str, str]

OWN_TEXT_ELSEWHERE = {
    "https://capedge.com/filing/1820953/0001628280-21-002353/AFRM-10Q-2021Q2/file/92/data",
    "https://eninvs.com/press_release.php?source=sec&form_type=6&id=83342",
    "https://vdocuments.site/management-discussion-and-analysis-boc.html",
}
"""Whole copies of a publisher's own document at another address."""

PRESS_THAT_COUNTED = {"China Banking News", "South China Morning Post"}
"""Papers that are read at home and made the number themselves."""


def rows() -> list[Row]:
    found = []
    for topic in catalog.topics():
        with (ROOT / "data" / "series" / f"{topic}.csv").open(encoding="utf-8", newline="") as handle:
            found += list(csv.DictReader(handle))
    return found


ROWS = rows()
BY_KEY = {evidence.key(row): row for row in ROWS}


def bounds(row: Row, unit: str) -> tuple[float, float]:
    """Rounding interval in another unit, worked out without the project's own reader of digits."""
    half = 0.5 * 10 ** -len(row["value"].partition(".")[2])
    factor = units.factor(row["unit"], unit)
    return (float(row["value"]) - half) * factor, (float(row["value"]) + half) * factor


def test_every_row_says_how_it_was_read_and_where_the_number_comes_from() -> None:
    assert all(row["origin"] and row["restated_by"] for row in ROWS)
    assert {row["attested"] for row in ROWS} == set(ATTESTED)


@pytest.mark.parametrize("row", [row for row in ROWS if row["vouched_by"]], ids=evidence.key)
def test_a_loose_row_is_vouched_for_by_the_release(row: Row) -> None:
    voucher = BY_KEY[row["vouched_by"]]
    assert row["attested"] == "loose"
    assert voucher["attested"] != "loose"
    assert voucher["publisher"] == row["publisher"] or row["publisher"].startswith(
        ("not named", "Research note")
    )
    assert (voucher["period"], voucher["origin"]) == (row["period"], row["origin"])  # no second witness
    (low, high), (other_low, other_high) = bounds(row, row["unit"]), bounds(voucher, row["unit"])
    assert max(low, other_low) < min(high, other_high)


def test_the_ministry_vouches_for_the_last_three_years_of_the_rural_series() -> None:
    vouched = {
        row["period"] for row in ROWS if row["series_id"] == "rural_fixed_broadband" and row["vouched_by"]
    }
    assert vouched == {"2019", "2020", "2021"}


def test_rows_without_publisher_or_source_are_loose() -> None:
    nameless = [
        row
        for row in ROWS
        if row["series_id"].startswith("unattributed_")
        or "not named" in row["publisher"]
        or "inferred" in row["caveat"].lower()
        or "no source" in row["caveat"]
        or "shifted" in row["caveat"]
        or "run together" in row["caveat"]
    ]
    assert nameless
    assert [evidence.key(row) for row in nameless if row["attested"] != "loose"] == []


def test_original_means_the_document_of_the_publisher() -> None:
    for row in ROWS:
        own = (
            row["retrieved_from"] == "primary"
            or row["url"] in OWN_TEXT_ELSEWHERE
            or row["publisher"] in PRESS_THAT_COUNTED
        )
        if row["attested"] != "loose":
            assert (row["attested"] == "original") == own, evidence.key(row)


def test_one_release_is_one_origin_in_every_file() -> None:
    """A publisher's edition is one release, or several papers of several makers: then each has an origin of its own."""
    shared = {
        ("pboc-2021q1", "pboc-2021q1-loans-by-sector"),
        ("cbi-2019q3-law", "cbi-2019q3"),
        ("cbi-2021q2-press", "cbi-2021q2"),
        ("wtw-2021q3-press", "wtw-2021q3"),
        ("miit-2022", "miit-2022-communique"),
        ("miit-2022-huajing", "miit-2022-communique"),
        ("nbs-2020", "miit-2020-communique"),  # the statistics office prints the ministry's count
        ("nbs-2021-02", "nbs-2020-communique"),
        ("pboc-2021-07", "ecny-white-paper-2021"),
        ("ecny-white-paper-2021", "ecny-white-paper-2021"),
    }
    origins = defaultdict(set)
    for row in ROWS:
        origins[row["edition"]].add(row["origin"])
    assert {
        pair for edition, found in origins.items() for pair in [(edition, *found)] if pair in shared
    } == shared
    insurers = {
        row["origin"] for row in ROWS if row["series_id"] == "insurance_it_spend" and row["period"] == "2020"
    }
    assert insurers == {"cbirc-2021-03"}  # the association repeats the regulator: one witness


def test_reprints_of_a_release_never_differ_but_by_a_slip() -> None:
    """Two rows of one origin, series and period are one witness: they agree, or one is set aside."""
    printings = defaultdict(list)
    for row in ROWS:
        if row["status"] != "conflict" and not row["hedge"]:
            dimension = units.get(row["unit"]).dimension
            printings[row["origin"], row["series_id"], row["period"], dimension].append(row)
    differing = []
    for key, found in printings.items():
        low = max(bounds(row, found[0]["unit"])[0] for row in found)
        high = min(bounds(row, found[0]["unit"])[1] for row in found)
        if low > high:
            differing.append(key[1:3])
    # One article prints the growth of the six banks' total and the mean of their growth rates; the other pair is
    # the ratio of totals and the mean of ratios.
    assert differing == [("six_banks_fintech_growth", "2023")]


@pytest.mark.parametrize(
    ("series_id", "period", "edition", "hedge"),
    [
        ("villages_with_fibre_and_4g_share_min", "2019-08-01", "miit-2019-08", "超过"),
        ("kpmg_emea_fintech_all_funding", "2021-H1", "kpmg-2021h1", "over"),
        ("ecny_personal_wallets", "2021-06", "ecny-white-paper-2021", "more than"),
        ("main_insurers_direct_it_spend", "2019", "cbirc-circular-2019", "多"),
        ("cbi_global_vc_fintech_funding", "2020", "cbi-2020q4", "约"),
    ],
)
def test_the_word_of_the_source_is_kept(series_id: str, period: str, edition: str, hedge: str) -> None:
    assert BY_KEY[f"{series_id}@{period}@{edition}"]["hedge"] == hedge


def test_restatement_factors_follow_from_the_editions_at_hand() -> None:
    seen = evidence.restatements(ROWS)
    for row in ROWS:
        assert float(row["restated_by"]) == pytest.approx(seen.get(evidence.kind(row), 1), abs=5e-5)
    assert seen["CB Insights", "USD"] == pytest.approx(337 / 192.1)
    assert seen["KPMG (PitchBook data)", "USD"] == pytest.approx(50.8 / 31)
    assert ("People's Bank of China (PBoC)", "CNY") not in seen


def test_an_observation_carries_its_evidence() -> None:
    seen = catalog.pick("rural_broadband", "rural_fixed_broadband", "2020")
    assert (seen.attested, seen.vouched_by) == ("loose", "rural_fixed_broadband_published@2020@miit-2020")
    vouched = catalog.pick("rural_broadband", "rural_fixed_broadband_published", "2020")
    assert (vouched.origin, vouched.published) == ("miit-2020-communique", "2021-01-22")
    assert catalog.pick("global_investment", "cbi_global_vc_fintech_funding", "2020").restated_by == 1.7543


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.setenv("ANALYSIS_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def replace_cell(data: Path, key: str, column: str, cell: str) -> int:
    """Write one cell of the rural series; the row number as an editor counts it."""
    path = data / "series" / "rural_broadband.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        found = list(csv.DictReader(handle))
    number = next(n for n, row in enumerate(found, 2) if evidence.key(row) == key)
    found[number - 2][column] = cell
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    return number


@pytest.mark.parametrize(
    ("key", "column", "cell", "says"),
    [
        (
            "rural_fixed_broadband@2020@chart-2010-2021",
            "vouched_by",
            "rural_fixed_broadband_published@2020@no",
            "no row",
        ),
        (
            "rural_fixed_broadband@2020@chart-2010-2021",
            "vouched_by",
            "rural_fixed_broadband_published@2019@miit-2019",
            "is of 2019, not of 2020",
        ),
        (
            "rural_fixed_broadband_published@2020@miit-2020",
            "value",
            "1.43",
            "does not agree with 14189.65 万户 within rounding",
        ),
        ("rural_fixed_broadband_published@2020@miit-2020", "attested", "loose", "is loose itself"),
        ("rural_fixed_broadband@2020@chart-2010-2021", "attested", "named", "not loose; leave it empty"),
        ("rural_fixed_broadband_growth@2020@miit-2020", "hedge", "perhaps", "is no hedge word known"),
        ("rural_fixed_broadband_growth@2020@miit-2020", "restated_by", "", "is no factor"),
    ],
)
def test_evidence_that_does_not_hold_is_named(
    data: Path, key: str, column: str, cell: str, says: str
) -> None:
    replace_cell(data, key, column, cell)
    assert any(says in str(problem) for problem in validate(data))
    with pytest.raises(CatalogError, match="rural_broadband.csv, row") as error:
        catalog.load("rural_broadband")
    assert says in str(error.value)


def test_a_new_edition_that_restates_is_noticed(data: Path) -> None:
    growth = "rural_fixed_broadband_growth@2020@miit-2020"
    replace_cell(data, growth, "publisher", "CB Insights")
    replace_cell(data, growth, "unit", "亿美元")
    found = [problem for problem in validate(data) if problem.column == "restated_by"]
    assert "differ by a factor of 1.7543" in str(found[0])


@pytest.mark.parametrize(
    ("topic", "series_id", "period", "says"),
    [
        ("rural_broadband", "villages_with_fibre_and_4g_share_min", "2020", Interval(98, 100, low_open=True)),
        (
            "regional_investment",
            "kpmg_emea_fintech_all_funding",
            "2021-H1",
            Interval(39, math.inf, low_open=True),
        ),
        ("industry_it_spend", "main_insurers_direct_it_spend", "2019", Interval(330, 340, high_open=True)),
        ("industry_it_spend", "banking_fintech_investment", "2018", Interval(900, 1000, high_open=True)),
        ("official_statistics", "ecny_value_cum", "2021-06", Interval(327.75, 362.25)),
    ],
)
def test_the_hedge_word_of_a_source_counts(topic: str, series_id: str, period: str, says: Interval) -> None:
    found = catalog.pick(topic, series_id, period).interval
    assert (found.low, found.high) == pytest.approx((says.low, says.high))
    assert (found.low_open, found.high_open) == (says.low_open, says.high_open)
