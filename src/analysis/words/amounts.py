"""Amounts as a reader of a language expects them: 13.03万亿元, CNY 13.03 trillion."""

from __future__ import annotations

# unit → (factor to the unit shown in English, text before, text after)
_ENGLISH: dict[str, tuple[float, str, str]] = {
    "元": (1, "CNY ", ""),
    "万元": (1e4, "CNY ", ""),
    "百万元": (1, "CNY ", " million"),
    "亿元": (0.1, "CNY ", " billion"),
    "十亿元": (1, "CNY ", " billion"),
    "万亿元": (1, "CNY ", " trillion"),
    "美元": (1, "USD ", ""),
    "百万美元": (1, "USD ", " million"),
    "亿美元": (0.1, "USD ", " billion"),
    "十亿美元": (1, "USD ", " billion"),
    "万亿美元": (1, "USD ", " trillion"),
    "户": (1, "", " households"),
    "万户": (0.01, "", " million households"),
    "亿户": (100, "", " million households"),
    "人": (1, "", " people"),
    "万人": (0.01, "", " million people"),
    "亿人": (100, "", " million people"),
    "笔": (1, "", " deals"),
    "万笔": (1e4, "", " transactions"),
    "起": (1, "", " deals"),
    "个": (1, "", ""),
    "万个": (1e4, "", ""),
    "家": (1, "", " institutions"),
    "张": (1, "", " cards"),
    "亿张": (100, "", " million cards"),
    "项": (1, "", ""),
    "%": (1, "", "%"),
    "个百分点": (1, "", " percentage points"),
    "百分点": (1, "", " percentage points"),
    "倍": (1, "", " times"),
    "M": (1, "", " Mbit/s"),
    "": (1, "", ""),
}


def _shift(decimals: int, factor: float) -> int:
    while factor >= 10 and decimals > 0:
        factor, decimals = factor / 10, decimals - 1
    while 0 < factor < 1:
        factor, decimals = factor * 10, decimals + 1
    return decimals


def number(value: float, unit: str, language: str, decimals: int = 2) -> str:
    """A value with its unit as a reader of that language expects it: 13.03万亿元, CNY 13.03 trillion.

    `decimals` counts in the given unit; where the English form uses another power of ten it shifts along.
    """
    if language == "zh":
        return f"{value:,.{decimals}f}{unit}"
    factor, before, after = _ENGLISH.get(unit, (1, "", f" {unit}"))
    return f"{before}{value * factor:,.{_shift(decimals, factor)}f}{after}"


def display_unit(unit: str, language: str) -> tuple[float, str]:
    """How an axis shows `unit`: the factor to multiply values by, and the unit's words: 亿美元 → (0.1, "USD billion")."""
    if language == "zh":
        return 1.0, unit
    factor, before, after = _ENGLISH.get(unit, (1, "", unit))
    return float(factor), f"{before.strip()} {after.strip()}".strip()
