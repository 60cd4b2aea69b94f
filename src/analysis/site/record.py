"""What a run says of the report's claims, as typed rows: verdicts, checks, robustness, and where each card stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

from analysis.report import cells
from analysis.report.bench import verdicts
from analysis.report.findings import counted
from analysis.report.grades import setting_of
from analysis.report.robustness import published
from analysis.report.rows import CheckRow, ClaimRow, Ground, RobustnessRow, Verdict
from analysis.site.memory import Noting, Seen
from analysis.site.own_rows import row_of
from analysis.site.source import Commit, Run, Variant


@dataclass(frozen=True)
class ExhibitRow:
    """A figure or table of the report, and what became of it. `notebook`: the page that treats it."""

    exhibit: str
    status: str = ""
    notebook: str = ""
    title: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})
    missing: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})


@dataclass(frozen=True)
class UnheardRow:
    """A claim on which no check has a say, in a notebook that says what would settle it."""

    section: str
    claim_id: str
    notebook: str = ""


def _named(check: CheckRow, run: Run, variant: Variant) -> CheckRow:
    """The check with its inputs named in the language of the page, and the meaning before what it found in a document:
    notebooks name what they pick in the first one.
    """
    check = _meant(check, run, variant.language)
    if variant.language == run.report.languages[0]:
        return check
    named = run.report.named
    inputs = [
        replace(
            i,
            label=run.label(i, variant.language),
            publisher=named(i.publisher, variant.language),
            document=named(i.document, variant.language),
            caveat=named(i.caveat, variant.language),
        )
        for i in check.inputs
    ]
    arithmetic = check.arithmetic
    for old, new in zip(check.inputs, inputs, strict=True):
        arithmetic = arithmetic.replace(old.label, new.label) if old.label else arithmetic
    return replace(check, inputs=tuple(inputs), arithmetic=arithmetic)


def _meant(check: CheckRow, run: Run, language: str) -> CheckRow:
    """The check with the meaning of a title or passage before it, where the table of documents has it: long ones are cut."""
    if check.way != "text" or len(check.inputs) != 1:
        return check
    document = run.acts.get(check.inputs[0].ref.partition(":")[2])
    meaning = document.meaning(check.found, language) if document else ""
    return replace(check, found=f"{meaning} ({check.found})") if meaning else check


@dataclass(frozen=True)
class Record:
    """The claims of a run in the order of the report, its checks and what the published sweep says, by id.

    `unjudged`: how many of the claims that are counted no check of this run bears on, where some notebooks did not run. own: rows that its user laid over the
    project's data, each as `file:key` → what is to be said of it. charts: those that these rows changed, as far as that is known.
    unheard: claims on which no check has a say → the notebook that says what would settle them.
    """

    claims: Mapping[str, ClaimRow]
    checks: Mapping[str, CheckRow]
    swept: Mapping[str, RobustnessRow]
    unjudged: int = 0
    own: Mapping[str, str] = field(default_factory=dict)
    charts: frozenset[str] = frozenset()
    commit: Commit = field(default_factory=Commit)
    unheard: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run, variant: Variant) -> Record:
        """The record of a run in one language: as its scorecard left it; judged here where it has none, or none yet."""
        checks = {c.check_id: c for c in variant.rows(CheckRow, "checks")}
        rows = judged_here(run, variant) if variant.is_early else variant.rows(ClaimRow, "claims")
        unjudged = 0
        if not rows and run.ledger:
            setting = setting_of(run.report)
            judged = verdicts(run.ledger, checks.values(), variant.language, variant.reading, setting)
            rows = [row for row in judged if row.remarks]
            unjudged = len(counted(judged)) - len(counted(rows))
        claims = {row.claim_id: row for row in rows}
        swept = variant.rows(RobustnessRow, "robustness") or published(run.data)
        checks = {name: _named(check, run, variant) for name, check in checks.items()}
        return cls(
            claims,
            checks,
            {row.claim_id: row for row in swept},
            unjudged,
            run.own_data(variant.language),
            run.charts,
            run.manifest.commit,
            {row.claim_id: row.notebook for row in reversed(variant.rows(UnheardRow, "unheard"))},
        )

    def watched(self, seen: Seen) -> Record:
        """The same record, which notes in `seen` what of it is looked at."""
        names = ("claims", "checks", "swept", "repetitions", "stands", "cards_at", "unheard")
        made = copy(self)
        for name in names:  # in place of what the copy would work out itself
            made.__dict__[name] = Noting(name, getattr(self, name), seen)
        return made

    def first(self, claim_id: str) -> str:
        """The first statement of what a claim repeats; itself where it repeats nothing."""
        row = self.claims.get(claim_id)
        return row.repeats if row and row.repeats in self.claims else claim_id

    @cached_property
    def repetitions(self) -> Mapping[str, Sequence[ClaimRow]]:
        """First statement → the claims that say it again."""
        found: dict[str, list[ClaimRow]] = {}
        for row in self.claims.values():
            if row.repeats:
                found.setdefault(self.first(row.claim_id), []).append(row)
        return found

    @cached_property
    def stands(self) -> Mapping[str, str]:
        """First statement → the check at whose place its card stands: the one that set its verdict, else the first."""
        own: dict[str, str] = {}
        for check in self.checks.values():
            own.setdefault(self.first(check.claim_id), check.check_id)
        found: dict[str, str] = {}
        for claim_id, row in self.claims.items():
            if self.first(claim_id) == claim_id:
                said = [row.check_id, *(r.check_id for r in self.repetitions.get(claim_id, ()))]
                places = [c for c in said if c in self.checks] + [own.get(claim_id, "")]
                found[claim_id] = places[0]
        return {claim_id: check_id for claim_id, check_id in found.items() if check_id}

    @cached_property
    def cards_at(self) -> Mapping[str, Sequence[str]]:
        """Check → the first statements whose cards stand at its place."""
        found: dict[str, list[str]] = {}
        for claim_id, check_id in self.stands.items():
            found.setdefault(check_id, []).append(claim_id)
        return found

    def home(self, claim_id: str) -> str:
        """The notebook on whose page a claim stands, with its card or with what would settle it; empty where none names it."""
        check = self.checks.get(self.stands.get(self.first(claim_id), ""))
        return check.notebook if check else self.unheard.get(claim_id, "")

    def open_at(self, stem: str) -> int:
        """How many of the claims that are counted have no card, and stand in a notebook with what would settle them."""
        there = [
            self.claims[c] for c, notebook in self.unheard.items() if notebook == stem and c in self.claims
        ]
        return sum(row.verdict == "unchecked" and row.claim_id not in self.stands for row in counted(there))

    def robustness(self, row: ClaimRow) -> RobustnessRow | None:
        """What the sweep says of a claim; nothing where it judged by other parameters than this run."""
        found = self.swept.get(row.claim_id)
        return found if found and found.robust and found.verdict_default == row.verdict else None

    def beyond(self, other: Record) -> frozenset[str]:
        """The claims that rest on a check that another record of the same ledger has not, themselves or by a claim they lean on."""
        found = {
            row.claim_id
            for row in self.claims.values()
            if any(remark.check_id not in other.checks for remark in row.remarks)
        }
        while more := {
            row.claim_id
            for row in self.claims.values()
            if row.claim_id not in found and not found.isdisjoint(self._leans_on(row))
        }:
            found |= more
        return frozenset(found)

    def _leans_on(self, row: ClaimRow) -> set[str]:
        """The claims that a verdict depends on: what it repeats, its pair, and the premises of its checks."""
        checks = [self.checks[r.check_id] for r in row.remarks if r.check_id in self.checks]
        return {row.repeats, *row.excludes.split(), *(i.claim_id for c in checks for i in c.inputs)} - {""}

    def own_data(self, row: ClaimRow) -> tuple[str, ...]:
        """What is to be said of the rows laid over the project's data that the checks of a claim, or the claim itself, come from."""
        if not self.own:
            return ()
        checks = [self.checks[r.check_id] for r in row.remarks if r.check_id in self.checks]
        used = [f"claim:{row.claim_id}", *(i.ref for check in checks for i in check.inputs)]
        return tuple(self.own[ref] for ref in sorted({row_of(ref) for ref in used} & self.own.keys()))


def judged_here(run: Run, variant: Variant) -> list[ClaimRow]:
    """The verdicts of a run's checks as a scorecard by the standard hands them out; quick where they were asked for before."""
    checks, setting = variant.rows(CheckRow, "checks"), setting_of(run.report)
    judged = verdicts(run.ledger, checks, variant.language, variant.reading, setting, variant.memory.judged)

    def handed_out(number: int, row: ClaimRow) -> ClaimRow:
        return variant.memory.made(
            ("judged", number), (row,), lambda: variant.row(ClaimRow, cells.write(row), "claims", number)
        )

    return [handed_out(number, row) for number, row in enumerate(judged, 2)]


def rests_on(row: ClaimRow) -> Ground:
    """What a verdict rests on: a contradiction between two statements of the report is its own."""
    return row.ground or ("own" if row.verdict == "contradicted" else "")


def tally(claims: Sequence[ClaimRow]) -> Counter[Verdict]:
    """Verdict → how many claims."""
    return Counter(row.verdict for row in claims)


def exhibits(run: Run, variant: Variant) -> list[ExhibitRow]:
    """The report's figures and tables, as a notebook hands them out, else as the run's data list them."""
    path = run.data / "report" / "exhibits.csv"
    given = variant.rows(ExhibitRow, "exhibits")
    return given or (cells.read_csv(ExhibitRow, path) if path.is_file() else [])
