"""What a check says, and the verdict of a claim: the tables of the standard as data.

What a check says, by grade and outcome:

| grade | in | blurred | meets | out | blunt |
|-|-|-|-|-|-|
| same, other | reproduced | hedged | consistent | contradicted | – |
| open | reproduced; words: consistent | consistent | consistent | – | – |
| own | consistent | consistent | consistent | contradicted, if derived | – |
| mixed | consistent | consistent | consistent | – | – |
| neighbour | – | – | – | – | – |

The verdict is the first of `RULES` that applies; a cap then holds it at consistent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.report.rows import Grade, Outcome, Verdict

Says = Literal["", "reproduced", "hedged", "consistent", "contradicted"]
Said = tuple[Grade, Says]

_OUTSIDE: dict[Outcome, Says] = {
    "in": "reproduced", "blurred": "hedged", "meets": "consistent", "out": "contradicted", "blunt": "",
}  # fmt: skip
_OVERLAPS: dict[Outcome, Says] = {
    "in": "consistent", "blurred": "consistent", "meets": "consistent", "out": "", "blunt": "",
}  # fmt: skip
_NOTHING: dict[Outcome, Says] = {"in": "", "blurred": "", "meets": "", "out": "", "blunt": ""}
SAYS: Mapping[Grade, Mapping[Outcome, Says]] = {
    "same": _OUTSIDE,
    "other": _OUTSIDE,
    "open": {**_OVERLAPS, "in": "reproduced"},
    "own": {**_OVERLAPS, "out": "contradicted"},
    "mixed": _OVERLAPS,
    "neighbour": _NOTHING,
}


def says(grade: Grade, outcome: Outcome, *, in_words: bool, is_derived: bool) -> Says:
    """What a check says of its claim. `in_words`: the claim is no number; `is_derived`: the report has it from others
    of its numbers, so that these can contradict it.

    >>> says("own", "out", in_words=False, is_derived=False)
    ''
    """
    found = SAYS[grade][outcome]
    if grade == "open" and in_words and found == "reproduced":
        return "consistent"
    if grade == "own" and found == "contradicted" and not is_derived:
        return ""
    return found


@dataclass(frozen=True)
class Rule:
    """One line of the verdict: when it applies, and the grade whose checks set it (empty: none does)."""

    key: str
    applies: Callable[[Mapping[Grade, frozenset[Says]]], bool]
    verdict: Callable[[frozenset[Says]], Verdict]
    grades: tuple[Grade, ...]


def _has(grade: Grade, *words: Says) -> Callable[[Mapping[Grade, frozenset[Says]]], bool]:
    return lambda said: bool(said[grade] & set(words))


def _both(grade: Grade) -> Callable[[Mapping[Grade, frozenset[Says]]], bool]:
    return lambda said: "contradicted" in said[grade] and bool(said[grade] & {"reproduced", "hedged"})


_STRONGEST: tuple[Verdict, ...] = ("reproduced", "hedged", "contradicted")


def _strongest(said: frozenset[Says]) -> Verdict:
    return next(v for v in _STRONGEST if v in said)


def _always(verdict: Verdict) -> Callable[[frozenset[Says]], Verdict]:
    return lambda said: verdict


_ALL: tuple[Grade, ...] = ("same", "other", "open", "own", "mixed")
RULES: tuple[Rule, ...] = (
    Rule("same-both", _both("same"), _always("consistent"), ("same",)),
    Rule("same", _has("same", "reproduced", "hedged", "contradicted"), _strongest, ("same",)),
    Rule("other-both", _both("other"), _always("consistent"), ("other",)),
    Rule(
        "other-beside-same",
        lambda said: "contradicted" in said["other"] and "consistent" in said["same"],
        _always("consistent"), ("same", "other"),
    ),
    Rule("other", _has("other", "reproduced", "hedged", "contradicted"), _strongest, ("other",)),
    Rule("open", _has("open", "reproduced"), _always("reproduced"), ("open",)),
    Rule("own", _has("own", "contradicted"), _always("contradicted"), ("own",)),
    Rule("consistent", lambda said: any("consistent" in s for s in said.values()), _always("consistent"), _ALL),
    Rule("unchecked", lambda said: True, _always("unchecked"), ()),
)  # fmt: skip
"""The verdict: the first that applies."""

SEVERITY: Mapping[str, int] = {
    "unchecked": -1, "holds": 0, "reproduced": 0, "hedged": 1, "consistent": 2, "fails": 3, "contradicted": 3,
}  # fmt: skip
"""How far a verdict is from a reproduction: the order in which pages and comparisons list them."""

CAPS = ("steps", "readings", "forecast", "party")
"""What holds a verdict at consistent: too few steps for the word, an ordinary reading that fails, a forecast whose
period runs, a party that ranks itself."""


def judge(said: Iterable[Said]) -> tuple[Verdict, Rule]:
    """The verdict of a claim from what its checks say, and the rule that set it.

    >>> judge([("own", "contradicted"), ("other", "reproduced"), ("neighbour", "")])[0]
    'reproduced'
    """
    heard: dict[Grade, set[Says]] = {grade: set() for grade in SAYS}
    for grade, word in said:
        if word:
            heard[grade].add(word)
    by_grade = {grade: frozenset(words) for grade, words in heard.items()}
    rule = next(r for r in RULES if r.applies(by_grade))
    of_rule = frozenset[Says]().union(*(by_grade[g] for g in rule.grades))
    return rule.verdict(of_rule), rule
