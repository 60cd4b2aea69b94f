"""Charts that carry their finding, alt text, source and data: one function per form, data in, a Chart out.

Importing this package does not import matplotlib; drawing does. See the docstring of each form for what it takes.
"""

from analysis.charts.axes import Break
from analysis.charts.bars import bars, stacked_share
from analysis.charts.growth_panels import levels_and_growth
from analysis.charts.inputs import ChartError, Printed
from analysis.charts.lines import lines
from analysis.charts.model import FIGURE_MIME, About, Chart
from analysis.charts.palette import PALETTE, PALETTE_DARK, SERIES

__all__ = [
    "FIGURE_MIME",
    "PALETTE",
    "PALETTE_DARK",
    "SERIES",
    "About",
    "Break",
    "Chart",
    "ChartError",
    "Printed",
    "bars",
    "levels_and_growth",
    "lines",
    "stacked_share",
]
