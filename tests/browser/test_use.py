"""What a reader does: filter, search, unfold, follow a link, change the language, download, print."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]


def shown(page: Any) -> list[str]:
    """Ids of the statements that the scorecard shows."""
    named = "(row) => row.dataset.id || row.querySelector('th a').hash.replace('#claim-', '')"
    return [str(row.evaluate(named)) for row in page.locator(".scorecard tbody tr:visible").all()]


def test_filter_search_and_clear(sample: Path, opened: Open) -> None:
    page = opened(sample / "index.html")
    assert shown(page) == ["alpha", "alpha-again", "gamma", "beta", "zeta", "delta", "theta", "eta"]
    page.get_by_role("combobox", name="Verdict").select_option("hedged")
    assert shown(page) == ["beta"]
    assert page.get_by_role("status").inner_text() == "1 of 8 statements shown"
    page.get_by_role("searchbox").fill("nothing like it")
    assert shown(page) == []
    assert "No statement matches" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Clear filters").click()
    page.wait_for_function(
        "() => document.querySelectorAll('.scorecard tbody tr:not([hidden])').length === 8"
    )
    page.get_by_role("searchbox").fill("逐年 GAMMA")
    assert shown(page) == ["gamma"]


def test_filters_work_in_chinese(sample: Path, opened: Open) -> None:
    page = opened(sample / "index.zh.html")
    page.get_by_role("combobox", name="章节").select_option("2.2")
    assert shown(page) == ["beta"]
    assert page.get_by_role("status").inner_text() == "显示1条，共8条"


def test_without_script_the_whole_table_is_there(sample: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((sample / "index.html").as_uri())
    assert page.locator(".scorecard tbody tr").count() == 8
    assert not page.locator("form.filters").is_visible()
    context.close()


def test_code_is_out_of_a_readers_way_and_one_switch_shows_it(sample: Path, opened: Open) -> None:
    page = opened(sample / "01_alpha.html")
    cells = page.locator("details.code")
    assert cells.count() > 0 and not cells.first.is_visible()
    page.get_by_role("button", name="Analyst view").click()
    assert page.locator("details.code[open]").count() == cells.count()
    assert page.locator("details.code pre").first.is_visible()
    page.get_by_role("button", name="Reader view").click()
    assert not cells.first.is_visible()


def test_without_script_code_is_folded_but_there(sample: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((sample / "01_alpha.html").as_uri())
    page.locator("details.working > summary").first.click()
    assert page.locator("details.code summary").first.is_visible()
    assert page.locator("details.code[open]").count() == 0
    context.close()


def test_from_finding_to_check_to_inputs(sample: Path, opened: Open) -> None:
    page = opened(sample / "index.html")
    page.get_by_role("link", name="See the evidence").first.click()
    page.wait_for_url("**/01_alpha.html#claim-alpha")
    card = page.locator("#claim-alpha")
    assert card.is_visible()
    card.get_by_text("Formula and inputs").first.click()
    assert (
        card.get_by_role("link", name="State of Fintech").first.get_attribute("href")
        == "https://example.org/a?b=1&c=2"
    )
    card.get_by_role("link", name="Printed in the report").first.click()
    assert page.url.endswith("#claim-delta")
    page.locator("#claim-delta details[open]").first.wait_for()  # what a link leads to is opened


def test_language_link_leads_to_the_twin_and_back(sample: Path, opened: Open) -> None:
    page = opened(sample / "01_alpha.html")
    page.get_by_role("link", name="中文", exact=True).click()
    page.wait_for_url("**/01_alpha.zh.html")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.get_by_role("link", name="English", exact=True).click()
    page.wait_for_url("**/01_alpha.html")


def test_the_other_language_keeps_the_place(sample: Path, opened: Open) -> None:
    page = opened(sample / "01_alpha.html", anchor="claim-beta")
    page.get_by_role("link", name="中文", exact=True).click()
    page.wait_for_url("**/01_alpha.zh.html#claim-beta")


def test_a_claim_opens_by_keyboard(sample: Path, opened: Open) -> None:
    page = opened(sample / "01_alpha.html")
    card = page.locator("#claim-beta > details")
    assert card.get_attribute("open") is None
    card.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert card.get_attribute("open") is not None


def test_download_of_the_plotted_data(sample: Path, opened: Open, tmp_path: Path) -> None:
    page = opened(sample / "01_alpha.html")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download CSV").click()
    download = started.value
    assert download.suggested_filename == "01_alpha-alpha.csv"
    download.save_as(tmp_path / "data.csv")
    assert (tmp_path / "data.csv").read_text(
        encoding="utf-8-sig"
    ) == "period,series,value\n2020,甲,1\n2021,甲,3.5\n"
    assert (tmp_path / "data.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_keyboard_alone(sample: Path, opened: Open) -> None:
    page = opened(sample / "01_alpha.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        place = page.evaluate(
            "(() => { const e = document.activeElement; const o = getComputedStyle(e).outlineStyle;"
            " return [e.tagName, e.className, o] })()"
        )
        if place[0] != "BODY":
            assert place[2] != "none", place
        reached.add(f"{place[0]}.{place[1]}".rstrip("."))
    assert {"SUMMARY", "A.download", "BUTTON.codes"} <= reached


def test_menu_opens_and_closes_by_keyboard(sample: Path, opened: Open) -> None:
    page = opened(sample / "index.html")
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None


def test_a_link_into_a_folded_part_opens_it(real: Path, opened: Open) -> None:
    """The findings beyond the first few are folded; so are tables. Whatever is linked to is shown."""
    page = opened(real / "index.html")
    page.evaluate("document.querySelector('details.more')?.setAttribute('id', 'folded')")
    page.evaluate("location.hash = '#folded'")
    page.wait_for_function("() => document.getElementById('folded')?.open !== false")


def test_colours_follow_the_scheme(sample: Path, opened: Open) -> None:
    look = "(s) => getComputedStyle(document.querySelector(s))"
    seen = {}
    for scheme in ("light", "dark"):
        page = opened(sample / "01_alpha.html", scheme=scheme)
        seen[scheme] = (
            page.evaluate(f"({look})('html').backgroundColor"),
            page.evaluate(f"({look})('.drawing .chart path[d^=M10]').stroke"),
        )
    assert seen["light"] == ("rgb(255, 255, 255)", "rgb(20, 72, 127)")
    assert seen["dark"][0] != seen["light"][0]
    assert seen["dark"][1] != seen["light"][1]


def test_marks_drawn_by_use_turn_with_the_scheme(sample: Path, opened: Open) -> None:
    """Rules of a style sheet reach what <use> draws only when they name no ancestor, so look at the pixel."""
    from PIL import Image

    bright = {}
    for scheme in ("light", "dark"):
        page = opened(sample / "01_alpha.html", scheme=scheme)
        drawing = page.locator(".drawing.wide svg")
        picture = Image.open(io.BytesIO(drawing.screenshot())).convert("L")
        scale = picture.width / 760
        bright[scheme] = picture.getpixel((round(100 * scale), round(180 * scale)))
    assert bright["light"] < 60
    assert bright["dark"] > 200


def test_phone_gets_the_narrow_drawing(sample: Path, opened: Open) -> None:
    for width, visible in ((1280, "wide"), (390, "narrow")):
        page = opened(sample / "01_alpha.html", width=width)
        assert page.locator(f".drawing.{visible}").is_visible()
        assert page.locator(".drawing:visible").count() == 1


def test_chinese_is_drawn_by_the_embedded_font(sample: Path, opened: Open) -> None:
    page = opened(sample / "01_alpha.zh.html")
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
    )
    assert {"suite sans", "suite sans zh", "suite serif zh"} <= set(loaded)
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": ".check blockquote p"})["nodeId"]
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert {font["isCustomFont"] for font in used} == {True}


def test_broken_pages_would_be_noticed(sample: Path, opened: Open, browser: Any, tmp_path: Path) -> None:
    """The tests' own watch: a page that asks the network for something is caught by its own policy and by us."""
    bad = tmp_path / "bad.html"
    text = (sample / "index.html").read_text(encoding="utf-8")
    bad.write_text(
        text.replace("<main", '<img src="https://example.org/x.png" alt=""><main', 1), encoding="utf-8"
    )
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(bad.as_uri())
    assert any("Content Security Policy" in text for text in said)
    context.close()


def test_the_table_sorts_and_its_state_is_in_the_address(sample: Path, opened: Open) -> None:
    page = opened(sample / "index.html")
    before = shown(page)
    head = page.locator(".scorecard thead").get_by_role("button", name="Statement")
    head.click()
    names = """[...document.querySelectorAll(".scorecard tbody th")].map(
      (cell) => (cell.querySelector("a") || cell.firstChild).textContent.trim())"""
    ascending = page.evaluate(names)
    assert ascending == sorted(ascending, key=str.lower) and "sort=2" in page.url
    head.click()
    assert page.locator("th[aria-sort=descending]").count() == 1 and "sort=-2" in page.url
    page.get_by_role("combobox", name="Verdict").select_option("contradicted")
    kept = shown(page)
    page.reload()
    assert shown(page) == kept and set(kept) < set(before)
    page.get_by_role("button", name="Clear filters").click()
    page.wait_for_function(
        "() => document.querySelectorAll('.scorecard tbody tr:not([hidden])').length === 8"
    )
    assert shown(page) == before and "?" not in page.url


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_table_is_handed_on_as_it_is_filtered(
    sample: Path, opened: Open, tmp_path: Path, kind: str
) -> None:
    page = opened(sample / "index.html")
    page.get_by_role("combobox", name="Verdict").select_option("hedged")
    with page.expect_download() as started:
        page.get_by_role("button", name=f"Download {kind.upper()}").click()
    started.value.save_as(tmp_path / "rows")
    text = (tmp_path / "rows").read_text(encoding="utf-8-sig")
    rows = json.loads(text) if kind == "json" else list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == ["beta"] and rows[0]["Verdict"] == "Hedged"


def test_what_is_waited_for_is_a_function() -> None:
    """A text is evaluated anew at each look, which the policy of the pages forbids from the second on."""
    calls = [
        node
        for path in sorted(Path(__file__).parent.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "wait_for_function"
    ]
    assert len(calls) > 10
    assert [ast.unparse(call) for call in calls if "=>" not in ast.unparse(call.args[0])] == []
