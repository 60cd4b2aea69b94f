"""The panel of assumptions in pages without a server: what it says of a swept value is what a run with that value says."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.report import swept
from tests.browser.test_quality import violations
from tests.command_line import call

SECOND = Path(__file__).parents[1] / "second_report"
VALUES = ("planned", "built")


def verdicts(run: Path) -> dict[str, str]:
    with (run / "results" / "claims.csv").open(encoding="utf-8", newline="") as file:
        return {row["claim_id"]: row["verdict"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of the second report with each value of one parameter; that of the default knows the verdicts of both."""
    folder = tmp_path_factory.mktemp("panel") / "report"
    shutil.copytree(SECOND, folder, ignore=shutil.ignore_patterns("reports", ".cache"))

    def run(name: str, *arguments: str) -> Path:
        call(folder, "run", name, "--quiet", *arguments)
        return folder / "reports" / name

    found = [verdicts(run(value, "--no-html", "-p", f"additions={value}")) for value in VALUES]
    turning = [claim for claim in found[0] if found[0][claim] != found[1][claim]]
    letters = {verdict: letter for letter, verdict in swept.BY_LETTER.items()}
    claims = [
        swept.Turned(c, ("additions",), "".join(letters[f[c]] for f in found))  # type: ignore[index]
        for c in turning
    ]
    path = folder / "data" / swept.PUBLISHED
    path.parent.mkdir()
    made = swept.Swept({"additions": swept.Axis("additions", VALUES, 0)}, claims)
    path.write_text(swept.text_of(made), encoding="utf-8")
    assert turning
    return {"planned": run("planned"), "built": run("built", "-p", "additions=built")}


def shown(page: Any) -> tuple[dict[str, str], list[str]]:
    """What a page says of each claim, and how many claims have each verdict."""
    said = page.evaluate("""() => [
      [...document.querySelectorAll('.scorecard tbody tr')].map(r => [r.querySelector('th a')?.hash ?? r.dataset.id, r.cells[0].textContent.trim()]),
      [...document.querySelectorAll('.summary b')].map(b => b.textContent)]""")
    return dict(said[0]), said[1]


@pytest.mark.parametrize("name", ["index.html", "report.html"])
def test_a_swept_value_gives_the_verdicts_of_a_run_with_it(
    opened: Callable[..., Any], runs: dict[str, Path], name: str
) -> None:
    there = shown(opened(runs["built"] / name))
    page = opened(runs["planned"] / name, width=1500)
    before, told = shown(page), page.locator(".summary small:not([hidden])").count()
    top = page.locator("main h1").first.bounding_box()["y"]
    page.evaluate("document.querySelector('main > .changed[role=note]').remove()")
    assert page.locator("main h1").first.bounding_box()["y"] == top, "a note that is not shown takes no room"
    page.reload()
    assert before != there
    assert page.locator("#live-body").is_hidden(), "it waits to be asked for"
    page.click("#live-open")
    page.select_option("#live-additions", "built")
    assert shown(page) == there
    note = page.locator("main > .changed[role=note]")
    assert "additions = built" in note.inner_text() and "those of the defaults" in note.inner_text()
    changed = sum(a != b for a, b in zip(before[1], there[1], strict=True))
    assert page.locator(".summary small:not([hidden])").count() == told - changed, (
        "what a count rests on is its own"
    )
    card = page.locator("#claim-planned-growth")
    if name == "report.html":
        assert "contradicted" in card.get_attribute("class")
    assert page.locator("#live-moved .live-verdicts a").count() >= 1
    assert page.inner_text("#live-command") == "analysis run NAME -p additions=built"
    assert violations(page) == []
    page.select_option("#live-additions", "planned")
    assert shown(page) == before, "each change counts, not the first alone"
    assert page.inner_text("#live-command") == "analysis run NAME"
    page.select_option("#live-additions", "built")
    assert shown(page) == there
    page.click("#live-reset")
    assert shown(page) == before and page.locator(".summary small:not([hidden])").count() == told
    assert page.inner_text("#live-moved") == "" and note.is_hidden()


def test_a_sweep_of_other_data_is_said_to_be_one(runs: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "report"
    shutil.copytree(runs["planned"].parents[1], folder, ignore=shutil.ignore_patterns("reports", ".cache"))
    path = folder / "data" / swept.PUBLISHED
    found = swept.published(folder / "data")
    first = found.claims[0]
    stable = next(
        c for c, v in verdicts(runs["planned"]).items() if v == "consistent" and c != first.claim_id
    )
    other = swept.Turned(stable, first.names, "rc")  # by default reproduced, there
    path.write_text(swept.text_of(swept.Swept(found.axes, [first, other])), encoding="utf-8")
    call(folder, "run", "--quiet")
    said = "made from other data or notebooks than this run: 1 statement that it turns stays as here"
    assert said in (folder / "reports" / "default" / "index.html").read_text("utf-8")
    assert said not in (runs["planned"] / "index.html").read_text("utf-8")


def test_what_was_not_tried_is_said(opened: Callable[..., Any], runs: dict[str, Path]) -> None:
    page = opened(runs["planned"] / "index.html", width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto((runs["planned"] / "index.html").as_uri() + "?p.additions=other")
    page.click("#live-open")
    assert page.inner_text("#live-status").endswith(": 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_pages_of_other_parameters_have_no_such_panel(runs: dict[str, Path]) -> None:
    has_panel = {value: "live-table" in (runs[value] / "index.html").read_text("utf-8") for value in VALUES}
    assert has_panel == {"planned": True, "built": False}


@pytest.mark.parametrize(
    ("width", "is_open"), [(1280, True), (1360, True), (1500, True), (1280, False), (1000, False)]
)
def test_beside_the_panel_no_word_of_the_table_is_broken(
    real: Path, opened: Callable[..., Any], width: int, is_open: bool
) -> None:
    page = opened(real / "index.html", width=width)
    if is_open:
        page.click("#live-open")
    page.click("button.all")
    told = page.evaluate("""() => {
      const table = document.querySelector('.scorecard'), frame = table.closest('.scroll'), broken = new Set();
      const walker = document.createTreeWalker(table, NodeFilter.SHOW_TEXT), range = document.createRange();
      let words = 0;
      for (let node; (node = walker.nextNode());) {
        for (const word of node.data.matchAll(/[A-Za-z]{3,}/g)) {
          range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
          const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
          words += tops.size > 0;
          if (tops.size > 1) broken.add(word[0]);
        }
      }
      return [words, [...broken], frame.scrollWidth - frame.clientWidth];
    }""")
    assert told[0] > 2000 and told[1:] == [[], 0]
