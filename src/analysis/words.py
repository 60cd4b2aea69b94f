"""Words and number formats in the two languages of the suite, English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Lang = Literal["en", "zh"]

VERDICTS: dict[str, dict[str, str]] = {
    "reproduced": {"en": "reproduced", "zh": "可复现"},
    "hedged": {"en": "hedged", "zh": "借措辞成立"},
    "contradicted": {"en": "contradicted", "zh": "不符"},
    "unchecked": {"en": "unchecked", "zh": "未核查"},
}
BASES: dict[str, dict[str, str]] = {
    "report": {"en": "the report's own numbers", "zh": "报告自身数据"},
    "primary": {"en": "published series", "zh": "公开数据"},
}
LABELS: dict[str, dict[str, str]] = {
    "printed": {"en": "printed", "zh": "报告所印"},
    "recomputed": {"en": "recomputed", "zh": "重算"},
    "verdict": {"en": "verdict", "zh": "结论"},
    "formula": {"en": "formula", "zh": "算式"},
    "basis": {"en": "basis", "zh": "依据"},
    "from": {"en": "from", "zh": "取自"},
    "decision_error": {"en": "the conclusion flips", "zh": "结论相反"},
    "exploration": {"en": "exploration, does not set the verdict", "zh": "探索性，不决定结论"},
    "claim": {"en": "claim", "zh": "陈述"},
    "missing": {"en": "what is missing", "zh": "缺什么"},
    "nothing_missing": {"en": "Every claim of this notebook was checked.", "zh": "本篇所有陈述均已核查。"},
    "holds": {"en": "holds", "zh": "成立"},
    "does_not_hold": {"en": "does not hold", "zh": "不成立"},
}


def chooser(language: str) -> Callable[[str, str], str]:
    """A function of (English, Chinese) that gives the text in `language`."""
    if language not in ("en", "zh"):
        raise ValueError(f"language is en or zh, not {language!r}")
    return (lambda en, zh: zh) if language == "zh" else (lambda en, zh: en)


def label(key: str, language: str) -> str:
    """A word of the suite's own vocabulary: verdicts, bases and labels of checks."""
    for table in (VERDICTS, BASES, LABELS):
        if key in table:
            return table[key][language]
    raise KeyError(key)


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
