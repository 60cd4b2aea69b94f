"""A chart can be taken away: as files, as a citation, as the lines that embed it; nothing is fetched for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_chart_gives_files_citation_and_embedding(sample: Path, opened: Callable[..., Any]) -> None:
    page = opened(sample / "01_alpha.html")
    figure = page.locator("figure.exhibit").first
    heads = {"svg": b"<svg", "png": b"\x89PNG"}
    for kind, head in heads.items():
        with page.expect_download() as caught:
            figure.locator(f"button[data-do={kind}]").click()
        assert caught.value.suggested_filename.endswith(f".{kind}")
        assert Path(caught.value.path()).read_bytes().startswith(head)
    figure.locator("details.cite summary").click()
    cited = figure.locator("details.cite").inner_text()
    anchor = figure.locator(".drawing").first.get_attribute("id")
    assert "@misc{01_alpha-" in cited
    assert f'<iframe src="{(sample / "01_alpha.html").as_uri()}#{anchor}"' in cited


def test_a_chart_reads_out_its_values_by_arrow_keys_and_under_the_pointer(
    sample: Path, opened: Callable[..., Any]
) -> None:
    page = opened(sample / "01_alpha.html")
    drawing = page.locator(".drawing[tabindex]").first
    told = [t.text_content() for t in drawing.locator(".values title").all()]
    bubble, heard = page.locator("[role=status].bubble"), []
    drawing.focus()
    for _ in told:
        page.keyboard.press("ArrowRight")
        heard.append(bubble.inner_text())
    assert heard == told and len(told) > 1
    page.keyboard.press("Home")
    assert bubble.inner_text() == told[0]
    page.keyboard.press("Escape")
    assert not bubble.is_visible()
    page.mouse.click(1, 1)
    box = drawing.locator(".values circle").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 3, box["y"] + box["height"] / 2)
    assert bubble.inner_text() == told[-1] and bubble.is_visible()
    page.mouse.move(1, 1)
    assert not bubble.is_visible()


def test_the_link_of_a_chart_is_copied_or_shown(sample: Path, opened: Callable[..., Any]) -> None:
    page = opened(sample / "01_alpha.html")
    button = page.locator("button[data-do=link]").first
    anchor = page.locator("figure.exhibit .drawing").first.get_attribute("id")
    clipboard = "Object.defineProperty(navigator, 'clipboard', {{ value: {}, configurable: true }})"
    page.evaluate(
        clipboard.format("{ writeText: (text) => { window.copied = text; return Promise.resolve(); } }")
    )
    button.click()
    assert page.evaluate("window.copied") == (sample / "01_alpha.html").as_uri() + f"#{anchor}"
    assert button.inner_text().startswith("Copied")
    page.evaluate(clipboard.format("undefined"))
    button.click()
    page.wait_for_url(f"**#{anchor}")
