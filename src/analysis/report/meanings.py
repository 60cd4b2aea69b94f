"""What a statement's printed words mean in the reader's language, and in which language they are printed."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TypeAlias

from analysis import words
from analysis.numbers.meaning import meaning
from analysis.numbers.printed import written
from analysis.report.computed import plain
from analysis.report.config import Report
from analysis.report.hearing import restaters
from analysis.report.ledger import Claim
from analysis.report.rows import CheckRow, ClaimRow, Input, Remark

Statement: TypeAlias = Claim | ClaimRow
"""A claim of the ledger, or its row in a run."""


def gloss(row: Statement, language: str) -> str:
    """The meaning of what is printed, for a reader of `language`: words from the ledger, numbers and dates worked out.

    Empty where the statement is printed in that language, or its meaning reads as it is printed (34.54%).
    """
    if not row.said.get(language) and not _has_foreign_unit(row, language):
        return ""
    found = row.means.get(language) or worked_out(row, language)
    return "" if _bare(found) == _bare(as_printed(row)) else found


def worked_out(row: Statement, language: str) -> str:
    """The meaning of a printed number or date; empty for words."""
    return meaning(row.printed, row.unit, row.hedge, language, kind=row.kind, period=row.period)


def as_printed(row: Statement) -> str:
    """The number as the report prints it, hedge and unit included."""
    return written(row.printed, row.unit, row.hedge)


def amount_of(i: Input, language: str) -> str:
    """What an input is published as, in the reader's units, with the meaning of its hedge word (more than 1.32 million),
    also where that is a word or a fraction (about half, about 2/3); a document's wording, or its name, as it is.
    """
    if i.ref.startswith(("document:", "act:")):
        return i.text
    if i.text and not re.fullmatch(r"[-−]?[\d,]+(\.\d+)?", i.text):
        return meaning(i.text, i.unit, i.hedge, language) or words.meaning(i.hedge, i.text, language)
    number = words.number(i.value, i.unit, language, decimals_of(i.text)).replace("-", "−")
    return words.meaning(i.hedge, number, language)


def reckoned_in(check: CheckRow, language: str) -> list[str]:
    """The units of a check's arithmetic, in the reader's words, where the inputs beside it are told in others: 126.7 is in
    CNY 100 million where CNY 12.67 billion is told.
    """
    found: dict[str, None] = {}
    for i in check.inputs:
        own = plain(i)
        stands = re.search(rf"(?<![\d.]){re.escape(own)}(?![\d.])", check.arithmetic)
        told = amount_of(i, language).replace(",", "")
        if i.unit and stands and own not in told and (unit := words.one(i.unit, language)):
            found[unit] = None
    return list(found)


def range_notes(check: CheckRow, remark: Remark, language: str, report: Report) -> tuple[str, ...]:
    """Why a check's range is not that of the printed numbers beside it: inputs enter with what was found for them, or were
    tried as far as the editions of their publisher differ. report: which names the publishers.
    """
    claims = remark.premises.split()
    names = dict.fromkeys(i.label for i in check.inputs if i.claim_id in claims)
    by = restaters(remark.stretched, lambda name: report.named(name, language))
    said = [words.label("premised", language).format(names="; ".join(names))] if names else []
    return (*said, *([words.label("stretched", language).format(by=by)] if by else []))


def apart(row: ClaimRow) -> list[Remark]:
    """What the checks of a claim said, what decided first; of several that say the same by the same sum the first alone."""
    found: dict[tuple[str, ...], Remark] = {}
    for remark in sorted(row.remarks, key=lambda r: r.check_id != row.check_id):
        found.setdefault(
            (remark.arithmetic, remark.grade, remark.outcome, remark.says, remark.stretched), remark
        )
    return list(found.values())


def decimals_of(printed: str) -> int:
    """How many decimals a printed number has; none for words."""
    match = re.search(r"\.(\d+)", printed)
    return len(match[1]) if match else 0


def beside(row: Statement, language: str) -> str:
    """What is printed, with its meaning beside it where that says more: 近一半 (nearly half)."""
    found = gloss(row, language)
    return f"{as_printed(row)} ({found})" if found else as_printed(row)


def tongue(row: Statement, usual: str) -> str:
    """The language in which a statement is printed: the report's `usual` one, unless the ledger translates it into that."""
    if not row.said.get(usual):
        return usual
    return next((language for language, text in row.said.items() if not text), usual)


@dataclass(frozen=True)
class Beside:
    """A printed value in a table: as printed, with its meaning beside it; `usual` is the report's own language."""

    row: Statement
    language: str
    usual: str

    def __str__(self) -> str:
        return beside(self.row, self.language)

    @property
    def markup(self) -> str:
        """The same as HTML that says which words are of another language."""
        found, text = gloss(self.row, self.language), html.escape(as_printed(self.row))
        if self.usual != self.language:
            text = f'<span class="printed" lang="{words.tag(self.usual)}">{text}</span>'
        return f'{text} <small class="gloss">({html.escape(found)})</small>' if found else text


def _has_foreign_unit(row: Statement, language: str) -> bool:
    """Whether a statement quoted in the reader's language stands in the ledger with the unit of another."""
    return bool(row.said) and words.spaces(language) and not row.unit.isascii()


def _bare(text: str) -> str:
    return text.replace(",", "").replace(" ", "").lower()
