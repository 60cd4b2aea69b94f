"""Printed expressions: a number with its unit and hedge word, taken apart and put together as a report prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from analysis import words
from analysis.numbers import numerals, units
from analysis.numbers.numerals import Numeral, PrintedNumberError


@dataclass(frozen=True)
class Expression:
    """Text of the number, unit and hedge word; `rest` is what 余 or 多 may add where its place says so, else 0."""

    text: str
    unit: str = ""
    hedge: str = ""
    rest: Decimal = Decimal(0)


@lru_cache(4096)
def split(asked: Expression) -> Expression:
    """What was asked where its text is a number or range, else the parts of a whole expression.

    `PrintedNumberError` when it is neither.

    >>> split(Expression("近30%"))
    Expression(text='30', unit='%', hedge='近', rest=Decimal('0'))
    >>> split(Expression("more than $5.4 billion"))
    Expression(text='5.4', unit='USD billion', hedge='more than', rest=Decimal('0'))
    """
    if _is_readable(asked):
        return asked
    if asked.unit or asked.hedge:
        raise PrintedNumberError(f"not a printed number: {asked.text!r}")
    hedge, core = _unhedged(numerals.folded(asked.text))
    code, core = _without_symbol(core)
    found = [c for c in _candidates(core, hedge, code) if _is_readable(c)]
    if not found:
        raise PrintedNumberError(f"not a printed number: {asked.text!r}")
    return max(found, key=lambda c: (not _has_power(c.text), len(c.text)))


@lru_cache(4096)
def ends(found: Expression, alone: bool = False) -> tuple[Numeral, Numeral]:
    """Both ends of a range, 3至5 or 3.2%—3.5%, or one number twice; `alone` reads no ranges.

    >>> [str(end.value) for end in ends(Expression("3.2%—3.5%", "%"))]
    ['3.2', '3.5']
    """
    try:
        number = _number(found.text, found.unit)
        return number, number
    except PrintedNumberError:
        if alone:
            raise
    for match in _between().finditer(found.text, 1):
        low, high = found.text[: match.start()], found.text[match.end() :]
        try:
            pair = (
                _number(_without(low, found.unit), found.unit),
                _number(_without(high, found.unit), found.unit),
            )
        except PrintedNumberError:
            continue
        if pair[0].value < pair[1].value and not (pair[0].is_fraction or pair[1].is_fraction):
            return pair
    raise PrintedNumberError(f"not a printed number: {found.text!r}")


def written(text: str, unit: str, hedge: str, *, is_round: bool) -> str:
    """Number, unit and hedge word as printed; 余 stands behind a round number (20余万户), else behind the power (2087万余个).

    >>> written("20", "万户", "余", is_round=True), written("5", "GW", "or more", is_round=False)
    ('20余万户', '5 GW or more')
    """
    place = words.hedges()[hedge].place if hedge else "before"
    unit = "" if unit and text.endswith(unit) else unit
    if place == "within":
        scale = "" if is_round else _scale(unit)
        return f"{text}{scale}{hedge}{unit.removeprefix(scale)}"
    is_apart = unit.isascii() and unit[:1].isalpha() and unit not in words.close_units()
    number = f"{text} {unit}" if is_apart else f"{text}{unit}"
    parts = (hedge, number) if place == "before" else (number, hedge)
    return (" " if hedge.isascii() else "").join(filter(None, parts))


def _scale(unit: str) -> str:
    """The power before a unit: 万 of 万个."""
    scales = (s for s in words.units("scales") if unit.startswith(s) and not s.isascii())
    return max(scales, key=len, default="")


def _number(text: str, unit: str) -> Numeral:
    """The number before its unit. Where both have a power they are one numeral together: of 3万亿5万亿元 nothing is 3万亿5."""
    found, last = numerals.read(text), unit.rpartition(" ")[2]
    scale = f" {last}" if last in words.units("scales") else _scale(unit)
    if _has_power(text) and _has_power(scale):
        numerals.read(text + scale)
    return found


@cache
def _between() -> re.Pattern[str]:
    said = [rf" {s} " if s.isascii() else s for s in words.signs("range")]
    return re.compile(rf" ?(?:[–—~～]{{1,2}}|--?) ?|{'|'.join(said)}")


def _without(text: str, unit: str) -> str:
    return numerals.folded(text).removesuffix(unit) if unit else text


def _is_readable(found: Expression) -> bool:
    try:
        ends(found, alone=False)  # as a quantity asks for them then: what was read is at hand
    except PrintedNumberError:
        return False
    return True


def _unhedged(text: str) -> tuple[str, str]:
    """The hedge word before or after the number, and the text without it."""
    for word, hedge in sorted(words.hedges().items(), key=lambda item: -len(item[0])):
        space = " " if word.isascii() else ""
        if hedge.place == "before" and text.lower().startswith(word + space):
            return word, text[len(word) :].strip()
        if hedge.place == "after" and text.lower().endswith(space + word):
            return word, text[: -len(word)].strip()
    return "", text


def _without_symbol(text: str) -> tuple[str, str]:
    """The currency code of a sign before the number, and the text without it."""
    for symbol, code in sorted(words.units("symbols").items(), key=lambda item: -len(item[0])):
        if text.startswith(symbol):
            return code, text.removeprefix(symbol).strip()
    return "", text


def _candidates(core: str, hedge: str, code: str) -> Iterator[Expression]:
    """Every way to take the text apart into a number and a known unit, with 余 between them or within the unit."""
    for at in range(1, len(core) + 1):
        number, tail = core[:at].strip(), core[at:].strip()
        if not number:
            continue
        unit = f"{code} {tail}".strip() if code else tail
        if unit in units.UNITS and (tail or code or hedge):
            yield Expression(number, unit, hedge)
        if not hedge:
            yield from _with_rest(number, tail)


def _with_rest(number: str, tail: str) -> Iterator[Expression]:
    for word in (w for w, hedge in words.hedges().items() if hedge.place == "within" and w in tail):
        scale, _, counter = tail.partition(word)
        if scale + counter not in units.UNITS or (scale and scale != _scale(scale + counter)):
            continue
        if scale:
            try:
                yield Expression(number, scale + counter, word, numerals.read(number).place)
            except PrintedNumberError:
                continue
        else:
            yield Expression(number, counter, word)


def _has_power(text: str) -> bool:
    return any(word in text for word, power in words.numerals("powers").items() if power > numerals.SECTION)
