"""The charts of a notebook: the forms of `analysis.charts`, told what its desk knows.

desk.charts.bars({"rural": share, "urban": other}, "old-people", title=_("…"), subtitle=_("…"), source=source)
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec

from analysis import charts
from analysis.charts import Chart
from analysis.draft import is_draft
from analysis.report.config import Exhibits

P = ParamSpec("P")


class Charts:
    """Every form of chart in the language of a run; a chart whose id names an exhibit of the report is that exhibit."""

    def __init__(self, language: str, exhibits: Exhibits) -> None:
        self._language, self._exhibits = language, exhibits
        self.bars = self._told(charts.bars)
        self.card = self._told(charts.card)
        self.diagram = self._told(charts.diagram)
        self.dot_interval = self._told(charts.dot_interval)
        self.fan = self._told(charts.fan)
        self.levels_and_growth = self._told(charts.levels_and_growth)
        self.lines = self._told(charts.lines)
        self.slope = self._told(charts.slope)
        self.specification_curve = self._told(charts.specification_curve)
        self.stacked_share = self._told(charts.stacked_share)
        self.timeline = self._told(charts.timeline)
        self.waterfall = self._told(charts.waterfall)

    def _told(self, form: Callable[P, Chart]) -> Callable[P, Chart]:
        """The form with the language and the exhibit filled in, unless a call says them."""

        @functools.wraps(form)
        def made(*data: P.args, **options: P.kwargs) -> Chart:
            options.setdefault("language", self._language)
            chart = form(*data, **options)
            if is_draft() or "exhibit" in options:
                return chart
            return replace(chart, exhibit=self._exhibits.of_chart(chart.id))

        return made
