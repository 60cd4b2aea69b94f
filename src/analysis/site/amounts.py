"""How pages write the numbers of one claim: decimals that suit what is printed, ranges, distances in points."""

from __future__ import annotations

import math

from analysis import words
from analysis.numbers.printed import Interval
from analysis.report.meanings import decimals_of
from analysis.site.voice import Voice

POINTS = ("%", "percent", "per cent")
"""Units whose differences are points."""


class Amounts:
    """Writes the numbers of one claim, with decimals that suit how the report prints it."""

    def __init__(self, printed: str, unit: str, t: Voice, kind: str = "") -> None:
        self.t, self.decimals = t, decimals_of(printed)
        self.unit, self.factor = ("%", 100) if kind == "share" and not unit else (unit, 1)
        """A share that is printed as a word (half) is written in per cent."""

    def __call__(self, value: float, digits: int = 0, more: int = 0, *, is_padded: bool = True) -> str:
        """A value in the reader's form: `more` decimals than the report prints, at least `digits` significant ones; with as
        many zeros as the report prints decimals where `is_padded`.
        """
        value *= self.factor
        places = self.decimals + more
        if value and digits:
            places = max(places, digits - 1 - math.floor(math.log10(abs(value))))
        exact = next((n for n in range(places) if abs(value - round(value, n)) < 1e-9 * abs(value)), places)
        places = max(exact, self.decimals) if is_padded and not more else exact
        return words.number(value, self.unit, self.t.language, places).replace("-", "−")

    def tick(self, value: float, step: float) -> str:
        """A number of an axis on which numbers lie a step apart, with as many decimals as the step has, so that it says where it
        stands; with its own where it stands alone (0).
        """
        if not step:
            return self(value, 12, is_padded=False)
        places = max(0, -math.floor(math.log10(step * self.factor) + 1e-9))
        return words.number(value * self.factor, self.unit, self.t.language, places).replace("-", "−")

    def apart(self, value: float, other: float) -> str:
        """A value with the decimals of the report, and as many more as it takes to tell it from `other`."""
        texts = [(self(value, 3, n, is_padded=False), self(other, 3, n, is_padded=False)) for n in range(4)]
        return next((own for own, others in texts if own != others), texts[0][0])

    def supported(self, value: float, found: Interval | None) -> str:
        """A value with the decimals that its own range supports, at least as many as the report prints."""
        if found is None or not math.isfinite(found.width) or found.width <= 1e-9 * abs(value):
            return self(value, 2)
        own = math.ceil(-math.log10(found.width * self.factor) - 1e-9)
        return self(value, 2, min(max(own - self.decimals, 0), 3))

    def span(self, found: Interval) -> str:
        """A range, with enough decimals that its ends differ; one number where they do not; one-sided where it has no end."""
        if not math.isfinite(found.high) or not math.isfinite(found.low):
            return self._one_sided(found)
        for more in (1, 2, 3, 4):
            ends = self(found.low, 2, more), self(found.high, 2, more)
            if ends[0] != ends[1]:
                low, high = ends if self.unit == "%" else words.shortened(*ends)
                return self.t("check.range", low=low, high=high)
        return self(found.low, 2, 1)

    def _one_sided(self, found: Interval) -> str:
        if math.isfinite(found.low):
            return self.t("check.above", low=self(found.low, 2, 1))
        return self.t("check.below", high=self(found.high, 2, 1)) if math.isfinite(found.high) else ""

    def difference(self, value: float, printed: float) -> str:
        """How far a value lies from the printed one: points for a rate, as exact as `apart` shows it, a multiple where far
        apart, else per cent.
        """
        apart = (value - printed) * self.factor
        if not apart:
            return ""
        if self.unit in POINTS:
            shown = max(self.decimals, decimals_of(self.apart(value, printed)))
            return self.t("check.points", apart=_signed(apart, shown))
        if not printed or not value:
            return ""
        ratio = printed / value
        if ratio >= 2:
            return self.t("check.times", times=f"{ratio:.2g}")
        return self.t("check.relative", apart=_signed((value / printed - 1) * 100))


def _signed(value: float, most: int = 2) -> str:
    """A difference in three digits at most, with its sign: +1.04, −0.03."""
    value = float(f"{value:.3g}")
    places = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:+.{min(places, most)}f}".replace("-", "−")
