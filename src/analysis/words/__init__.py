"""The package's own words, one pack for each language: `en.toml`, `zh.toml`. A new language is a new file.

[verdicts], [grades], [outcomes], [rules], [caps], [bases], [labels]: the vocabulary of checks, in notebooks and charts; [pages.*]: what the pages say of
themselves. Nothing a reader sees is written in code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from analysis.words.amounts import display_unit, number

__all__ = [
    "chooser",
    "display_unit",
    "label",
    "languages",
    "name",
    "number",
    "pack",
    "pages",
    "tag",
    "translator",
]

Translate = Callable[..., str]
_FOLDER = Path(__file__).parent
_VOCABULARY = ("verdicts", "grades", "outcomes", "rules", "caps", "bases", "labels")


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a pack.

    >>> languages()
    ('en', 'zh')
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def pack(language: str) -> Mapping[str, Any]:
    """The words of a language. `ValueError` for a language without a pack."""
    if language not in languages():
        raise ValueError(f"language is {' or '.join(languages())}, not {language!r}")
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def name(language: str) -> str:
    """What the language calls itself."""
    return str(pack(language)["language"]["name"])


def tag(language: str) -> str:
    """The language's tag in HTML."""
    return str(pack(language)["language"]["tag"])


def hedges(kind: str) -> frozenset[str]:
    """The hedge words of that kind (near, about, above, below, emphatic) in all languages."""
    return frozenset(word for language in languages() for word in pack(language)["hedges"][kind])


@cache
def numbers() -> Mapping[str, str]:
    """Words that stand for a number, in all languages: half is 1/2."""
    return {word: number for language in languages() for word, number in pack(language)["numbers"].items()}


def label(key: str, language: str) -> str:
    """A word of the vocabulary of checks; `KeyError` when there is none.

    >>> label("contradicted", "en")
    'contradicted'
    """
    found = next((pack(language)[part][key] for part in _VOCABULARY if key in pack(language)[part]), None)
    if found is None:
        raise KeyError(key)
    return str(found)


@cache
def pages(language: str) -> Mapping[str, str]:
    """The texts of the pages by dotted key: [pages.nav] skip is `nav.skip`. Each may hold {placeholders}."""
    return dict(_flat("", pack(language)["pages"]))


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for key, value in table.items():
        found += (
            _flat(f"{prefix}{key}.", value) if isinstance(value, dict) else [(f"{prefix}{key}", str(value))]
        )
    return found


def translator(language: str) -> Translate:
    """A function of (key, **values) that gives a text of the pages; it raises KeyError for a key that is not there.

    >>> translator("en")("place.section", number="5.2")
    'Section 5.2'
    """
    texts = pages(language)

    def translate(key: str, **values: Any) -> str:
        return texts[key].format(**values) if values else texts[key]

    return translate


def chooser(language: str) -> Callable[[str, str], str]:
    """A function of (English, Chinese) that gives the text in `language`."""
    if language not in ("en", "zh"):
        raise ValueError(f"language is en or zh, not {language!r}")
    return (lambda en, zh: zh) if language == "zh" else (lambda en, zh: en)
