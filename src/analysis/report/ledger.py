"""The ledger: every claim of the report, as `data/report/claims.csv` holds it."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from analysis import places
from analysis.errors import UserError
from analysis.numbers.printed import Quantity, Reading

KINDS = ("level", "growth", "share", "multiple", "count", "rank", "comparison", "trend")
IN_WORDS = ("rank", "comparison", "trend")
"""Kinds whose printed text may be a word rather than a number."""


class LedgerError(UserError):
    """The ledger is broken, or has no such claim."""


@dataclass(frozen=True)
class Claim:
    """One statement of the report about one quantity, all fields as strings, `printed` exactly as printed."""

    claim_id: str
    section: str
    exhibit: str
    quote: str
    metric_zh: str
    metric_en: str
    period: str
    printed: str
    unit: str
    hedge: str
    kind: str
    repeats: str
    missing_en: str
    missing_zh: str

    def quantity(self, reading: Reading | None = None, language: str = "en") -> Quantity:
        """The printed number under a reading. Statements in words give a quantity without value."""
        return Quantity.parse(
            self.printed,
            self.unit,
            self.hedge,
            reading,
            ref=f"claim:{self.claim_id}",
            label=" ".join(filter(None, (self.metric(language), self.period))),
            words=self.kind in IN_WORDS,
        )

    def metric(self, language: str) -> str:
        """What is measured, in the reader's language."""
        return self.metric_zh if language == "zh" else self.metric_en

    def missing(self, language: str) -> str:
        """Why no data here can check it, and what would settle it."""
        return self.missing_zh if language == "zh" else self.missing_en


COLUMNS = [f.name for f in fields(Claim)]


def load_claims(path: Path | None = None) -> Mapping[str, Claim]:
    """The ledger by claim id, in the order of the report.

    `LedgerError` names file, row and column of a missing column, duplicate id, unknown kind or number that
    cannot be read.
    """
    path = path or places.data() / "report" / "claims.csv"
    try:
        status = path.stat()
    except FileNotFoundError:
        raise LedgerError(f"{path.name}: no such file in {path.parent}") from None
    return _load(path, (status.st_mtime_ns, status.st_size))


@cache
def _load(path: Path, stamp: tuple[int, int]) -> Mapping[str, Claim]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, strict=True)
            missing = [c for c in COLUMNS if c not in (reader.fieldnames or [])]
            if missing:
                raise LedgerError(f"{path.name}: column {', '.join(missing)} is missing")
            rows = list(reader)
    except UnicodeDecodeError as error:
        raise LedgerError(f"{path.name}: not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except csv.Error as error:
        raise LedgerError(f"{path.name}: {error}") from None
    ledger: dict[str, Claim] = {}
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise LedgerError(
                f"{path.name}, row {number}: {len(COLUMNS)} cells are needed; quote cells with commas"
            )
        claim = Claim(**{c: row[c] for c in COLUMNS})
        _validate(path, number, claim, ledger)
        ledger[claim.claim_id] = claim
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


def find(ledger: Mapping[str, Claim], claim_id: str) -> Claim:
    """The claim of that id; `LedgerError` names the nearest ids otherwise."""
    try:
        return ledger[claim_id]
    except KeyError:
        near = difflib.get_close_matches(claim_id, ledger, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise LedgerError(f"claims.csv has no claim {claim_id!r}{hint}") from None
