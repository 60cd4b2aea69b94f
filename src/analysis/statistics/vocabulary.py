"""Trend words turned into tests: what a word such as "rising year by year" requires of numbers.

Each word has a default definition and stricter or looser alternatives. A definition is a function of a series in time
order (and of a few named numbers); its decision carries the arithmetic that a reader can follow.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from analysis.errors import UserError
from analysis.statistics.sample import TooFewPoints


@dataclass(frozen=True)
class Decision:
    """Whether a trend word holds under one definition, and the arithmetic."""

    holds: bool
    evidence: str
    definition_en: str
    definition_zh: str


@dataclass(frozen=True)
class Definition:
    """One operational definition of a trend word."""

    word: str
    least: int
    en: str
    zh: str
    test: Callable[..., tuple[bool, str]]


def _steps(values: Sequence[float]) -> list[float]:
    return [b - a for a, b in itertools.pairwise(values)]


def _growth(values: Sequence[float]) -> list[float]:
    return [(b / a - 1) * 100 for a, b in itertools.pairwise(values)]


def _number(value: float) -> str:
    """Four significant digits, never with an exponent: arithmetic that reads alike in every language."""
    return f"{float(f'{value:.4g}'):,.10g}"


def _path(values: Sequence[float]) -> str:
    return " → ".join(_number(v) for v in values)


def _against(value: float, bound: float, unit: str = "%") -> tuple[bool, str]:
    """Whether a value exceeds its bound, and the comparison as it turned out."""
    exceeds = value > bound
    return exceeds, f"{_number(value)}{unit} {'>' if exceeds else '≤'} {_number(bound)}{unit}"


def _every_step(values: Sequence[float]) -> tuple[bool, str]:
    return all(s > 0 for s in _steps(values)), _path(values)


def _most_steps(values: Sequence[float], share: float = 0.75) -> tuple[bool, str]:
    steps = _steps(values)
    up = sum(s > 0 for s in steps)
    enough = up >= share * len(steps) and values[-1] > values[0]
    return enough, f"{up}/{len(steps)} ↑; {_path([values[0], values[-1]])}"


def _end_to_end(values: Sequence[float]) -> tuple[bool, str]:
    return values[-1] > values[0], _path([values[0], values[-1]])


def _end_below_start(values: Sequence[float]) -> tuple[bool, str]:
    return values[-1] < values[0], _path([values[0], values[-1]])


def _above_median(values: Sequence[float]) -> tuple[bool, str]:
    rates = _growth(values)
    return _against(rates[-1], median(rates[:-1]))


def _above_rate(values: Sequence[float], rate: float = 10.0) -> tuple[bool, str]:
    return _against(_growth(values)[-1], rate)


def _above_whole(values: Sequence[float], whole: float) -> tuple[bool, str]:
    return _against(_growth(values)[-1], whole)


def _faster(values: Sequence[float]) -> tuple[bool, str]:
    rates = _growth(values)
    return rates[-1] > max(rates[-2], 0), f"{_number(rates[-2])}% → {_number(rates[-1])}%"


def _close_to(values: Sequence[float], within: float = 0.15) -> tuple[bool, str]:
    ratio = values[-1] / values[0]
    text = f"{_number(values[-1])} ÷ {_number(values[0])} = {_number(ratio)}"
    return abs(ratio - 1) <= within or ratio > 1, text


def _rebound(values: Sequence[float]) -> tuple[bool, str]:
    peak, trough, last = (_number(v) for v in (values[0], min(values[1:-1]), values[-1]))
    lost, regained = values[0] - min(values[1:-1]), values[-1] - min(values[1:-1])
    if lost <= 0:
        return False, f"{peak} ≤ {trough}"
    share = regained / lost * 100
    return share >= 50, f"({last} − {trough}) ÷ ({peak} − {trough}) = {_number(share)}%"


def _rising_from_trough(values: Sequence[float]) -> tuple[bool, str]:
    return values[-1] > min(values[:-1]), _path([min(values[:-1]), values[-1]])


def _within_points(values: Sequence[float], points: float = 5.0) -> tuple[bool, str]:
    reach = max(values) - min(values)
    return (
        reach < points,
        f"{_path(values)}: {_number(reach)} {'<' if reach < points else '≥'} {_number(points)}",
    )


def _steady(values: Sequence[float], spread: float = 10.0) -> tuple[bool, str]:
    rates = _growth(values)
    low, high = min(rates), max(rates)
    return high - low <= spread and low > 0, f"{_number(low)}% … {_number(high)}%: {_number(high - low)}"


DEFINITIONS: dict[str, tuple[Definition, ...]] = {
    "rising_every_year": (
        Definition("逐年递增", 3, "every step is upward", "每一期都高于上一期", _every_step),
        Definition("逐年递增", 3, "three steps in four are upward, and the end is above the start", "四分之三的步为升且末期高于首期", _most_steps),
        Definition("逐年递增", 2, "the end is above the start", "末期高于首期", _end_to_end),
    ),
    "growing_fast": (
        Definition("快速增长", 4, "growth above its own earlier median", "增速高于自身此前的中位数", _above_median),
        Definition("快速增长", 2, "growth above ten per cent", "增速超过百分之十", _above_rate),
    ),
    "growing_faster_than_whole": (
        Definition("快速增长", 2, "growth above that of the whole", "增速高于总体", _above_whole),
    ),
    "falling": (
        Definition("下滑", 2, "the end is below the start", "末期低于首期", _end_below_start),
    ),
    "recovering": (
        Definition("回暖", 2, "every step after the low is upward", "低点之后每一期都高于上一期", _every_step),
        Definition("回暖", 2, "the end is above the low", "末期高于低点", _end_to_end),
    ),
    "stable_share": (
        Definition("保持稳定", 2, "the share moves by less than five points", "占比变动不足五个百分点", _within_points),
    ),
    "accelerating": (
        Definition("加速", 3, "growth is positive and higher than in the step before", "增速为正且高于上一期", _faster),
        Definition("加速", 4, "growth above its own earlier median", "增速高于自身此前的中位数", _above_median),
    ),
    "back_to_level": (
        Definition("恢复到此前水平", 2, "within 15% of the earlier level, or above it", "与此前水平相差不超过15%或更高", _close_to),
    ),
    "strong_rebound": (
        Definition("强劲反弹", 3, "at least half of the fall is regained", "至少收复跌幅的一半", _rebound),
        Definition("强劲反弹", 2, "the last value is above the trough", "末值高于谷底", _rising_from_trough),
    ),
    "steady_growth": (
        Definition("平稳增长", 3, "growth always positive, highest and lowest within ten points", "增速始终为正，最高与最低相差不超过十个百分点", _steady),
        Definition("平稳增长", 3, "every step is upward", "每一期都高于上一期", _every_step),
    ),
}  # fmt: skip


def definition_for(word: str, reading: str, points: int) -> int:
    """The number of the definition that a reading asks for, among those that `points` values suffice for.

    `default` takes the first of them, `loosest` the last. `UserError` for an unknown word, `TooFewPoints` where
    every definition needs more values.
    """
    possible = [n for n, d in enumerate(_definitions(word)) if d.least <= points]
    if not possible:
        raise TooFewPoints(f"no definition of {word!r} can do with {points} values")
    return possible[-1] if reading == "loosest" else possible[0]


def _definitions(word: str) -> tuple[Definition, ...]:
    if word not in DEFINITIONS:
        raise UserError(f"no definition of {word!r}; there are: {', '.join(DEFINITIONS)}")
    return DEFINITIONS[word]


def decide(word: str, values: Sequence[float], definition: int = 0, **numbers: Any) -> Decision:
    """Whether a trend word holds for `values` (time order, oldest first) under its n-th definition.

    `numbers` overrides a definition's threshold (`within`, `rate`, `share`, `spread`, `points`) or names the growth it
    is held against (`whole`, %). `UserError` for an unknown word or definition, `TooFewPoints` when the definition
    needs more values.
    """
    definitions = _definitions(word)
    if not 0 <= definition < len(definitions):
        raise UserError(f"{word} has {len(definitions)} definitions, numbered from 0")
    chosen = definitions[definition]
    series = [float(v) for v in values]
    if len(series) < chosen.least:
        raise TooFewPoints(
            f"{chosen.word} ({chosen.en}) needs at least {chosen.least} values; there are {len(series)}"
        )
    holds, evidence = chosen.test(series, **numbers)
    return Decision(holds, evidence, chosen.en, chosen.zh)
