"""What the census lists: one numeric expression of a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["quantity", "date", "ordinal", "name", "table"]
KINDS: tuple[Kind, ...] = ("quantity", "date", "ordinal", "name", "table")


@dataclass(frozen=True)
class Draft:
    """An expression as a rule finds it: a span of the joined text with its meaning."""

    start: int
    end: int
    kind: Kind
    value: str = ""
    unit: str = ""
    hedge: str = ""


@dataclass(frozen=True)
class Expression:
    """An expression with its place in the source.

    `line` and `column` count from 1, in characters. `text` is verbatim but for line breaks. `value` is a decimal number
    with its sign, in `unit` as printed (a period such as 2021-Q1 for dates, empty for names and for a quantity whose
    numerals cannot be read). `claims`: ids that cover it.
    """

    line: int
    column: int
    text: str
    value: str
    unit: str
    hedge: str
    kind: Kind
    start: int = field(repr=False)
    end: int = field(repr=False)
    claims: tuple[str, ...] = ()
