"""The look of all charts: seaborn's theme with our colours, one face, transparent ground."""

from __future__ import annotations

from functools import cache
from typing import Any

from analysis.charts.fonts import FAMILY, register
from analysis.charts.palette import PALETTE, SERIES

# px at the two widths: wide (760) and narrow (360)
SIZES: dict[str, tuple[float, float]] = {
    "title": (19.0, 16.5),
    "subtitle": (13.5, 12.5),
    "text": (12.5, 11.5),
    "small": (11.5, 10.5),
}


@cache
def settings() -> Any:
    """Matplotlib settings, to be used in a context so that nothing of a notebook's own is touched."""
    import seaborn

    register()
    ours = {
        "font.family": [FAMILY],
        "font.size": 12.5,
        "svg.fonttype": "none",
        "text.parse_math": False,
        "text.hinting": "none",  # browsers do not round advances to whole px either
        "text.color": PALETTE["ink"],
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "axes.edgecolor": PALETTE["ink"],
        "axes.labelcolor": PALETTE["muted"],
        "axes.linewidth": 1.0,
        "axes.grid": False,
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.spines.bottom": False,
        "axes.unicode_minus": True,
        "axes.axisbelow": True,
        "grid.color": PALETTE["grid"],
        "grid.linewidth": 1.0,
        "xtick.color": PALETTE["muted"],
        "ytick.color": PALETTE["muted"],
        "xtick.bottom": False,
        "ytick.left": False,
        "lines.solid_capstyle": "round",
        "lines.linewidth": 2.2,
        "patch.edgecolor": "none",
        "path.simplify": False,
    }
    theme = dict(seaborn.axes_style("white"))
    theme.update(seaborn.plotting_context("notebook"))
    theme.update(ours)
    theme["axes.prop_cycle"] = _cycle()
    return theme


def _cycle() -> Any:
    from cycler import cycler

    return cycler(color=list(SERIES))
