"""Charts that are not made at all: with ANALYSIS_DRAW=none every form gives an empty one, whatever its data.

A sweep executes a notebook thousands of times for its checks; reading and composing the data of charts that nobody will see
takes a third of that time.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any, ParamSpec, cast

from analysis.charts.model import Chart

P = ParamSpec("P")


class Undrawn:
    """Stands where a chart would; shows nothing."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {}


def optional(form: Callable[P, Chart]) -> Callable[P, Chart]:
    """The form of chart, which gives an `Undrawn` where charts are switched off."""

    @functools.wraps(form)
    def made(*arguments: P.args, **options: P.kwargs) -> Chart:
        if os.environ.get("ANALYSIS_DRAW") == "none":
            return cast(Chart, Undrawn())
        return form(*arguments, **options)

    return made
