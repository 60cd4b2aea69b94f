"""What the evidence of a check is: its grade, the first line of the table that applies.

| if | grade |
|-|-|
| `fits` is differs, or not said of a published input; or an input is loose and not vouched for, or nobody is known to have counted | neighbour |
| all inputs are the report's, its publisher's or assumptions | own |
| some are | mixed |
| `fits` is open, or a premise rests on open evidence | open |
| the report names who counted, or he makes the number, as the issuer of an act makes its dates and words | same |
| another publisher who counted for himself | other |
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.numbers.printed import Interval
from analysis.report import config
from analysis.report.rows import Fits, Grade, Input


def _as_it_is(text: str, language: str) -> str:
    return text


@dataclass(frozen=True)
class Setting:
    """What the standard must know of a report: who publishes it (under all his names), when, and which edition of each
    restating publisher it could use: the last before its date. named: what it calls a name of the data in a language.
    """

    publishers: frozenset[str] = frozenset()
    date: str = ""
    editions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Publisher → how the names of those editions begin."""
    named: Callable[[str, str], str] = field(default=_as_it_is, compare=False, repr=False)


NOTHING_KNOWN = Setting()


def setting_of(report: config.Report) -> Setting:
    """What the standard must know of a report, as its report.toml says it."""
    said = (text.publisher for text in report.text.values())
    names = frozenset(filter(None, (*said, *report.publishers)))
    return Setting(names, report.date or str(report.year or ""), report.editions, report.named)


@dataclass(frozen=True)
class Leaf:
    """An input as it enters a check. A claim that other evidence decides enters with that: its range and grade."""

    input: Input
    interval: Interval
    value: float
    grade: Grade | None = None
    """The grade of the premise's evidence; None for an input as it stands."""


def of_leaf(leaf: Leaf, sources: Collection[str], setting: Setting) -> Grade:
    """The grade that one input alone would give a check."""
    i = leaf.input
    if leaf.grade is not None:
        return leaf.grade
    if not i.is_published or _is_among(i.publisher, setting.publishers):
        return "own"
    if not i.publisher or (i.attested == "loose" and not i.vouched_by):
        return "neighbour"
    return "same" if i.is_act or _is_among(i.publisher, sources) else "other"


def grade(leaves: Sequence[Leaf], fits: Fits, sources: Collection[str], setting: Setting) -> Grade:
    """The grade of a check from its inputs, what its author says of them, and the publishers that the claim names."""
    if not fits and any(leaf.grade is None and leaf.input.is_published for leaf in leaves):
        return "neighbour"
    return together([of_leaf(leaf, sources, setting) for leaf in leaves], fits)


def together(found: Iterable[Grade], fits: Fits) -> Grade:
    """The grade of several inputs taken together: the first line of the table that applies. A check of the report's own
    numbers needs no `fits`: its relation to the claim is the report's.

    >>> together(["own", "same"], "same"), together([], ""), together(["same", "other"], "same")
    ('mixed', 'own', 'other')
    """
    grades = set(found)
    outside = grades - {"own"}
    if fits == "differs" or "neighbour" in grades:
        return "neighbour"
    if not outside:
        return "own"
    if "own" in grades or "mixed" in grades:
        return "mixed"
    if fits == "open" or "open" in grades:
        return "open"
    return "same" if grades == {"same"} else "other"


def of_another_edition(leaves: Sequence[Leaf], setting: Setting) -> frozenset[int]:
    """The places of the inputs that a restatement may have moved: of a publisher who restates, and in another edition
    than the report's, or beside another edition of his in one computation.
    """
    restating = {n: x.input for n, x in enumerate(leaves) if x.grade is None and x.input.restated_by != 1}
    used: dict[str, set[str]] = {}
    for i in restating.values():
        used.setdefault(i.publisher, set()).add(i.edition)
    return frozenset(
        n
        for n, i in restating.items()
        if len(used[i.publisher]) > 1
        or is_after(i.published, setting.date)
        or not i.edition.startswith(setting.editions.get(i.publisher, ""))
    )


def is_after(day: str, other: str) -> bool:
    """Whether a day lies after another, as far as both are known.

    >>> is_after("2021-11-03", "2021-10"), is_after("2021", "2021-10")
    (True, False)
    """
    shared = min(len(day), len(other))
    return day[:shared] > other[:shared]


def _is_among(publisher: str, names: Iterable[str]) -> bool:
    return publisher.casefold() in {name.casefold() for name in names}
