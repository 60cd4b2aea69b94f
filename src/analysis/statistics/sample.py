"""What every estimator asks of its sample before it computes anything."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.errors import UserError
from analysis.numbers import periods

if TYPE_CHECKING:
    import numpy as np

Numbers = Sequence[float] | Any
"""A one-dimensional sequence of numbers: list, array or pandas Series. The index of a Series is evidence: see `spacing`."""


class Refused(UserError):
    """The sample does not carry the method."""


class TooFewPoints(Refused):
    """The sample is smaller than the method allows."""


class BoundaryFit(Refused):
    """The estimate lies on the edge of what the model allows, so that its standard errors mean nothing."""


def checked(values: Numbers, least: int, method: str, *, positive: bool = False) -> np.ndarray:
    """The values as a float array of shape (n,), n ≥ `least`.

    `TooFewPoints` when there are fewer; `UserError` for a gap (NaN, or a period missing from a Series' index), a period
    that stands twice or out of order, or a value that is not positive where a logarithm is taken.

    >>> checked([1, 2, 3], 2, "a mean")
    array([1., 2., 3.])
    """
    import numpy as np

    array = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise UserError(f"{method} takes one series of numbers, not an array of shape {array.shape}")
    if len(array) < least:
        raise TooFewPoints(f"{method} needs at least {least} points; there are {len(array)}")
    if not np.isfinite(array).all():
        raise UserError(
            f"{method}: point {int((~np.isfinite(array)).argmax()) + 1} is missing; fill no gap in silence"
        )
    if positive and not (array > 0).all():
        raise UserError(f"{method} takes logarithms: point {int((array <= 0).argmax()) + 1} is not positive")
    spacing(values, method)
    return array


def spacing(values: Numbers, method: str) -> float | None:
    """The distance in years between neighbours of a Series that is indexed by periods; None where no time is known.

    Years, halves, quarters and months as text (2020, 2020-H1, 2020-Q4, 2020-12), whole numbers, dates and pandas periods are
    understood. `UserError` names the first period that is missing, repeated or out of order.

    >>> import pandas as pd
    >>> spacing(pd.Series([1.0, 2.0, 3.0], ["2020-Q1", "2020-Q2", "2020-Q3"]), "a trend")
    0.25
    """
    import pandas as pd

    if not isinstance(values, pd.Series) or len(values) < 2:
        return None
    names, places, per_year = _places(values.index)
    for (earlier, a), (later, b) in itertools.pairwise(zip(names, places, strict=True)):
        if b <= a:
            place = "twice" if a == b else f"after {earlier}; sort the series by time"
            raise UserError(f"{method}: period {later} stands {place}")
    steps = [b - a for a, b in itertools.pairwise(places)]
    usual = min(steps)
    for name, step in zip(names[1:], steps, strict=True):
        if step > 1.5 * usual:
            raise UserError(f"{method}: periods are missing before {name}; fill no gap in silence")
    return None if per_year is None else usual / per_year


def _places(index: Any) -> tuple[list[str], list[float], int | None]:
    """Names of the index, their places on an axis, and how many places make a year; None where no time is known."""
    import pandas as pd

    if isinstance(index, pd.PeriodIndex):
        per_year = {"Y": 1, "Q": 4, "M": 12}.get(index.freqstr[:1])
        return [str(p) for p in index], [float(p.ordinal) for p in index], per_year
    if isinstance(index, pd.DatetimeIndex):
        dates = [str(d.date()) for d in index]
        months = [d.year * 12 + d.month for d in index]
        if len(set(months)) == len(months):
            return dates, [float(m) for m in months], 12
        return dates, [float(d.toordinal()) for d in index], None
    names = [str(name) for name in index]
    ends = [periods.position(name) for name in names]
    if all(end is not None for end in ends):
        return names, [float(end) for end in ends if end is not None], 1
    if pd.api.types.is_numeric_dtype(index):
        return names, [float(name) for name in index], None
    first = {name: place for place, name in reversed(list(enumerate(names)))}
    return names, [float(first[name]) for name in names], None
