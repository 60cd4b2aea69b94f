"""Charts that are not made at all: in a draft every form gives an empty one, whatever its data."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, cast

from analysis.charts.model import Chart
from analysis.draft import is_draft

P = ParamSpec("P")


class Undrawn:
    """Stands where a chart would; shows nothing."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {}


def optional(form: Callable[P, Chart]) -> Callable[P, Chart]:
    """The form of chart, which gives an `Undrawn` where charts are switched off."""

    @functools.wraps(form)
    def made(*arguments: P.args, **options: P.kwargs) -> Chart:
        if is_draft():
            return cast(Chart, Undrawn())
        return form(*arguments, **options)

    return made
