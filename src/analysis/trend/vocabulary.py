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
from analysis.trend.sample import TooFewPoints


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


def _list(values: Sequence[float], digits: int = 4) -> str:
    return ", ".join(f"{v:.{digits}g}" for v in values)


def _every_step(values: Sequence[float]) -> tuple[bool, str]:
    steps = _steps(values)
    down = sum(s <= 0 for s in steps)
    return down == 0, f"steps {_list(steps)}: {down} of {len(steps)} not upward"


def _most_steps(values: Sequence[float], share: float = 0.75) -> tuple[bool, str]:
    steps = _steps(values)
    up = sum(s > 0 for s in steps)
    return up >= share * len(steps) and values[-1] > values[
        0
    ], f"{up} of {len(steps)} steps upward, {_list([values[0], values[-1]])} end to end"


def _end_to_end(values: Sequence[float]) -> tuple[bool, str]:
    return values[-1] > values[0], f"{values[0]:.4g} → {values[-1]:.4g}"


def _above_median(values: Sequence[float]) -> tuple[bool, str]:
    rates = _growth(values)
    usual = median(rates[:-1])
    return rates[-1] > usual, f"last growth {rates[-1]:.4g} % against a median of {usual:.4g} % before"


def _above_rate(values: Sequence[float], rate: float = 10.0) -> tuple[bool, str]:
    last = _growth(values)[-1]
    return last > rate, f"last growth {last:.4g} % against {rate:.4g} %"


def _faster(values: Sequence[float]) -> tuple[bool, str]:
    rates = _growth(values)
    return rates[-1] > max(rates[-2], 0), f"growth {rates[-2]:.4g} % → {rates[-1]:.4g} %"


def _close_to(values: Sequence[float], within: float = 0.15) -> tuple[bool, str]:
    ratio = values[-1] / values[0]
    return abs(ratio - 1) <= within or ratio > 1, f"{values[-1]:.4g} ÷ {values[0]:.4g} = {ratio:.4g}"


def _rebound(values: Sequence[float]) -> tuple[bool, str]:
    peak, trough, last = values[0], min(values[1:-1]), values[-1]
    lost, regained = peak - trough, last - trough
    share = regained / lost * 100 if lost > 0 else float("inf")
    return lost > 0 and share >= 50, f"fell {lost:.4g}, regained {regained:.4g} ({share:.3g} %)"


def _rising_from_trough(values: Sequence[float]) -> tuple[bool, str]:
    trough = min(values[:-1])
    return values[-1] > trough, f"{trough:.4g} → {values[-1]:.4g}"


def _steady(values: Sequence[float], spread: float = 10.0) -> tuple[bool, str]:
    rates = _growth(values)
    reach = max(rates) - min(rates)
    return reach <= spread and min(rates) > 0, (
        f"growth between {min(rates):.4g} % and {max(rates):.4g} %, spread {reach:.3g}"
    )


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
    "accelerating": (
        Definition("加速", 3, "growth is positive and higher than in the step before", "增速为正且高于上一期", _faster),
        Definition("加速", 4, "growth above its own earlier median", "增速高于自身此前的中位数", _above_median),
    ),
    "back_to_level": (
        Definition("恢复到此前水平", 2, "within 15 % of the earlier level, or above it", "与此前水平相差不超过15%或更高", _close_to),
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


def decide(word: str, values: Sequence[float], definition: int = 0, **numbers: Any) -> Decision:
    """Whether a trend word holds for `values` (time order, oldest first) under its n-th definition.

    `numbers` overrides a definition's threshold (`within`, `rate`, `share`, `spread`). `UserError` for an unknown
    word or definition, `TooFewPoints` when the definition needs more values.
    """
    if word not in DEFINITIONS:
        raise UserError(f"no definition of {word!r}; there are: {', '.join(DEFINITIONS)}")
    if not 0 <= definition < len(DEFINITIONS[word]):
        raise UserError(f"{word} has {len(DEFINITIONS[word])} definitions, numbered from 0")
    chosen = DEFINITIONS[word][definition]
    series = [float(v) for v in values]
    if len(series) < chosen.least:
        raise TooFewPoints(
            f"{chosen.word} ({chosen.en}) needs at least {chosen.least} values; there are {len(series)}"
        )
    holds, evidence = chosen.test(series, **numbers)
    return Decision(holds, evidence, chosen.en, chosen.zh)
