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
