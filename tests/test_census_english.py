"""The census of English texts: figures, number words, dates and ordinals, with hedge words, units and places."""

from __future__ import annotations

import pytest

from analysis.census import Claim, english
from analysis.census.english import cover, is_english, scan


@pytest.mark.parametrize(
    ("text", "expected"),
    [("plan to add 62.8 GW", True), ("增长5%", False), ("GDP 增长5%", False), ("5 GW", False), ("the", True), ("by 中", False), ("", False)],
)  # fmt: skip
def test_which_texts_are_english(text: str, expected: bool) -> None:
    assert is_english(text) is expected


def found(text: str) -> list[tuple[str, str, str, str]]:
    return [(e.hedge, e.value, e.unit, e.kind) for e in scan(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("added 62.8 GW", [("", "62.8", "GW", "quantity")]),
        ("added 1,234.5 million", [("", "1234.5", "million", "quantity")]),
        ("fell by −3%", [("", "-3", "%", "quantity")]),
        ("fell by -3.5 percent", [("", "-3.5", "%", "quantity")]),
        ("5 per cent and 6 per  cent", [("", "5", "%", "quantity"), ("", "6", "%", "quantity")]),
        ("2 percentage points, 1 Percentage Point", [("", "2", "pp", "quantity"), ("", "1", "pp", "quantity")]),
        ("3 gigawatts or 40 Megawatt", [("", "3", "GW", "quantity"), ("", "40", "MW", "quantity")]),
        ("more  than 5, About 7 homes", [("more than", "5", "", "quantity"), ("about", "7", "homes", "quantity")]),
        ("nearly half of them", [("nearly", "half", "", "quantity")]),
        ("the x64 chip, version 1.2.3", []),
        ("in 2,024 towns", [("", "2024", "towns", "quantity")]),
        ("in 2024 it rose", [("", "2024", "", "date")]),
        ("of 2024 GW", [("", "2024", "GW", "quantity")]),
        ("of 2024% or 2024 W", [("", "2024", "%", "quantity"), ("", "2024", "W", "quantity")]),
        ("on 15 February 2024,", [("", "15 February 2024", "", "date")]),
        ("on February 15, 2024 and Feb. 2024", [("", "February 15 2024", "", "date"), ("", "Feb. 2024", "", "date")]),
        ("over 2024-25, Q3 2024, Q1", [("", "2024-25", "", "date"), ("", "Q3 2024", "", "date"), ("", "Q1", "", "date")]),
        ("the 1st and 22nd, No. 4, Figure 3, Table 2", [("", t, "", "ordinal") for t in ("1st", "22nd", "No. 4", "Figure 3", "Table 2")]),
        ("raised $1.2bn and £350m", [("", "1.2", "$ bn", "quantity"), ("", "350", "£ m", "quantity")]),
        ("US$3 million, CNY 5 billion", [("", "3", "US$ million", "quantity"), ("", "5", "CNY billion", "quantity")]),
        ("fell 2.16 and 1.66 percentage points", [("", "-2.16", "pp", "quantity"), ("", "-1.66", "pp", "quantity")]),
        ("declined by about 3.2, 4 and 5%", [("about", "-3.2", "%", "quantity"), ("about", "-4", "%", "quantity"), ("about", "-5", "%", "quantity")]),
        ("fell to 5%, down from 6%", [("", "5", "%", "quantity"), ("", "6", "%", "quantity")]),
        ("about 3.5 to 4 million users", [("about", "3.5", "million", "quantity"), ("about", "4", "million", "quantity")]),
        ("between 5 and 7 per cent", [("", "5", "%", "quantity"), ("", "7", "%", "quantity")]),
        ("more than 46% and 28%", [("more than", "46", "%", "quantity"), ("more than", "28", "%", "quantity")]),
        ("3 homes and 5 GW", [("", "3", "homes", "quantity"), ("", "5", "GW", "quantity")]),
        ("a ratio of 3:1 at 10:30", [("", "3", "", "quantity"), ("", "1", "", "quantity"), ("", "10:30", "", "date")]),
        ("at 10:30 a.m. or 9 p.m.", [("", "10:30 a.m.", "", "date"), ("", "9 p.m.", "", "date")]),
        ("two-thirds, two thirds", [("", "two-thirds", "", "quantity"), ("", "two thirds", "", "quantity")]),
        ("one hundred and forty-one million people", [("", "one hundred and forty-one million", "", "quantity")]),
        ("three in five; one of them, zero risk", [("", "three", "", "quantity"), ("", "five", "", "quantity")]),
        ("the digits and powers of signs", []),
        ("in the 1990s, FY2020/21, 2020/21 and H1 2021", [("", t, "", "date") for t in ("1990s", "FY2020/21", "2020/21", "H1 2021")]),
        ("", []),
    ],
)  # fmt: skip
def test_each_number_with_its_hedge_unit_and_kind(
    text: str, expected: list[tuple[str, str, str, str]]
) -> None:
    assert found(text) == expected


def test_an_expression_knows_where_it_stands() -> None:
    text = "It added\n  62.8 GW in 2024.\nThen more  than\n5 GW."
    assert [(e.line, e.column, e.text, e.start, e.end) for e in scan(text)] == [
        (2, 3, "62.8 GW", 11, 18), (2, 14, "2024", 22, 26), (3, 6, "more than 5 GW", 33, 48),
    ]  # fmt: skip
    assert all(text[e.start : e.end].split() == e.text.split() for e in scan(text))
    assert [e.column for e in scan("7 homes\n8 homes")] == [1, 1]


def test_a_date_is_no_quantity_as_well() -> None:
    assert [e.kind for e in scan("15 February 2024")] == ["date"]


TEXT = "Developers added 1,200 GW,\nnearly half of the 62.8 GW in 2024. Later 62.8 GW."


@pytest.mark.parametrize(
    ("quote", "printed", "covered"),
    [
        ("added 1,200 GW, nearly", "1,200", ["1,200 GW"]),
        ("added 1,200 GW, nearly", "1200", ["1,200 GW"]),
        ("added 1,200 GW,  nearly half", "Half", ["nearly half"]),
        ("half of the 62.8 GW", "62.8", ["62.8 GW"]),
        ("62.8 GW", "62.8", ["62.8 GW", "62.8 GW"]),
        ("Later 62.8 GW.", "62.8", ["62.8 GW"]),
        ("in 2024", "2024", []),
        ("added 1,200 GW", "62.8", []),
        ("not in the text", "62.8", []),
        ("", "62.8", []),
        ("half of the", "half", ["nearly half"]),
        ("Half of the", "half", ["nearly half"]),
        (". Later", "62.8", []),
    ],
)  # fmt: skip
def test_a_claim_covers_the_number_that_it_prints_within_its_quote(
    quote: str, printed: str, covered: list[str]
) -> None:
    claims = [
        Claim("it", quote, printed, "GW"),
        Claim("it", quote, printed, "GW"),
        Claim("other", "nowhere", "1", ""),
    ]
    assert [e.text for e in cover(scan(TEXT), TEXT, claims) if e.claims] == covered
    assert {e.claims for e in cover(scan(TEXT), TEXT, claims) if e.claims} <= {("it",)}


def test_the_longest_word_is_read_first() -> None:
    pattern = english._quantity()
    assert (
        pattern.fullmatch("no more than 5 GW") is not None
        and pattern.fullmatch("no more than 5 GW")["hedge"] == "no more than"
    )  # type: ignore[index]
    assert pattern.fullmatch("two thirds") is None or pattern.fullmatch("two thirds")["word"] == "two thirds"  # type: ignore[index]


@pytest.mark.parametrize(
    ("begin", "end", "overlaps"), [(0, 5, False), (0, 6, True), (5, 7, True), (6, 9, True), (7, 9, False)]
)
def test_a_quote_that_ends_where_a_number_begins_does_not_hold_it(
    begin: int, end: int, overlaps: bool
) -> None:
    (number,) = scan("rose 5%")
    assert (number.start, number.end) == (5, 7)
    assert english._overlaps(number, begin, end) is overlaps


@pytest.mark.parametrize(("blanks", "value"), [(36, "-5"), (37, "5")])
def test_a_word_of_falling_is_searched_forty_characters_back(blanks: int, value: str) -> None:
    assert [e.value for e in scan("fell" + " " * blanks + "5%")] == [value]
