"""Packs of words: what a language says of numbers is data, and the packs agree in form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from analysis import words
from analysis.numbers.numerals import read

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("word", "kind", "place"),
    [
        ("近", "near", "before"),
        ("左右", "about", "after"),
        ("以上", "from", "after"),
        ("余", "rest", "within"),
        ("up to", "upto", "before"),
        ("or more", "from", "after"),
    ],
)
def test_a_hedge_word_says_how_it_is_read_and_where_it_stands(word: str, kind: str, place: str) -> None:
    assert words.hedges()[word] == words.Hedge(kind, place)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", words.languages())
def test_every_pack_has_the_parts_of_numbers(language: str) -> None:
    pack = words.pack(language)
    assert {"digits", "powers", "signs"} <= pack["numbers"].keys()
    assert {"money", "scales", "measures"} <= pack["units"].keys()
    plain = [kind for kind in pack["hedges"].values() if isinstance(kind, str)]
    assert set(plain) <= set(get_args(words.HedgeKind))


def test_no_word_is_claimed_by_two_languages() -> None:
    for part in ("money", "counters", "counted", "measures", "aliases", "scales", "symbols"):
        tables = [words.pack(language)["units"].get(part, {}) for language in words.languages()]
        assert len(words.units(part)) == sum(map(len, tables))


@pytest.mark.parametrize("word", [w for w in words.numerals() if isinstance(w, str)])
def test_every_word_for_a_number_is_read_as_that_number(word: str) -> None:
    assert read(word).value == read(words.numerals()[word]).value


@pytest.mark.parametrize(("word", "power"), words.numerals("powers").items())
def test_every_power_multiplies(word: str, power: int) -> None:
    assert read(f"3 {word}").value == 3 * 10**power


@pytest.mark.parametrize(("word", "value"), words.numerals("digits").items())
def test_every_digit_is_a_number(word: str, value: int) -> None:
    assert read(word).value == value


def test_a_misread_hedge_is_named() -> None:
    with pytest.raises(ValueError, match="hedge word '约莫' is read 'abuot', which is none of near, about"):
        words._hedge("约莫", "abuot", "before")


def test_one_line_adds_a_hedge_word(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = words.pack

    def with_another(language: str) -> dict[str, object]:
        found = dict(pack(language))
        return found | {"hedges": {**found["hedges"], "约莫": "about"}} if language == "zh" else found

    words.hedges.cache_clear()
    monkeypatch.setattr(words, "pack", with_another)
    try:
        assert words.hedges()["约莫"] == words.Hedge("about", "before")
    finally:
        words.hedges.cache_clear()


def test_every_word_of_the_vocabulary_of_checks_is_used() -> None:
    code = "\n".join(
        p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*") if p.suffix in (".py", ".j2")
    )
    code += "\n".join(
        p.read_text(encoding="utf-8").replace('\\"', '"') for p in (ROOT / "notebooks").glob("*.ipynb")
    )
    families = tuple(re.findall(r"""(?:label|word)\(f["'](\w+_)\{""", code))
    families += ("kind_", "grade_", "ground_")  # by which the scorecard counts
    keys = words.pack("en")["labels"]
    assert [k for k in keys if not (k.startswith(families) or f'"{k}"' in code or f"'{k}'" in code)] == []


CHARTS = ROOT / "src" / "analysis" / "charts"


def told(function: str, place: int, source: str) -> Iterator[str]:
    """The texts in one argument of every call of a function; of an f-string what stands before its brace."""
    for call in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)):
        if ast.unparse(call.func).rpartition(".")[2] == function:
            yield from (n.value for n in ast.walk(call.args[place]) if isinstance(n, ast.Constant))


def told_in_charts(function: str, place: int) -> set[str]:
    sources = [path.read_text(encoding="utf-8") for path in CHARTS.glob("*.py")]
    return {text for source in sources for text in told(function, place, source)}


def test_every_text_of_charts_is_there_and_used() -> None:
    asked, keys = told_in_charts("say", 0), set(words.pack("en")["charts"])
    families = {key for key in asked if key.endswith("_")}
    assert families == {"kind_", "card_", "fan_key_"}
    assert asked - families - keys == set(), "asked for and not there"
    assert {key for key in keys - asked if not key.startswith(tuple(families))} == set(), "idle"


def test_every_form_of_chart_has_a_name() -> None:
    kinds = {key for key in words.pack("en")["charts"] if key.startswith("kind_")}
    assert {f"kind_{kind}" for kind in told_in_charts("make", 3)} == kinds


def test_what_a_call_is_told_is_found() -> None:
    assert list(told("say", 0, 'alt.say("a" if b else "c", language, x="d")')) == ["a", "c"]
    assert list(told("say", 0, 'say(f"kind_{kind}", language)')) == ["kind_"]
    assert list(told("make", 2, 'make(about, data, "bar", ["x"], draw)')) == ["bar"]


@pytest.mark.parametrize("key", words.pack("en")["charts"])
def test_a_text_of_charts_has_the_same_places_in_every_language(key: str) -> None:
    def places(language: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(words.pack(language)["charts"][key]) if name}

    assert {language: places(language) for language in words.languages()} == {
        language: places("en") for language in words.languages()
    }


def test_every_language_has_the_texts_of_charts() -> None:
    assert {frozenset(words.pack(language)["charts"]) for language in words.languages()} == {
        frozenset(words.pack("en")["charts"])
    }
