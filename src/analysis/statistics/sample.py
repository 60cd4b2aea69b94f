"""What every estimator asks of its sample before it computes anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.errors import UserError

if TYPE_CHECKING:
    import numpy as np

Numbers = Sequence[float] | Any
"""A one-dimensional sequence of numbers: list, array or pandas Series."""


class TooFewPoints(UserError):
    """The sample is smaller than the method allows."""


def checked(values: Numbers, least: int, method: str, *, positive: bool = False) -> np.ndarray:
    """The values as a float array of shape (n,), n ≥ `least`.

    `TooFewPoints` when there are fewer; `UserError` for a gap (NaN), or a value that is not positive where a
    logarithm is taken.
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
    return array
