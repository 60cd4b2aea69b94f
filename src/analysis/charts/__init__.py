"""Charts that carry their finding, alt text, source and data: one function per form, data and an id in, a Chart out.

Importing this package does not import matplotlib; drawing does. See the docstring of each form for what it takes.
"""

from analysis.charts.bars import bars
from analysis.charts.card import card
from analysis.charts.changes import slope, waterfall
from analysis.charts.diagram import Arrow, Box, diagram
from analysis.charts.forecast import fan
from analysis.charts.growth_panels import levels_and_growth
from analysis.charts.inputs import ChartError, Printed, Series
from analysis.charts.intervals import dot_interval
from analysis.charts.lines import lines
from analysis.charts.marks import Break
from analysis.charts.model import About, Chart
from analysis.charts.palette import PALETTE, PALETTE_DARK, SERIES
from analysis.charts.shares import stacked_share
from analysis.charts.specification import specification_curve
from analysis.charts.timeline import timeline

__all__ = [
    "PALETTE",
    "PALETTE_DARK",
    "SERIES",
    "About",
    "Arrow",
    "Box",
    "Break",
    "Chart",
    "ChartError",
    "Printed",
    "Series",
    "bars",
    "card",
    "diagram",
    "dot_interval",
    "fan",
    "levels_and_growth",
    "lines",
    "slope",
    "specification_curve",
    "stacked_share",
    "timeline",
    "waterfall",
]
