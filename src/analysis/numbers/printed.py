"""A printed number: what exactly a report claims when it prints one.

`12.50` and `12.5` claim different precision, 近30% claims another range than 30%. So a reported value stays the string
it was printed as, and means two ranges: what its printed digits claim, cut where the hedge word cuts (`interval`, P),
and what the word allows besides (`hedged`, H). Both are half open, as rounding half up is; all acts on the size of a
negative number. How far a word reaches is a matter of reading, hence a parameter: `Reading`.

    >>> Quantity.parse("34.54", "%").interval
    Interval(low=34.535, high=34.545, high_open=True)
    >>> Quantity.parse("30", "%", "近").hedged
    Interval(low=27.0, high=30.0, high_open=True)

| word | P | H |
|-|-|-|
| near: 近, 接近 n; nearly | from n less half a unit, below n | [0.9 n, n) |
| about: 约, 左右; around | the digits | n ± 5 % |
| above: 超过; more than | (n, 1.25 n] | (n, ∞) |
| from: 以上; at least | [n, 1.25 n] | [n, ∞) |
| below: 不足; less than | [0.75 n, n) | [0, n) |
| upto: 不超过; up to | [0.75 n, n] | [0, n] |
| rest: 余, 多 | n and the rest of its last unit: 七十余 is [70, 80) | the same |
| stress: 高达, 仅; only | the digits | the same |
| a fraction: 一半, 2/3 | half a point either side | half-way to its neighbours of denominator ≤ 5 |
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from analysis import words as packs
from analysis.numbers import expressions, numerals, units
from analysis.numbers.interval import Interval
from analysis.numbers.numerals import PrintedNumberError

__all__ = ["HEDGES", "Interval", "PrintedNumberError", "Quantity", "Reading", "written"]

HEDGES = frozenset(packs.hedges())
"""The hedge words of all languages."""
HALF_POINT = Decimal("0.005")
"""How exactly a fraction is taken at its word."""
GREATEST_DENOMINATOR = 5
"""Prose picks its fractions from those with denominators up to this one."""
WHOLE_KINDS = frozenset({"count", "form", "rank"})
"""Kinds of claims whose whole numbers are exact."""


@dataclass(frozen=True)
class Reading:
    """How strictly hedge words are read, as shares of the value.

    `near` (近, 接近): how far below the value its range begins; `about` (约): how far it reaches both ways; `above`
    (超过, 以上) and `below` (不足): how far beyond the value still counts as what is printed. `trailing_zeros`: whether
    the last zero of a whole number after 约 counts as a printed digit. `rounding`: whether digits left out were rounded or
    cut off. `widest`, `blunt`: the bar for evidence: how many times wider than the claim it may be, and from which width,
    as a share of its value, it could hardly fail.
    """

    near: float = 0.10
    about: float = 0.05
    above: float = 0.25
    below: float = 0.25
    trailing_zeros: Literal["printed", "insignificant"] = "printed"
    rounding: Literal["half up", "truncated"] = "half up"
    widest: float = 2.0
    blunt: float = 0.1


@dataclass(frozen=True)
class Quantity:
    """A number as a report prints it.

    `value` is None for statements in words (远高于, 逐年递增), which have no interval. `half_unit` is half a unit of the
    last printed digit, 0 for a fraction.
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
    """The ends of a range (3.2%—3.5%), or how far a fraction (2/3) is from its neighbours."""
    kind: str = ""
    """What it is in the ledger: a `count` is whole, a `share` lies in 0 … 100 %. Without it, units and hedges tell."""
    rest: float = 0.0
    """How much 余 and 多 may add."""
    expression: str = ""
    """The whole printed expression, where it was read from one."""

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
        kind: str = "",
    ) -> Quantity:
        """Read a printed number, or a whole expression with its unit and hedge word: 2087万余个, "nearly $5.4 billion".

        Words of every pack are read. With `words`, text that is no number gives a quantity without value. `PrintedNumberError` when the text is no number, or the hedge word is unknown.

        >>> q = Quantity.parse("2087万余个")
        >>> q.text, q.unit, q.hedge, q.interval
        ('2087', '万个', '余', Interval(low=2087.0, high=2088.0, high_open=True))
        """
        reading = reading or Reading()
        if hedge and hedge not in HEDGES:
            raise PrintedNumberError(
                f"unknown hedge word {hedge!r}; known: {' '.join(sorted(HEDGES))} (a line in [hedges] of analysis/words/ adds one)"
            )
        asked = expressions.Expression(text, unit, hedge)
        try:
            found = asked if words else expressions.split(asked)
            low, high = expressions.ends(found, alone=words)
        except PrintedNumberError:
            if not words:
                raise
            return cls(text, None, unit, hedge, 0.0, reading, ref, label, kind=kind)
        half = float(max(_last_counted(n, found.hedge, reading) for n in (low, high)) / 2)
        span = _neighbours(high.value) if isinstance(high.value, Fraction) else None
        if low is not high:
            if found.hedge and packs.hedges()[found.hedge].kind not in ("about", "stress"):
                raise PrintedNumberError(f"{text!r} is a range, which {found.hedge} does not hedge")
            span = float(low.value), float(high.value)
        value = float((Fraction(low.value) + Fraction(high.value)) / 2)
        whole = "" if found == asked else text
        return cls(
            found.text, value, found.unit, found.hedge, half, reading, ref, label, span, kind,
            float(found.rest or _rest(high)), whole,
        )  # fmt: skip

    @property
    def interval(self) -> Interval:
        """P: what the printed digits claim, cut where the hedge word cuts."""
        return self._ranges[0]

    @property
    def hedged(self) -> Interval:
        """H: what the hedge word, or a fraction, allows besides. Equal to `interval` where nothing blurs."""
        return self._ranges[1]

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
        """Whether the word allows more than the printed digits claim."""
        return self.hedged != self.interval

    @property
    def side(self) -> str:
        """`above`, `below` or empty: the side that the hedge word names; 近 names the size it falls short of, no side."""
        return _SIDES.get(self._hedge, "")

    @property
    def is_fraction(self) -> bool:
        """Whether it is printed as a fraction: 一半, 2/3."""
        return self.span is not None and self.half_unit == 0

    @property
    def is_whole(self) -> bool:
        """Whether it counts things one by one: 28家 is 28, not 27.5 … 28.5."""
        is_count = self.kind in WHOLE_KINDS or units.counts(self.unit)
        return (
            is_count
            and self.half_unit == 0.5
            and self._value() % 1 == 0
            and units.counter(self.unit).factor == 1
        )

    def __str__(self) -> str:
        return self.expression or written(self.text, self.unit, self.hedge)

    def _value(self) -> float:
        if self.value is None:
            raise PrintedNumberError(f"{self.text!r} is a statement in words and has no interval")
        return self.value

    @property
    def _hedge(self) -> str:
        return packs.hedges()[self.hedge].kind if self.hedge else ""

    @property
    def _ranges(self) -> tuple[Interval, Interval]:
        """P and H."""
        value = self._value()
        if self.span is not None and not self.is_fraction:
            return self._of_range(*self.span)
        printed, allowed = self._of_size(abs(value))
        if value < 0:
            printed, allowed = printed.mirrored(), allowed.mirrored()
        return self._bounded(printed), self._bounded(allowed)

    def _of_range(self, low: float, high: float) -> tuple[Interval, Interval]:
        if self.is_whole:
            printed = Interval(low, high)
        else:
            bottom, top = self._digits(low, self.half_unit), self._digits(high, self.half_unit)
            printed = Interval(bottom.low, top.high, bottom.low_open, top.high_open)
        reach = self.reading.about if self._hedge == "about" else 0.0
        return printed, _hull(printed, Interval(low - abs(low) * reach, high + abs(high) * reach))

    def _of_size(self, size: float) -> tuple[Interval, Interval]:
        """P and H of a number of this size, its sign apart."""
        half = float(HALF_POINT) if self.is_fraction else self.half_unit
        digits = self._digits(size, half)
        allowed = Interval(*self._neighbourhood, high_open=True) if self.is_fraction else digits
        match self._hedge:
            case "near" if size:
                low = allowed.low if self.is_fraction else size - (size * self.reading.near or half)
                return (
                    Interval(max(low, digits.low), size, high_open=True),
                    Interval(low, size, high_open=True),
                )
            case "above" | "from" as kind:
                is_open, reach = kind == "above", size * self.reading.above or half
                return Interval(size, size + reach, is_open), Interval(size, math.inf, is_open)
            case "below" | "upto" as kind:
                is_open, reach = kind == "below", size * self.reading.below or half
                lowest = 0.0 if size else -math.inf
                return (
                    Interval(size - reach, size, high_open=is_open),
                    Interval(lowest, size, high_open=is_open),
                )
            case "rest":
                both = Interval(size, size + self.rest, high_open=True)
                return both, both
        printed = Interval(size, size) if self.is_whole else digits
        if self._hedge != "about" or self.is_fraction:
            return printed, _hull(printed, allowed) if self.is_fraction else printed
        reach = size * self.reading.about
        return printed, _hull(printed, Interval(size - reach, size + reach))

    def _digits(self, value: float, half: float) -> Interval:
        """What the digits alone claim of a value."""
        if self.reading.rounding == "truncated" and not self.is_fraction:
            return _taken(value, 0.0, 2 * half)
        return _taken(value, half, half)

    @property
    def _neighbourhood(self) -> tuple[float, float]:
        assert self.span is not None
        low, high = sorted(map(abs, self.span))
        return low, high

    def _bounded(self, found: Interval) -> Interval:
        """The range within 0 … 100 % where the number is a share."""
        unit = units.counter(self.unit)
        whole, value = 1 / unit.factor, self._value()
        is_share = self.kind == "share" or (
            not self.kind and (self.is_fraction or bool(self.hedge and self.unit == "%"))
        )
        if not is_share or unit.dimension != "ratio" or not 0 <= value <= whole:
            return found
        if (value == whole and self._hedge == "above") or (not value and self.side == "below"):
            return found  # more than all, less than nothing: no share
        return found.clipped(0.0, whole)


_SIDES = {"above": "above", "from": "above", "rest": "above", "below": "below", "upto": "below"}


def written(text: str, unit: str = "", hedge: str = "") -> str:
    """A number with unit and hedge word as a report prints it.

    >>> written("2087", "万个", "余"), written("70", "%", "以上"), written("30", "%", "近"), written("3.5", "GW", "over")
    ('2087万余个', '70%以上', '近30%', 'over 3.5 GW')
    """
    return expressions.written(text, unit, hedge, is_round=_is_round(text))


def _is_round(text: str) -> bool:
    try:
        found = numerals.read(text)
    except PrintedNumberError:
        return False
    return _rest(found) > found.place


def decimals_interval(text: str) -> Interval:
    """The range that a published value claims: half a unit of its last digit on either side.

    >>> decimals_interval("13.03")
    Interval(low=13.025, high=13.035, high_open=True)
    """
    return Quantity.parse(text, kind="level").interval


def _last_counted(found: numerals.Numeral, hedge: str, reading: Reading) -> Decimal:
    """The worth of one unit of the last digit that counts as printed: of 约200 the tens, where its zero does not."""
    is_loose = reading.trailing_zeros == "insignificant" and hedge and packs.hedges()[hedge].kind == "about"
    if not (is_loose and found.place >= 1 and found.value):
        return found.place
    return min(found.place * 10, max(found.place, _zeros(found)))


def _zeros(found: numerals.Numeral) -> Decimal:
    """The worth of the last digit that is not 0."""
    assert isinstance(found.value, Decimal)
    exponent = found.value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent)


def _rest(found: numerals.Numeral) -> Decimal:
    """How much 余 may add: the rest of the last unit that is printed, of 七十 a ten, of 300万 a 万, of 3.5 a tenth."""
    if found.is_fraction or found.has_power or not found.value or found.place < 1:
        return found.place
    return _zeros(found)


def _taken(value: float, below: float, above: float) -> Interval:
    """What is printed as the value, so far below and above it by size: of 6.12 what rounds to it, [6.115, 6.125), or is
    cut off to it, [6.12, 6.13); of −6.12 the same mirrored."""
    if not above:
        return Interval(value, value)
    if not value:
        return Interval(-above, above, low_open=True, high_open=True)
    size, less, more = (Decimal(repr(x)) for x in (abs(value), below, above))
    found = Interval(float(size - less), float(size + more), high_open=True)
    return found if value > 0 else found.mirrored()


def _hull(one: Interval, other: Interval) -> Interval:
    """The smallest range that holds both."""
    low, high = min(one.low, other.low), max(one.high, other.high)
    return Interval(
        low,
        high,
        all(i.low_open for i in (one, other) if i.low == low),
        all(i.high_open for i in (one, other) if i.high == high),
    )


def _neighbours(value: Fraction) -> tuple[float, float]:
    """Half-way to the next fractions below and above that prose would pick instead.

    >>> _neighbours(Fraction(1, 2))
    (0.45, 0.55)
    """
    whole = math.floor(value)
    known = {
        Fraction(n, d)
        for d in range(1, GREATEST_DENOMINATOR + 1)
        for n in range((whole - 1) * d, (whole + 2) * d + 1)
    }
    below, above = max(f for f in known if f < value), min(f for f in known if f > value)
    return float((below + value) / 2), float((value + above) / 2)
