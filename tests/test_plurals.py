"""A number of things, in messages of the terminal and texts of the pages: none, one, several."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from analysis import words
from analysis.errors import counted

SOURCE = Path(__file__).parents[1] / "src" / "analysis"
TEXTS = words.pages("en")
FORMS = [form for text in TEXTS.values() for form in re.findall(r"\{\w+:(\w+)\|(\w+)\}", text)]
NEVER_ONE = {"MOST_WAITING"}
"""What is counted without `counted`, and is never one."""


def trees() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def nouns() -> set[str]:
    """What messages count, as `counted` is told it."""
    calls = (n for _, tree in trees() for n in ast.walk(tree) if isinstance(n, ast.Call))
    told = (c.args[1] for c in calls if ast.unparse(c.func) == "counted" and len(c.args) == 2)
    return {noun.value for noun in told if isinstance(noun, ast.Constant)}


NOUNS = sorted(nouns())
PLURALS = {counted(2, noun).removeprefix("2 ") for noun in NOUNS} | {
    more for one, more in FORMS if more == f"{one}s"
}
ONES = set(NOUNS) | {one for one, more in FORMS if more == f"{one}s"}


def test_there_are_nouns_to_test() -> None:
    assert {"claim", "notebook", "entry", "table cell"} & set(NOUNS) >= {"claim", "notebook", "entry"}
    assert {"statements", "claims", "entries"} <= PLURALS


@pytest.mark.parametrize("noun", NOUNS)
def test_a_number_of_things_has_the_form_for_none_one_and_several(noun: str) -> None:
    none, one, two = (counted(n, noun) for n in (0, 1, 2))
    assert one == f"1 {noun}"
    assert none.removeprefix("0 ") == two.removeprefix("2 ") != noun
    assert re.search(r"[a-z]s( of .*)?$", two) and not re.search(r"([^aeiou]ys|ss)( of .*)?$", two)


def bare(tree: ast.AST) -> Iterator[str]:
    """What f-strings count by themselves: a value, and a noun for several right behind it."""
    for text in ast.walk(tree):
        if isinstance(text, ast.JoinedStr):
            for value, behind in zip(text.values, text.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(behind, ast.Constant):
                    found = re.match(r" ((?:(?:more|other|own|further) )?[a-z]+s)\b", str(behind.value))
                    if found and {found[1], found[1].rpartition(" ")[2]} & PLURALS:
                        yield f"{ast.unparse(value.value)} {found[1]}"


def test_a_plural_behind_a_number_is_seen() -> None:
    assert list(bare(ast.parse('f"{len(x)} claims; {n} more rows; {n} of many"'))) == [
        "len(x) claims",
        "n more rows",
    ]


@pytest.mark.parametrize(("path", "tree"), list(trees()), ids=lambda x: x if isinstance(x, str) else "")
def test_no_message_counts_by_itself(path: str, tree: ast.AST) -> None:
    assert [b for b in bare(tree) if b.split()[0] not in NEVER_ONE] == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_texts_of_pages_have_the_form_for_none_one_and_several(number: int) -> None:
    wrong, compound = {}, "|".join(PLURALS)
    for key, text in TEXTS.items():
        holes = {name for _, name, _, _ in Formatter().parse(text) if name}
        told = words.filled(text, **dict.fromkeys(holes, number)) if holes else ""
        for noun in PLURALS if number == 1 else ONES:
            if re.search(
                rf"(?<![\w.+×]){number} (?:tried |distinct |further |more |other )?{noun}\b(?! of | (?:{compound})\b)",
                told,
            ):
                wrong[key] = told
    assert wrong == {}
