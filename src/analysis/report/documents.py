"""Acts, standards and announcements that the report names, as `data/report/documents.csv` holds them.

>>> act = made(status="issued", number="No. 13", signed="2020-12-07", in_force="2021-02-01")
>>> act.status, act.number, act.dates
('issued', 'No. 13', {'signed': '2020-12-07', 'in_force': '2021-02-01'})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import cast

from analysis import places, reading, words
from analysis.errors import UserError, meant
from analysis.report import config
from analysis.report.rows import ATTESTED, Attested, Input
from analysis.report.texts import pieces

STATUSES = ("draft", "issued", "announced")
"""What a document is: put out for comment or review; signed or published, in force or not yet; told by its party or the press."""
DATES = ("signed", "published", "in_force")
HAPPENED = "happened"


def told_as(name: str, language: str) -> str:
    """What a document was found to be, or what was done on a day, in the reader's words; a name of the report's own by its
    table of names, anything else (a title, a passage) as it is.

    >>> told_as("in_force", "en"), told_as("issued", "zh"), told_as("a title", "en")
    ('in force', '已印发', 'a title')
    """
    if name in (*STATUSES, *DATES, HAPPENED):
        return words.label(f"state_{name}", language)
    return config.current().named(name, language)


class DocumentError(UserError):
    """The table of documents is broken, or has no such document."""


@dataclass(frozen=True)
class Document:
    """One document, all fields as strings; dates at the precision that was seen (2021, 2021-06, 2021-06-30)."""

    document_id: str
    title_zh: str
    title_en: str
    issuer: str
    number: str
    status: str
    signed: str
    published: str
    in_force: str
    publisher: str
    document: str
    url: str
    passage: str
    attested: str
    caveat: str
    passage_en: str = ""

    def meaning(self, text: str, language: str) -> str:
        """What its title, its passage or a piece of that between gaps says, for a reader of `language`; empty where the text
        is neither, or nobody has translated it.

        >>> act = made(title_zh="自行车条例", title_en="Act on bicycles", passage="甲……乙", passage_en="One … Two")
        >>> act.meaning("自行车条例", "en"), act.meaning("乙", "en"), act.meaning("丙", "en")
        ('Act on bicycles', 'Two', '')
        """
        if language != "en":
            return ""
        here, there = pieces(self.passage), pieces(self.passage_en)
        known = dict(zip(here, there, strict=True)) if len(here) == len(there) else {}
        return {**known, self.passage: self.passage_en, self.title_zh: self.title_en}.get(text, "")

    @property
    def is_own(self) -> bool:
        """Whether it was read in its issuer's own copy; else at second hand.

        >>> made(attested="original").is_own, made(attested="loose").is_own
        (True, False)
        """
        return self.attested == "original"

    def title(self, language: str) -> str:
        """Its title, in the reader's language; in English where there is no column of it."""
        return str(getattr(self, f"title_{language}", self.title_en))

    def as_input(self, language: str = "en") -> Input:
        """The document as evidence of a check: issued by its issuer, read where `document` and `url` say. An act is made
        by its issuer (`act:`); what was only announced is told of its party (`document:`).
        """
        kind = "document" if self.status == "announced" else "act"
        return Input(
            "document", f"{kind}:{self.document_id}", self.title(language), self.number or self.title_zh, 0.0, 0.0, 0.0,
            publisher=self.issuer, origin=self.document_id, published=self.published or self.signed,
            attested=cast(Attested, self.attested), document=self.document, url=self.url, caveat=self.caveat,
        )  # fmt: skip

    @property
    def dates(self) -> dict[str, str]:
        """The dates that are known, by what was done then; of what was only told of, the day on which it happened."""
        known = {name: getattr(self, name) for name in DATES if getattr(self, name)}
        if self.status == "announced" and "published" in known:
            known = {HAPPENED if name == "published" else name: day for name, day in known.items()}
        return known


COLUMNS = [f.name for f in fields(Document)]
_OPTIONAL = {"passage_en"}


def made(**cells: str) -> Document:
    """A document of the cells that are given, the others empty."""
    return Document(**dict.fromkeys(COLUMNS, "") | cells)


def load_documents(path: Path | None = None) -> Mapping[str, Document]:
    """The documents by id. `DocumentError` names file, row and column of the first fault."""
    path = path or places.data() / "report" / "documents.csv"
    try:
        status = path.stat()
    except FileNotFoundError:
        raise DocumentError(f"{path.name}: no such file in {path.parent}") from None
    return _load(path, reading.stamp(status))


@cache
def _load(path: Path, stamp: reading.Stamp) -> Mapping[str, Document]:
    rows = reading.rows_of(path)
    if rows and (missing := [c for c in COLUMNS if c not in {*rows[0], *_OPTIONAL}]):
        raise DocumentError(f"{path.name}: column {', '.join(missing)} is missing")
    found: dict[str, Document] = {}
    for number, row in enumerate(rows, start=2):
        document = made(**{c: row[c] or "" for c in COLUMNS if c in row})
        where = f"{path.name}, row {number}, column"
        if document.document_id in found:
            raise DocumentError(
                f"{where} document_id: {document.document_id!r} stands in an earlier row already"
            )
        for column, known in (("status", STATUSES), ("attested", ATTESTED)):
            if row[column] not in known:
                raise DocumentError(f"{where} {column}: {row[column]!r} is not one of {', '.join(known)}")
        found[document.document_id] = document
    return found


def find(documents: Mapping[str, Document], document_id: str) -> Document:
    """The document of that id; `DocumentError` names the nearest ids otherwise."""
    try:
        return documents[document_id]
    except KeyError:
        hint = meant(document_id, documents, most=3)
        raise DocumentError(f"documents.csv has no document {document_id!r}{hint}") from None
