"""Words turned into tests: what "rising year by year" or "far above" requires of numbers, as data.

A word has up to three definitions: *strict*, *default*, *loose*; the default decides. A definition is one or two measures
held against a threshold. A once-word (上升, 下滑) needs one step, an again-word (逐步, 持续, 不断) two, 逐年 steps of a year:
fewer can refute it, and prove nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis import words
from analysis.errors import UserError, counted
from analysis.numbers import periods as calendar
from analysis.numbers.printed import Interval
from analysis.statistics import measures
from analysis.statistics.sample import TooFewPoints

Level = Literal["strict", "default", "loose"]
LEVELS: tuple[Level, ...] = ("strict", "default", "loose")
Truth = Literal["holds", "fails", "open"]
Operator = Literal[">", ">=", "<", "<="]


@dataclass(frozen=True)
class Bound:
    """A measure held against a threshold."""

    measure: str
    operator: Operator
    threshold: float

    def truth(self, found: Interval) -> Truth:
        """Whether the bound is kept on all of a range, on none of it, or on a part.

        >>> Bound("change", ">", 0).truth(Interval(0, 3, low_open=True))
        'holds'
        """
        upward, strict = self.operator in (">", ">="), self.operator in (">", "<")
        near, near_open = (found.low, found.low_open) if upward else (found.high, found.high_open)
        far, far_open = (found.high, found.high_open) if upward else (found.low, found.low_open)
        ahead, reach = near - self.threshold, far - self.threshold
        if not upward:
            ahead, reach = -ahead, -reach
        if ahead > 0 or (ahead == 0 and (near_open or not strict)):
            return "holds"
        return "fails" if reach < 0 or (reach == 0 and (strict or far_open)) else "open"


@dataclass(frozen=True)
class Definition:
    """One operational definition of a word; the first bound's threshold is the one that a parameter may move."""

    word: str
    level: Level
    bounds: tuple[Bound, ...]

    @property
    def least(self) -> int:
        """How many values it takes to be tried at all."""
        return max(measures.MEASURES[b.measure][1] for b in self.bounds)

    def said(self, language: str) -> str:
        """What it takes, in words; in English where there are no others.

        >>> word("rising").at("loose").said("en")
        'the end is above the start'
        """
        return words.definition(self.word, self.level, language)


@dataclass(frozen=True)
class Word:
    """A word's definitions, how many steps it speaks of (0: it compares, or names a level), and whether in years."""

    name: str
    steps: int
    definitions: tuple[Definition, ...]
    is_yearly: bool

    def at(self, level: Level) -> Definition:
        """The definition of that level; the default one where the word has no other."""
        return next(d for wanted in (level, "default") for d in self.definitions if d.level == wanted)


def _word(
    name: str, steps: int, *, default: str, strict: str = "", loose: str = "", yearly: bool = False
) -> Word:
    """A row of the table: each definition as its bounds; what they are in words stands in `analysis.words`."""
    levels: dict[Level, str] = {"strict": strict, "default": default, "loose": loose}
    found = (Definition(name, level, _bounds(text)) for level, text in levels.items() if text)
    return Word(name, steps, tuple(found), yearly)


def _bounds(text: str) -> tuple[Bound, ...]:
    """Bounds, parted by `and`.

    >>> _bounds("upward_share >= 75 and change > 0")[1]
    Bound(measure='change', operator='>', threshold=0.0)
    """
    found = []
    for part in text.split(" and "):
        name, operator, threshold = part.split()
        found.append(Bound(name, operator, float(threshold)))  # type: ignore[arg-type]
    return tuple(found)


_TABLE = (
    _word("rising", 1, default="smallest_step > 0", loose="change > 0"),  # 上升 增长 提升 扩大 增加 攀升
    _word("rising_again", 2, default="smallest_step > 0", loose="upward_share >= 75 and change > 0"),  # 逐步 持续 不断 日趋 越来越
    _word("rising_every_year", 2, default="smallest_step > 0", loose="upward_share >= 75 and change > 0", yearly=True),  # 逐年
    _word("falling", 1, default="largest_step < 0", loose="change < 0"),  # 下滑 下降 低于此前
    _word("falling_again", 2, default="largest_step < 0", loose="change < 0"),  # 逐步下降 持续下降 多元化
    _word("growing_fast", 1, strict="last_step > 20", default="last_step > 10", loose="last_step > 5"),  # 快速 迅速 显著
    _word("fast_rate", 0, strict="value > 20", default="value > 10", loose="value > 5"),  # 快速 迅速 显著
    _word("positive_rate", 0, default="value > 0"),  # 增长 上升
    _word("counted_once", 0, default="value >= 1"),  # 下滑 首次
    _word("counted_several", 0, strict="value >= 5", default="value >= 3", loose="value >= 2"),  # 多家 多个
    _word("growing_faster_than_own_past", 3, default="above_median > 0"),  # 快速 加快
    _word("growing_faster_than_whole", 0, strict="lead > 5", default="lead > 0"),  # 快速
    _word("recovering", 1, default="smallest_step > 0", loose="from_low > 0"),  # 回暖 恢复
    _word("accelerating", 2, strict="above_median > 0", default="acceleration > 0 and last_step > 0"),  # 加速 加快
    _word("strong_rebound", 1, strict="regained >= 75", default="regained >= 50", loose="from_low > 0"),  # 强劲反弹
    _word("steady_growth", 2, default="growth_spread <= 10 and smallest_step > 0", loose="smallest_step > 0"),  # 平稳增长
    _word("stable_share", 1, strict="spread < 2", default="spread < 5", loose="spread < 10"),  # 保持稳定
    _word("record", 0, default="from_high > 0"),  # 历史新高 最高
    _word("close_to_level", 0, strict="ratio >= 0.95", default="ratio >= 0.85", loose="ratio >= 0.75"),  # 接近 恢复到
    _word("above", 0, default="ratio > 1"),  # 高于 超过 已超
    _word("above_in_points", 0, default="lead > 0"),  # 高于 超过
    _word("below", 0, default="ratio < 1"),  # 低于 不及 仍有差距
    _word("far_above", 0, strict="ratio >= 2", default="ratio >= 1.5", loose="ratio >= 1.25"),  # 远高于 远超 远远超过
    _word("clearly_below", 0, strict="ratio <= 0.8", default="ratio <= 0.9", loose="ratio < 1"),  # 明显低于
    _word("majority", 0, strict="value >= 66.7", default="value > 50", loose="value > 33.3"),  # 集中 为主 主力军 主流 大多 聚焦
    _word("majority_by_degrees", 2, strict="value >= 66.7", default="value > 50", loose="value > 33.3"),  # 逐渐成为主力军 逐步成为主流
    _word("great_potential", 0, strict="ratio >= 20", default="ratio >= 10", loose="ratio >= 5"),  # 潜力巨大
)  # fmt: skip
WORDS: dict[str, Word] = {word.name: word for word in _TABLE}


@dataclass(frozen=True)
class Decision:
    """What a definition says of values that are ranges: holds on all of them, on none, or open; with the arithmetic.

    `measured` is the range of the first bound's measure.
    """

    truth: Truth
    measured: Interval
    evidence: str
    definition: Definition
    has_enough_steps: bool

    def _ipython_display_(self) -> None:
        """Nothing as the last line of a cell: the check that it decides is shown already."""


def word(name: str) -> Word:
    """The word of that name; `UserError` lists those there are.

    >>> word("far_above").at("strict").bounds
    (Bound(measure='ratio', operator='>=', threshold=2.0),)
    """
    if name not in WORDS:
        raise UserError(f"no word {name!r} in the vocabulary; there are: {', '.join(WORDS)}")
    return WORDS[name]


def named(definition: str) -> tuple[Word, Level]:
    """`rising` or `rising/strict` as a word and a level. `UserError` for an unknown one.

    >>> named("far_above/loose")[1]
    'loose'
    """
    name, _, level = definition.partition("/")
    found = next((known for known in LEVELS if known == (level or "default")), None)
    if found is None:
        raise UserError(f"{definition}: a definition is {', '.join(LEVELS)}, not {level!r}")
    return word(name), found


def decide(
    definition: str,
    values: Sequence[float | Interval],
    *,
    threshold: float | None = None,
    periods: Sequence[str] = (),
) -> Decision:
    """Whether a word holds for `values` (time order, oldest first; or what is compared with, then what is compared).

    `definition` is a word, `/strict` or `/loose` added for another than the default; `threshold` replaces that of its
    first bound. `periods`, one for each value, tell whether the steps are years. `UserError` for an unknown word,
    `TooFewPoints` when the definition cannot be tried on so few.

    >>> decide("falling", [150.4, 112.7]).truth
    'holds'
    >>> decide("far_above", [4.44, 34.54]).evidence
    '34.54 ÷ 4.44 = 7.779 ≥ 1.5'
    """
    what, level = named(definition)
    chosen = what.at(level)
    ranges = [v if isinstance(v, Interval) else Interval(float(v), float(v)) for v in values]
    if len(ranges) < chosen.least:
        raise TooFewPoints(
            f"{what.name} ({chosen.said('en')}) needs at least {counted(chosen.least, 'value')}; there are {len(ranges)}"
        )
    bounds = chosen.bounds
    if threshold is not None:
        bounds = (Bound(bounds[0].measure, bounds[0].operator, threshold), *bounds[1:])
    found = [measures.measure(b.measure, ranges) for b in bounds]
    truths = [b.truth(f) for b, f in zip(bounds, found, strict=True)]
    return Decision(
        all_of(truths), found[0], _evidence(bounds[0], ranges, found[0], truths[0]), chosen,
        _enough(what, len(ranges) - 1, periods),
    )  # fmt: skip


def all_of(truths: Sequence[Truth]) -> Truth:
    """Every one holds; fails as soon as one fails.

    >>> all_of(["holds", "open"]), all_of(["open", "fails"])
    ('open', 'fails')
    """
    return "fails" if "fails" in truths else "open" if "open" in truths else "holds"


def some_of(truths: Sequence[Truth]) -> Truth:
    """One holds; fails only when all fail.

    >>> some_of(["holds", "open"]), some_of(["open", "fails"])
    ('holds', 'open')
    """
    return "holds" if "holds" in truths else "open" if "open" in truths else "fails"


def most_of(truths: Sequence[Truth]) -> Truth:
    """More than half hold; fails when at least half fail.

    >>> most_of(["holds", "holds", "fails"])
    'holds'
    """
    half = len(truths) / 2
    return "holds" if truths.count("holds") > half else "fails" if truths.count("fails") >= half else "open"


def plural_of(truths: Sequence[Truth]) -> Truth:
    """A bare plural ("the institutions", no word for each): true of all, untrue of none, open between.

    Plurals leave such a gap: Löbner, *Polarity in natural language* (2000); Križ, *Homogeneity, non-maximality, and all* (2016).

    >>> plural_of(["holds", "holds"]), plural_of(["holds", "fails"]), plural_of(["fails", "fails"])
    ('holds', 'open', 'fails')
    """
    return next(iter(truths)) if len(set(truths)) == 1 else "open"


QUANTIFIERS = {"every": all_of, "some": some_of, "most": most_of, "plural": plural_of}
"""How a statement about several parts is put together from them: *every* where it says so or lists them."""


def _enough(what: Word, steps: int, periods: Sequence[str]) -> bool:
    """Whether there are as many steps as the word speaks of, in years where it says so."""
    if steps < what.steps or not what.is_yearly:
        return steps >= what.steps
    places = [calendar.position(p) for p in periods]
    known = [p for p in places if p is not None]
    return len(known) == steps + 1 and all(math.isclose(b - a, 1) for a, b in itertools.pairwise(known))


def _number(value: float) -> str:
    """Four significant digits, never with an exponent, a true minus: arithmetic that reads alike in every language."""
    return f"{float(f'{value:.4g}'):,.10g}".replace("-", "−")


_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
_CONTRARY = {">": "≤", ">=": "<", "<": "≥", "<=": ">"}
_NARROW = 0.1
"""Up to which width, as a share of its middle, a range is shown as one number."""
_PATHS = {"smallest_step", "largest_step", "change", "from_low", "from_high", "spread"}


def _point(i: Interval) -> float:
    """The middle of a range; of one without an upper or lower end, the end it has.

    >>> _point(Interval(132, math.inf)), _point(Interval(1, 2))
    (132, 1.5)
    """
    return i.mid if math.isfinite(i.mid) else i.low if math.isfinite(i.low) else i.high


def _evidence(bound: Bound, ranges: Sequence[Interval], found: Interval, truth: Truth) -> str:
    """The comparison as it turned out, at the middle of the ranges; of one without end, at the end it has."""
    is_open = any(
        math.isinf(r.width) for r in ranges
    )  # then its bound is worked out from the ends of the others
    told = [_span(r) if is_open else _told(r) for r in ranges]
    if bound.measure in _PATHS and bound.measure != "spread" and bound.threshold == 0:
        return " → ".join(told)
    sign = {"holds": _SIGNS, "fails": _CONTRARY}.get(truth, _SIGNS)[bound.operator]
    point = measures.measure(bound.measure, [Interval(_point(r), _point(r)) for r in ranges]).mid
    result = _number(point) if all(map(_is_narrow, ranges)) else _span(found)
    if truth == "open":
        sign = f"? {sign}" if result == _span(found) else f"{_span(found)} ? {sign}"
    last, base = (f"({x})" if x.startswith(("−", *"≥≤<>")) else x for x in (told[-1], told[0]))
    equals = result if result.startswith(tuple("≥≤<>")) else f"= {result}"
    left = {
        "ratio": f"{last} ÷ {base} {equals}",
        "lead": f"{last} − {base} {equals}",
        "value": result,
    }.get(bound.measure, f"{' → '.join(told)}: {result}")
    return f"{left} {sign} {_number(bound.threshold)}"


def _is_narrow(i: Interval) -> bool:
    """Whether a range is narrow, or no more than the rounding of a number: its middle may stand for it.

    >>> _is_narrow(Interval(6.5, 7.5)), _is_narrow(Interval(20, 30))
    (True, False)
    """
    if not math.isfinite(i.width) or i.width == 0:
        return i.width == 0
    digit = 10 ** round(math.log10(i.width))
    is_rounding = math.isclose(i.width, digit) and math.isclose(i.mid / digit, round(i.mid / digit))
    return is_rounding or i.width <= _NARROW * abs(i.mid)


def _told(i: Interval) -> str:
    """A value as evidence shows it: the number, or the range where nobody printed its middle.

    >>> _told(Interval(34.535, 34.545)), _told(Interval(75, 93.75)), _told(Interval(132, math.inf))
    ('34.54', '[75 … 93.75]', '≥ 132')
    """
    return _number(i.mid) if _is_narrow(i) else _span(i)


def _span(i: Interval) -> str:
    text = i.written(_number)
    return f"[{text}]" if " … " in text else text
