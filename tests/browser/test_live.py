"""`analysis serve` in a real browser: each kind of control, the address, two tabs, and what goes wrong."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_quality import violations
from tests.command_line import call

SECOND = Path(__file__).parents[1] / "second_report"
CELLS = {
    "setup": "import os, signal, time\nfrom analysis.report.parameters import Count, Language, Probability, Quarter",
    "parameters": """language: Language = "en"  # language of titles, labels and notes
share: Probability = 0.5  # a share
items: Count = 3  # how many
since: Quarter = "2015-Q1"  # the first quarter
is_wide: bool = False  # whether it is wide
label: str = "plain"  # what it is called
fails: bool = False  # end in an error
dies: bool = False  # lose the process
seconds: Probability = 0.0  # how long it takes""",
    "work": """time.sleep(seconds * 60)
if dies:
    os.kill(os.getpid(), signal.SIGKILL)
if fails:
    raise ValueError("as was asked")
print("said:", share, items, since, is_wide, label)""",
}


def kinds() -> dict[str, Any]:
    """A notebook with a parameter of each kind, and others that make it slow or fail."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Kinds of controls"}
    ]
    cells += [
        {"cell_type": "code", "id": n, "metadata": {"tags": ["parameters"] if n == "parameters" else []},
         "source": source, "outputs": [], "execution_count": None} for n, source in CELLS.items()
    ]  # fmt: skip
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def in_two_languages(folder: Path) -> None:
    """Let the English report speak Chinese too, as far as a page needs it."""
    settings = folder / "report.toml"
    text = settings.read_text(encoding="utf-8").replace('languages = ["en"]', 'languages = ["en", "zh"]')
    settings.write_text(
        text + '\n[text.zh]\ntitle = "产能计划的复算"\nlead = "共{claims}条。"\n', encoding="utf-8"
    )
    for path in sorted((folder / "data" / "schemas").glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        spoken = [f for f in schema["fields"] if f["name"].endswith("_en")]
        schema["fields"] += [{**f, "name": f["name"].replace("_en", "_zh")} for f in spoken]
        path.write_text(json.dumps(schema), encoding="utf-8")
    for path in sorted((folder / "data").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row |= {n.replace("_en", "_zh"): "指标" if row[n] else "" for n in list(row) if n.endswith("_en")}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def with_another_edition(folder: Path) -> None:
    """A second edition of what was built in batteries."""
    path = folder / "data" / "series" / "capacity.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(r for r in rows if (r["series_id"], r["period"]) == ("built_storage", "2024"))
    rows.append({**row, "value": "10.9", "edition": "eia-860", "status": "alternative"})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second report with one notebook more, run in both languages."""
    folder = tmp_path_factory.mktemp("live") / "report"
    shutil.copytree(SECOND, folder, ignore=shutil.ignore_patterns("reports", ".cache"))
    with_another_edition(folder)
    in_two_languages(folder)
    (folder / "notebooks" / "03_kinds.ipynb").write_text(json.dumps(kinds()), encoding="utf-8")
    call(folder, "run", "--quiet", "--language", "both")
    return folder


def start(folder: Path, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A server of the run with the defaults, whatever was saved since, and its address."""
    command = [sys.executable, "-m", "analysis", "serve", "default", "--port", "0", *arguments]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("http://"):
            return process, line.split()[0]
    pytest.fail(f"the server did not start: exit code {process.wait()}")


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[str]:
    process, address = start(project)
    yield address
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert process.stdout is not None
    assert process.stdout.read().strip() == "Stopped."


@pytest.fixture
def visit(browser: Any, server: str) -> Iterator[Callable[..., Any]]:
    """A function that opens a page of the server. An error in the console fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(path: str = "03_kinds.html", width: int = 1400) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda m: (
                complaints.append(m.text) if m.type == "error" and "400 (Bad Request)" not in m.text else None
            ),
        )
        page.goto(server + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def said(page: Any, text: str, seconds: float = 30) -> None:
    """Wait until the page says it."""
    page.wait_for_function(
        "text => document.querySelector('main').textContent.includes(text)", arg=text, timeout=seconds * 1000
    )


def is_ready(page: Any) -> None:
    page.wait_for_function(
        "() => document.querySelector('#live-status').textContent === document.querySelector('#live').dataset.ready",
        timeout=60_000,
    )


def test_each_kind_of_control_changes_the_page_in_place(visit: Callable[..., Any]) -> None:
    page = visit()
    page.evaluate("window.stays = true")
    page.fill("#live-share", "0.75")
    page.press("#live-share", "Enter")
    said(page, "said: 0.75 3 2015-Q1 False plain")
    page.locator("[data-name=items] [type=number]").fill("7")
    page.press("#live-items", "Enter")
    said(page, "said: 0.75 7 2015-Q1 False plain")
    page.click("[data-name=since] .live-step[data-by='1']")
    said(page, "said: 0.75 7 2015-Q2 False plain")
    page.check("#live-is_wide")
    said(page, "said: 0.75 7 2015-Q2 True plain")
    page.fill("#live-label", "a 'quoted' & <b>")
    page.press("#live-label", "Enter")
    said(page, "said: 0.75 7 2015-Q2 True a 'quoted' & <b>")
    page.locator("[data-name=share] [type=range]").evaluate(
        "s => { s.value = 0.25; s.dispatchEvent(new Event('input')); }"
    )
    said(page, "said: 0.25 7")
    assert page.inner_text("#live-count") == "5" or page.locator("#live-chips li").count() == 5
    command = page.inner_text("#live-command")
    assert "-p share=0.25" in command and "-p since=2015-Q2" in command
    page.click("#live-chips li:first-child button")
    said(page, "said: 0.5 7")
    page.click("#live-reset")
    said(page, "said: 0.5 3 2015-Q1 False plain")
    assert page.url.endswith("03_kinds.html")
    assert page.evaluate("window.stays")


def test_a_verdict_that_moves_is_shown_first_and_on_its_card(visit: Callable[..., Any]) -> None:
    page = visit("01_plans.html")
    card = page.locator("#claim-planned-growth").first
    before = card.inner_text()
    page.select_option("#live-additions", "built")
    page.wait_for_function(
        "() => document.querySelectorAll('#live-moved .live-verdicts li').length > 0", timeout=30_000
    )
    assert (
        page.locator("#live-moved .live-verdicts a")
        .first.get_attribute("href")
        .endswith("#claim-planned-growth")
    )
    assert card.inner_text() != before
    page.select_option("#live-additions", "planned")
    page.wait_for_function("() => !document.querySelector('#live-moved .live-verdicts')", timeout=30_000)
    assert card.inner_text() == before


def test_a_change_shows_before_the_notebook_that_judges_has_ended(visit: Callable[..., Any]) -> None:
    page = visit("02_outcome.html")
    panel = "document.querySelector('#live').dataset"
    for value in ("0.31", "0.32"):  # of the first one the panel learns that both judge alike
        page.fill("#live-hedge_near", value)
        page.press("#live-hedge_near", "Enter")
        page.wait_for_function(
            "value => document.querySelector('.changed').textContent.includes(value)", arg=value
        )
        page.wait_for_function("() => !document.querySelector('#live-status').textContent.endsWith('/4')")
    page.wait_for_function(f"() => Number({panel}.early) < Number({panel}.milliseconds)", timeout=30_000)


def test_the_panel_counts_as_the_overview_does(visit: Callable[..., Any]) -> None:
    page = visit("index.html")
    plain = page.locator(".summary b").all_inner_texts()
    page.select_option("#live-additions", "built")
    page.wait_for_selector("#live-moved .live-counts li", timeout=30_000)
    now = page.locator(".summary b").all_inner_texts()
    told = page.locator("#live-moved .live-counts span:not(.verdict)").all_inner_texts()
    assert told == [f"{a} → {b}" for a, b in zip(plain, now, strict=True) if a != b] != []


def test_back_and_forward_and_a_link(visit: Callable[..., Any]) -> None:
    page = visit("03_kinds.html?p.share=0.3")
    said(page, "said: 0.3 3")
    page.fill("#live-items", "9")
    page.press("#live-items", "Enter")
    said(page, "said: 0.3 9")
    page.go_back()
    said(page, "said: 0.3 3")
    assert page.input_value("#live-items") == "3"
    page.go_forward()
    said(page, "said: 0.3 9")
    page.click(".masthead a.brand")
    page.wait_for_url("**/index.html?p.share=0.3&p.items=9")
    page.click("a.twin")
    page.wait_for_url("**/index.zh.html?p.share=0.3&p.items=9")
    assert page.inner_text("#live h2") == "假设"


def test_two_tabs_have_each_their_own(visit: Callable[..., Any]) -> None:
    one, other = visit(), visit()
    one.fill("#live-label", "first")
    one.press("#live-label", "Enter")
    other.fill("#live-label", "second")
    other.press("#live-label", "Enter")
    said(one, "first")
    said(other, "second")


def test_a_faster_change_overtakes_a_slow_one(visit: Callable[..., Any]) -> None:
    page = visit()
    page.fill("#live-seconds", "1")
    page.press("#live-seconds", "Enter")
    page.wait_for_function("() => document.querySelector('#live').classList.contains('working')")
    page.fill("#live-seconds", "0")
    page.press("#live-seconds", "Enter")
    page.fill("#live-items", "11")
    page.press("#live-items", "Enter")
    said(page, "said: 0.5 11")  # which waits half as long as the slow one takes


def test_what_is_being_typed_stays_when_a_page_arrives(visit: Callable[..., Any]) -> None:
    page = visit()
    page.fill("#live-items", "4")
    page.press("#live-items", "Enter")
    page.fill("#live-label", "typed")
    said(page, "said: 0.5 4")
    assert page.input_value("#live-label") == "typed"
    page.press("#live-label", "Enter")
    said(page, "said: 0.5 4 2015-Q1 False typed")
    page.fill("#live-label", "never asked for")
    page.click("#live-reset")
    assert page.input_value("#live-label") == "plain"


@pytest.mark.parametrize(("name", "words"), [("fails", "as was asked"), ("dies", "ended in this cell")])
def test_what_goes_wrong_in_a_notebook_is_told_and_the_server_lives_on(
    visit: Callable[..., Any], name: str, words: str
) -> None:
    page = visit()
    page.check(f"#live-{name}")
    page.wait_for_selector(".live-failure", timeout=30_000)
    told = page.inner_text(".live-failure")
    assert told.startswith("Failed: 03_kinds, cell ") and "(work)" in told and words in told
    page.wait_for_function(
        "() => document.querySelector('#live-status').textContent.startsWith('Computed, but for 2 notebooks')"
    )
    page.uncheck(f"#live-{name}")
    said(page, "said: 0.5 3 2015-Q1 False plain")
    page.wait_for_selector(".live-failure", state="detached")


def test_a_value_that_is_not_allowed_changes_nothing(visit: Callable[..., Any], server: str) -> None:
    page = visit()
    page.fill("#live-since", "2015-Q9")
    page.press("#live-since", "Enter")
    page.wait_for_selector("#live-problem:not([hidden])")
    assert "since='2015-Q9' is not allowed" in page.inner_text("#live-problem")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server}03_kinds.html?p.share=7")
    assert refused.value.code == 400
    assert "share='7' is not allowed" in refused.value.read().decode()


def test_a_wrong_address_leads_back_to_the_report(browser: Any, server: str) -> None:
    page = browser.new_page()
    for path, says in (
        ("03_kinds.html?p.share=7", "is not allowed: input"),
        ("nowhere.html", "no such page"),
    ):
        page.goto(server + path)
        assert says in page.inner_text("h1")
        page.click("main p[lang=en] a")
        page.wait_for_url(f"{server}index.html*")
    page.close()


def test_a_saved_notebook_changes_the_open_page_and_its_error_is_told(
    visit: Callable[..., Any], project: Path
) -> None:
    page = visit()
    path = project / "notebooks" / "03_kinds.ipynb"
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(before.replace("said:", "says now:"), encoding="utf-8")
        said(page, "says now: 0.5 3 2015-Q1", 60)
        path.write_text(before.replace("print(", "prnt("), encoding="utf-8")
        page.wait_for_selector(".live-failure", timeout=60_000)
        assert "NameError" in page.inner_text(".live-failure")
        path.write_text(
            before.replace("share: Probability = 0.5", "share: Probability = 7"), encoding="utf-8"
        )
        page.wait_for_selector("#live-problem:not([hidden])", timeout=60_000)
        assert "the default of share, 7, is not allowed" in page.inner_text("#live-problem")
    finally:
        path.write_text(before, encoding="utf-8")
    said(page, "said: 0.5 3 2015-Q1", 60)


def test_an_open_page_asks_again_when_its_server_was_started_anew(browser: Any, project: Path) -> None:
    path = project / "notebooks" / "03_kinds.ipynb"
    kept = path.read_bytes()
    process, address = start(project)
    port = address.rstrip("/").rpartition(":")[2]
    page = browser.new_context().new_page()
    try:
        page.goto(f"{address}03_kinds.html")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        path.write_bytes(kept.replace(b"# Kinds of controls", b"# Written while nobody served"))
        process, _ = start(project, "--port", port)
        said(page, "Written while nobody served", 120)
    finally:
        page.context.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        path.write_bytes(kept)


def test_a_page_that_the_browser_kept_for_the_way_back_asks_again(visit: Callable[..., Any]) -> None:
    page = visit()
    with page.expect_request("**/live/events?*"):
        page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }")
    is_ready(page)


def test_tabs_that_nobody_sees_keep_no_other_from_its_page(visit: Callable[..., Any], server: str) -> None:
    """A browser holds six connections to a host."""
    context = visit().context
    context.add_init_script("Object.defineProperty(document, 'hidden', { get: () => !window.isSeen });")
    tabs = [context.new_page() for _ in range(8)]
    for tab in tabs:
        tab.goto(f"{server}03_kinds.html")
    with tabs[0].expect_request("**/live/changes?as-of=*"):
        tabs[0].evaluate(
            "() => { window.isSeen = true; document.dispatchEvent(new Event('visibilitychange')); }"
        )


def test_a_page_that_only_stands_in_is_not_taken_for_the_chosen_one(
    visit: Callable[..., Any], server: str
) -> None:
    """As one that is fetched when files changed after it was ready: it shows the defaults."""
    page = visit()
    asked, given = list[str](), list[str]()
    page.on("request", lambda r: asked.append(r.url) if "/live/events" in r.url else None)

    def answered(route: Any) -> None:
        other = f"{server}03_kinds.html?p.share=0.61" if len(asked) < 2 else route.request.url
        answer = route.fetch(url=other)
        given.append(answer.headers["x-state"])
        route.fulfill(response=answer)

    page.route("**/03_kinds.html?p.share=0.82", answered)
    page.fill("#live-share", "0.82")
    page.press("#live-share", "Enter")
    said(page, "said: 0.82 3 2015-Q1 False plain")
    assert given[0] == "pending" and given[-1] == "ready" and len(asked) >= 2
    is_ready(page)


def test_by_keyboard_alone_on_a_small_screen(visit: Callable[..., Any]) -> None:
    page = visit(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.focus("#live-open")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "live-find"
    page.keyboard.type("how many")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "live-items":
            break
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    said(page, "said: 0.5 5")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "live-open"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.deep(keep=2)
@pytest.mark.parametrize(
    "name",
    [
        "03_kinds.html?p.share=0.9",
        "index.zh.html?p.additions=built",
        "02_outcome.html?d.capacity:built_storage@2024=eia-860",
    ],
)
def test_axe_finds_nothing(visit: Callable[..., Any], name: str) -> None:
    page = visit(name)
    page.wait_for_function(
        "() => !document.querySelector('#live').classList.contains('working')", timeout=30_000
    )
    if "d." in name:
        opened_inputs(page).locator(".live-if").click()
    assert violations(page) == []


@pytest.mark.deep
def test_a_saved_run_is_that_of_the_command(visit: Callable[..., Any], project: Path) -> None:
    page = visit("01_plans.html?p.additions=built")
    page.fill("#live-save [name=name]", "kept")
    page.click("#live-save [value=run]")
    saved_as(page, "reports/kept")
    command = page.inner_text("#live-command")
    saved = contents(project / "reports" / "kept")
    shutil.rmtree(project / "reports" / "kept")
    call(project, *shlex.split(command)[1:], "--quiet", "--no-cache")
    assert contents(project / "reports" / "kept") == saved
    assert {"index.html", "01_plans.html", "results/claims.csv"} <= saved.keys()
    shown = page.locator("#claim-planned-growth").first.inner_text()
    page.goto((project / "reports" / "kept" / "01_plans.html").as_uri())
    assert page.locator("#claim-planned-growth").first.inner_text() == shown
    page.go_back()
    page.fill("#live-save [name=name]", "as-built")
    page.click("#live-save [value=scenario]")
    saved_as(page, "as-built.yaml")
    call(project, "run", "again", "--scenario", "as-built", "--language", "both", "--quiet")
    assert contents(project / "reports" / "again") == saved
    page.fill("#live-save [name=name]", "latest")
    page.click("#live-save [value=run]")
    page.wait_for_selector("#live-unkept:not([hidden])")
    assert "cannot be the name of a run" in page.inner_text("#live-unkept")


def test_what_was_saved_stays_told_while_the_page_goes_on(visit: Callable[..., Any], project: Path) -> None:
    page = visit()
    page.fill("#live-share", "0.8")
    page.press("#live-share", "Enter")
    page.fill("#live-save [name=name]", "meanwhile")
    page.evaluate("""() => {  // a second click while it is saved asks for nothing more
        for (const _ of [1, 2]) document.querySelector("#live-save [value=scenario]").click();
    }""")
    said(page, "said: 0.8 3 2015-Q1 False plain")
    is_ready(page)
    saved_as(page, "meanwhile.yaml")
    assert page.is_hidden("#live-unkept")
    page.fill("#live-share", "0.85")
    page.press("#live-share", "Enter")
    said(page, "said: 0.85 3 2015-Q1 False plain")
    is_ready(page)
    assert "meanwhile.yaml" in page.inner_text("#live-kept")
    (project / "notebooks" / "scenarios" / "meanwhile.yaml").unlink()


ROW = "capacity:built_storage@2024"
INPUT = "#claim-storage-existing .inputs tr:has(.live-if, .live-row)"


def opened_inputs(page: Any) -> Any:
    """The first input of the card whose row can be changed, its list open."""
    page.evaluate(
        """() => {
            const card = document.querySelector("#claim-storage-existing");
            for (let n = card; n; n = n.parentElement) if (n.matches("details")) n.open = true;
            for (const part of card.querySelectorAll("details")) part.open = true;
        }"""
    )
    page.wait_for_selector(INPUT)
    return page.locator(INPUT).first


def tried(page: Any, value: str) -> None:
    """Another value for it."""
    row = opened_inputs(page)
    row.locator(".live-if").click()
    row.locator(".live-row input").fill(value)
    row.locator(".live-row input").press("Enter")


def marked(page: Any, text: str) -> None:
    """Wait until the card says what is assumed."""
    page.wait_for_function(
        "text => [...document.querySelectorAll('#claim-storage-existing .own')].some(e => e.textContent.includes(text))",
        arg=text,
        timeout=60_000,
    )


def test_another_value_of_a_row_marks_the_cards_charts_and_pages_that_it_reaches(
    visit: Callable[..., Any],
) -> None:
    page = visit("02_outcome.html")
    before = page.locator("main").inner_text()
    tried(page, "11.5")
    said = "Additions of battery storage 2024 11.5 GW instead of 10.3 GW"
    marked(page, f"what if: {said}")
    assert f"d.{ROW}" in urllib.parse.unquote(page.url) and page.url.endswith("=11.5")
    assert said in page.locator("main .changed").first.inner_text(), "the page says it first"
    charts = page.locator("figure.exhibit")
    is_marked = {
        c.locator(".drawing").first.get_attribute("id"): c.locator(".own").count() for c in charts.all()
    }
    assert is_marked == {"chart-outcome": 1, "chart-plans": 0}, "the chart that shows it, and no other"
    assert said in page.inner_text("#live-chips") and page.inner_text("#live-count") in ("", "1")
    assert f"--what-if {ROW}@eia-2025-02=11.5" in page.inner_text("#live-command")
    page.click("a.twin")
    page.wait_for_url("**/02_outcome.zh.html?d.*")
    marked(page, "假设：")
    assert "11.5" in page.inner_text("#live-chips")
    page.click(".masthead a.brand")
    page.wait_for_url("**/index.zh.html?d.*")
    page.wait_for_selector("main .changed li")
    page.go_back()
    marked(page, "假设：")
    page.go_back()
    marked(page, said)
    page.click("#live-chips li button")
    page.wait_for_selector("#claim-storage-existing .own", state="detached", timeout=60_000)
    assert page.url.endswith("02_outcome.html")
    page.evaluate(
        "() => document.querySelectorAll('#claim-storage-existing details').forEach(d => { d.open = false; })"
    )
    assert page.locator("main .changed").count() == page.locator("figure .own").count() == 0
    page.reload()
    assert page.locator("main").inner_text() == before


def test_a_reader_who_leaves_before_a_page_was_there_finds_the_next_one(visit: Callable[..., Any]) -> None:
    """The same is asked for again while what was left is still being ended."""
    page = visit("02_outcome.html")
    for way, value in enumerate(f"11.{n}" for n in range(31, 37)):
        tried(page, value)
        page.wait_for_timeout(60 * way)
        page.click(".masthead a.brand")
        page.wait_for_url(f"**/index.html?d.*{value}")
        page.wait_for_selector("main .changed li")
        page.go_back()
        marked(page, f"{value} GW instead of 10.3 GW")


def test_what_a_reader_began_on_a_page_that_came_early_stays(visit: Callable[..., Any]) -> None:
    page = visit("02_outcome.html")
    for value in ("11.2", "11.3"):  # the second one comes early
        tried(page, value)
        marked(page, f"{value} GW instead of 10.3 GW")
    row = opened_inputs(page)
    row.locator(".live-if").click()
    row.locator(".live-row input").fill("12.7")
    is_ready(page)
    page.wait_for_timeout(500)
    assert row.locator(".live-row input").input_value() == "12.7"


def test_another_edition_that_is_in_the_data(visit: Callable[..., Any]) -> None:
    page = visit("02_outcome.html")
    row = opened_inputs(page)
    row.locator(".live-if").click()
    row.locator("select").select_option("eia-860")
    marked(page, "10.9 GW instead of 10.3 GW")
    assert urllib.parse.unquote(page.url).endswith(f"d.{ROW}=eia-860")
    tried(page, "11.1")
    marked(page, "11.1 GW instead of 10.3 GW")
    row = opened_inputs(page)
    row.locator(".live-if").click()
    row.locator("select").select_option("eia-2025-02")
    page.wait_for_selector("#claim-storage-existing .own", state="detached", timeout=60_000)
    assert page.url.endswith("02_outcome.html")


def test_what_is_no_row_or_no_value_is_told_in_a_message(visit: Callable[..., Any], server: str) -> None:
    page = visit("02_outcome.html")
    before = page.locator("#claim-storage-existing").first.inner_text()
    tried(page, "1e400")
    assert page.url.endswith("02_outcome.html"), "the browser refuses what is no plain number"
    page.fill(f"{INPUT} .live-row input", "-4")
    page.press(f"{INPUT} .live-row input", "Enter")
    page.wait_for_selector("#live-problem:not([hidden])")
    assert "lies below nothing" in page.inner_text("#live-problem")
    page.click("#live-chips li button")
    page.wait_for_function("() => document.querySelector('#live-problem').hidden")
    assert page.locator("#claim-storage-existing").first.inner_text().startswith(before.split("\n")[0])
    for text, words in (
        ("d.capacity:built@2024@x=1", "there is no such row; did you mean built_"),
        (f"d.{ROW}@eia-2025-02=1,5", "is not a plain number"),
        (f"d.{ROW}=eia-861", "is no other edition"),
        ("&".join(f"d.capacity:a@{n}@b=1" for n in range(21)), "at most 20"),
        ("d.%00=%ff", "there is no such row"),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server}02_outcome.html?{text}")
        assert refused.value.code == 400
        told = refused.value.read().decode()
        assert words in told and told.count("\n") == 1, told
    assert answer(f"{server}live/inputs?claim=nobody") == 404


@pytest.mark.deep
def test_changed_rows_are_kept_as_a_run_and_as_a_folder_with_equal_bytes(
    visit: Callable[..., Any], project: Path
) -> None:
    page = visit(f"02_outcome.html?d.{ROW}@eia-2025-02=11.5&p.additions=built")
    marked(page, "11.5 GW instead of 10.3 GW")
    for kind, name, said in (("run", "if", "reports/if"), ("rows", "mine", "--data what-if/mine")):
        page.fill("#live-save [name=name]", name)
        page.click(f"#live-save [value={kind}]")
        saved_as(page, said)
    page.fill("#live-save [name=name]", "if")
    command = page.inner_text("#live-command")
    shown = page.locator("#claim-storage-existing").first.inner_text()
    saved = contents(project / "reports" / "if")
    assert list(contents(project / "what-if" / "mine")) == ["series/capacity.csv"]
    same = ["run", "if", "-p", "additions=built", "--language", "both", "--data", "what-if/mine"]
    for arguments in (shlex.split(command)[1:], [*same, "--no-cache"]):
        shutil.rmtree(project / "reports" / "if")
        call(project, *arguments, "--quiet")
        assert contents(project / "reports" / "if") == saved
    page.goto((project / "reports" / "if" / "02_outcome.html").as_uri())
    assert page.locator("#claim-storage-existing").first.inner_text() == shown
    page.go_back()
    page.fill("#live-save [name=name]", "rows")
    page.click("#live-save [value=scenario]")
    page.wait_for_selector("#live-unkept:not([hidden])")
    assert "A scenario holds parameters alone" in page.inner_text("#live-unkept")


def saved_as(page: Any, name: str) -> None:
    page.wait_for_function(
        """name => document.querySelector("#live-kept").textContent.includes(name)
            || !document.querySelector("#live-unkept").hidden""",
        arg=name,
        timeout=60_000,
    )
    assert page.text_content("#live-unkept") == ""


def contents(run: Path) -> dict[str, bytes]:
    """Every file of a run but its manifest, which says when it was made."""
    files = (p for p in run.rglob("*") if p.is_file() and p.name != "manifest.json")
    return {p.relative_to(run).as_posix(): p.read_bytes() for p in files}


def answer(address: str, body: bytes | None = None, **headers: str) -> int:
    request = urllib.request.Request(
        address, data=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as got:
            return int(got.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("asked", ["", "?p.share=0.4"])
def test_the_address_of_the_root_keeps_its_parameters(server: str, asked: str) -> None:
    with urllib.request.urlopen(server + asked) as found:
        assert found.url == f"{server}index.html{asked}"


def test_of_two_that_save_one_name_at_once_one_is_told(server: str, project: Path) -> None:
    path = project / "notebooks" / "scenarios" / "twice.yaml"

    def save(share: str) -> int:
        body = json.dumps({"name": "twice", "as": "scenario", "parameters": {"share": share}}).encode()
        return answer(server + "live/save", body, Content_Type="application/json")

    for _ in range(8):
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(save, ("0.1", "0.2", "0.3", "0.4"))) == [200, 400, 400, 400]
        path.unlink()


def test_other_sites_and_other_names_are_refused(server: str, project: Path) -> None:
    assert answer(server + "index.html") == 200
    assert answer(server + "index.html", Host="example.org") == 403
    assert answer(server + "live/events", Origin="http://example.org") == 403
    assert answer(server + "live/events", Sec_Fetch_Site="cross-site") == 403
    body = json.dumps({"name": "x", "as": "scenario", "parameters": {"share": "0.4"}}).encode()
    assert (
        answer(server + "live/save", body, Origin="http://example.org", Content_Type="application/json")
        == 403
    )
    assert answer(server + "live/save", body, Content_Type="text/plain") == 415
    assert not (project / "notebooks" / "scenarios" / "x.yaml").exists()
    assert answer(server + "live/save", b"[" * 70_000, Content_Type="application/json") == 400
    assert answer(server + "../report.toml") == 404
    assert answer(server + "live/%2e%2e/server.py") == 404


def test_on_another_host_a_token_is_needed(project: Path) -> None:
    process, address = start(project, "--host", "0.0.0.0")
    try:
        token = re.search(r"\?token=(\S+)", address)
        plain = address.split("?")[0].replace("0.0.0.0", "127.0.0.1")
        assert token and answer(plain + "index.html") == 403
        assert answer(plain + "index.html?token=wrong") == 403
        assert answer(plain + "index.html", Cookie=f"analysis-token={token[1]}") == 200
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_readers_who_leave_before_the_answer_are_no_fault(server: str) -> None:
    """What the server says of it stands in its output, which must be empty when it ends."""
    host = server.removeprefix("http://").rstrip("/")
    name, port = host.split(":")
    for page in ("index.html", "03_kinds.html?p.items=8", "live/events?p.items=8", "live/changes") * 5:
        with socket.create_connection((name, int(port))) as left:
            left.sendall(f"GET /{page} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            left.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert answer(server + "index.html") == 200


def test_it_ends_with_all_that_it_started(project: Path) -> None:
    process, address = start(project)
    with urllib.request.urlopen(f"{address}live/events?p.seconds=1", timeout=20) as got:
        got.readline()  # one notebook ended, the slow one runs
        started = children(process.pid)
        assert started
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    for _ in range(300):  # the server of the forks may be importing what takes a while, beside other tests
        if not any(Path(f"/proc/{pid}").exists() for pid in started):
            break
        time.sleep(0.1)
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []


def children(pid: int) -> list[int]:
    """The processes below one, at any depth."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found += [int(folder.name), *children(int(folder.name))]
    return found


def test_a_port_that_is_taken_is_said(project: Path, server: str) -> None:
    port = server.rstrip("/").rsplit(":", 1)[1]
    command = [sys.executable, "-m", "analysis", "serve", "default", "--port", port]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "choose another --port" in done.stderr
    assert os.linesep not in done.stderr.strip()


def chosen(page: Any, name: str, value: str) -> None:
    """Choose a value in the panel, and wait for its page."""
    kind = page.get_attribute(f".live-control[data-name={name}]", "data-kind")
    if kind == "choice":
        page.select_option(f"#live-{name}", value)
    else:
        page.fill(f"#live-{name}", value)
        page.press(f"#live-{name}", "Enter")
    is_ready(page)


def listed(page: Any) -> list[str]:
    """The rows of the table of all statements that a reader sees, in order."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('.scorecard tbody tr')].filter((r) => r.getClientRects().length).map((r) => r.textContent.trim())"
    )
    return found


def loaded_anew(page: Any) -> Any:
    """The same address in another tab."""
    other = page.context.new_page()
    other.goto(page.url)
    return other


def test_the_table_of_statements_goes_on_with_its_reader_while_values_change(
    visit: Callable[..., Any],
) -> None:
    """Filters, search, order and what is found are those of a page that was loaded with these values."""
    page = visit("index.html")
    page.fill("form.filters [name=q]", "storage")
    page.click(".scorecard thead th:first-child button")
    verdicts = "form.filters select:first-of-type"
    for name, value in (
        ("hedge_above", "0.3"),
        ("additions", "built"),
        ("hedge_above", "0.001"),
        ("additions", "planned"),
    ):
        chosen(page, name, value)
        assert page.is_visible("form.filters") and page.input_value("form.filters [name=q]") == "storage"
        assert page.input_value(verdicts) == ""
        fresh = loaded_anew(page)
        assert listed(page) == listed(fresh) != []
        for each in (page, fresh):
            each.click("form.filters [type=reset]")
            each.wait_for_timeout(50)
        assert listed(page) == listed(fresh)
        for word in ("contradicted", "consistent"):
            for each in (page, fresh):
                each.fill("form.filters [name=q]", word)
            assert listed(page) == listed(fresh), word
        fresh.close()
        page.fill("form.filters [name=q]", "storage")
        page.click(".scorecard thead th:first-child button")
    page.click("#live-reset")
    is_ready(page)
    fresh = loaded_anew(page)
    assert listed(page) == listed(fresh) != []


def test_on_the_way_back_the_table_is_that_of_the_address(visit: Callable[..., Any]) -> None:
    page = visit("index.html?q=storage&sort=1")
    chosen(page, "hedge_above", "0.3")
    page.click("form.filters [type=reset]")
    page.wait_for_timeout(50)
    page.go_back()
    is_ready(page)
    fresh = loaded_anew(page)
    assert page.input_value("form.filters [name=q]") == "storage"
    assert listed(page) == listed(fresh) != []
    fresh.close()
    page.go_forward()
    is_ready(page)
    assert page.input_value("form.filters [name=q]") == "" and listed(page) == listed(loaded_anew(page))


def test_words_do_not_run_together_where_parts_of_a_sentence_come_and_go(
    visit: Callable[..., Any], server: str
) -> None:
    page = visit()
    plain = "Kinds of controls</h1>"
    texts = {
        "0.71": "Kinds <i>of</i> <b>many</b> controls</h1>", "0.72": plain, "0.73": "<b>Kinds</b> of <i class='x'>controls</i> <i>too</i></h1>",
        "0.74": "<b>Kinds</b> of <i class='y'>controls</i> <i>too</i></h1>", "0.75": plain,
    }  # fmt: skip

    def answered(route: Any) -> None:
        answer = route.fetch()
        shown = next((text for value, text in texts.items() if route.request.url.endswith(value)), plain)
        route.fulfill(response=answer, body=answer.text().replace(plain, shown))

    page.route("**/03_kinds.html?p.share=*", answered)
    for value, text in texts.items():
        chosen(page, "share", value)
        assert page.inner_text("h1") == re.sub("<.*?>", "", text)


def test_what_a_page_can_do_it_can_after_a_change(visit: Callable[..., Any]) -> None:
    """A note comes at its top, and goes: all else stays the same elements."""
    page = visit("02_outcome.html")
    page.evaluate("() => { for (const e of document.querySelectorAll('main *')) e.mine = true; }")
    for step in ("built", "reset"):
        if step == "reset":
            page.click("#live-reset")
            is_ready(page)
        else:
            chosen(page, "additions", step)
            assert page.locator("main .live-moved").count() > 0
        assert page.locator("main.live-moved").count() == 0
        assert page.locator(".share[hidden]").count() == 0 and page.locator(".share").count() > 0
        embed = page.locator("pre.embed").first.text_content()
        assert embed and page.url.split("#")[0] in embed
        fresh = loaded_anew(page)
        assert page.locator("main").inner_text() == fresh.locator("main").inner_text()
        fresh.close()
        before = page.evaluate("() => document.documentElement.classList.contains('reading')")
        page.click("button.codes")
        assert page.evaluate("() => document.documentElement.classList.contains('reading')") != before
        page.click("button.codes")
    kept = page.evaluate(
        "() => [...document.querySelectorAll('main *')].filter((e) => e.mine).length / document.querySelectorAll('main *').length"
    )
    assert kept > 0.9


def test_copying_the_command_takes_no_error_away(visit: Callable[..., Any]) -> None:
    page = visit()
    page.fill("#live-since", "2015-Q9")
    page.press("#live-since", "Enter")
    page.wait_for_selector("#live-problem:not([hidden])")
    page.click("#live-copy")
    page.wait_for_timeout(300)
    assert "2015-Q9" in page.inner_text("#live-problem")
    assert not page.evaluate("() => document.querySelector('#live').classList.contains('working')")


def test_text_that_is_being_typed_for_a_row_stays_wherever_the_reader_looks(
    visit: Callable[..., Any],
) -> None:
    page = visit("02_outcome.html")
    tried(page, "11.2")
    marked(page, "11.2 GW instead of 10.3 GW")
    row = opened_inputs(page)
    row.locator(".live-if").click()
    row.locator(".live-row input").fill("12.9")
    chosen(page, "hedge_above", "0.31")
    assert row.locator(".live-row input").input_value() == "12.9"
    row.locator(".live-row input").press("Enter")
    row.locator(".live-row input").fill("13.1")
    marked(page, "12.9 GW instead of 10.3 GW")
    is_ready(page)
    assert row.locator(".live-row input").input_value() == "13.1"
    row.locator(".live-row input").press("Enter")
    marked(page, "13.1 GW instead of 10.3 GW")
    is_ready(page)
    page.wait_for_selector(f"{INPUT} .live-if")
    assert page.url.endswith("=13.1")


def test_no_quick_step_or_move_is_lost(visit: Callable[..., Any]) -> None:
    page = visit("03_kinds.html?p.seconds=0.01")
    for _ in range(12):
        page.click(".live-control[data-name=since] [data-by='1']")
        page.wait_for_timeout(90)
    page.evaluate("""() => {
        const slider = document.querySelector(".live-control[data-name=share] [type=range]");
        slider.value = "0.25";
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        document.querySelector(".live-control[data-name=since] [data-by='1']").click();
        document.querySelector(".masthead a.brand").click();
    }""")
    page.wait_for_url("**/index.html?*")
    assert {"p.since=2018-Q2", "p.share=0.25", "p.seconds=0.01"} == set(page.url.partition("?")[2].split("&"))


def test_a_way_within_the_page_leaves_what_is_being_typed(visit: Callable[..., Any]) -> None:
    page = visit()
    page.fill("#live-items", "2.5")
    page.evaluate("() => { location.hash = 'main'; }")
    page.wait_for_timeout(200)
    page.evaluate("() => { location.hash = ''; }")
    page.go_back()
    assert page.input_value("#live-items") == "2.5"


def test_controls_say_what_the_address_says_after_a_jump_in_history(visit: Callable[..., Any]) -> None:
    page = visit()
    for value in ("0.3", "0.4"):
        chosen(page, "share", value)
    page.check("#live-is_wide")
    is_ready(page)
    page.click(".masthead a.brand")
    page.wait_for_url("**/index.html?*")
    page.evaluate("() => history.go(-3)")
    page.wait_for_url("**/03_kinds.html?p.share=0.3")
    said(page, "said: 0.3 3 2015-Q1 False plain")
    assert page.input_value("#live-share") == "0.3" and not page.is_checked("#live-is_wide")


def test_back_from_a_page_that_tells_of_a_mistake_is_a_page(visit: Callable[..., Any]) -> None:
    page = visit()
    page.fill("#live-since", "2015-Q9")
    page.press("#live-since", "Enter")
    page.wait_for_selector("#live-problem:not([hidden])")
    page.reload()
    assert "2015-Q9" in page.inner_text("h1")
    page.go_back()
    said(page, "said: 0.5 3 2015-Q1 False plain")
