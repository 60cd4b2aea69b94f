"""The package's own words, one pack for each language: `en.toml`, `zh.toml`. A new language is a new file.

[labels]: the vocabulary of checks, in notebooks and charts; [charts]: of charts and their alt texts;
[pages.*]: what the pages say of themselves; [hedges], [numbers], [units], [formulas], [periods]: how numbers are printed;
[amounts], [meanings]: how they are written for the reader. Nothing a reader sees is written in code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast, get_args

from analysis.words.amounts import display_unit, number, one, shortened
from analysis.words.packs import languages, pack

__all__ = [
    "Hedge", "close_units", "definition", "display_unit", "filled", "formula_unit", "hedges", "label",
    "languages", "meaning", "name", "number", "numerals", "one", "pack", "pages", "shortened", "signs",
    "spaces", "tag", "translator", "units",
]  # fmt: skip

Translate = Callable[..., str]
HedgeKind = Literal["near", "about", "above", "from", "below", "upto", "rest", "stress"]
HedgePlace = Literal["before", "after", "within"]


@dataclass(frozen=True)
class Hedge:
    """A hedge word: how it is read, and where it stands: before the number, after all, or within (七十余种)."""

    kind: HedgeKind
    place: HedgePlace


def name(language: str) -> str:
    """What the language calls itself."""
    return str(pack(language)["language"]["name"])


def tag(language: str) -> str:
    """The language's tag in HTML."""
    return str(pack(language)["language"]["tag"])


def spaces(language: str) -> bool:
    """Whether the language puts spaces between words."""
    return bool(pack(language)["language"].get("spaces"))


@cache
def hedges() -> Mapping[str, Hedge]:
    """The hedge words of all languages.

    >>> hedges()["近"], hedges()["or more"]
    (Hedge(kind='near', place='before'), Hedge(kind='from', place='after'))
    """
    found: dict[str, Hedge] = {}
    for language in languages():
        table = pack(language)["hedges"]
        for place, known in (
            ("before", table),
            ("after", table.get("after")),
            ("within", table.get("within")),
        ):
            found |= {w: _hedge(w, kind, place) for w, kind in (known or {}).items() if isinstance(kind, str)}
    return found


def _hedge(word: str, kind: str, place: str) -> Hedge:
    if kind not in get_args(HedgeKind):
        raise ValueError(
            f"hedge word {word!r} is read {kind!r}, which is none of {', '.join(get_args(HedgeKind))}"
        )
    return Hedge(cast(HedgeKind, kind), cast(HedgePlace, place))


def meaning(hedge: str, number: str, language: str) -> str:
    """A number with the meaning of a hedge word of any language.

    >>> meaning("近", "30%", "en"), meaning("仅", "CNY 5.59 billion", "en"), meaning("more than", "3", "zh")
    ('nearly 30%', 'only CNY 5.59 billion', '超过3')
    """
    if not hedge:
        return number
    kind = hedges()[hedge].kind
    says = pack(language)["meanings"]
    return str(says["only" if hedge in only() else kind]).format(number=number)


@cache
def only() -> frozenset[str]:
    """The words of stress that make a number small: 仅, only."""
    return frozenset(word for language in languages() for word in pack(language)["hedges"]["small"]["words"])


@cache
def numerals(part: str = "") -> Mapping[str, Any]:
    """Words of all languages that stand for numbers: whole ones (`half` is 1/2), or the `digits` and `powers` of ten.

    >>> numerals()["half"], numerals("digits")["七"], numerals("powers")["million"]
    ('1/2', 7, 6)
    """
    found: dict[str, Any] = {}
    for language in languages():
        table = pack(language)["numbers"]
        found |= table.get(part, {}) if part else {w: n for w, n in table.items() if isinstance(n, str)}
    return found


@cache
def signs(name: str) -> tuple[str, ...]:
    """How languages say `point`, `over` (of a fraction, the whole first), `minus` and `range`.

    >>> signs("over")
    ('分之',)
    """
    return tuple(s for language in languages() for s in pack(language)["numbers"]["signs"].get(name, ()))


@cache
def units(part: str) -> Mapping[str, Any]:
    """Units of all languages: `money` and its `symbols`, `counters`, `scales` (powers that stand with these), `counted`, `measures`, `aliases`.

    >>> units("symbols")["€"], units("measures")["bps"]
    ('EUR', ['percentage points', 0.01])
    """
    found: dict[str, Any] = {}
    for language in languages():
        found |= pack(language)["units"].get(part, {})
    return found


@cache
def close_units() -> frozenset[str]:
    """Units that stand right behind the number: those of languages without spaces.

    >>> "M" in close_units(), "GW" in close_units()
    (True, False)
    """
    packs = [pack(language) for language in languages()]
    return frozenset(
        unit
        for p in packs
        if not p["language"].get("spaces")
        for table in p["units"].values()
        for unit in table
    )


def formula_unit(unit: str, language: str) -> str:
    """The unit of a named formula's result as a language writes it; `KeyError` for one without a word.

    >>> formula_unit("multiple", "en"), formula_unit("points", "en")
    ('times', 'percentage points')
    """
    return str(pack(language)["formulas"][unit])


def label(key: str, language: str) -> str:
    """A word of the vocabulary of checks; `KeyError` when there is none.

    >>> label("contradicted", "en")
    'contradicted'
    """
    return str(pack(language)["labels"][key])


def definition(word: str, level: str, language: str) -> str:
    """What a word of the vocabulary takes at a level; in English where the language has no pack.

    >>> definition("falling", "default", "fr")
    'every step is downward'
    """
    return str(pack(language if language in languages() else "en")["definitions"][level][word])


@cache
def pages(language: str) -> Mapping[str, str]:
    """The texts of the pages by dotted key: [pages.nav] skip is `nav.skip`. Each may hold {placeholders}."""
    return dict(_flat("", pack(language)["pages"]))


def _flat(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    found = []
    for key, value in table.items():
        found += (
            _flat(f"{prefix}{key}.", value) if isinstance(value, dict) else [(f"{prefix}{key}", str(value))]
        )
    return found


class _Count(int):
    """A number in a text that chooses between the form for one and that for more: `{count:chart|charts}`."""

    def __format__(self, spec: str) -> str:
        one, bar, more = spec.partition("|")
        return (one if self == 1 else more) if bar else super().__format__(spec)


def translator(language: str) -> Translate:
    """A function of (key, **values) that gives a text of the pages; it raises KeyError for a key that is not there.

    Where a language has a form for one, a text holds both: `{count} {count:chart|charts}`.

    >>> translator("en")("place.section", number="5.2"), translator("en")("page.holds.charts", count=1)
    ('Section 5.2', '1 chart')
    """
    texts = pages(language)

    def translate(key: str, **values: object) -> str:
        return filled(texts[key], **values) if values else texts[key]

    return translate


def filled(text: str, /, **values: object) -> str:
    """A text with its values; a number chooses between the form for one and that for more.

    >>> [filled("{n} {n:chart|charts}", n=n) for n in (0, 1, 2)]
    ['0 charts', '1 chart', '2 charts']
    """
    counted = {name: _Count(v) if isinstance(v, int) else v for name, v in values.items()}
    return text.format(**counted)
