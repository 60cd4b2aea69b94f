"""What a printed number, word or date means to a reader of another language: 近一半 → nearly half, 950亿美元 → USD 95 billion."""

from __future__ import annotations

import re
from fractions import Fraction

from analysis import words
from analysis.numbers import numerals, periods
from analysis.numbers.printed import PrintedNumberError, Quantity

_DIGITS = re.compile(r"\d+")
_DATED = ("event", "forecast")
"""Kinds of statements whose printed text may be a date."""


def meaning(text: str, unit: str, hedge: str, language: str, *, kind: str = "", period: str = "") -> str:
    """The printed number in words and units of `language`; empty where it is no number and no date.

    >>> meaning("一半", "", "近", "en", kind="share"), meaning("950", "亿美元", "", "en", kind="level")
    ('nearly half', 'USD 95.0 billion')
    >>> meaning("七十", "种", "余", "en"), meaning("2021 年 6 月", "", "", "en", kind="event", period="2021-06")
    ('over 70', '2021-06')
    """
    if kind in _DATED and not unit:
        return dated(text, period, language)
    try:
        found = Quantity.parse(text, unit, hedge, words=True, kind=kind)
    except PrintedNumberError:
        return ""
    return (
        ""
        if found.value is None
        else words.meaning(hedge, amount(text, unit, found.value, language), language)
    )


def amount(text: str, unit: str, value: float, language: str) -> str:
    """The number alone: its fraction in words, else digits with as many decimals as are printed.

    >>> amount("34.54", "%", 34.54, "en"), amount("三分之二", "", 2 / 3, "en")
    ('34.54%', 'two thirds')
    """
    numeral = numerals.read(text)
    if isinstance(numeral.value, Fraction):
        return fraction(numeral.value, language) + (words.number(0, unit, language, 0)[1:] if unit else "")
    exponent = numeral.place.normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return words.number(value, unit, language, decimals)


def fraction(value: Fraction, language: str) -> str:
    """A fraction in the words of the language, in digits where it has none.

    >>> fraction(Fraction(2, 3), "en"), fraction(Fraction(1, 2), "zh"), fraction(Fraction(3, 7), "en")
    ('two thirds', '一半', '3/7')
    """
    known = words.pack(language)["numbers"]
    said = (w for w, n in known.items() if isinstance(n, str) and Fraction(n) == value)
    return next(said, str(value))


def dated(text: str, period: str, language: str) -> str:
    """A date whose digits are those of its period and no more: 2021 年 6 月, 2020/11; empty for any other text.

    >>> dated("2020/11", "2020-11", "en"), dated("2019年底", "2019-Q4", "en")
    ('2020-11', '')
    """
    here, there = ([int(n) for n in _DIGITS.findall(t)] for t in (text, period))
    return periods.label(period, language) if here and here == there and "Q" not in period else ""
