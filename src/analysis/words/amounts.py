"""Amounts as a reader of a language expects them: 13.03万亿元, CNY 13.03 trillion. The words are [amounts] of the packs."""

from __future__ import annotations

import re

from analysis.words.packs import pack

_AMOUNT = re.compile(r"([^\d−-]*)([−-]?[\d,.]+)(.*)")
_SMALLER = {" trillion": " billion", " billion": " million", " million": ""}
_THOUSAND, _MYRIAD, _MILLION = 1e3, 1e4, 1e6


def number(value: float, unit: str, language: str, decimals: int = 2, *, on_axis: bool = False) -> str:
    """A value with its unit as a reader of that language expects it: 13.03万亿元, CNY 13.03 trillion.

    `decimals` counts in the given unit; where the reader's form uses another power of ten it shifts along. An amount
    below one is written in the next smaller power (USD 600 million, not 0.6 billion), one of millions in millions;
    `on_axis` keeps to the unit of `display_unit`.

    >>> number(6, "亿美元", "en", 0), number(1.39, "万笔", "en"), number(6, "亿美元", "zh", 0)
    ('USD 600 million', '13,900 transactions', '6亿美元')
    """
    factor, before, after = _form(unit, language)
    if not on_axis and value and abs(value * factor) < 1:
        factor, after = _smaller(factor, after)
    elif not on_axis and factor >= _MYRIAD and abs(value * factor) >= _MILLION:
        factor, after = factor / _MILLION, f" million{after}"
    return f"{before}{value * factor:,.{_shift(decimals, factor)}f}{after}"


def one(unit: str, language: str) -> str:
    """A unit as a reader of that language would say it; nothing where the reader says the number alone.

    >>> one("亿元", "en"), one("万户", "en"), one("万亿元", "en"), one("亿元", "zh"), one("百万元", "zh"), one("%", "en")
    ('CNY 100 million', '10,000 households', 'CNY trillion', '亿元', '百万元', '%')
    >>> one("元", "en"), one("家", "en")
    ('CNY', '')
    """
    if not pack(language)["language"].get("spaces") and not unit.isascii():
        return unit
    return re.sub(r"(?<![\d.,])1 ?(?=\D|$)", "", number(1, unit, language, 0)).strip()


def display_unit(unit: str, language: str) -> tuple[float, str]:
    """How an axis shows `unit`: the factor to multiply values by, and the unit's words: 亿美元 → (0.1, "USD billion")."""
    if not pack(language)["language"].get("spaces"):
        return 1.0, unit
    factor, before, after = _form(unit, language)
    return factor, f"{before.strip()} {after.strip()}".strip()


def shortened(*amounts: str) -> tuple[str, ...]:
    """Amounts that stand side by side, in order, without saying their currency and unit more than once.

    >>> shortened("USD 53.5 billion", "USD 53.6 billion"), shortened("50%", "60%", "79%"), shortened("USD 1", "CNY 7")
    (('USD 53.5', '53.6 billion'), ('50', '60', '79%'), ('USD 1', 'CNY 7'))
    """
    parts = [found.groups() for text in amounts if (found := _AMOUNT.fullmatch(text))]
    if len(parts) < max(2, len(amounts)) or len({(before, after) for before, _, after in parts}) > 1:
        return amounts
    (before, first, _), *between, (_, last, after) = parts
    return before + first, *(amount for _, amount, _ in between), last + after


def _form(unit: str, language: str) -> tuple[float, str, str]:
    """The factor to the unit shown, the text before the number and the text after it.

    A unit that the pack does not know stands as it is; a counter word of a language without spaces says nothing to a
    reader of another, who sees the bare number.
    """
    own = pack(language)
    if unit in own["amounts"]:
        factor, before, after = own["amounts"][unit]
        return float(factor), before, after
    if not own["language"].get("spaces"):
        return 1.0, "", unit
    return 1.0, "", f" {unit}" if unit.isascii() else ""


def _smaller(factor: float, after: str) -> tuple[float, str]:
    for power, less in _SMALLER.items():
        if after == power or after.startswith(f"{power} "):
            return factor * (_THOUSAND if less else _MILLION), less + after.removeprefix(power)
    return factor, after


def _shift(decimals: int, factor: float) -> int:
    while factor >= 10 and decimals > 0:
        factor, decimals = factor / 10, decimals - 1
    while 0 < factor < 1:
        factor, decimals = factor * 10, decimals + 1
    return decimals
