"""Investment data and notebooks: editions kept apart, every claim decided or explained, figures drawn when filled."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import report
from analysis.report import catalog

ROOT = Path(__file__).parents[1]
TOPICS = ("global_investment", "regional_investment", "china_investment", "fintech_market")
FUNDING = "cbi_global_vc_fintech_funding"
SECTIONS = {"01_global_investment": ("1.1", "1.3"), "02_china_investment": ("2.3",)}
REPORT_EDITION = "cbi-2021q2"
"""The edition of CB Insights that stood when the report was written."""


def code_cells(stem: str) -> list[dict[str, Any]]:
    notebook = json.loads((ROOT / "notebooks" / f"{stem}.ipynb").read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def checks(stem: str) -> Iterator[dict[str, Any]]:
    for cell in code_cells(stem):
        for output in cell["outputs"]:
            bundle = output.get("data", {}).get("application/vnd.suite.rows+json", {})
            if bundle.get("table") == "checks":
                yield from bundle["rows"]


def run_cells(stem: str, last: str) -> Any:
    """The value of the last expression of cell `last`, after running the cells before it."""
    space: dict[str, Any] = {}
    for cell in code_cells(stem):
        tree = ast.parse("".join(cell["source"]))
        shown = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell["id"], "exec", dont_inherit=True), space)
        value = (
            eval(compile(ast.Expression(shown.value), cell["id"], "eval", dont_inherit=True), space)
            if shown
            else None
        )
        if cell["id"] == last:
            return value
    raise AssertionError(f"{stem} has no cell {last}")


@pytest.fixture
def copied_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.setenv("ANALYSIS_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def late_main_rows(table: pd.DataFrame) -> list[str]:
    """Main rows of CB Insights that a row of an edition standing in 2021 should have displaced."""
    cbi = table[table["edition"].str.match(r"cbi-\d{4}q\d") & (table["status"] != "conflict")]
    standing = cbi[cbi["edition"].str[:10] <= REPORT_EDITION]
    late = cbi[(cbi["status"] == "main") & (cbi["edition"].str[:10] > REPORT_EDITION)]
    shared = late.merge(standing, on=["series_id", "period"], suffixes=("", "_standing"))
    return shared["series_id"].tolist()


@pytest.mark.parametrize("topic", TOPICS)
def test_main_rows_are_those_that_stood_when_the_report_was_written(topic: str) -> None:
    table = catalog.load(topic)
    assert late_main_rows(table) == []


def test_a_later_edition_marked_main_is_caught() -> None:
    table = catalog.load("global_investment")
    restated = (table["series_id"] == FUNDING) & (table["period"] == "2021-Q2")
    table.loc[restated & (table["edition"] == "cbi-2021q4"), "status"] = "main"
    assert late_main_rows(table) == [FUNDING] * 2


@pytest.mark.parametrize("topic", TOPICS)
def test_nothing_printed_by_the_report_or_derived_stands_among_the_series(topic: str) -> None:
    table = catalog.load(topic)
    assert not table["series_id"].str.startswith(("paper_", "derived_")).any()
    assert not table["publisher"].str.contains("CAICT").any()


@pytest.mark.parametrize(("edition", "value"), [("contemporary", 30.79), ("latest", 36.6)])
def test_vintage_gives_the_row_as_it_stood_or_as_restated(edition: str, value: float) -> None:
    assert catalog.vintage("global_investment", FUNDING, "2021-Q2", edition).value == value


def test_vintage_passes_over_rows_in_conflict() -> None:
    rows = catalog.load("global_investment").query("series_id == @FUNDING and period == '2020'")
    assert 30.26 in set(rows["value"])
    for edition in ("contemporary", "latest"):
        assert catalog.vintage("global_investment", FUNDING, "2020", edition).value > 40


def test_vintage_names_the_periods_there_are() -> None:
    with pytest.raises(catalog.CatalogError, match="no period 1999"):
        catalog.vintage("global_investment", FUNDING, "1999", "latest")


@pytest.mark.parametrize("stem", SECTIONS)
def test_every_claim_of_the_sections_is_decided_or_says_what_is_missing(stem: str) -> None:
    notebooks = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-1]*.ipynb"))
    checked = {row["claim_id"] for n in notebooks for row in checks(n)}
    mine = [c for c in report.load_claims().values() if c.section in SECTIONS[stem]]
    silent = [c.claim_id for c in mine if not {c.claim_id, c.repeats} & checked and not all(c.gaps.values())]
    assert mine and silent == []


@pytest.mark.parametrize(
    ("stem", "check_id", "outcome"),
    [
        ("01_global_investment", "us-share-2021h1/same", "out"),
        ("01_global_investment", "stripe-largest-platform/other", "out"),
        ("01_global_investment", "global-deals-2021h1-yoy/own/integer test", "blunt"),
        ("02_china_investment", "china-funding-2021q1-yoy/own", "blurred"),
        ("02_china_investment", "china-near-prepandemic/own", "out"),
    ],
)
def test_committed_notebooks_hold_the_known_findings(stem: str, check_id: str, outcome: str) -> None:
    found = {row["check_id"]: row["outcome"] for row in checks(stem)}
    assert found[check_id] == outcome


def filled(folder: Path, topic: str, rows: list[tuple[str, str, str]]) -> None:
    """A series file as a reader would lay it into place: entity, period, value."""
    fixed = {"metric_zh": "示例", "metric_en": "Example", "unit": "%", "publisher": "Example publisher"}
    fixed |= dict.fromkeys(("published", "hedge", "vouched_by"), "")
    fixed |= {"origin": "example-1", "attested": "original", "restated_by": "1"}
    table = pd.DataFrame(rows, columns=["entity", "period", "value"]).assign(
        **fixed, document="Example", edition="example-1", url="https://example.org/", retrieved_from="primary",
        status="main", caveat="", series_id=lambda t: "example_" + t["entity"].str.lower(),
    )  # fmt: skip
    table[[*catalog.COLUMNS, "metric_zh", "metric_en"]].to_csv(
        folder / "series" / f"{topic}.csv", index=False, lineterminator="\n"
    )


@pytest.mark.parametrize(
    ("stem", "cell", "topic", "rows"),
    [
        ("01_global_investment", "figure1-card", "sea_digital_payments", [("Aland", "2019", "11.5"), ("Aland", "2020", "12.5")]),
        ("02_china_investment", "figure5-card", "china_deals_by_city", [("Acity", "2020", "31.5"), ("Bcity", "2020", "12.5")]),
    ],
)  # fmt: skip
def test_a_card_becomes_the_figure_when_its_file_is_laid_into_place(
    copied_data: Path, stem: str, cell: str, topic: str, rows: list[tuple[str, str, str]]
) -> None:
    assert "missing" in set(run_cells(stem, cell).data["part"])
    filled(copied_data, topic, rows)
    drawn = run_cells(stem, cell).data
    assert sorted(drawn["value"]) == sorted(float(value) for _, _, value in rows)
