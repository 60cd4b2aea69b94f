"""The colours of every chart, by meaning.

The series colours differ in lightness as well as in hue, so that they stay apart for colour-blind readers and in
grey print. A page may swap the hex values of PALETTE for those of PALETTE_DARK: drawings use no other colour.
"""

from __future__ import annotations

PALETTE: dict[str, str] = {
    "ink": "#1f2933",  # titles, labels, axis of zero
    "muted": "#59656f",  # subtitle, ticks, source
    "grid": "#dfe4e8",  # grid lines
    "panel": "#eef2f5",  # filled boxes
    "series1": "#1b3f88",
    "series2": "#d06c00",
    "series3": "#1f8279",
    "series4": "#8c2f5e",
    "series5": "#3d95ea",
    "series6": "#56461a",
    "context": "#a9b3bb",  # what stands back behind what matters
    "printed": "#0d141b",  # what the report prints
    "break": "#7d6a43",  # a break in a series
    "reproduced": "#0a5a88",
    "hedged": "#b97c06",
    "consistent": "#5b7f3a",
    "contradicted": "#a8261f",
    "unchecked": "#7d7a84",
    "paper": "#fffefd",  # the ground, where something must be covered
    "on_series": "#fdfdfd",  # text on a dark fill
    "on_light": "#1e2731",  # text on a light fill
}

PALETTE_DARK: dict[str, str] = {
    "ink": "#e8edf1",
    "muted": "#a7b2bb",
    "grid": "#333d47",
    "panel": "#232d37",
    "series1": "#7f9cf7",
    "series2": "#e3a53a",
    "series3": "#5fd0ac",
    "series4": "#d668ad",
    "series5": "#c2e3ff",
    "series6": "#d9d27c",
    "context": "#6b7680",
    "printed": "#ffffff",
    "break": "#c9b27d",
    "reproduced": "#62b8d2",
    "hedged": "#e0ad3f",
    "consistent": "#a3c47e",
    "contradicted": "#f0826c",
    "unchecked": "#98a3ad",
    "paper": "#14191f",
    "on_series": "#11181f",
    "on_light": "#10171e",
}

SERIES: tuple[str, ...] = tuple(PALETTE[f"series{i}"] for i in range(1, 7))
VERDICT_MARKS: dict[str, str] = {
    "reproduced": "o",
    "hedged": "D",
    "consistent": "v",
    "contradicted": "X",
    "unchecked": "s",
}


def series_colour(position: int) -> str:
    """The colour of the series at `position` (0 first); after six they begin again."""
    return SERIES[position % len(SERIES)]


def lightness(colour: str) -> float:
    """Relative luminance of a hex colour, 0 black to 1 white (WCAG 2.1)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def text_on(colour: str) -> str:
    """The text colour that is legible on a fill of `colour`, on a light and on a dark page."""
    return PALETTE["on_light"] if lightness(colour) > 0.2 else PALETTE["on_series"]
