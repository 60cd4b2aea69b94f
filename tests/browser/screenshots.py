"""Renews the screenshots in docs/images from a finished run: python -m tests.browser.screenshots [RUN]."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from analysis.site import paper

ROOT = Path(__file__).parents[2]
# name → (page, anchor, width, height, colour scheme)
SHOTS: dict[str, tuple[str, str, int, int, str]] = {
    "index-en": ("index.html", "", 1280, 900, "light"),
    "index-zh": ("index.zh.html", "", 1280, 900, "light"),
    "gallery-en": ("index.html", "exhibits", 1280, 900, "light"),
    "scorecard-zh-dark": ("index.zh.html", "scorecard", 1280, 900, "dark"),
    "green-finance-en": ("04_green_finance.html", "figure-10", 1280, 900, "light"),
    "green-finance-zh-dark": ("04_green_finance.zh.html", "figure-10", 1280, 900, "dark"),
    "it-spend-en": ("03_it_spend.html", "claim-six-banks-it-growth-2020", 1280, 900, "light"),
    "it-spend-zh": ("03_it_spend.zh.html", "claim-six-banks-it-growth-2020", 1280, 900, "light"),
    "single-file-en": ("report.html", "04_green_finance", 1280, 900, "light"),
    "single-file-zh": ("report.zh.html", "04_green_finance", 1280, 900, "light"),
    "phone-index-zh": ("index.zh.html", "", 390, 844, "light"),
    "phone-figure-en": ("04_green_finance.html", "figure-10", 390, 844, "light"),
    "phone-check-zh-dark": ("03_it_spend.zh.html", "claim-six-banks-it-growth-2020", 390, 844, "dark"),
}


def take(run: Path, folder: Path) -> None:
    """Write a PNG for each entry of SHOTS."""
    folder.mkdir(parents=True, exist_ok=True)
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=paper.browser(), args=["--disable-gpu", *sandbox]
        )
        for name, (page, anchor, width, height, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            shown = context.new_page()
            shown.goto((run / page).as_uri() + (f"#{anchor}" if anchor else ""))
            if anchor and not shown.locator(f"[id='{anchor}']").count():
                raise SystemExit(f"{page} has no #{anchor}")
            shown.screenshot(path=str(folder / f"{name}.png"))
            context.close()
        browser.close()


if __name__ == "__main__":
    take(ROOT / "reports" / (sys.argv[1] if len(sys.argv) > 1 else "latest"), ROOT / "docs" / "images")
