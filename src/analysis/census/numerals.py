"""Numerals as Chinese texts print them, read into exact decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from analysis.numbers import numerals as exact

DIGITS = "零〇一二两三四五六七八九"
POWERS = "十百千万亿"
CHINESE = DIGITS + POWERS

_D = "[一二两三四五六七八九]"
_SECTION = f"(?:{_D}千)?零?(?:{_D}百)?零?(?:{_D}?十)?{_D}?"
_INTEGER = f"(?:{_SECTION}万亿)?零?(?:{_SECTION}亿)?零?(?:{_SECTION}万)?零?{_SECTION}"
_DIGIT = {digit: number for number, digit in enumerate("零一二三四五六七八九")}
POWER_OF = {
    "十": Decimal(10), "百": Decimal(100), "千": Decimal(1000), "万": Decimal(10**4), "十万": Decimal(10**5),
    "百万": Decimal(10**6), "千万": Decimal(10**7), "亿": Decimal(10**8), "十亿": Decimal(10**9), "百亿": Decimal(10**10),
    "千亿": Decimal(10**11), "万亿": Decimal(10**12),
}  # fmt: skip
"""The value of each power of ten that stands behind a number."""
# in 三万五千 | 三点五; not in 元
_WELL_FORMED = re.compile(f"(?=.)(?:{_INTEGER}|零)(?:点[零一二三四五六七八九]+)?")
# 三万五 is 35,000: without 零 the last digit counts the next lower power.
# in 三万五 | 两百五; not in 三万零五
_ELLIPTIC = re.compile(f"(?P<head>.*(?P<power>[百千万亿]))(?P<last>{_D})")
# in 亿; not in 三
_SPLIT = re.compile(r"(?P<number>.*?)(?P<power>万亿|亿|万)?")


def arabic(text: str) -> Decimal:
    """The value of digits with or without thousands separators: 26,402 → 26402. Decimals are kept as printed."""
    return Decimal(re.sub(r"[,，\s\u2009\u202f]", "", text))


@lru_cache(maxsize=4096)
def chinese(text: str) -> Decimal | None:
    """The value of a Chinese numeral (三十五, 两百, 三点五), or None where the characters form no numeral.

    A power without a digit before it counts one of itself: 百 is 100, 千万 is 10,000,000. A digit that follows a power
    without 零 counts the next lower one.

    >>> chinese("三十五"), chinese("千万"), chinese("三万五"), chinese("三万零五")
    (Decimal('35'), Decimal('10000000'), Decimal('35000'), Decimal('30005'))
    """
    plain = text.replace("〇", "零").replace("两", "二")
    if plain.startswith(("百", "千", "万", "亿")):
        plain = "一" + plain
    if (short := _ELLIPTIC.fullmatch(plain)) and (head := chinese(short["head"])) is not None:
        return head + Decimal(_DIGIT[short["last"]]) * POWER_OF[short["power"]] / 10
    if not _WELL_FORMED.fullmatch(plain):
        return None
    if plain == "零":
        return Decimal(0)
    whole, _, decimals = plain.partition("点")
    printed = "".join(str(_DIGIT[digit]) for digit in decimals)
    return Decimal(f"{_whole(whole)}.{printed}") if printed else Decimal(_whole(whole))


def _whole(text: str) -> int:
    """The value of a well-formed numeral without decimals: powers below ten thousand multiply a digit, 万 and 亿 what stands before."""
    above, below, digit = 0, 0, 0
    for char in text:
        if char in _DIGIT:
            digit = _DIGIT[char]
        elif char in "十百千":
            below, digit = below + (digit or 1) * int(POWER_OF[char]), 0
        else:
            below, digit = below + digit, 0
            power = int(POWER_OF[char])
            above = (above + below) * power if char == "亿" else above + below * power
            below = 0
    return above + below + digit


def counted(text: str) -> tuple[Decimal | None, str]:
    """What a Chinese numeral counts, in the 万, 亿 or 万亿 at its end, and that power; None where it is no numeral.

    >>> counted("三百万"), counted("十四亿一千一百七十八万"), counted("三十五")
    ((Decimal('300'), '万'), (Decimal('141178'), '万'), (Decimal('35'), ''))
    """
    number, power = split_power(text)
    if not (number and power):
        return chinese(number), power
    value = chinese(text)
    if value is None:
        value = _of_one_power(text)
    return (None if value is None else value / POWER_OF[power]), power


def _of_one_power(text: str) -> Decimal | None:
    """三万五千亿, where one power counts all that stands before it; None for two amounts run together, 三万一万."""
    try:
        found = exact.read(text).value
    except exact.PrintedNumberError:
        return None
    return found if isinstance(found, Decimal) else None


def split_power(text: str) -> tuple[str, str]:
    """A Chinese numeral and the 万, 亿 or 万亿 at its end, which Chinese texts print as part of the unit.

    三百万 → (三百, 万); 三万二千 → (三万二千, ""); 万亿 → ("", 万亿).
    """
    match = _SPLIT.fullmatch(text)
    assert match is not None
    return match["number"], match["power"] or ""
