"""What a served page says to have moved where a notebook failed: only what was computed on both sides, and counts that add up."""

from __future__ import annotations

import contextlib
import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.live import pages
from analysis.live.choice import Choice
from analysis.live.queue import Work
from analysis.live.session import Session, State
from analysis.suite.project import Project
from tests.command_line import call

SECOND = Path(__file__).parent / "second_report"
ROW = {"capacity:storage_growth@2024@eia-2025-12": "80"}
OPENS = 'built = {name: catalog.pick(\\"capacity\\"'


def said_again(path: Path) -> None:
    """A statement once more in the ledger: pages count it once."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(r for r in rows if r["claim_id"] == "storage-existing")
    rows.append({**row, "claim_id": "storage-existing-again", "repeats": row["claim_id"]})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The second report, of which one notebook stops before its check where a row is another."""
    root = tmp_path_factory.mktemp("moved")
    folder = root / "report"
    shutil.copytree(SECOND, folder, ignore=shutil.ignore_patterns("reports", ".cache"))
    path = folder / "notebooks" / "02_outcome.ipynb"
    text = path.read_text(encoding="utf-8")
    stops = r'assert catalog.pick(\"capacity\", \"storage_growth\", \"2024\").value < 70\n",' + '\n    "'
    assert text.count(OPENS) == 1
    path.write_text(text.replace(OPENS, stops + OPENS), encoding="utf-8")
    said_again(folder / "data" / "report" / "claims.csv")
    call(folder, "run", "--quiet", "--no-html")
    (root / "served").mkdir()
    with contextlib.chdir(folder):  # where its fork server looks
        yield Session(Project(folder), "default", root / "served")


def state(session: Session, values: dict[str, str], rows: dict[str, str]) -> State:
    choice = Choice(values, "en", rows)
    session.execute(Choice({}, "en"), lambda *_: None, Work())
    return session.execute(choice, lambda *_: None, Work())


def test_a_claim_that_was_not_computed_did_not_move(session: Session) -> None:
    failed = state(session, {}, ROW)
    assert {f.notebook for f in failed.failures} == {"02_outcome", "90_scorecard"}
    moved = session.moved(failed)
    assert moved is not None and moved.verdicts == ()
    assert "storage-existing" in session.uncomputed(failed)
    panel = pages.page(session, failed, "index").content.decode()
    panel = panel[panel.index('<aside id="live"') : panel.index("</aside>", panel.index('<aside id="live"'))]
    assert 'data-ready="Computed, but for 2 notebooks that failed or could not run"' in panel
    assert "Not computed, as notebooks failed: " in panel and "live-counts" not in panel


def test_what_moved_besides_is_told_and_counted_as_without_the_failure(session: Session) -> None:
    whole, failed = (state(session, {"additions": "built"}, rows) for rows in ({}, ROW))
    alone, moved = session.moved(whole), session.moved(failed)
    assert alone is not None and moved is not None and not whole.failures and failed.failures
    without = session.uncomputed(failed)
    kept = [v.claim_id for v in alone.verdicts if v.claim_id not in without]
    assert kept and [v.claim_id for v in moved.verdicts] == kept
    assert all(v.before and v.after for v in moved.verdicts)


def test_the_counts_of_a_failed_page_add_up_to_those_of_a_whole_one(session: Session) -> None:
    whole, failed = state(session, {}, {}), state(session, {}, ROW)
    counted = []
    for shown in (whole, failed):
        text = pages.page(session, shown, "index").content.decode()
        here = re.search(r"Of (\d+) statements?:", text)
        left = re.search(r"No check of this run bears on (\d+) statement", text)
        counted.append((int(here[1]) if here else 0, int(left[1]) if left else 0))
    (all_of_them, none), (some, others) = counted
    assert none == 0 and others and some + others == all_of_them
