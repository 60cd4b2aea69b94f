"""Which claim covers which expression of a text, and which quantities and dates nobody claims.

A claim covers a quantity that lies inside an occurrence of the claim's quote (white space and case ignored on both sides) and
says the same: one value in one unit, whatever the sign (降幅3.5% may be claimed as 3.5 %). A date is asserted of what its
sentence tells: it is covered by a claim of that period whose quote stands in the sentence, or in the row of the table. A
length of time (近一年来) and a date that belongs to a title assert nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from analysis import reading
from analysis.census import numerals
from analysis.census.expression import Expression
from analysis.census.layout import lay_out, narrow
from analysis.census.scanner import drafts
from analysis.errors import UserError


@dataclass(frozen=True)
class Claim:
    """What the coverage needs of a row of claims.csv."""

    claim_id: str
    quote: str
    printed: str
    unit: str
    period: str = ""


@dataclass(frozen=True)
class Allowance:
    """A quantity or date that needs no claim: its text, a quote that holds it, and the reason."""

    text: str
    quote: str
    reason: str


def read_claims(path: Path) -> list[Claim]:
    """The claims of a ledger. `UserError` names the file and row of what is missing."""
    rows = _rows(path, ("claim_id", "quote", "printed", "unit"))
    return [Claim(r["claim_id"], r["quote"], r["printed"], r["unit"], r.get("period", "")) for r in rows]


def read_allowances(path: Path) -> list[Allowance]:
    """The quantities and dates that need no claim. Each row must give a reason."""
    allowances = []
    for number, row in enumerate(_rows(path, ("text", "quote", "reason")), start=2):
        if not (row["text"].strip() and row["quote"].strip() and row["reason"].strip()):
            raise UserError(f"{path}, row {number}: text, quote and reason must all be filled in")
        allowances.append(Allowance(row["text"], row["quote"], row["reason"]))
    return allowances


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    rows = reading.rows_of(path)
    if rows and (absent := [c for c in columns if c not in rows[0]]):
        raise UserError(f"{path}: column {', '.join(absent)} is missing; expected {', '.join(columns)}")
    return rows


@dataclass(frozen=True)
class _Stripped:
    """A source without white space, and the way from its offsets to the source's."""

    text: str
    starts: list[int]
    origins: list[int]

    @classmethod
    def of(cls, source: str) -> _Stripped:
        pieces, starts, origins, length = [], [], [], 0
        for run in re.finditer(r"\S+", source):
            pieces.append(run[0])
            starts.append(length)
            origins.append(run.start())
            length += len(run[0])
        return cls(narrow("".join(pieces)), starts, origins)

    def origin(self, at: int) -> int:
        segment = bisect_right(self.starts, at) - 1
        return self.origins[segment] + at - self.starts[segment]

    def occurrences(self, quote: str) -> Iterator[tuple[int, int]]:
        """Begin and end in the source of every occurrence of a quote, white space and case ignored."""
        wanted = narrow(re.sub(r"\s+", "", quote))
        for match in re.finditer(f"(?={re.escape(wanted)})", self.text, re.IGNORECASE) if wanted else ():
            at = match.start()
            yield self.origin(at), self.origin(at + len(wanted) - 1) + 1


def cover(expressions: list[Expression], source: str, claims: Iterable[Claim]) -> list[Expression]:
    """The expressions, each with the ids of the claims that cover it."""
    stripped, sentences = _Stripped.of(source), _Sentences.of(source)
    begins = [e.start for e in expressions]
    dated: dict[int, list[int]] = {}
    for at, expression in enumerate(expressions):
        if expression.kind == "date":
            dated.setdefault(sentences.number(expression.start), []).append(at)
    ids: dict[int, dict[str, None]] = {}
    for claim in claims:
        for begin, end in stripped.occurrences(claim.quote):
            said = {sentences.number(begin), sentences.number(end - 1)}
            found = [at for number in range(min(said), max(said) + 1) for at in dated.get(number, [])]
            covered = [at for at in found if dates(claim, expressions[at])]
            within = range(bisect_left(begins, begin), bisect_left(begins, end))
            covered += [at for at in within if expressions[at].end <= end and says(claim, expressions[at])]
            for at in covered:
                ids.setdefault(at, {})[claim.claim_id] = None
    return [replace(e, claims=tuple(ids.get(at, ()))) for at, e in enumerate(expressions)]


@dataclass(frozen=True)
class _Sentences:
    """The sentences and table rows of a source as it reads, whatever footnote stands between their halves."""

    ends: list[int]
    origins: list[int]
    starts: list[int]

    @classmethod
    def of(cls, source: str) -> _Sentences:
        layout = lay_out(source)
        segments = sorted(zip(layout.origins, layout.starts, strict=True))
        ends = [m.start() for m in re.finditer(r"[。；！？\n]", layout.text)]
        return cls(ends, [origin for origin, _ in segments], [start for _, start in segments])

    def number(self, at: int) -> int:
        """The number of the sentence in which the character at offset `at` of the source stands."""
        segment = bisect_right(self.origins, at) - 1
        return bisect_left(self.ends, self.starts[segment] + at - self.origins[segment])


def dates(claim: Claim, expression: Expression) -> bool:
    """Whether a claim's period is the expression's date, or begins or ends with it, at its precision or a finer one."""
    if expression.kind != "date" or not expression.value:
        return False
    ends = (claim.period, *claim.period.split("/"))
    return any(end == expression.value or end.startswith(f"{expression.value}-") for end in ends)


def says(claim: Claim, expression: Expression) -> bool:
    """Whether a claim's printed number is the expression's: the same magnitude in a unit of the same kind."""
    if expression.kind not in ("quantity", "table") or not expression.value:
        return False
    found = _magnitude(expression.value, expression.unit)
    meant = _read(claim.printed.strip(), claim.unit.strip())
    return any(found[0] == value and _same_kind(found[1], unit) for value, unit in meant)


@lru_cache(maxsize=4096)
def _read(printed: str, unit: str) -> tuple[tuple[Decimal, str], ...]:
    joined = narrow(printed if unit and printed.endswith(unit) else printed + unit)
    read = [d for d in drafts(joined) if d.value and d.kind == "quantity"]
    if read and not any(d.unit for d in read) and unit:
        read = []
    if read:
        return tuple(_magnitude(d.value, d.unit) for d in read)
    plain = narrow(printed).removeprefix("第")
    value = numerals.arabic(plain) if re.fullmatch(r"[\d,]+(?:\.\d+)?", plain) else numerals.chinese(plain)
    return () if value is None else (_magnitude(str(value), unit),)


_SCALES = {
    "千": 3,
    "万": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
# in 万 | 百亿; not in 千瓦
_POWER = re.compile("(?:" + "|".join(sorted(_SCALES, key=len, reverse=True)) + ")(?!瓦|克|米|分)")
_SAME = {"美金": "美元", "人民币": "元", "元人民币": "元", "人民币元": "元", "百分点": "个百分点"}
_PLAIN = frozenset({"", "大", "位", "名"})
"""Units that only say that something is counted or ranked."""


def _magnitude(value: str, unit: str) -> tuple[Decimal, str]:
    """The absolute value without powers of ten in its unit, and the unit's kind: 120 万户 → (1200000, 户)."""
    amount = abs(Decimal(value))
    if power := _POWER.match(unit):
        amount, unit = amount.scaleb(_SCALES[power[0]]), unit[power.end() :] or "元"
    return amount.normalize(), _SAME.get(unit, unit)


def _same_kind(found: str, claimed: str) -> bool:
    return (
        found == claimed
        or (found in _PLAIN and claimed not in ("%", "元", "美元"))
        or (claimed in _PLAIN and found in _PLAIN)
    )


def must_be_claimed(expression: Expression) -> bool:
    """Whether the expression asserts something: a quantity, or a definite date outside titles."""
    return expression.kind == "quantity" or (expression.kind == "date" and bool(expression.value))


def uncovered(
    expressions: Iterable[Expression], source: str = "", allowances: Iterable[Allowance] = ()
) -> tuple[list[Expression], list[Allowance]]:
    """The quantities and dates that neither a claim nor an allowance covers, and the allowances that cover none."""
    open_ = [e for e in expressions if must_be_claimed(e) and not e.claims]
    idle = []
    stripped = _Stripped.of(source)
    for allowance in allowances:
        regions = list(stripped.occurrences(allowance.quote))
        wanted = re.sub(r"\s", "", allowance.text)
        matched = [
            e
            for e in open_
            if re.sub(r"\s", "", e.text) == wanted and any(b <= e.start and e.end <= n for b, n in regions)
        ]
        if matched:
            open_ = [e for e in open_ if e not in matched]
        else:
            idle.append(allowance)
    return open_, idle
