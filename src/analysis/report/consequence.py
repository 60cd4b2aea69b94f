"""Which contradictions matter most: alike ones told together, ranked by what a reader loses with them.

    consequence = centrality to the report's conclusions × how far off × grade of evidence, each of 1, 2 or 3

Centrality is counted from the ledger (a conclusion is drawn from the statement; the report says it again) unless a row of
`report/findings.csv` says otherwise and why. The same row may override the rank, and tells the finding in plain words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.numbers.printed import Quantity
from analysis.report import cells
from analysis.report.cells import Maybe
from analysis.report.findings import Finding, findings
from analysis.report.rows import NUMBERS, CheckRow, ClaimRow

FILE = Path("report") / "findings.csv"
"""Where the curator's rows lie in the data of a report that has any."""
FAR, NEAR = 50.0, 10.0
"""Per cent of the printed value from which evidence lies far, or plainly, outside."""
_HOLE = re.compile(r"\{([a-z0-9-]+)( found| percent)?\}")
COUNT = "count"
"""The placeholder for how many of a finding's claims are contradicted."""
_GRADES = {"same": 3, "other": 2, "own": 2}


@dataclass(frozen=True)
class Curated:
    """A curator's row: claims that are one finding, how central it is, and its plain words by language.

    `centrality` (1 to 3) and `rank` (1 is first) are empty where the computed ones stand; `reason` says why they do not.
    """

    finding: str
    claims: str
    centrality: Maybe = None
    rank: Maybe = None
    reason: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})
    said: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})
    numbers: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})
    so: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})


@dataclass(frozen=True)
class Consequence:
    """One finding with the three factors of its rank. `told`: its contradicted claims, the most consequential first."""

    id: str
    told: tuple[Finding, ...]
    centrality: int
    distance: int
    evidence: int
    curated: Curated | None = None

    @property
    def score(self) -> int:
        """The product of the three factors, 1 to 27."""
        return self.centrality * self.distance * self.evidence

    @property
    def rank(self) -> float:
        """The curator's rank; infinite where the score decides."""
        return self.curated.rank if self.curated and self.curated.rank is not None else float("inf")


def ranked(
    claims: Iterable[ClaimRow], checks: Iterable[CheckRow], rows: Sequence[Curated] = ()
) -> list[Consequence]:
    """The contradictions by consequence: overridden ranks at their place, ties by centrality, then as `findings` has them.

    >>> ranked([], [])
    []
    """
    listed = list(claims)
    again = {row.repeats for row in listed if row.repeats}
    home = {claim_id: row for row in rows for claim_id in row.claims.split()}
    groups: dict[str, list[Finding]] = {}
    for found in findings(listed, checks):
        row = home.get(found.claim.claim_id)
        groups.setdefault(row.finding if row else found.claim.claim_id, []).append(found)
    made = [_weighed(name, told, home.get(told[0].claim.claim_id), again) for name, told in groups.items()]
    made.sort(key=lambda c: (-c.score, -c.centrality))
    for placed in sorted((c for c in made if c.rank < float("inf")), key=lambda c: c.rank):
        made.remove(placed)
        made.insert(int(placed.rank) - 1, placed)
    return made


def _weighed(name: str, told: list[Finding], row: Curated | None, again: set[str]) -> Consequence:
    central = max(centrality(f.claim, again) for f in told)
    if row and row.centrality is not None:
        central = int(row.centrality)
    told.sort(key=lambda f: -off(f) * _GRADES.get(f.claim.grade, 1))
    return Consequence(
        name, tuple(told), central, max(map(off, told)), max(_GRADES.get(f.claim.grade, 1) for f in told), row
    )


def centrality(claim: ClaimRow, again: Iterable[str] = ()) -> int:
    """How central a statement is: 1, one more where a conclusion is drawn from it, one more where it is said again."""
    return 1 + bool(claim.conclusion) + (claim.claim_id in again)


def off(found: Finding) -> int:
    """How far off: 3 where the conclusion flips or the number lies far outside, 2 plainly outside, 1 else."""
    apart = distance(found)
    if found.claim.is_decision_error or apart >= FAR:
        return 3
    return 2 if apart >= NEAR else 1


def distance(found: Finding) -> float:
    """How far the evidence lies from what is printed, or from the bound of its word, in per cent of it; 0 where neither
    is a number.
    """
    claim, check = found.claim, found.check
    if claim.kind in NUMBERS and claim.evidence is not None:
        printed = Quantity.parse(claim.printed, claim.unit, claim.hedge, kind=claim.kind).value
        return abs(claim.evidence / printed - 1) * 100 if printed else 0.0
    if check and check.way == "words" and check.threshold and check.computed is not None:
        return abs(check.computed / check.threshold - 1) * 100
    return found.distance


def read(data: Path) -> list[Curated]:
    """The curator's rows in a folder of data; none where it has no such file."""
    path = data / FILE
    return cells.read_csv(Curated, path) if path.is_file() else []


def holes(text: str) -> list[str]:
    """The claims whose numbers stand in a text.

    >>> holes("{growth} is printed, {growth found} is found in {count} cases")
    ['growth', 'growth']
    """
    return [name for name, _ in _HOLE.findall(text) if name != COUNT]


def filled(text: str, number: Callable[[str, str], str], count: int) -> str:
    """A text with its numbers: `number` gives that of a claim as printed, `found` or as a `percent` of what is compared.

    Empty where one is not to be had.

    >>> filled("{growth}, not {growth found}", lambda claim_id, form: "3%" if form == "found" else "4%", 1)
    '4%, not 3%'
    """
    given = {(name, form): number(name, form.strip()) for name, form in _HOLE.findall(text) if name != COUNT}
    if not all(given.values()):
        return ""
    return _HOLE.sub(lambda m: str(count) if m[1] == COUNT else given[m[1], m[2] or ""], text)
