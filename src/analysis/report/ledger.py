"""The ledger: every claim of the report, as `data/report/claims.csv` holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

from analysis import places, reading
from analysis.errors import UserError, meant
from analysis.numbers.printed import Quantity, Reading
from analysis.report import config
from analysis.report.cells import by_language
from analysis.report.conclusion import Conclusion
from analysis.report.rows import KINDS, NUMBERS

IN_WORDS = tuple(kind for kind in KINDS if kind not in NUMBERS)
"""Kinds whose printed text may be a word rather than a number."""
NEVER_NUMBERS = ("text", "event")
"""Kinds whose printed text is a title, status, quotation or date, whatever digits stand in it."""


class LedgerError(UserError):
    """The ledger is broken, or has no such claim."""


@dataclass(frozen=True)
class Claim:
    """One assertion of the report, all fields as strings, `printed` exactly as printed.

    `source`: the publishers that the report names for it, ` | ` between two. `conclusion`: what a reader takes away, as
    a test (see `analysis.report.conclusion`). `excludes`: claims on the same quantity, scope and period that cannot be
    true beside it. `readings`: the ordinary readings of a word that has two, ` | ` between them.
    """

    claim_id: str
    section: str
    exhibit: str
    quote: str
    period: str
    printed: str
    unit: str
    hedge: str
    kind: str
    source: str
    conclusion: str
    excludes: str
    repeats: str
    readings: str
    metrics: Mapping[str, str]
    """Language → what is measured: the columns metric_<language>."""
    said: Mapping[str, str]
    """Language → the quote in it, empty in the language that it is printed in: the columns said_<language>."""
    means: Mapping[str, str]
    """Language → what printed words mean in it: the columns means_<language>."""
    gaps: Mapping[str, str]
    """Language → why no data here can check it, and what would settle it: the columns missing_<language>."""

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Claim:
        """The claim of a row of the ledger."""
        return cls(
            **{c: row[c] for c in COLUMNS},
            metrics=by_language(row, "metric"),
            said=by_language(row, "said"),
            means=by_language(row, "means"),
            gaps=by_language(row, "missing"),
        )

    def quantity(self, reading: Reading | None = None, language: str = "en") -> Quantity:
        """The printed number under a reading. Statements in words, titles and dates give a quantity without value."""
        quantity = Quantity.parse(
            self.printed,
            self.unit,
            self.hedge,
            reading,
            ref=f"claim:{self.claim_id}",
            label=" ".join(filter(None, (self.metric(language), self.period))),
            words=self.kind in IN_WORDS,
            kind=self.kind,
        )
        return replace(quantity, value=None) if self.kind in NEVER_NUMBERS else quantity

    @property
    def sources(self) -> tuple[str, ...]:
        """The publishers that the report names for it."""
        return _listed(self.source)

    @property
    def pairs(self) -> tuple[str, ...]:
        """The claims that cannot be true beside it."""
        return tuple(self.excludes.split())

    @property
    def ways(self) -> tuple[str, ...]:
        """The ordinary readings of a word that has two; empty for plain words."""
        return _listed(self.readings)

    @property
    def taken_away(self) -> Conclusion | None:
        """What a reader concludes from it; None when the text draws nothing from it."""
        return Conclusion.parse(self.conclusion) if self.conclusion else None

    def metric(self, language: str) -> str:
        """What is measured, in the reader's language; in the first that the ledger speaks where that is missing."""
        return in_language(self.metrics, language)

    def missing(self, language: str) -> str:
        """Why no data here can check it, and what would settle it."""
        return in_language(self.gaps, language)


COLUMNS = [f.name for f in fields(Claim) if f.name not in ("metrics", "said", "means", "gaps")]
"""The columns of every ledger; each report adds those of its languages."""


def columns(languages: Iterable[str]) -> list[str]:
    """All columns of the ledger of a report in these languages."""
    return COLUMNS + [f"{name}_{language}" for name in ("metric", "missing") for language in languages]


def in_language(texts: Mapping[str, str], language: str) -> str:
    """A text in a language; in the first that has one where it is missing."""
    return texts.get(language) or next(filter(None, texts.values()), "")


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(" | ")) if cell else ()


def load_claims(path: Path | None = None, languages: tuple[str, ...] | None = None) -> Mapping[str, Claim]:
    """The ledger by claim id, in the order of the report; in `languages`, by default those of the report we are in.

    `LedgerError` names file, row and column of the first fault: a missing column, duplicate id, unknown kind, number or
    conclusion that cannot be read, reference that leads nowhere.
    """
    path = path or places.data() / "report" / "claims.csv"
    try:
        status = path.stat()
    except FileNotFoundError:
        raise LedgerError(f"{path.name}: no such file in {path.parent}") from None
    return _load(path, reading.stamp(status), languages or config.current().languages)


@cache
def _load(path: Path, stamp: reading.Stamp, languages: tuple[str, ...]) -> Mapping[str, Claim]:
    rows = reading.rows_of(path)
    if rows and (missing := [c for c in columns(languages) if c not in rows[0]]):
        raise LedgerError(f"{path.name}: column {', '.join(missing)} is missing")
    ledger: dict[str, Claim] = {}
    for number, row in enumerate(rows, start=2):
        claim = Claim.of(row)
        _validate(path, number, claim, ledger)
        ledger[claim.claim_id] = claim
    rows_of = {claim_id: number for number, claim_id in enumerate(ledger, start=2)}
    for claim_id, column, text in loose_ends(ledger):
        raise LedgerError(f"{path.name}, row {rows_of[claim_id]}, column {column}: {text}")
    return ledger


def _validate(path: Path, number: int, claim: Claim, earlier: Mapping[str, Claim]) -> None:
    where = f"{path.name}, row {number}"
    if not claim.claim_id:
        raise LedgerError(f"{where}, column claim_id: is empty")
    if claim.claim_id in earlier:
        raise LedgerError(f"{where}, column claim_id: {claim.claim_id!r} stands in an earlier row already")
    if claim.kind not in KINDS:
        raise LedgerError(f"{where}, column kind: {claim.kind!r} is not one of {', '.join(KINDS)}")
    try:
        claim.quantity()
    except UserError as error:
        raise LedgerError(f"{where}, column printed or hedge: {error}") from None
    for column, text in unreadable(claim):
        raise LedgerError(f"{where}, column {column}: {text}")


def unreadable(claim: Claim) -> Iterator[tuple[str, str]]:
    """Column and text of what cannot be read in a claim's conclusion and readings."""
    try:
        _ = claim.taken_away
    except UserError as error:
        yield "conclusion", str(error)
    if claim.readings and (len(claim.ways) < 2 or not all(map(str.strip, claim.ways))):
        yield "readings", f"{claim.readings!r} names one reading; write two with ' | ' between, or none"


def loose_ends(claims: Mapping[str, Claim]) -> Iterator[tuple[str, str, str]]:
    """Claim, column and text of every reference between claims that does not hold.

    A repetition leads to a first statement, which repeats nothing; a pair is named by both; a conclusion names claims
    that exist.
    """
    for claim in claims.values():
        first = claims.get(claim.repeats)
        if claim.repeats and first is None:
            yield claim.claim_id, "repeats", _nowhere(claim.repeats, claims)
        elif first and first.repeats:
            text = f"{first.claim_id} repeats {first.repeats} itself; point to that first statement"
            yield claim.claim_id, "repeats", text
        for other in claim.pairs:
            if other not in claims:
                yield claim.claim_id, "excludes", _nowhere(other, claims)
            elif other == claim.claim_id or claim.claim_id not in claims[other].pairs:
                yield (
                    claim.claim_id,
                    "excludes",
                    f"{other} does not exclude {claim.claim_id}; name a pair in both rows",
                )
        if not any(column == "conclusion" for column, _ in unreadable(claim)) and claim.taken_away:
            for other in claim.taken_away.claims:
                if other not in claims:
                    yield claim.claim_id, "conclusion", _nowhere(other, claims)


def _nowhere(claim_id: str, claims: Mapping[str, Claim]) -> str:
    return f"there is no claim {claim_id!r}{meant(claim_id, claims, 'use the id of an existing claim')}"


def find(ledger: Mapping[str, Claim], claim_id: str) -> Claim:
    """The claim of that id; `LedgerError` names the nearest ids otherwise."""
    try:
        return ledger[claim_id]
    except KeyError:
        hint = meant(claim_id, ledger, most=3)
        raise LedgerError(f"claims.csv has no claim {claim_id!r}{hint}") from None
