"""Numerals as reports print them, in digits, words or both, read into exact numbers and the place of their last digit.

Digits are ASCII once full-width ones are folded; other scripts' digits, exponents and commas out of place are refused.
Words come from the packs: 七十, 1.3万亿, 14亿1178万, three million, 一半, 三分之二, two thirds. Two numbers run together
(3万亿5万亿, 3.5亿2000万) are none: what follows a power stays below it, and decimals end a number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from analysis import words
from analysis.errors import UserError

PLAIN_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
"""A number in a data file: ASCII digits as published, without commas."""
SECTION = 3
"""Powers of ten up to this one build a group (三百五十, two hundred), which a greater one multiplies (三百五十万)."""
PER = {100: 2, 1000: 3, 10000: 4}
"""百分之, 千分之, 万分之: wholes that count in a decimal unit rather than name a fraction; whole → its power of ten."""


class PrintedNumberError(UserError):
    """A string is not a number that a report could have printed."""


@dataclass(frozen=True)
class Numeral:
    """A number as read: `value`, and `place`, the worth of one unit of its last printed digit (0 for a fraction)."""

    value: Decimal | Fraction
    place: Decimal
    has_power: bool = False
    """Whether a power such as 万 or million ends it: its digits then count those."""

    @property
    def is_fraction(self) -> bool:
        """Whether it is printed as a fraction."""
        return isinstance(self.value, Fraction)


def folded(text: str) -> str:
    """Text with full-width forms and dashes of one kind as ASCII, and single spaces.

    >>> folded(" １３．０３　％ ")
    '13.03 %'
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    return " ".join(plain.split())


def read(text: str) -> Numeral:
    """The numeral that the whole text is; `PrintedNumberError` otherwise.

    >>> read("1,271").value, read("14亿1178万").value, read("12.50").place
    (Decimal('1271'), Decimal('1411780000'), Decimal('0.01'))
    """
    plain = folded(text).lower()
    sign = 1
    for minus in ("-", *words.signs("minus")):
        if plain.startswith(minus):
            plain, sign = plain.removeprefix(minus).lstrip(), -1
            break
    found = _fraction(plain) or _composed(plain.removeprefix("+") if sign == 1 else plain)
    if found is None:
        raise PrintedNumberError(f"not a printed number: {text!r}")
    return Numeral(sign * found.value, found.place, found.has_power)


_SLASH = re.compile(r"([0-9]+) ?/ ?([0-9]+)")


def _fraction(plain: str) -> Numeral | None:
    """2/3, 三分之二, two-thirds; 百分之三十五 counts hundredths and is 0.35."""
    plain = str(words.numerals().get(plain.replace("-", " "), plain))
    if match := _SLASH.fullmatch(plain):
        part, whole = int(match[1]), int(match[2])
        return Numeral(Fraction(part, whole), Decimal(0)) if whole else None
    for over in words.signs("over"):
        before, found, after = plain.partition(over)
        whole_of, part_of = _composed(before), _composed(after)
        if not found or whole_of is None or part_of is None or not whole_of.value:
            continue
        if power := PER.get(int(whole_of.value)):
            return _scaled(part_of, -power)
        if whole_of.value % 1 or part_of.value % 1:
            return None
        return Numeral(Fraction(int(part_of.value), int(whole_of.value)), Decimal(0))
    return _composed(plain) if plain.isdigit() and plain.isascii() else None


def _scaled(found: Numeral, power: int) -> Numeral:
    assert isinstance(found.value, Decimal)
    return Numeral(found.value.scaleb(power), found.place.scaleb(power))


_DIGITS = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


@cache
def _token() -> re.Pattern[str]:
    def one_of(known: Iterable[str]) -> str:
        longest_first = sorted(map(re.escape, known), key=len, reverse=True)
        return "|".join(w + r"(?![a-z])" if w.isascii() else w for w in longest_first)

    return re.compile(
        rf" ?(?:(?P<digits>{_DIGITS.pattern})|(?P<power>{one_of(words.numerals('powers'))})"
        rf"|(?P<word>{one_of(words.numerals('digits'))}))(?:-(?=[a-z]))?"
    )


def _tokens(plain: str) -> list[tuple[str, str]] | None:
    found, at = [], 0
    while at < len(plain):
        match = _token().match(plain, at)
        if match is None or match.lastgroup is None:
            return None
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


@cache
def _composed(plain: str) -> Numeral | None:
    """A number in groups of falling powers; None where the text is no such number."""
    plain = _pointed(plain)
    tokens = _tokens(plain) if plain else None
    if not tokens:
        return None
    if len(tokens) > 1 and all(kind == "word" for kind, _ in tokens) and not plain.isascii():
        return _by_place([text for _, text in tokens])
    return _Sum().of(tokens)


def _pointed(plain: str) -> str:
    """Words with a decimal point as digits: 三点五万 is 3.5万."""
    digit = words.numerals("digits")
    single = "".join(word for word in digit if len(word) == 1)
    for point in words.signs("point"):
        plain = re.sub(
            rf"([{single}]){point}([{single}]+)",
            lambda m: f"{digit[m[1]]}.{''.join(str(digit[c]) for c in m[2])}",
            plain,
        )
    return plain


def _by_place(texts: list[str]) -> Numeral | None:
    """二〇二一: digits by place, as years are printed. 三五 and 两三 (an estimate) are none."""
    digit = words.numerals("digits")
    values = [digit[t] for t in texts]
    if len(texts) < 4 and 0 not in values[1:]:
        return None
    return Numeral(Decimal("".join(map(str, values))), Decimal(1))


class _Sum:
    """Adds up a numeral token by token: `total` of closed groups, `section` of the open one, `digit` not yet placed."""

    def __init__(self) -> None:
        self.total = self.section = Decimal(0)
        self.digit: Decimal | None = None
        self.place = Decimal(1)
        self.is_digits = False
        self.last_power = SECTION + 1
        """The last power within the section."""
        self.limit: int | None = None
        """The last power that closed a group."""
        self.after_zero = False
        self.is_bridged = False
        """Whether a zero stands before the open group: 三万零五亿 counts 30,005 亿, where 3万5亿 are two numbers."""
        self.is_falling = False
        """Whether a group of a lower power was added: no greater one can follow."""
        self.has_decimals = False

    def of(self, tokens: list[tuple[str, str]]) -> Numeral | None:
        for kind, text in tokens:
            is_read = self._power(text) if kind == "power" else self._number(kind, text)
            if not is_read:
                return None
        if self.limit is not None and self._open() >= 10**self.limit:
            return None
        if not tokens[-1][1].isascii() or any(not text.isascii() for _, text in tokens[:-1]):
            self._elide()
        return Numeral(self._whole(), self.place, tokens[-1][0] == "power" and not self.section)

    def _elide(self) -> None:
        """三百五 is 350, 3万5 35000: without 零 a last digit counts the next lower power."""
        below = (self.last_power if self.section else self.limit or 1) - 1
        if self.digit is not None and self.digit < 10 and not self.after_zero:
            self.digit, self.place = self.digit.scaleb(below), self.place.scaleb(below)

    def _open(self) -> Decimal:
        """What no power has closed yet."""
        return self.section + (self.digit or 0)

    def _whole(self) -> Decimal:
        return self.total + self._open()

    def _number(self, kind: str, text: str) -> bool:
        value = (
            Decimal(text.replace(",", "")) if kind == "digits" else Decimal(words.numerals("digits")[text])
        )
        if self.has_decimals:
            return False
        if kind == "word" and value == 0 and (self.total or self.section) and self.digit is None:
            self.after_zero = self.is_bridged = True
            return True
        if self.digit is not None:  # twenty-five
            is_compound = kind == "word" and text.isascii() and self.digit >= 20 and not self.digit % 10
            if not is_compound or self.is_digits or not 0 < value < 10:
                return False
            value += self.digit
        if self.section and value >= 10 ** min(self.last_power, SECTION):
            return False
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        self.digit, self.is_digits, self.has_decimals = value, kind == "digits", exponent < 0
        self.place = Decimal(1).scaleb(exponent)
        return True

    def _power(self, text: str) -> bool:
        power = int(words.numerals("powers")[text])
        if power > SECTION or (power == SECTION and text.isascii()):  # two hundred thousand
            return self._close(power)
        if power >= self.last_power and self.section:
            return False
        if self.digit is None and (self.section or self.total) and not self.after_zero:
            return False
        amount = (Decimal(1) if self.digit is None else self.digit).scaleb(power)
        if self.section and amount >= 10**self.last_power:
            return False
        self.section += amount
        self.place = self.place.scaleb(power) if self.is_digits and self.digit is not None else Decimal(1)
        self.digit, self.last_power, self.after_zero = None, power, False
        return True

    def _close(self, power: int) -> bool:
        group = self._open()
        if not group and not self.total:
            group = Decimal(1)
        if self.limit is None or power > self.limit:
            if self.is_falling or not self._continues(group):
                return False
            self.total = (self.total + group).scaleb(power)
            self.limit = power + (self.limit or 0)
        elif group and power < self.limit and group.scaleb(power) < 10**self.limit:
            self.total += group.scaleb(power)
            self.limit, self.is_falling = power, True
        else:
            return False
        self.place = self.place.scaleb(power)
        self.section, self.digit, self.last_power, self.after_zero = Decimal(0), None, SECTION + 1, False
        self.is_bridged = False
        return True

    def _continues(self, group: Decimal) -> bool:
        """Whether a group goes on where the total ends, so that one power counts both: 三万五千亿, 三万零五亿."""
        if self.limit is None or not group:
            return True
        return group < 10**self.limit and (self.is_bridged or group >= 10 ** (self.limit - 1))
