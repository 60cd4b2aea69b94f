"""A printed number: what exactly a report claims when it prints one.

`12.50` and `12.5` claim different precision, 近30% claims another range than 30%. So a reported value stays the
string it was printed as, and means an interval: half a unit of its last printed digit on either side (rounding half
up), restricted and widened on the side that its hedge word allows. How far a hedge stretches is a matter of reading,
hence a parameter: `Reading`.

    >>> Quantity.parse("34.54", "%").interval
    Interval(low=34.535, high=34.545)
    >>> Quantity.parse("200", "亿元", "约").hedged
    Interval(low=189.5, high=210.5)
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from analysis import words
from analysis.errors import UserError

MAX_UNCERTAIN_INPUTS = 14
"""Corner propagation evaluates 2^n points; beyond this many uncertain inputs the cost is no longer small."""


class PrintedNumberError(UserError):
    """A string is not a number that a report could have printed."""


@dataclass(frozen=True)
class Interval:
    """A closed range of values. `low` may equal `high`; neither is NaN."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"not an interval: {self.low} … {self.high}")

    @property
    def mid(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low

    def meets(self, other: Interval) -> bool:
        """Whether the two ranges share more than an end point, up to the last bits of floating-point arithmetic.

        Rounding intervals are half open: what rounds to 2078 ends where what rounds to 2079 begins, so touching is
        not meeting. A single point is met by a range that has it anywhere, ends included.
        """
        low, high = max(self.low, other.low), min(self.high, other.high)
        slack = self._slack(other)
        if high - low > slack:
            return True
        if high - low < -slack:
            return False
        open_low = any(i.low_open for i in (self, other) if abs(i.low - low) <= slack)
        open_high = any(i.high_open for i in (self, other) if abs(i.high - high) <= slack)
        return not (open_low or open_high)

    def within(self, other: Interval) -> bool:
        """Whether every value of this range is one of the other."""
        slack = self._slack(other)
        below = self.low - other.low > slack or (
            abs(self.low - other.low) <= slack and (self.low_open or not other.low_open)
        )
        above = other.high - self.high > slack or (
            abs(self.high - other.high) <= slack and (self.high_open or not other.high_open)
        )
        return below and above

    def _slack(self, other: Interval) -> float:
        ends = (self.low, self.high, other.low, other.high)
        return 1e-9 * max(abs(e) for e in ends if math.isfinite(e)) if any(map(math.isfinite, ends)) else 0.0

    def stretched(self, factor: float) -> Interval:
        """The range with its low end divided and its high end multiplied, by size."""
        ends = sorted((self.low / factor, self.low * factor, self.high / factor, self.high * factor))
        return Interval(ends[0], ends[-1], self.low_open, self.high_open)

    def contains(self, value: float) -> bool:
        """Whether the value lies in the range."""
        return self.meets(Interval(value, value))

    def scaled(self, factor: float) -> Interval:
        """The range in another unit; `factor` is positive."""
        return Interval(self.low * factor, self.high * factor, self.low_open, self.high_open)


def propagate(function: Callable[..., float], inputs: Mapping[str, Interval]) -> Interval:
    """The range of `function` over the box of its inputs: keyword name → interval.

    The extremes are taken at the corners of the box, which is exact for functions that are monotone in each input
    (growth, shares, sums, implied values). Moore, Kearfott and Cloud, *Introduction to Interval Analysis* (2009), 5.2.
    A function that says so by an attribute `directions` (keyword → 1 rising, −1 falling, for positive inputs) is
    evaluated at its two extreme corners alone.
    """
    directions: Mapping[str, int] | None = getattr(function, "directions", None)
    if directions is not None and all(i.low > 0 for i in inputs.values()):
        ends = (
            {n: (i.low if directions[n] * side > 0 else i.high) for n, i in inputs.items()}
            for side in (1, -1)
        )
        low, high = (function(**corner) for corner in ends)
        return Interval(low, high)
    uncertain = sum(i.width > 0 for i in inputs.values())
    if uncertain > MAX_UNCERTAIN_INPUTS:
        raise UserError(
            f"{uncertain} uncertain inputs in one formula (at most {MAX_UNCERTAIN_INPUTS}): compute partial results first"
        )
    sides = [(i.low,) if i.width == 0 else (i.low, i.high) for i in inputs.values()]
    names = list(inputs)
    values = [function(**dict(zip(names, corner, strict=True))) for corner in itertools.product(*sides)]
    values.append(function(**{name: i.mid for name, i in inputs.items()}))
    if any(math.isnan(v) for v in values):
        raise UserError("a formula gave no number for its inputs")
    return Interval(min(values), max(values))


NEAR, ABOUT, ABOVE, BELOW, EMPHATIC = map(words.hedges, ("near", "about", "above", "below", "emphatic"))
"""Words that stress a number without blurring it."""
HEDGES = NEAR | ABOUT | ABOVE | BELOW | EMPHATIC


@dataclass(frozen=True)
class Reading:
    """How strictly hedge words are read: the share of the value by which each kind stretches its interval.

    `near` (近, 接近) stretches below, `about` (约) both ways, `above` (超过, 以上, 余, 逾) above, `below` (不足)
    below. `trailing_zeros`: whether the zeros that end an integer count as printed digits.
    """

    near: float = 0.10
    about: float = 0.05
    above: float = 0.25
    below: float = 0.10
    trailing_zeros: Literal["printed", "insignificant"] = "printed"


@dataclass(frozen=True)
class Quantity:
    """A number as a report prints it.

    `value` is None for statements in words (远高于, 逐年递增), which have no interval.
    """

    text: str
    value: float | None
    unit: str
    hedge: str
    half_unit: float
    reading: Reading = field(default_factory=Reading)
    ref: str = ""
    label: str = ""
    span: tuple[float, float] | None = None
    """For a range (3.2%—3.5%) or a fraction (2/3): the interval that its notation claims."""

    @classmethod
    def parse(
        cls,
        text: str,
        unit: str = "",
        hedge: str = "",
        reading: Reading | None = None,
        *,
        ref: str = "",
        label: str = "",
        words: bool = False,
        language: str = "zh",
    ) -> Quantity:
        """Read a printed number. With `words`, text that is no number gives a quantity without value.

        `PrintedNumberError` when the text is no number, or the hedge word is unknown.
        """
        reading = reading or Reading()
        if hedge and hedge not in HEDGES:
            raise PrintedNumberError(
                f"unknown hedge word {hedge!r}; known: {' '.join(sorted(HEDGES))} (add it to analysis/numbers/printed.py)"
            )
        try:
            value, half, span = _read(text, reading)
        except PrintedNumberError:
            if not words:
                raise
            return cls(text, None, unit, hedge, 0.0, reading, ref, label)
        return cls(text, value, unit, hedge, half, reading, ref, label, span)

    @property
    def interval(self) -> Interval:
        """What the printed digits claim. A hedge that names a side cuts off the other one."""
        value = self._value()
        low, high = self.span or _around(value, self.half_unit)
        if self.hedge in ABOVE:
            low = min(value, high)
        elif self.hedge in BELOW:
            high = max(math.nextafter(value, -math.inf), low)
        return Interval(low, high)

    @property
    def hedged(self) -> Interval:
        """What the hedge word allows besides. Equal to `interval` without one."""
        value, printed = self._value(), self.interval
        low, high, reach = printed.low, printed.high, abs(value)
        if self.hedge in NEAR:
            low -= reach * self.reading.near
        elif self.hedge in ABOUT:
            low, high = low - reach * self.reading.about, high + reach * self.reading.about
        elif self.hedge in ABOVE:
            high += reach * self.reading.above
        elif self.hedge in BELOW:
            low -= reach * self.reading.below
        return Interval(low, high)

    @property
    def low(self) -> float:
        """Lower end of the printed interval."""
        return self.interval.low

    @property
    def high(self) -> float:
        """Upper end of the printed interval."""
        return self.interval.high

    @property
    def blurs(self) -> bool:
        """Whether the hedge word blurs the number."""
        return self.hedged != self.interval

    @property
    def side(self) -> str:
        """`above`, `below` or empty: the side that the hedge word names."""
        return "above" if self.hedge in ABOVE else "below" if self.hedge in BELOW else ""

    def _value(self) -> float:
        if self.value is None:
            raise PrintedNumberError(f"{self.text!r} is a statement in words and has no interval")
        return self.value

    def __str__(self) -> str:
        before = self.hedge if self.hedge not in {"以上", "余", "左右", "多"} else ""
        if (self.hedge + self.text + self.unit).isascii() and self.unit != "%":
            return " ".join(filter(None, (self.hedge, self.text, self.unit)))
        space = " " if before.isascii() and before else ""
        return f"{before}{space}{self.text}{self.unit}{'' if before else self.hedge}"


def _around(value: float, half: float) -> tuple[float, float]:
    exact, step = Decimal(repr(value)), Decimal(repr(half))
    return float(exact - step), float(exact + step)


_FRACTION = re.compile(r"(\d+)/(\d+)")


def _read(text: str, reading: Reading) -> tuple[float, float, tuple[float, float] | None]:
    """Value, half unit, and the span of a fraction or range."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").replace("−", "-")
    plain = words.numbers().get(plain.lower(), plain)
    if match := _FRACTION.fullmatch(plain):
        fraction = Fraction(int(match[1]), int(match[2]))
        return float(fraction), 0.0, _fraction_span(fraction)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal(_chinese(plain, text))
    if not number.is_finite():
        raise PrintedNumberError(f"not a printed number: {text!r}")
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent >= 0 and reading.trailing_zeros == "insignificant" and number != 0:
        exponent = len(str(int(abs(number)))) - len(str(int(abs(number))).rstrip("0"))
    return float(number), float(Decimal("0.5").scaleb(exponent)), None


def _fraction_span(fraction: Fraction) -> tuple[float, float]:
    """Half way to the neighbours among the fractions with denominators up to five (or its own).

    Prose picks fractions from that set, so 2/3 claims to be nearer than 3/5 and 3/4.
    """
    order = max(5, fraction.denominator)
    others = {Fraction(n, d) for d in range(1, order + 1) for n in range(-d, 2 * d + 1)} - {fraction}
    below = max((f for f in others if f < fraction), default=fraction)
    above = min((f for f in others if f > fraction), default=fraction)
    return float((below + fraction) / 2), float((fraction + above) / 2)


_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿点]+")


def _chinese(plain: str, text: str) -> str:
    if not _CHINESE.fullmatch(plain):
        raise PrintedNumberError(f"not a printed number: {text!r}")
    import cn2an

    if plain[0] in "百千万亿":  # 近百项 leaves out the 一 that cn2an asks for
        plain = f"一{plain}"
    try:
        return str(cn2an.cn2an(plain, "smart"))
    except ValueError as error:
        raise PrintedNumberError(f"not a printed number: {text!r}") from error


def decimals_interval(text: str) -> Interval:
    """The rounding interval of a value that a publisher prints: half a unit of its last digit on either side."""
    value, half, span = _read(text, Reading())
    return Interval(*(span or _around(value, half)))
