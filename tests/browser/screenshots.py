"""Renews the pictures in docs/images from a finished run: python -m tests.browser.screenshots [RUN], or make pictures.

Both widths, both schemes and both languages occur. Several views of one picture stand side by side; 96 colours are enough.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

from analysis.site import paper

ROOT = Path(__file__).parents[2]
GAP, COLOURS, MOST = 24, 96, 150_000


class View(NamedTuple):
    """A window on a page: scrolled to an anchor; `keys` are pressed on what the anchor names."""

    page: str
    anchor: str = ""
    width: int = 1280
    height: int = 800
    scheme: str = "light"
    keys: str = ""


PICTURES: dict[str, tuple[View, ...]] = {
    "index": (View("index.html"),),
    "topic-zh-dark": (View("03_it_spend.zh.html", scheme="dark"),),
    "chart": (View("03_it_spend.html", "chart-six-banks-curve", height=720, keys="ArrowRight"),),
    "phones": (
        View("index.html", "", 390, 844),
        View("index.zh.html", "findings", 390, 844, "dark"),
        View("04_green_finance.zh.html", "chart-figure-10", 390, 844),
    ),
}


def take(run: Path, folder: Path) -> None:
    """Write a PNG for each entry of PICTURES; SystemExit names one that is too heavy, or an anchor that is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=paper.browser(), args=["--disable-gpu", *sandbox]
        )
        for name, views in PICTURES.items():
            target = folder / f"{name}.png"
            _beside([_shot(browser, run, view) for view in views]).save(target, optimize=True)
            if target.stat().st_size > MOST:
                raise SystemExit(f"{target} has {target.stat().st_size} bytes: at most {MOST}")
        browser.close()


def _shot(browser: Any, run: Path, view: View) -> Image.Image:
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height},
        color_scheme="dark" if view.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    shown = context.new_page()
    shown.goto((run / view.page).as_uri() + (f"#{view.anchor}" if view.anchor else ""))
    if view.anchor and not shown.locator(f"[id='{view.anchor}']").count():
        raise SystemExit(f"{view.page} has no #{view.anchor}")
    if view.keys:
        shown.locator(f"[id='{view.anchor}']").focus()
        shown.keyboard.press(view.keys)
    taken = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    context.close()
    return taken


def _beside(shots: list[Image.Image]) -> Image.Image:
    wide = sum(shot.width for shot in shots) + GAP * (len(shots) - 1)
    sheet = Image.new("RGB", (wide, max(shot.height for shot in shots)), "white")
    left = 0
    for shot in shots:
        sheet.paste(shot, (left, 0))
        left += shot.width + GAP
    return sheet.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


if __name__ == "__main__":
    take(ROOT / "reports" / (sys.argv[1] if len(sys.argv) > 1 else "default"), ROOT / "docs" / "images")
