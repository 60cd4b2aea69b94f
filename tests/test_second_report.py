"""A second, English report from its own folder: every command serves it, and no page knows the first report."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests import first_report
from tests.command_line import call
from tests.site_reading import read

HERE = Path(__file__).parent / "second_report"
RELEASE = """Solar and battery storage to make up 81% of new capacity in 2024
February 15, 2024
Developers plan to add 62.8 gigawatts (GW) of new capacity, 55% more added capacity than the 40.4 GW added in 2023.
"""
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the report, run with its defaults and with another reading of one growth rate, compared and swept."""
    copy = tmp_path_factory.mktemp("second") / "report"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("reports", ".cache"))
    call(copy, "run", "--quiet")
    call(copy, "run", "built", "--quiet", "-p", "additions=built")
    call(copy, "compare", "default", "built", code=1)
    call(copy, "sweep", "--default", "--quiet")
    call(copy, "export", "default", "--format", "html,xlsx", "--quiet")
    return copy


def pages(folder: Path) -> list[Path]:
    return sorted((folder / "reports").rglob("*.html"))


@pytest.mark.slow("two runs, a comparison, a sweep and an export of a whole report, made once for the file")
def test_its_data_are_sound(folder: Path) -> None:
    assert "Sound: 2 files." in call(folder, "data", "validate")
    assert "up to date" in call(folder, "data", "dictionary", "--check")


def test_every_claim_has_a_verdict(folder: Path) -> None:
    found = {
        row["claim_id"]: row
        for row in json.loads(call(folder, "claims", "--run", "default", "--json").rpartition("Run ")[0])
    }
    assert 15 <= len(found) <= 25
    # (62.8 ÷ 40.4 − 1) × 100 = 55.45; 50.7 ÷ 62.8 = 80.7 %; 36.4 ÷ 18.4 = 1.978; 20.2 + 42.6 = 62.8
    for claim in ("planned-growth", "planned-solar-storage-share", "solar-doubling", "planned-total"):
        assert found[claim]["verdict"] != "contradicted", claim
        assert found[claim]["verdict"] != "unchecked", claim
    assert found["solar-texas"]["verdict"] == "unchecked"
    assert found["solar-texas"]["reason"].startswith("Plans by state")
    said = call(folder, "claims", "solar-three-states")
    assert "printed: more than half" in said
    assert (
        "\n  “More than half of the new utility-scale solar capacity is planned for three states”\n" in said
    )


def test_what_another_assumption_turns_is_said(folder: Path) -> None:
    said = call(folder, "compare", "default", "built", code=1)
    assert "planned-growth (55%)" in said and "→ contradicted" in said
    swept = (folder / "reports" / "sweeps" / "default" / "results" / "robustness.csv").read_text(
        encoding="utf-8"
    )
    assert "planned-growth,fragile" in swept


def test_the_census_reads_english_and_misses_what_nobody_claims(folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "release.txt"
    text.write_text(RELEASE, encoding="utf-8")
    allowed = tmp_path / "allowed.csv"
    allowed.write_text(
        'text,quote,reason\n2024,capacity in 2024,the year of the release\n"February 15, 2024","February 15, 2024",its day\n'
        "2023,added in 2023,the year before\n"
    )
    assert "3 dates are covered by no claim" in call(folder, "census", str(text), code=1)
    said = call(folder, "census", str(text), "--allow", str(allowed))
    assert re.search(r"55% +55 +% +quantity +planned-growth", said)
    assert re.search(r"February 15, 2024 .* date", said)
    text.write_text(RELEASE + "Nearly 99 GW more were planned.\n", encoding="utf-8")
    assert "Nearly 99 GW" in call(folder, "census", str(text), "--allow", str(allowed), code=1)


def test_pages_carry_its_own_title_and_source(folder: Path) -> None:
    index = (folder / "reports" / "default" / "index.html").read_text(encoding="utf-8")
    assert "<h1>U.S. generating capacity planned for 2024, recomputed</h1>" in index
    assert "makes 22 statements in numbers" in index
    for page in pages(folder):
        assert "Today in Energy, 15 February 2024" in page.read_text(encoding="utf-8"), page.name
    assert {p.stem.removesuffix(".html") for p in pages(folder)} >= {
        "index",
        "report",
        "compare-default-built",
    }


def test_no_page_holds_a_word_of_the_first_report(folder: Path) -> None:
    assert len(pages(folder)) >= 12
    for page in pages(folder):
        seen = read(page)
        text = "\n".join([*(t for _, t in seen.texts), *seen.labels])
        assert first_report.found_in(text) == [], page
        assert not HAN.search(text), page
    for table in (folder / "reports" / "default" / "results").glob("*.csv"):
        assert first_report.found_in(table.read_text(encoding="utf-8")) == [], table


def test_a_word_of_the_first_report_would_be_found(folder: Path) -> None:
    page = (folder / "reports" / "default" / "index.html").read_text(encoding="utf-8")
    assert first_report.found_in(page.replace("Today in Energy", "CAICT")) == ["CAICT"]


def test_pages_made_later_show_the_data_of_the_run(folder: Path) -> None:
    """What changes afterwards, title and data, does not reach the pages of a run that was made before."""
    settings, elsewhere = folder / "report.toml", folder / "later"
    before = settings.read_text(encoding="utf-8")
    for page in (folder / "reports" / "default").glob("report*.html"):
        page.unlink()
    try:
        settings.write_text(
            before.replace("planned for 2024, recomputed", "under another title"), encoding="utf-8"
        )
        call(folder, "export", "default", "--format", "html", "--output", str(elsewhere), "--quiet")
    finally:
        settings.write_text(before, encoding="utf-8")
    made = (elsewhere / "default.html").read_text(encoding="utf-8")
    assert "planned for 2024, recomputed" in made and "under another title" not in made
